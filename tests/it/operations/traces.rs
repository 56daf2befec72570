//! What a collector of traces is sent, and that nobody waits for one.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex},
};

use axum::{Router, body::Bytes, extract::State, http::HeaderMap, routing::post};
use db_test::db_test;
use opentelemetry_proto::tonic::{
    collector::trace::v1::ExportTraceServiceRequest,
    common::v1::{KeyValue, any_value::Value as Any},
    trace::v1::{Span, span::SpanKind, status::StatusCode},
};
use prost::Message as _;
use serde_json::{Value, json};
use tokio::net::TcpListener;

use super::process::{Serving, bfw};
use crate::harness::TestDatabase;

const TRACE: &str = "4bf92f3577b34da6a3ce929d0e0e4736";
const PARENT: &str = "00f067aa0ba902b7";
const SECRET: &str = "trois pirogues au port de Mopti";
const KEY: &str = "hunter2";

/// What arrived at the collector: the key that was shown, and the body.
type Arrived = Arc<Mutex<Vec<(String, Vec<u8>)>>>;

async fn take(State(arrived): State<Arrived>, headers: HeaderMap, body: Bytes) {
    let key = headers.get("x-key").map(|key| key.to_str().unwrap().to_owned()).unwrap_or_default();
    assert_eq!(headers["content-type"], "application/x-protobuf");
    arrived.lock().unwrap().push((key, body.to_vec()));
}

/// A collector on a port of its own.
async fn collector() -> (String, Arrived) {
    let arrived = Arrived::default();
    let router = Router::new().route("/v1/traces", post(take)).with_state(Arc::clone(&arrived));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
    (url, arrived)
}

/// All spans, and what they are said to come from.
fn spans(arrived: &Arrived) -> (Vec<Span>, BTreeMap<String, String>) {
    let (mut spans, mut resource) = (Vec::new(), BTreeMap::new());
    for (_, body) in arrived.lock().unwrap().iter() {
        for of_resource in ExportTraceServiceRequest::decode(&body[..]).unwrap().resource_spans {
            resource.extend(attributes(&of_resource.resource.unwrap().attributes));
            spans.extend(of_resource.scope_spans.into_iter().flat_map(|scope| scope.spans));
        }
    }
    (spans, resource)
}

fn attributes(of: &[KeyValue]) -> BTreeMap<String, String> {
    let text = |value: &KeyValue| match value.value.as_ref().and_then(|value| value.value.clone()) {
        Some(Any::StringValue(text)) => text,
        Some(Any::IntValue(number)) => number.to_string(),
        other => format!("{other:?}"),
    };
    of.iter().map(|one| (one.key.clone(), text(one))).collect()
}

fn pairs<const N: usize>(expected: [(&str, &str); N]) -> BTreeMap<String, String> {
    expected.into_iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect()
}

async fn ask(serving: &Serving, headers: &[(&str, &str)], body: Value) -> (String, Value) {
    let mut request = reqwest::Client::new().post(format!("{}/graphql", serving.url)).json(&body);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let answer = request.send().await.unwrap();
    let id = answer.headers()["x-request-id"].to_str().unwrap().to_owned();
    (id, answer.json().await.unwrap())
}

const ENROL: &str =
    "mutation Enrol($password: String!) { signUp(input: { email: \"awa@example.org\", password: $password,
    name: \"Awa\", language: FR }) { session { accessToken } } }";
const REGISTER: &str =
    "mutation { registerOrganization(input: { kind: COOPERATIVE, name: \"Benkadi\", placeCode: \"segou\" }) {
    organization { id } } }";

