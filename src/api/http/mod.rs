//! GraphQL over HTTP, by the specification of the GraphQL Foundation.
//!
//! | request | answer |
//! |---|---|
//! | `POST` with `application/json` in UTF-8 | runs it |
//! | `GET` with `query`, `operationName`, `variables`, `extensions` | runs queries; 405 with `Allow` for a mutation |
//! | `GET` that prefers `text/html` | the explorer |
//! | `GET` that wants to become a WebSocket | [`crate::api::subscriptions`] |
//! | another method | 405 with `Allow` |
//! | another content type, charset or content encoding | 415 |
//! | an `Accept` without JSON in any form | 406 |
//! | not JSON, not an object, a member of the wrong type, a batch | 400 |
//! | a body over the limit | 413; one that does not arrive, 408 |
//! | a bearer token that is unknown, expired or revoked | 401 with `WWW-Authenticate` |
//! | from a caller who has used up what she may cost | 429 with `Retry-After` |
//! | more of them than can be worked on | 503 with `Retry-After` |
//!
//! A well-formed request that is refused before it runs (syntax, validation, limits, choice of operation, variables) is 400 as
//! `application/graphql-response+json`, and 200 as `application/json`. The working draft of August 2026 recommends 422 for some of
//! these and 294 for partial results; we stay with 400 and 200, which earlier drafts recommend, every client knows and the newest
//! draft still allows. A request that ran is 200, whatever its fields came to. One that broke is 500, one that took too long 503.
//!
//! Every body that is not the explorer is a GraphQL response, also for statuses such as 415, so a client has one shape to read.
//!
//! No cookie means anything here: nothing that a browser would send by itself gives any right, so a GET forged by a foreign page runs as
//! an anonymous visitor and its answer cannot be read there (see the allow-list of origins in the router).

mod negotiation;
mod request;

use std::sync::Arc;

use async_graphql::{Data, ServerError};
use async_trait::async_trait;
use axum::{
    body::Body,
    extract::Request,
    http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header, request::Parts},
    response::{IntoResponse, Response},
};
use uuid::Uuid;

use self::negotiation::Media;
pub(super) use self::{negotiation::accepted, request::read_body};
use super::{
    auth::bearer,
    engine::{Engine, Operation, Reply, Stage},
    error::{self, Code},
    explorer,
    gate::{Gate, retry_after},
    limits::rate::Payer,
    problem::problem,
    subscriptions::{Door, is_upgrade, upgrade},
};
use crate::kernel::telemetry::RequestId;

/// Finds out who is asking, before anything is read.
#[async_trait]
pub trait Context: Send + Sync + 'static {
    /// Who asks, and what resolvers need to know of this request: the actor, the language, the loaders.
    ///
    /// # Errors
    /// A [`Refusal`], when the request carries a credential that is not good.
    async fn open(&self, parts: &Parts, request_id: &RequestId) -> Result<Opened, Refusal>;
}

/// What is known of a request before it runs.
#[derive(Default)]
pub struct Opened {
    /// Whose account it is made with.
    pub user: Option<Uuid>,
    /// What resolvers need.
    pub data: Data,
}

/// The GraphQL endpoint.
pub struct Endpoint {
    engine: Arc<Engine>,
    context: Arc<dyn Context>,
    gate: Option<Arc<Gate>>,
    subscriptions: Option<Arc<Door>>,
}

impl Endpoint {
    /// An endpoint over an engine.
    #[must_use]
    pub fn new(engine: Arc<Engine>, context: Arc<dyn Context>) -> Self {
        Self { engine, context, gate: None, subscriptions: None }
    }

    /// The same behind a gate, where load is shed and callers pay for what they ask.
    #[must_use]
    pub fn behind(self, gate: Arc<Gate>) -> Self {
        Self { gate: Some(gate), ..self }
    }

    /// The same, which also turns requests into connections.
    #[must_use]
    pub fn with_subscriptions(self, door: Arc<Door>) -> Self {
        Self { subscriptions: Some(door), ..self }
    }
}

/// A request that is refused for what it is as HTTP.
#[derive(Debug)]
pub struct Refusal {
    status: StatusCode,
    error: Box<ServerError>,
    header: Option<(HeaderName, HeaderValue)>,
}

impl Refusal {
    /// A refusal with a code and words for the client.
    #[must_use]
    pub fn new(status: StatusCode, code: Code, message: impl Into<String>) -> Self {
        Self::of(status, error::error(code, message, None))
    }

    /// A refusal with an error.
    #[must_use]
    pub fn of(status: StatusCode, error: ServerError) -> Self {
        Self { status, error: Box::new(error), header: None }
    }

    /// A failure of ours on the way to the operation.
    #[must_use]
    pub fn masked(status: StatusCode, code: Code, request_id: &RequestId) -> Self {
        Self::of(status, error::masked(code, request_id))
    }

    /// The same with a header.
    #[must_use]
    pub fn with_header(self, name: HeaderName, value: HeaderValue) -> Self {
        Self { header: Some((name, value)), ..self }
    }

    /// The same where an answer has no status.
    pub(super) fn into_error(self) -> ServerError {
        *self.error
    }

    /// The same where no GraphQL is spoken.
    pub(super) fn into_problem(self, request_id: &RequestId) -> Response {
        let mut response = problem(self.status, &self.error.message, request_id);
        if let Some((name, value)) = self.header {
            response.headers_mut().insert(name, value);
        }
        response
    }

