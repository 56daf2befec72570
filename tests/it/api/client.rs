//! Sends requests to a router without a network.

use axum::{
    body::{Body, to_bytes},
    http::{HeaderMap, Request, StatusCode, header},
};
use bfw::api::router::Routes;
use serde_json::{Value, json};
use tower::ServiceExt;

pub(super) const RESPONSE_JSON: &str = "application/graphql-response+json";

pub(super) struct Answer {
    pub(super) status: StatusCode,
    pub(super) headers: HeaderMap,
    pub(super) text: String,
}

impl Answer {
    pub(super) fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|failure| panic!("{failure}: {}", self.text))
    }

    /// `extensions.code` of each error.
    pub(super) fn codes(&self) -> Vec<String> {
        let json = self.json();
        let errors = json["errors"].as_array().cloned().unwrap_or_default();
        errors.iter().map(|error| error["extensions"]["code"].as_str().unwrap_or("none").to_owned()).collect()
    }

    pub(super) fn header(&self, name: impl header::AsHeaderName) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }
}

pub(super) async fn send(router: &Routes, request: Request<Body>) -> Answer {
    let response = router.clone().oneshot(request).await.unwrap();
    let (parts, body) = response.into_parts();
    let bytes = to_bytes(body, usize::MAX).await.unwrap();
    Answer { status: parts.status, headers: parts.headers, text: String::from_utf8(bytes.to_vec()).unwrap() }
}

/// Posts a body as JSON, to be answered in the newer media type.
pub(super) async fn post_text(router: &Routes, body: impl Into<Body>) -> Answer {
    let request = Request::post("/graphql")
        .header(header::CONTENT_TYPE, "application/json")
        .header(header::ACCEPT, RESPONSE_JSON)
        .body(body.into())
        .unwrap();
    send(router, request).await
}

pub(super) async fn post(router: &Routes, body: Value) -> Answer {
    post_text(router, body.to_string()).await
}

pub(super) async fn query(router: &Routes, text: &str) -> Answer {
    post(router, json!({ "query": text })).await
}

pub(super) async fn query_with(router: &Routes, text: &str, variables: Value) -> Answer {
    post(router, json!({ "query": text, "variables": variables })).await
}
