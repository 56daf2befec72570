//! Problem details for HTTP errors outside GraphQL (RFC 9457).

use axum::{
    body::Body,
    http::{HeaderValue, StatusCode, header},
    response::Response,
};
use serde::Serialize;

use crate::kernel::telemetry::RequestId;

/// The members of a problem. `type` is `about:blank`: the status says all there is to know.
#[derive(Serialize)]
struct Problem<'a> {
    r#type: &'a str,
    title: &'a str,
    status: u16,
    detail: &'a str,
    #[serde(rename = "requestId")]
    request_id: &'a str,
}

/// A response that tells a problem.
#[must_use]
pub fn problem(status: StatusCode, detail: &str, request_id: &RequestId) -> Response {
    let title = status.canonical_reason().unwrap_or("Error");
    let problem =
        Problem { r#type: "about:blank", title, status: status.as_u16(), detail, request_id: request_id.as_str() };
    // Texts and a number always serialize; an empty body would still carry the status.
    let body = serde_json::to_vec(&problem).unwrap_or_default();
    let mut response = Response::new(Body::from(body));
    *response.status_mut() = status;
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}