#[db_test]
async fn a_trace_that_a_client_began_is_gone_on_with_and_tells_nothing_of_her(database: TestDatabase) {
    // given: a service that sends traces, of which it begins none itself
    let (url, arrived) = collector().await;
    let mut command = bfw(&database, &["serve"]);
    command.env("BFW_OTLP_URL", &url).env("BFW_OTLP_HEADERS", format!("x-key={KEY}")).env("BFW_LOG", "debug");
    let serving = Serving::start(command);

    // when
    let begun = format!("00-{TRACE}-{PARENT}-01");
    let enrol = json!({ "query": ENROL, "variables": { "password": SECRET } });
    let (id, signed_up) = ask(&serving, &[("traceparent", &begun)], enrol).await;
    let token = signed_up["data"]["signUp"]["session"]["accessToken"].as_str().unwrap().to_owned();
    let bearer = format!("Bearer {token}");
    ask(&serving, &[("authorization", &bearer)], json!({ "query": REGISTER })).await;
    let untold = format!("00-{}-{PARENT}-00", TRACE.replace('4', "5"));
    ask(&serving, &[("traceparent", &untold)], json!({ "query": "{ __typename }" })).await;
    // What follows the commit is done by then.
    for _ in 0..100 {
        let query = json!({ "query": "{ searchOrganizations(query: \"benkadi\") { totalCount } }" });
        if ask(&serving, &[], query).await.1["data"]["searchOrganizations"]["totalCount"] == 1 {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    }
    let (code, log) = serving.terminate();
    assert_eq!(code, Some(0), "{log}");

    // then: what was left was sent at the end
    let (spans, resource) = spans(&arrived);
    assert_eq!(resource, pairs([("service.name", "bfw"), ("service.version", env!("CARGO_PKG_VERSION"))]));
    let hers: Vec<&Span> = spans.iter().filter(|span| hex::encode(&span.trace_id) == TRACE).collect();
    let [request, operation] = ["POST /graphql", "mutation"].map(|name| {
        let found = hers.iter().find(|span| span.name == name);
        *found.unwrap_or_else(|| panic!("no {name} in {hers:?}"))
    });
    assert_eq!(hers.len(), 2);
    assert_eq!((request.kind(), hex::encode(&request.parent_span_id)), (SpanKind::Server, PARENT.to_owned()));
    assert_eq!(operation.parent_span_id, request.span_id);
    let told = [
        ("http.request.method", "POST"),
        ("http.route", "/graphql"),
        ("http.response.status_code", "200"),
        ("bfw.request_id", &id),
    ];
    assert_eq!(attributes(&request.attributes), pairs(told));
    let told = [("graphql.operation.type", "mutation"), ("graphql.operation.name", "Enrol")];
    assert_eq!(attributes(&operation.attributes), pairs(told));
    assert!(hers.iter().all(|span| span.status.as_ref().is_none_or(|status| status.code() != StatusCode::Error)));

    let work = spans.iter().find(|span| span.name == "outbox organization").unwrap();
    assert_eq!((work.kind(), work.parent_span_id.is_empty()), (SpanKind::Consumer, true));
    let told = [("messaging.destination.name", "organization"), ("messaging.batch.message_count", "1")];
    assert_eq!(attributes(&work.attributes), pairs(told));
    assert!(!spans.iter().any(|span| hex::encode(&span.trace_id) == TRACE.replace('4', "5")), "not to be told");
    assert!(spans.iter().all(|span| span.events.is_empty()), "no line of the log goes along");

    // and nothing of what she typed, is called or is known by
    for (key, body) in arrived.lock().unwrap().iter() {
        assert_eq!(key, KEY);
        for secret in [SECRET, "awa@example.org", "Awa", &token, "Benkadi", "benkadi", KEY] {
            assert!(!body.windows(secret.len()).any(|window| window == secret.as_bytes()), "{secret} was sent");
        }
    }
    assert!(!log.contains(KEY), "{log}");
    // What is sent stands in no line.
    assert!(!log.contains("otel.name") && !log.contains("graphql.operation"), "{log}");
}

#[db_test]
async fn a_collector_that_never_answers_holds_up_nobody(database: TestDatabase) {
    // given: one that takes connections, and says nothing
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let held = Arc::new(Mutex::new(Vec::new()));
    let holding = Arc::clone(&held);
    tokio::spawn(async move {
        loop {
            let connection = listener.accept().await.unwrap();
            holding.lock().unwrap().push(connection);
        }
    });
    let mut command = bfw(&database, &["serve", "--no-worker"]);
    command.env("BFW_OTLP_URL", &url);
    let serving = Serving::start(command);

    // when: more requests come than spans can wait
    let client = reqwest::Client::new();
    for _ in 0..2_600 {
        let answer = client.get(format!("{}/health/live", serving.url)).send().await.unwrap();
        assert_eq!(answer.status(), 200);
    }

    // then: all were answered, and the end does not wait either
    assert!(!held.lock().unwrap().is_empty(), "it was tried");
    let (code, log) = serving.terminate();
    assert_eq!(code, Some(0), "{log}");
    assert!(log.contains("the last traces were not sent"), "{log}");
}

#[db_test]
async fn settings_that_lead_to_no_collector_are_refused_and_their_secret_is_not_repeated(database: TestDatabase) {
    for (name, value) in
        [("BFW_OTLP_URL", "collector:4318"), ("BFW_OTLP_HEADERS", "x-key hunter2"), ("BFW_OTLP_PERCENT", "101")]
    {
        let refused = bfw(&database, &["serve"]).env(name, value).output().unwrap();
        let said = super::process::stderr(&refused);
        assert_eq!(refused.status.code(), Some(1));
        assert!(said.contains(name) && !said.contains("hunter2"), "{said}");
    }
}
