//! Open contracting data: what is published of procurement, read and exported.

mod exporting;
mod publishing;
mod reading;
pub(crate) mod standard;
pub(crate) mod world;

use axum::{
    body::{Body, to_bytes},
    http::{HeaderMap, Request, StatusCode},
};
use serde_json::Value;

use crate::harness::TestApp;

/// Asks for an address, and gives the status, the headers and the text.
pub(crate) async fn get(app: &TestApp, address: &str, headers: &[(&str, &str)]) -> (StatusCode, HeaderMap, String) {
    let mut request = Request::get(address);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let response = app.send(request.body(Body::empty()).unwrap()).await;
    let (status, headers) = (response.status(), response.headers().clone());
    let body = to_bytes(response.into_body(), usize::MAX).await.unwrap();
    (status, headers, String::from_utf8(body.to_vec()).unwrap())
}

/// Asks for JSON that must be there.
pub(crate) async fn json(app: &TestApp, address: &str) -> Value {
    let (status, _, body) = get(app, address, &[]).await;
    assert_eq!(status, StatusCode::OK, "{address}: {body}");
    serde_json::from_str(&body).unwrap()
}

/// The releases of a process.
async fn releases(app: &TestApp, ocid: &str) -> Vec<Value> {
    json(app, &format!("/ocds/releases/{ocid}")).await["releases"].as_array().unwrap().clone()
}

/// The same with every array of things that have an `id` in the order of the ids, as their order says nothing.
fn in_order(mut value: Value) -> Value {
    match &mut value {
        Value::Object(members) => members.values_mut().for_each(|member| *member = in_order(member.take())),
        Value::Array(items) => {
            items.iter_mut().for_each(|item| *item = in_order(item.take()));
            if items.iter().all(|item| item["id"].is_string()) {
                items.sort_by_key(|item| item["id"].as_str().unwrap().to_owned());
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
    value
}
