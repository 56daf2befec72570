//! What a real server said, word for word, and what we make of it.
//!
//! The exchanges were recorded from a server by somebody else, about an index of another shape. So they are no recording of
//! our own conversation; here they are held against it: a request of ours has to be one of theirs in verb, path, key and kind
//! of body, and each of their answers must mean to us what it says.

use std::{
    collections::BTreeSet,
    sync::{Arc, Mutex},
};

use axum::{
    Router,
    body::{Body, to_bytes},
    extract::{Request, State},
    http::{StatusCode, header},
    response::Response,
};
use bfw::search::{
    index::{Change, IndexError, SearchIndex as _},
    meilisearch::{MeilisearchIndex, MeilisearchOptions},
    model::{Collection, KeywordField, SearchRequest, Sort},
};
use serde::Deserialize;
use serde_json::{Value, json};
use tokio::net::TcpListener;
use uuid::Uuid;

use super::{
    documents::{neutral, plain_listing},
    engines::{beginning, request},
};
use crate::harness::foreign_file;

#[derive(Debug, Deserialize)]
struct Transcript {
    exchanges: Vec<Exchange>,
}

#[derive(Debug, Clone, Deserialize)]
struct Exchange {
    name: String,
    request: Recorded,
    response: Answered,
}

#[derive(Debug, Clone, Deserialize)]
struct Recorded {
    method: String,
    path: String,
    authorized: bool,
    body: Value,
}

#[derive(Debug, Clone, Deserialize)]
struct Answered {
    status: u16,
    body: Value,
}

/// Verb and path, with the names of indexes and the numbers of tasks left out.
fn form(method: &str, path: &str) -> String {
    let path = path.split('?').next().unwrap();
    let mut steps: Vec<&str> = path.split('/').collect();
    for at in 1..steps.len() {
        match steps[at - 1] {
            "indexes" => steps[at] = "{index}",
            "tasks" => steps[at] = "{task}",
            _ => {}
        }
    }
    format!("{method} {}", steps.join("/"))
}

/// A server that answers with the exchanges that a test lines up, each to a request of its form.
#[derive(Clone)]
struct Server(Arc<Mutex<Lined>>);

#[derive(Default)]
struct Lined {
    next: Vec<Exchange>,
    asked: Vec<(String, Value)>,
    wrong: Vec<String>,
}

async fn answer(State(Server(lined)): State<Server>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let bytes = to_bytes(body, usize::MAX).await.unwrap();
    let sent: Value = if bytes.is_empty() { Value::Null } else { serde_json::from_slice(&bytes).unwrap() };
    let asked = form(parts.method.as_str(), parts.uri.path());
    let authorized = parts.headers.get(header::AUTHORIZATION).is_some_and(|value| value == "Bearer key-of-the-test");
    let mut lined = lined.lock().unwrap();
    lined.asked.push((asked.clone(), sent.clone()));
    let fits = |exchange: &Exchange| form(&exchange.request.method, &exchange.request.path) == asked;
    let Some(at) = lined.next.iter().position(fits) else {
        lined.wrong.push(format!("nothing was lined up for {asked}"));
        return respond(418, &Value::Null);
    };
    let exchange = lined.next.remove(at);
    if exchange.request.authorized && !authorized {
        lined.wrong.push(format!("{asked}: no key"));
    }
    if std::mem::discriminant(&exchange.request.body) != std::mem::discriminant(&sent) {
        lined.wrong.push(format!("{asked}: sent {sent}, recorded {}", exchange.request.body));
    }
    respond(exchange.response.status, &exchange.response.body)
}

fn respond(status: u16, body: &Value) -> Response {
    let mut response = Response::new(Body::from(body.to_string()));
    *response.status_mut() = StatusCode::from_u16(status).unwrap();
    response
}

/// The transcript, and an engine that talks with it.
struct Talk {
    exchanges: Vec<Exchange>,
    server: Server,
    index: MeilisearchIndex,
}

impl Talk {
    async fn new() -> Option<Talk> {
        let text = foreign_file("meilisearch/transcript.json")?;
        let transcript: Transcript = serde_json::from_slice(&text).unwrap();
        let server = Server(Arc::default());
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let router = Router::new().fallback(answer).with_state(server.clone());
        tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        let options = MeilisearchOptions { url, key: Some("key-of-the-test".into()), prefix: "bfw".into() };
        let index = MeilisearchIndex::new(options).unwrap();
        Some(Talk { exchanges: transcript.exchanges, server, index })
    }

