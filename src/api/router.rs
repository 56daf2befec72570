//! The HTTP surface: which paths there are, and what every request and answer has in common.
//!
//! Every request gets an id (its own, if it is a UUID; else a new one) that is in the answer, in every log line and in the
//! audit log. A panic anywhere becomes a 500 that tells nothing but this id.

mod measures;

use std::{
    convert::Infallible,
    future::Future,
    panic::AssertUnwindSafe,
    sync::Arc,
    task::{self, Poll},
    time::Duration,
};

use axum::{
    Router,
    body::Body,
    extract::{MatchedPath, Request, State},
    http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, Version, header},
    middleware::{Next, from_fn_with_state},
    response::{IntoResponse, Response},
    routing::get,
};
use futures_util::{FutureExt, future::BoxFuture};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use tower::{Layer as _, Service, ServiceExt as _};
use tower_http::{
    CompressionLevel,
    compression::{
        Compression, CompressionLayer,
        predicate::{And, NotForContentType, Predicate as _, SizeAbove},
    },
    cors::{AllowOrigin, Cors, CorsLayer},
};
use tracing::Instrument;
use uuid::Uuid;

use self::measures::Measures;
use super::{
    connections::{Answers, Connections},
    epcis,
    health::{self, Part},
    http::{Endpoint, serve as graphql},
    problem::problem,
};
use crate::{
    config::CorsOrigins,
    kernel::{
        id::IdSource,
        telemetry::{self, RequestId, traces},
    },
};

/// Where GraphQL is spoken.
const GRAPHQL: &str = "/graphql";

/// The header that carries a request's id in both directions.
pub const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// Bodies below this gain less from compression than it costs; most answers are.
const COMPRESSED_BYTES_MIN: u16 = 1_500;

/// What the surface is made of.
pub struct Surface {
    /// `/graphql`.
    pub endpoint: Endpoint,
    /// What `/health/ready` asks.
    pub parts: Vec<Arc<dyn Part>>,
    /// New request ids.
    pub ids: Arc<dyn IdSource>,
    /// Which web pages may call.
    pub cors_origins: CorsOrigins,
    /// Pages beside `/graphql`.
    pub pages: Router,
    /// Whether the outside reaches the service over https only.
    pub https: bool,
    /// Cancelled once the process was asked to stop.
    pub leaving: CancellationToken,
}

/// The service's routes with everything around them. Cheap to clone.
#[derive(Clone)]
pub struct Routes {
    door: Arc<Door>,
    graphql: Around<GraphQl>,
    others: Router,
}

/// What answers, within what every answer has in common beside the door.
type Around<S> = Cors<Compression<S, Compressed>>;

/// Documents are compressed in themselves.
type Compressed = And<And<SizeAbove, NotForContentType>, NotForContentType>;

/// The service's routes.
pub fn router(surface: Surface) -> Routes {
    let door = Arc::new(Door {
        ids: surface.ids,
        headers: common_headers(surface.https),
        leaving: surface.leaving,
        measures: Measures::default(),
    });
    let compressed = SizeAbove::new(COMPRESSED_BYTES_MIN)
        .and(NotForContentType::IMAGES)
        .and(NotForContentType::const_new("application/pdf"));
    let around = (
        cors(&surface.cors_origins),
        CompressionLayer::new().gzip(true).quality(CompressionLevel::Fastest).compress_when(compressed),
    );
    let others = watched(surface.parts)
        .merge(surface.pages)
        .fallback(not_found)
        .method_not_allowed_fallback(method_not_allowed)
        .layer((from_fn_with_state(Arc::clone(&door), pass), around.0.clone(), around.1.clone()));
    Routes { door, graphql: around.layer(GraphQl(Arc::new(surface.endpoint))), others }
}

impl Service<Request> for Routes {
    type Response = Response;
    type Error = Infallible;
    type Future = BoxFuture<'static, Result<Response, Infallible>>;