    fn method_not_allowed(message: &str) -> Self {
        Self::new(StatusCode::METHOD_NOT_ALLOWED, Code::MethodNotAllowed, message)
            .with_header(header::ALLOW, HeaderValue::from_static("GET, POST"))
    }
}

/// Serves one request to `/graphql`.
pub(super) async fn serve(endpoint: Arc<Endpoint>, request: Request) -> Response {
    let (mut parts, body) = request.into_parts();
    if let Some(door) = endpoint.subscriptions.as_ref().filter(|_| is_upgrade(&parts.headers)) {
        return upgrade(door, &mut parts).await;
    }
    let is_get = matches!(parts.method, Method::GET | Method::HEAD);
    let offered: &[Media] = if is_get {
        &[Media::GraphqlResponse, Media::Json, Media::Html]
    } else {
        &[Media::GraphqlResponse, Media::Json]
    };
    let Some(media) = negotiation::negotiate(&parts.headers, offered) else {
        let refusal = Refusal::new(
            StatusCode::NOT_ACCEPTABLE,
            Code::NotAcceptable,
            "answers are application/graphql-response+json or application/json",
        );
        return refuse(refusal, Media::Json);
    };
    if media == Media::Html {
        return explorer::page();
    }
    match answer(&endpoint, &parts, body, media).await {
        Ok(response) => response,
        Err(refusal) => refuse(refusal, media),
    }
}

async fn answer(endpoint: &Endpoint, parts: &Parts, body: Body, media: Media) -> Result<Response, Refusal> {
    // The router gives every request an id.
    let request_id = parts.extensions.get::<RequestId>().cloned().unwrap_or_else(|| RequestId::new("-"));
    let request_id = &request_id;
    let body = match parts.method {
        Method::GET | Method::HEAD => None,
        Method::POST => {
            request::check_content_type(&parts.headers)?;
            Some(request::read_body(&parts.headers, body, endpoint.engine.limits().body_bytes_max).await?)
        }
        _ => return Err(Refusal::method_not_allowed("GraphQL is served over GET and POST")),
    };
    // What is turned away is not even parsed.
    let gate = endpoint.gate.as_deref();
    let place = gate.map(|gate| gate.enter(&parts.headers, &parts.extensions)).transpose()?;
    let operation = match body {
        Some(body) => request::from_body(&body)?,
        None => request::from_uri(&parts.uri)?,
    };
    let run = Box::pin(run(endpoint, gate, parts, operation, request_id));
    let reply = match place {
        Some(place) => place.hold(run).await,
        None => run.await,
    };
    Ok(render(reply?, media))
}

/// Finds out who asks, and runs what she asks.
async fn run(
    endpoint: &Endpoint,
    gate: Option<&Gate>,
    parts: &Parts,
    operation: Operation,
    request_id: &RequestId,
) -> Result<Reply, Refusal> {
    let Opened { user, data } = endpoint.context.open(parts, request_id).await?;
    let charge = |cost| match gate {
        Some(gate) => {
            let token = parts.headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok()).and_then(bearer);
            gate.pay(
                &Payer {
                    address: gate.address(&parts.headers, &parts.extensions),
                    signed_in: user.zip(token.map(str::as_bytes)),
                },
                cost,
            )
        }
        None => Ok(None),
    };
    let prepare = |mut request: async_graphql::Request| {
        request.data = data;
        request
    };
    Ok(endpoint.engine.execute(operation, request_id, charge, prepare).await)
}

fn refuse(refusal: Refusal, media: Media) -> Response {
    let mut response = render(Reply::refused(Stage::Refused, vec![*refusal.error]), media);
    *response.status_mut() = refusal.status;
    if let Some((name, value)) = refusal.header {
        response.headers_mut().insert(name, value);
    }
    response
}

fn render(reply: Reply, media: Media) -> Response {
    let status = match (reply.stage, media) {
        (Stage::Executed, _) | (Stage::Refused, Media::Json | Media::Html) => StatusCode::OK,
        (Stage::Refused, Media::GraphqlResponse) => StatusCode::BAD_REQUEST,
        (Stage::MethodNotAllowed, _) => StatusCode::METHOD_NOT_ALLOWED,
        (Stage::RateLimited(_), _) => StatusCode::TOO_MANY_REQUESTS,
        (Stage::TimedOut, _) => StatusCode::SERVICE_UNAVAILABLE,
        (Stage::Broken, _) => StatusCode::INTERNAL_SERVER_ERROR,
    };
    let bytes = match reply.body() {
        Ok(bytes) => bytes,
        Err(failure) => {
            tracing::error!(cause = %failure, "an answer could not be written as JSON");
            return StatusCode::INTERNAL_SERVER_ERROR.into_response();
        }
    };
    let mut headers = HeaderMap::with_capacity(4);
    headers.insert(header::CONTENT_TYPE, media.content_type());
    headers.insert(header::VARY, HeaderValue::from_static("accept, authorization, accept-language"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    if reply.stage == Stage::MethodNotAllowed {
        headers.insert(header::ALLOW, HeaderValue::from_static("POST"));
    }
    if let Stage::RateLimited(used_up) = reply.stage {
        headers.insert(header::RETRY_AFTER, retry_after(used_up.seconds()));
    }
    let mut response = Response::new(Body::from(bytes));
    *response.status_mut() = status;
    *response.headers_mut() = headers;
    response
}
