//! EPCIS 2.0 over HTTP (GS1, section 12): events are handed in and asked for.
//!
//! | request | answer |
//! |---|---|
//! | `POST /epcis/capture` | 202, and where what became of the document is told |
//! | `GET /epcis/capture`, `GET /epcis/capture/{id}` | what became of documents |
//! | `POST /epcis/events` | 201, one event is kept at once |
//! | `GET /epcis/events` | the events that the parameters ask for |
//! | `GET /epcis/events/{eventID}` | one event, also as a signed credential |
//! | `GET /epcis/epcs/{epc}/events` | the events about something |
//! | `OPTIONS` on each | what it can do, by the standard's headers |
//!
//! Everything is for those who are signed in, with a bearer token. `?organization=` names one of the caller's organizations.

mod capture;
mod query;

use std::sync::Arc;

use axum::{
    Router,
    body::Body,
    http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header, request::Parts},
    response::Response,
    routing::get,
};
use serde_json::Value;

use super::{auth::Callers, http::accepted, problem::problem};
use crate::{
    accounts::{Actor, OrganizationId},
    kernel::{ErrorCode, Failure, Fault, telemetry::RequestId},
    traceability::{
        Traceability,
        model::epcis::{document::VERSION, foreign::EVENTS_MAX},
    },
};

/// Bytes of a document at most.
pub const DOCUMENT_BYTES_MAX: usize = 2 * 1024 * 1024;

const CBV_VERSION: HeaderName = HeaderName::from_static("gs1-cbv-version");
const CAPTURE_ERROR_BEHAVIOUR: HeaderName = HeaderName::from_static("gs1-capture-error-behaviour");
const CAPTURE_LIMIT: HeaderName = HeaderName::from_static("gs1-epcis-capture-limit");
const CAPTURE_SIZE_LIMIT: HeaderName = HeaderName::from_static("gs1-epcis-capture-file-size-limit");
const EPC_FORMAT: HeaderName = HeaderName::from_static("gs1-epc-format");
const EPCIS_MAX: HeaderName = HeaderName::from_static("gs1-epcis-max");
const EPCIS_MIN: HeaderName = HeaderName::from_static("gs1-epcis-min");
const EPCIS_VERSION: HeaderName = HeaderName::from_static("gs1-epcis-version");

/// What the routes stand on.
#[derive(Clone)]
struct Border {
    traceability: Traceability,
    callers: Arc<Callers>,
}

/// The routes.
pub fn routes(traceability: Traceability, callers: Arc<Callers>) -> Router {
    Router::new()
        .route("/epcis/capture", get(capture::list).post(capture::take))
        .route("/epcis/capture/{id}", get(capture::show))
        .route("/epcis/events", get(query::list).post(capture::take_one))
        .route("/epcis/events/{id}", get(query::show))
        .route("/epcis/epcs/{epc}/events", get(query::about))
        .with_state(Border { traceability, callers })
}

/// What an address of EPCIS can do. None for other addresses.
pub fn abilities(path: &str) -> Option<Response> {
    let rest = path.strip_prefix("/epcis/")?;
    let allowed = match rest.split('/').collect::<Vec<_>>().as_slice() {
        ["capture" | "events"] => "GET, HEAD, POST, OPTIONS",
        ["capture" | "events", _] | ["epcs", _, "events"] => "GET, HEAD, OPTIONS",
        _ => return None,
    };
    let mut response = Response::new(Body::empty());
    *response.status_mut() = StatusCode::NO_CONTENT;
    let headers = response.headers_mut();
    headers.insert(header::ALLOW, HeaderValue::from_static(allowed));
    versions(headers);
    headers.insert(EPCIS_MIN, HeaderValue::from_static(VERSION));
    headers.insert(EPCIS_MAX, HeaderValue::from_static(VERSION));
    if rest == "capture" {
        headers.insert(CAPTURE_ERROR_BEHAVIOUR, HeaderValue::from_static("rollback, proceed"));
        headers.insert(CAPTURE_LIMIT, HeaderValue::from(EVENTS_MAX));
        headers.insert(CAPTURE_SIZE_LIMIT, HeaderValue::from(DOCUMENT_BYTES_MAX));
    }
    Some(response)
}

/// What every answer says of the standard.
fn versions(headers: &mut HeaderMap) {
    headers.insert(EPCIS_VERSION, HeaderValue::from_static(VERSION));
    headers.insert(CBV_VERSION, HeaderValue::from_static(VERSION));
    headers.insert(EPC_FORMAT, HeaderValue::from_static("Never_Translates"));
}

/// Who asks, for whom, and what else was asked.
struct Asked {
    actor: Actor,
    organization: Option<OrganizationId>,
    /// The other parameters, in their order.
    parameters: Vec<(String, String)>,
    id: RequestId,
}