    fn poll_ready(&mut self, _: &mut task::Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    /// Nearly every request is for GraphQL, and a router's way to it is no small part of what a small answer costs: it has one of its
    /// own.
    fn call(&mut self, request: Request) -> Self::Future {
        if request.uri().path() != GRAPHQL {
            return self.others.clone().oneshot(request).boxed();
        }
        let (door, mut graphql) = (Arc::clone(&self.door), self.graphql.clone());
        let answer = async move {
            let next = async move |request| {
                let Ok(response) = graphql.call(request).await;
                response.map(Body::new)
            };
            Ok(door.pass(GRAPHQL, request, next).await)
        };
        answer.boxed()
    }
}

/// The endpoint as a service, always ready.
#[derive(Clone)]
struct GraphQl(Arc<Endpoint>);

impl Service<Request> for GraphQl {
    type Response = Response;
    type Error = Infallible;
    type Future = BoxFuture<'static, Result<Response, Infallible>>;

    fn poll_ready(&mut self, _: &mut task::Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request) -> Self::Future {
        graphql(Arc::clone(&self.0), request).map(Ok).boxed()
    }
}

/// Only what tells how the process is.
pub fn watched(parts: Vec<Arc<dyn Part>>) -> Router {
    let parts: Arc<[Arc<dyn Part>]> = parts.into();
    let measured = Arc::clone(&parts);
    Router::new()
        .route("/health/live", get(health::live))
        .route("/health/ready", get(move || health::ready(Arc::clone(&parts))))
        .route("/metrics", get(move |request| metrics(request, Arc::clone(&measured))))
}

/// What every request passes through.
struct Door {
    ids: Arc<dyn IdSource>,
    headers: Vec<(HeaderName, HeaderValue)>,
    leaving: CancellationToken,
    measures: Measures,
}

/// The door, of all that the router finds.
async fn pass(State(door): State<Arc<Door>>, request: Request, next: Next) -> Response {
    let route = request.extensions().get::<MatchedPath>().cloned();
    let route = route.as_ref().map_or("none", MatchedPath::as_str);
    door.pass(route, request, |request| next.run(request)).await
}

impl Door {
    async fn pass<F: Future<Output = Response>>(
        &self,
        route: &str,
        mut request: Request,
        next: impl FnOnce(Request) -> F,
    ) -> Response {
        let (id, shown) = request_id(request.headers(), self.ids.as_ref());
        request.extensions_mut().insert(id.clone());
        let method = request.method().clone();
        // A connection of HTTP/2 is told by its protocol when it is closed.
        let one_by_one = request.version() < Version::HTTP_2;
        let started = tokio::time::Instant::now();
        // At the highest level, so that a line of any level carries the id, however little is logged.
        let span = tracing::error_span!("request", id = %id);
        let trace = traces::request(method.as_str(), route, id.as_str(), |name| {
            request.headers().get(name).and_then(|value| value.to_str().ok())
        });
        // Whoever asks what an address can do is no browser that asks whether a page may call it; the layer for those would take
        // both for the same.
        let abilities = (method == Method::OPTIONS
            && !request.headers().contains_key(header::ACCESS_CONTROL_REQUEST_METHOD))
        .then(|| epcis::abilities(request.uri().path()))
        .flatten();
        let answered = match abilities {
            Some(abilities) => Ok(abilities),
            None => AssertUnwindSafe(next(request)).catch_unwind().instrument(span).instrument(trace.clone()).await,
        };
        let mut response = answered.unwrap_or_else(|_| {
            tracing::error!(request_id = %id, "request panicked");
            problem(
                StatusCode::INTERNAL_SERVER_ERROR,
                "internal error; the operator finds it under the request id",
                &id,
            )
        });
        let elapsed = started.elapsed();
        let status = response.status().as_u16();
        traces::answered(&trace, status);
        tracing::debug!(request_id = %id, %method, route, status, elapsed_ms = elapsed.as_secs_f64() * 1e3, "answered");
        self.measures.of(route).answered(status, elapsed);
        let headers = response.headers_mut();
        headers.insert(REQUEST_ID, shown);
        // What has become another protocol is no longer a connection of requests.
        if one_by_one && self.leaving.is_cancelled() && status != StatusCode::SWITCHING_PROTOCOLS.as_u16() {
            headers.insert(header::CONNECTION, HeaderValue::from_static("close"));
        }
        for (name, value) in &self.headers {
            if !headers.contains_key(name) {
                headers.insert(name.clone(), value.clone());
            }
        }
        response
    }
}

/// The client's own id if it is a UUID, else a new one: as text for logs and as a header.
fn request_id(headers: &HeaderMap, ids: &dyn IdSource) -> (RequestId, HeaderValue) {
    let given =
        headers.get(REQUEST_ID).and_then(|value| value.to_str().ok()).and_then(|text| Uuid::try_parse(text).ok());
    let id = given.unwrap_or_else(|| ids.next_uuid());
    let mut buffer = Uuid::encode_buffer();
    let text: &str = id.hyphenated().encode_lower(&mut buffer);
    // Hexadecimal digits and hyphens are always a header value.
    let shown = HeaderValue::from_str(text).unwrap_or_else(|_| HeaderValue::from_static("-"));
    (RequestId::new(text), shown)
}

fn common_headers(https: bool) -> Vec<(HeaderName, HeaderValue)> {
    let mut headers = vec![
        (header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
        (header::REFERRER_POLICY, HeaderValue::from_static("no-referrer")),
        (header::CONTENT_SECURITY_POLICY, HeaderValue::from_static("default-src 'none'; frame-ancestors 'none'")),
        (HeaderName::from_static("cross-origin-resource-policy"), HeaderValue::from_static("same-origin")),
    ];
    if https {
        let one_year = HeaderValue::from_static("max-age=31536000; includeSubDomains");
        headers.push((header::STRICT_TRANSPORT_SECURITY, one_year));
    }
    headers
}

fn cors(origins: &CorsOrigins) -> CorsLayer {
    let allowed = match origins {
        CorsOrigins::Any => AllowOrigin::any(),
        CorsOrigins::Listed(origins) => AllowOrigin::list(origins.iter().filter_map(|origin| origin.parse().ok())),
    };
    CorsLayer::new()
        .allow_origin(allowed)
        .allow_methods([Method::GET, Method::POST, Method::PUT])
        .allow_headers([
            header::ACCEPT,
            header::ACCEPT_LANGUAGE,
            header::AUTHORIZATION,
            header::CONTENT_TYPE,
            REQUEST_ID,
            HeaderName::from_static("traceparent"),
            HeaderName::from_static("tracestate"),
        ])
        .expose_headers([REQUEST_ID, header::WWW_AUTHENTICATE, header::LINK, header::LOCATION, header::RETRY_AFTER])
        .max_age(Duration::from_secs(24 * 60 * 60))
}

async fn not_found(request: Request) -> Response {
    problem(StatusCode::NOT_FOUND, "there is nothing at this address; GraphQL is at /graphql", &id_of(&request))
}

async fn method_not_allowed(request: Request) -> Response {
    problem(StatusCode::METHOD_NOT_ALLOWED, "this address does not take that method", &id_of(&request))
}

/// The id that the door gave a request.
pub(super) fn id_of(request: &Request) -> RequestId {
    request.extensions().get::<RequestId>().cloned().unwrap_or_else(|| RequestId::new("-"))
}

async fn metrics(request: Request, parts: Arc<[Arc<dyn Part>]>) -> Response {
    match telemetry::metrics() {
        Some(metrics) => {
            health::measure(&parts).await;
            ([(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], metrics.render()).into_response()
        }
        None => problem(StatusCode::SERVICE_UNAVAILABLE, "metrics are not recorded in this process", &id_of(&request)),
    }
}

/// Listens until `stop` ends, then lets running requests end.
pub async fn serve(
    routes: impl Answers,
    listener: TcpListener,
    connections: Connections,
    stop: impl Future<Output = ()> + Send + 'static,
) {
    // Before the first request: what is counted before the counting begins is lost.
    let metrics = telemetry::metrics();
    let upkeep = tokio::spawn(async move {
        let Some(metrics) = metrics else { return };
        // Histograms keep every sample until somebody reads them or this is done.
        let mut every = tokio::time::interval(Duration::from_secs(5));
        loop {
            every.tick().await;
            metrics.run_upkeep();
        }
    });
    connections.serve(routes, listener, stop).await;
    upkeep.abort();
}