    /// Lines up answers by name, and by number where several have one name.
    fn line_up(&mut self, names: &[(&str, usize)]) {
        let mut lined = self.server.0.lock().unwrap();
        assert_eq!(lined.wrong, [] as [String; 0]);
        assert!(lined.next.is_empty(), "not asked for: {:?}", lined.next);
        lined.asked.clear();
        for (name, number) in names {
            let named = self.exchanges.iter().filter(|exchange| exchange.name == *name);
            let exchange = named.clone().nth(*number).unwrap_or_else(|| panic!("no exchange {name} {number}"));
            lined.next.push(exchange.clone());
        }
    }

    fn asked(&self) -> Vec<(String, Value)> {
        self.server.0.lock().unwrap().asked.clone()
    }
}

/// Both indexes are there.
const BUILT: [(&str, usize); 2] = [("found", 0), ("found", 0)];

#[tokio::test]
async fn every_answer_of_a_real_server_means_to_us_what_it_says() {
    let Some(mut talk) = Talk::new().await else { return };
    // No exchange shows an index that is there; the body is that of any other answer about one.
    let found = Exchange {
        name: "found".into(),
        request: Recorded { method: "GET".into(), path: "/indexes/x".into(), authorized: true, body: Value::Null },
        response: Answered { status: 200, body: json!({ "uid": "x", "primaryKey": "id" }) },
    };
    talk.exchanges.push(found);
    // Nor one that nothing waits for, nor documents that are fetched by their ids.
    let none = json!({ "results": [], "total": 0, "limit": 1, "from": null, "next": null });
    let there =
        json!({ "results": [{ "id": Uuid::from_u128(1), "digest": "0" }], "offset": 0, "limit": 1, "total": 1 });
    for (name, method, path, sent, answered) in [
        ("nothing waits", "GET", "/tasks", Value::Null, &none),
        ("fetch documents", "POST", "/indexes/x/documents/fetch", json!({}), &there),
    ] {
        let request = Recorded { method: method.into(), path: path.into(), authorized: true, body: sent };
        let response = Answered { status: 200, body: answered.clone() };
        talk.exchanges.push(Exchange { name: name.into(), request, response });
    }

    // Before there is an index.
    talk.line_up(&[("index that does not exist", 0)]);
    assert!(talk.index.needs_rebuild().await.unwrap().is_some());
    talk.line_up(&[("search in an index that does not exist", 0)]);
    let refused = talk.index.search(request("karité")).await.unwrap_err();
    assert!(matches!(&refused, IndexError::Unusable { reason } if reason.contains("not found")), "{refused:?}");

    // Keys.
    for name in ["missing key", "wrong key"] {
        let mut exchange = talk.exchanges.iter().find(|exchange| exchange.name == name).unwrap().clone();
        exchange.request = Recorded { path: "/indexes/x".into(), authorized: true, ..exchange.request };
        talk.server.0.lock().unwrap().next.push(exchange);
        let refused = talk.index.needs_rebuild().await.unwrap_err();
        let said = std::error::Error::source(&refused).unwrap().to_string();
        assert!(matches!(refused, IndexError::Unavailable(_)) && said.contains("BFW_MEILISEARCH_KEY"), "{said}");
        assert!(!said.contains("key-of-the-test"), "{said}");
    }

    // Searching.
    for name in ["page and total hits", "geo radius, sorted by distance"] {
        talk.line_up(&[(name, 0)]);
        // Their ids are none of ours: a server whose answers cannot be read is one that cannot be used.
        let refused = talk.index.search(request("")).await.unwrap_err();
        assert!(matches!(refused, IndexError::Unavailable(_)), "{name}: {refused:?}");
    }
    for name in [
        "filter on an attribute that is not filterable",
        "malformed filter",
        "sort on an attribute that is not sortable",
    ] {
        talk.line_up(&[(name, 0)]);
        let refused = talk.index.search(request("")).await.unwrap_err();
        assert!(matches!(refused, IndexError::Failed(_)), "{name}: {refused:?}");
    }

    // Changes: the tasks that succeed, the task that fails.
    const KNOWN: [(&str, usize); 2] = [("nothing waits", 0), ("fetch documents", 0)];
    talk.line_up(&[&BUILT[..], &KNOWN, &[("add or replace documents", 0), ("task succeeded", 2)]].concat());
    let put = || Change::Put(Box::new(neutral([plain_listing(1, 0, 0)]).remove(0)));
    talk.index.apply(vec![put()]).await.unwrap();
    talk.line_up(&[&KNOWN[..], &[("add or replace documents", 0), ("task failed", 1)]].concat());
    let refused = talk.index.apply(vec![put()]).await.unwrap_err();
    assert!(matches!(&refused, IndexError::Failed(reason) if reason.contains("`id`")), "{refused:?}");
    talk.line_up(&[&KNOWN[..], &[("add or replace documents", 0), ("task that does not exist", 0)]].concat());
    assert!(talk.index.apply(vec![put()]).await.is_err());
    talk.line_up(&[&KNOWN[..], &[("delete documents by ids", 0), ("task succeeded", 6)]].concat());
    talk.index.apply(vec![Change::Remove(Collection::Listings, Uuid::from_u128(1))]).await.unwrap();
    let (_, sent) = talk.asked().remove(2);
    assert_eq!(sent, json!([Uuid::from_u128(1)]));
    talk.line_up(&[("stats after the swap", 0), ("stats after the swap", 0)]);
    assert_eq!(talk.index.status().await.unwrap().listings, 4);
}