impl Border {
    /// Reads what every request has in common, or answers what is wrong with it.
    async fn open(&self, request: &Parts) -> Result<Asked, Box<Response>> {
        let id = request.extensions.get::<RequestId>().cloned().unwrap_or_else(|| RequestId::new("-"));
        let headers = &request.headers;
        let caller = self.callers.caller(headers, &request.extensions, &id).await;
        let actor = caller.map_err(|refusal| Box::new(refusal.into_problem(&id)))?;
        if actor.user().is_none() {
            let mut refused = problem(StatusCode::UNAUTHORIZED, "events are for those who are signed in", &id);
            let challenge = HeaderValue::from_static("Bearer realm=\"bfw\"");
            refused.headers_mut().insert(header::WWW_AUTHENTICATE, challenge);
            return Err(Box::new(refused));
        }
        if !speaks_ours(headers) {
            let detail = format!("events are spoken of in EPCIS {VERSION} here");
            return Err(Box::new(problem(StatusCode::NOT_ACCEPTABLE, &detail, &id)));
        }
        let query = request.uri.query().unwrap_or_default().as_bytes();
        let mut parameters: Vec<(String, String)> = url::form_urlencoded::parse(query).into_owned().collect();
        let named = parameters.iter().position(|(name, _)| name == "organization");
        let organization = match named.map(|position| parameters.remove(position).1) {
            None => None,
            Some(text) => Some(text.parse().map_err(|_| {
                Box::new(problem(StatusCode::BAD_REQUEST, "organization: not the id of an organization", &id))
            })?),
        };
        Ok(Asked { actor, organization, parameters, id })
    }
}

/// Whether the versions that a client takes include ours.
fn speaks_ours(headers: &HeaderMap) -> bool {
    let version = |text: &str| -> Option<Vec<u32>> {
        let parts: Result<Vec<u32>, _> = text.trim().split('.').map(str::parse).collect();
        let mut parts = parts.ok()?;
        parts.resize(3, 0);
        Some(parts)
    };
    let told = |name| headers.get(name).and_then(|value: &HeaderValue| version(value.to_str().ok()?));
    let ours = version(VERSION);
    told(EPCIS_MIN).is_none_or(|least| ours.as_ref().is_some_and(|ours| *ours >= least))
        && told(EPCIS_MAX).is_none_or(|most| ours.as_ref().is_some_and(|ours| *ours <= most))
}

/// JSON, as JSON-LD where that is asked for by name.
fn json(request: &HeaderMap, status: StatusCode, body: &Value, id: &RequestId) -> Response {
    let offered = [(("application", "json"), "application/json"), (("application", "ld+json"), "application/ld+json")];
    match accepted(request, &offered) {
        Some(media) => answer(status, media, body.to_string()),
        None => unacceptable(id),
    }
}

/// An answer to whoever asked, and to nobody else.
fn answer(status: StatusCode, media: &'static str, body: String) -> Response {
    let mut response = Response::new(Body::from(body));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(media));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(header::VARY, HeaderValue::from_static("accept, authorization"));
    versions(headers);
    response
}

fn unacceptable(id: &RequestId) -> Response {
    problem(StatusCode::NOT_ACCEPTABLE, "it is not to be had in any form that Accept names", id)
}

/// What a failure is over HTTP.
fn failed(failure: &Failure, asked: &Asked) -> Response {
    let Failure::Rejected(errors) = failure else {
        let Failure::Fault(fault) = failure else { return unable(&Fault::Internal(failure.to_string()), &asked.id) };
        return unable(fault, &asked.id);
    };
    let status = match errors.first().map(|error| error.code) {
        Some(ErrorCode::Unauthenticated) => StatusCode::UNAUTHORIZED,
        Some(ErrorCode::Forbidden) => StatusCode::FORBIDDEN,
        Some(ErrorCode::NotFound) => StatusCode::NOT_FOUND,
        Some(_) | None => StatusCode::BAD_REQUEST,
    };
    let told = errors.iter().map(|error| {
        let message = error.message(asked.actor.request.locale);
        if error.path.is_empty() { message } else { format!("{}: {message}", error.path.join(".")) }
    });
    problem(status, &told.collect::<Vec<_>>().join("; "), &asked.id)
}

fn unable(fault: &Fault, id: &RequestId) -> Response {
    tracing::error!(request_id = %id, error = %fault, "events could not be taken or given");
    if fault.passes() || matches!(fault.cause(), Fault::Io(_)) {
        problem(StatusCode::SERVICE_UNAVAILABLE, "this cannot be had at the moment; try again later", id)
    } else {
        problem(StatusCode::INTERNAL_SERVER_ERROR, "internal error; the operator finds it under the request id", id)
    }
}

/// A link to the next page: this address with these parameters.
fn next_link(path: &str, parameters: &[(String, String)], token: &str) -> Option<HeaderValue> {
    let mut query = url::form_urlencoded::Serializer::new(String::new());
    for (name, value) in parameters.iter().filter(|(name, _)| name != "nextPageToken") {
        query.append_pair(name, value);
    }
    query.append_pair("nextPageToken", token);
    HeaderValue::try_from(format!("<{path}?{}>; rel=\"next\"", query.finish())).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_client_of_another_version_is_told_apart() {
        let speaks = |pairs: &[(HeaderName, &'static str)]| {
            let headers = pairs.iter().map(|(name, value)| (name.clone(), HeaderValue::from_static(value)));
            speaks_ours(&headers.collect())
        };
        assert!(speaks(&[]));
        assert!(speaks(&[(EPCIS_MIN, "1.2"), (EPCIS_MAX, "2.0")]));
        assert!(!speaks(&[(EPCIS_MIN, "2.1")]));
        assert!(!speaks(&[(EPCIS_MAX, "1.2")]));
        assert!(speaks(&[(EPCIS_MAX, "nonsense")]));
    }

    #[test]
    fn only_addresses_of_events_tell_what_they_can_do() {
        for path in ["/epcis/capture", "/epcis/events/urn:uuid:1", "/epcis/epcs/a:b/events"] {
            assert_eq!(abilities(path).unwrap().headers()[EPCIS_VERSION], VERSION, "{path}");
        }
        for path in ["/", "/graphql", "/epcis", "/epcis/queries", "/epcis/events/a/b"] {
            assert!(abilities(path).is_none(), "{path}");
        }
    }
}
