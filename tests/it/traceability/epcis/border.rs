//! Asking over HTTP, as other programs do.

use axum::{
    body::{Body, to_bytes},
    http::{HeaderMap, Method, Request, StatusCode, header},
};
use serde_json::{Value, json};

use crate::harness::app::TestApp;

/// An answer, read.
pub(super) struct Answer {
    pub(super) status: StatusCode,
    pub(super) headers: HeaderMap,
    pub(super) text: String,
}

impl Answer {
    pub(super) fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|_| panic!("{}: {}", self.status, self.text))
    }

    pub(super) fn header(&self, name: &str) -> &str {
        self.headers.get(name).unwrap_or_else(|| panic!("no {name}: {}", self.text)).to_str().unwrap()
    }

    /// The events of the answer to a query.
    pub(super) fn events(&self) -> Vec<Value> {
        let said = self.json();
        let events = &said["epcisBody"]["queryResults"]["resultsBody"]["eventList"];
        events.as_array().unwrap_or_else(|| panic!("{}: {said:#}", self.status)).clone()
    }
}

/// Sends a request with headers.
pub(super) async fn send(
    app: &TestApp,
    token: Option<&str>,
    (method, path): (Method, &str),
    headers: &[(&str, &str)],
    body: &str,
) -> Answer {
    let mut request = Request::builder().method(method).uri(path);
    if let Some(token) = token {
        request = request.header(header::AUTHORIZATION, format!("Bearer {token}"));
    }
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let response = app.send(request.body(Body::from(body.to_owned())).unwrap()).await;
    let (parts, body) = response.into_parts();
    let bytes = to_bytes(body, usize::MAX).await.unwrap();
    Answer { status: parts.status, headers: parts.headers, text: String::from_utf8(bytes.to_vec()).unwrap() }
}

pub(super) async fn get(app: &TestApp, token: &str, path: &str) -> Answer {
    send(app, Some(token), (Method::GET, path), &[], "").await
}

pub(super) async fn post(app: &TestApp, token: &str, path: &str, body: &Value) -> Answer {
    send(app, Some(token), (Method::POST, path), &[("content-type", "application/json")], &body.to_string()).await
}

/// A document with events, in which `ex` is declared.
pub(super) fn document(events: &[Value]) -> Value {
    json!({
        "@context": ["https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld", { "ex": super::samples::EX }],
        "type": "EPCISDocument", "schemaVersion": "2.0", "creationDate": "2026-11-02T08:00:00Z",
        "epcisBody": { "eventList": events },
    })
}

/// Somebody else's bags, seen in October 2026, with changes.
pub(super) fn observed(number: u32, changes: Value) -> Value {
    let mut event = json!({
        "type": "ObjectEvent", "eventTime": format!("2026-10-{:02}T07:00:00Z", number % 28 + 1), "eventTimeZoneOffset": "+00:00",
        "action": "OBSERVE", "bizStep": "inspecting", "disposition": "conformant",
        "quantityList": [{ "epcClass": format!("urn:epc:class:lgtin:4012345.012345.{number}"), "quantity": 10.5, "uom": "KGM" }],
    });
    for (field, value) in changes.as_object().unwrap() {
        event[field] = value.clone();
    }
    event
}

/// Hands a document in, lets it be worked through, and gives what became of it.
pub(super) async fn captured(app: &TestApp, token: &str, behaviour: &str, document: &Value) -> Value {
    let headers = [("content-type", "application/json"), ("gs1-capture-error-behaviour", behaviour)];
    let path = (Method::POST, "/epcis/capture");
    let taken = send(app, Some(token), path, &headers, &document.to_string()).await;
    assert_eq!(taken.status, StatusCode::ACCEPTED, "{}", taken.text);
    app.settle().await;
    let job = get(app, token, taken.header("location")).await.json();
    assert_eq!(job["running"], json!(false), "{job:#}");
    job
}

/// What is wrong, as `event path`.
pub(super) fn errors(job: &Value) -> Vec<String> {
    let errors = job["errors"].as_array().unwrap();
    errors.iter().map(|error| format!("{} {}", error["event"], error["path"].as_str().unwrap())).collect()
}