#[tokio::test]
async fn a_search_sends_nothing_that_the_server_does_not_know() {
    let Some(mut talk) = Talk::new().await else { return };
    // The server lists everything that it knows when it is sent something else.
    let unknown = talk.exchanges.iter().find(|exchange| exchange.name == "unknown search parameter").unwrap();
    let message = unknown.response.body["message"].as_str().unwrap().to_owned();
    let known = |name: &str| message.contains(&format!("`{name}`"));
    talk.line_up(&[("unknown search parameter", 0)]);
    let everything = SearchRequest {
        conditions: vec![bfw::search::model::Condition::AnyOf(KeywordField::Grade, vec!["I".into()])],
        facets: vec![KeywordField::Grade],
        sort: Sort::Newest,
        ..request("karité \"beurre de\"")
    };
    let refused = talk.index.search(everything).await.unwrap_err();
    assert!(matches!(refused, IndexError::Failed(_)), "{refused:?}");
    let (_, sent) = talk.asked().remove(0);
    let names: Vec<&String> = sent.as_object().unwrap().keys().collect();
    assert!(names.len() >= 8, "{names:?}");
    for name in names {
        assert!(known(name), "{name} in {message}");
    }
}

#[tokio::test]
async fn a_rebuild_goes_the_way_of_the_recorded_one() {
    let Some(mut talk) = Talk::new().await else { return };
    let text = "indexes";
    // Nothing in the transcript lists indexes with a right key; an empty list is what a new server gives.
    let none = Exchange {
        name: text.into(),
        request: Recorded { method: "GET".into(), path: "/indexes".into(), authorized: true, body: Value::Null },
        response: Answered { status: 200, body: json!({ "results": [], "offset": 0, "limit": 1000, "total": 0 }) },
    };
    talk.exchanges.push(none);
    let made = [("create index", 0), ("task succeeded", 0), ("settings", 0), ("task succeeded", 1)];
    talk.line_up(&[&[(text, 0)], &made[..], &made[..]].concat());
    let mut rebuild = talk.index.begin_rebuild(beginning(1)).await.unwrap();
    let asked = talk.asked();
    let settings: BTreeSet<&str> = asked
        .iter()
        .filter(|(form, _)| form.ends_with("/settings"))
        .flat_map(|(_, sent)| sent.as_object().unwrap().keys())
        .map(String::as_str)
        .collect();
    for name in [
        "searchableAttributes",
        "filterableAttributes",
        "sortableAttributes",
        "rankingRules",
        "synonyms",
        "stopWords",
        "typoTolerance",
        "faceting",
        "pagination",
        "localizedAttributes",
    ] {
        assert!(settings.contains(name), "{name} in {settings:?}");
    }

    talk.line_up(&[]);
    rebuild.feed(neutral((1..=4).map(|number| plain_listing(number, 0, 0)))).await.unwrap();
    assert_eq!(talk.asked(), [], "a few documents are sent together at the end");
    // The organizations are none, while the recorded server has four of everything: the swap must not happen.
    talk.line_up(&[
        ("add or replace documents", 0),
        ("task succeeded", 2),
        ("stats after the swap", 0),
        ("index that does not exist", 0),
        made[0],
        made[1],
        made[2],
        made[3],
        ("stats after the swap", 0),
        ("delete index", 0),
        ("task succeeded", 8),
        ("delete index", 0),
        ("task succeeded", 8),
    ]);
    let refused = rebuild.finish().await.unwrap_err();
    assert!(matches!(refused, IndexError::Unusable { .. }), "{refused:?}");
    assert!(talk.asked().iter().all(|(form, _)| !form.ends_with("/swap-indexes")));
}
