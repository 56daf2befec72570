//! Servers of others that are away, slow, or lie: a search server and a store of documents. Only what needs them fails, nothing
//! that they say is believed without looking, and what could not be done is done when they are themselves again.

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use axum::{
    Router,
    body::{Body, to_bytes},
    extract::{Request, State},
    http::{HeaderMap, HeaderValue, Method, StatusCode, header},
    response::{IntoResponse, Response},
};
use bfw::{
    catalog::ListingId,
    kernel::{outbox, worker},
};
use bytes::Bytes;
use db_test::db_test;
use futures_util::stream;
use serde_json::{Value, json};
use tokio::net::TcpListener;
use uuid::Uuid;

use crate::{
    documents::{COMPLETE, Desk, pdf, s3_server::S3Server},
    harness::{TestApp, TestDatabase},
};

/// How a server answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Manner {
    /// As it should.
    Honest,
    /// That it cannot.
    Failing,
    /// Not at all.
    Silent,
    /// That all is well, with a page for people.
    Page,
    /// That all is well, in JSON that says nothing of what was asked.
    Nonsense,
    /// That it will, and never does.
    Promising,
    /// With results of its own making.
    Inventing,
    /// With the beginning of what was asked for.
    Cut,
    /// With other bytes than those that were asked for, as many.
    Other,
}

/// A server between us and the one that is meant, if there is one.
#[derive(Clone)]
struct Between {
    manner: Arc<Mutex<Manner>>,
    /// What it gives for results.
    invented: Arc<Mutex<Vec<Uuid>>>,
    to: Option<String>,
    http: reqwest::Client,
}

impl Between {
    /// Gives it and its address.
    async fn open(to: Option<String>, manner: Manner) -> (Self, String) {
        bfw::kernel::tls::install_provider();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let between =
            Self { manner: Arc::new(Mutex::new(manner)), invented: Arc::default(), to, http: reqwest::Client::new() };
        let routes = Router::new().fallback(answer).with_state(between.clone());
        tokio::spawn(async move { axum::serve(listener, routes).await.unwrap() });
        (between, url)
    }

    fn behave(&self, manner: Manner) {
        *self.manner.lock().unwrap() = manner;
    }

    /// What the server that is meant says.
    async fn pass_on(&self, request: Request) -> (StatusCode, HeaderMap, Bytes) {
        let (parts, body) = request.into_parts();
        let body = to_bytes(body, usize::MAX).await.unwrap();
        let url = format!("{}{}", self.to.as_ref().unwrap(), parts.uri);
        // With the name by which it was asked for, which is signed.
        let asked = self.http.request(parts.method, url).headers(parts.headers).body(body).send().await.unwrap();
        let (status, headers) = (asked.status(), asked.headers().clone());
        (status, headers, asked.bytes().await.unwrap())
    }
}

async fn answer(State(between): State<Between>, request: Request) -> Response {
    let manner = *between.manner.lock().unwrap();
    let reads = request.method() == Method::GET;
    match manner {
        Manner::Honest => told(between.pass_on(request).await),
        Manner::Failing => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
        Manner::Silent => std::future::pending().await,
        Manner::Page => ([(header::CONTENT_TYPE, "text/html")], "<html>We are back soon.</html>").into_response(),
        Manner::Nonsense => {
            axum::Json(json!({ "results": "all", "hits": 7, "status": [], "total": -1 })).into_response()
        }
        Manner::Inventing if request.uri().path().ends_with("/search") => {
            let invented = between.invented.lock().unwrap().clone();
            let hits: Vec<Value> = invented
                .iter()
                .map(|id| json!({ "id": id, "spot": null, "texts": [], "_matchesPosition": {}, "_rankingScore": 1.0 }))
                .collect();
            let total = hits.len();
            axum::Json(json!({ "hits": hits, "hitsPerPage": 100, "page": 1, "totalPages": 1, "totalHits": total,
                "processingTimeMs": 1, "query": "" }))
            .into_response()
        }
        Manner::Promising | Manner::Inventing if reads => {
            axum::Json(json!({ "status": "processing", "error": null, "uid": "x",
            "primaryKey": "id", "createdAt": "2026-11-02T08:00:00Z", "updatedAt": "2026-11-02T08:00:00Z" }))
            .into_response()
        }
        Manner::Promising if request.uri().path().ends_with("/documents/fetch") => {
            axum::Json(json!({ "results": [], "limit": 20, "offset": 0, "total": 0 })).into_response()
        }
        Manner::Promising | Manner::Inventing => {
            let task = json!({ "taskUid": 1, "indexUid": "x", "status": "enqueued", "type": "documentAdditionOrUpdate",
                "enqueuedAt": "2026-11-02T08:00:00Z" });
            (StatusCode::ACCEPTED, axum::Json(task)).into_response()
        }
        Manner::Cut | Manner::Other => {
            let (status, mut headers, body) = between.pass_on(request).await;
            if !reads || body.len() < 2 {
                return told((status, headers, body));
            }
            if manner == Manner::Other {
                return told((status, headers, body.iter().map(|byte| byte ^ 0x55).collect()));
            }
            // All of it is announced, half of it comes.
            headers.insert(header::CONTENT_LENGTH, HeaderValue::from(body.len()));
            let half = body.slice(..body.len() / 2);
            let parts = stream::iter([Ok(half), Err(std::io::Error::other("gone"))]);
            let mut response = (status, Body::from_stream(parts)).into_response();
            response.headers_mut().extend(headers);
            response
        }
    }
}

fn told((status, mut headers, body): (StatusCode, HeaderMap, Bytes)) -> Response {
    headers.remove(header::TRANSFER_ENCODING);
    (status, headers, body).into_response()
}

/// What `/health/ready` says of search.
async fn search_part(app: &TestApp) -> (StatusCode, String) {
    let answer = app.send(Request::get("/health/ready").body(Body::empty()).unwrap()).await;
    let status = answer.status();
    let told: Value = serde_json::from_slice(&to_bytes(answer.into_body(), usize::MAX).await.unwrap()).unwrap();
    (status, super::process::part(&told, "search").1)
}

#[db_test]
async fn a_search_server_that_fails_or_lies_is_left_out_and_nothing_of_it_is_believed(database: TestDatabase) {
    let (server, url) = Between::open(None, Manner::Failing).await;
    let app = TestApp::with_settings(database, &[("search", "meilisearch"), ("meilisearch_url", &url)]).await;
    let token = app.sign_up("awa@example.org").await;
    let seller = app.register(&token, "COOPERATIVE", "Benkadi").await;
    let mut listings = Vec::new();
    for manner in [Manner::Failing, Manner::Page, Manner::Nonsense, Manner::Silent, Manner::Promising] {
        server.behave(manner);
        listings.insert(0, app.published(&token, &seller, json!({})).await);

        let (services, follow_up) = (app.app.services.clone(), app.app.follow_up());
        let carrying = tokio::spawn(async move { worker::drain(&services, &follow_up, "test").await });
        if manner == Manner::Promising {
            // It waits for what was promised, and nobody else does.
            tokio::time::sleep(Duration::from_millis(300)).await;
            carrying.abort();
        } else {
            let carried = carrying.await.unwrap();
            assert!(matches!(carried, Err(worker::WorkError::Unable(_))), "{manner:?}: {carried:?}");
        }
        let search = "{ searchListings(first: 10) { degraded edges { node { id } } } }";
        let found = app.expect_data(None, search, json!({})).await["searchListings"].take();
        let ids: Vec<&str> =
            found["edges"].as_array().unwrap().iter().map(|edge| edge["node"]["id"].as_str().unwrap()).collect();
        assert_eq!(
            (&found["degraded"], ids),
            (&json!(true), listings.iter().map(String::as_str).collect()),
            "{manner:?}"
        );
        let (status, told) = search_part(&app).await;
        assert!(status == StatusCode::OK && told.starts_with("degraded"), "{manner:?}: {status} {told}");
    }

    // Everything waits, and nothing was tried in vain or set aside.
    let backlog = outbox::backlog(&app.app.services.db).await.unwrap();
    assert!(backlog.waiting >= 5 && backlog.parked == 0, "{backlog:?}");
    assert_eq!(outbox::parked(&app.app.services.db, 10).await.unwrap(), []);
}

#[db_test]
async fn a_search_server_that_invents_results_shows_nobody_what_she_may_not_see(database: TestDatabase) {
    let (server, url) = Between::open(None, Manner::Failing).await;
    let app = TestApp::with_settings(database, &[("search", "meilisearch"), ("meilisearch_url", &url)]).await;
    let token = app.sign_up("awa@example.org").await;
    let seller = app.register(&token, "COOPERATIVE", "Benkadi").await;
    let (draft, shown) = (app.draft(&token, &seller, json!({})).await, app.published(&token, &seller, json!({})).await);
    let uuid = |id: &str| id.parse::<ListingId>().unwrap().uuid();
    *server.invented.lock().unwrap() = vec![uuid(&draft), Uuid::from_u128(7), uuid(&shown)];
    server.behave(Manner::Inventing);

    let search = "{ searchListings(first: 10) { degraded edges { node { id } } } }";
    let mut found = app.expect_data(None, search, json!({})).await["searchListings"].take();
    // It is asked again a while after it failed.
    while found["degraded"] == true {
        tokio::time::sleep(Duration::from_millis(200)).await;
        found = app.expect_data(None, search, json!({})).await["searchListings"].take();
    }

    assert_eq!(found["edges"], json!([{ "node": { "id": shown } }]));
}

/// A store, what stands before it, and a desk whose documents go there.
async fn store_behind(database: TestDatabase) -> (S3Server, Between, Desk) {
    let store = S3Server::start().await;
    let (between, url) = Between::open(Some(store.endpoint.clone()), Manner::Honest).await;
    let mut settings = store.settings();
    settings.retain(|(name, _)| *name != "s3_endpoint");
    settings.push(("s3_endpoint", &url));
    let desk = Desk::open(database, &settings).await;
    (store, between, desk)
}

/// Fetches a document whole; an error where it does not come so.
async fn fetched(desk: &Desk, url: &Value) -> Result<Vec<u8>, String> {
    let answer = desk.http.get(url.as_str().unwrap()).send().await.map_err(|error| error.to_string())?;
    if !answer.status().is_success() {
        return Err(answer.status().to_string());
    }
    answer.bytes().await.map(|bytes| bytes.to_vec()).map_err(|error| error.to_string())
}

#[db_test]
async fn a_store_that_fails_or_lies_gives_nothing_for_good_and_takes_nothing_by_half(database: TestDatabase) {
    let (_store, between, desk) = store_behind(database).await;
    let content = pdf(200_000);
    let kept = desk.hand_in(&content, "application/pdf", json!({})).await;
    let link = desk.seen(Some(&desk.token), &kept["id"]).await["downloadUrl"].take();
    assert_eq!(fetched(&desk, &link).await, Ok(content));

    for (number, manner) in [Manner::Failing, Manner::Cut, Manner::Other, Manner::Page].into_iter().enumerate() {
        // Another content each time: equal ones are stored once.
        let content = pdf(100_000 + number);
        between.behave(Manner::Honest);
        let announced = desk.announce(&content, "application/pdf", json!({})).await;
        let sent = desk.announce(&pdf(50_000 + number), "application/pdf", json!({})).await;
        assert_eq!(desk.send(&sent, &pdf(50_000 + number)).await, StatusCode::OK);
        between.behave(manner);

        // Reading: an error or a connection that breaks, and never other bytes.
        let got = fetched(&desk, &link).await;
        assert!(got.is_err(), "{manner:?}: {} bytes", got.unwrap().len());
        // Looking at what has arrived: told, and neither taken nor refused for good.
        let input = json!({ "input": { "documentId": sent["documentId"] } });
        let answer = desk.app.graphql(Some(&desk.token), COMPLETE, input).await;
        let code =
            answer["errors"][0]["extensions"]["code"].as_str().unwrap_or_else(|| panic!("{manner:?}: {answer:#}"));
        let expected = if matches!(manner, Manner::Failing | Manner::Cut) { "UNAVAILABLE" } else { "INTERNAL" };
        assert_eq!(code, expected, "{manner:?}: {answer:#}");
        let state = desk.seen(Some(&desk.token), &sent["documentId"]).await;
        assert_eq!((&state["state"], &state["downloadUrl"]), (&json!("PENDING"), &Value::Null), "{manner:?}");
        // Sending, where it fails to take: told, and it can be sent again.
        if manner == Manner::Failing {
            assert_eq!(desk.send(&announced, &content).await, StatusCode::SERVICE_UNAVAILABLE);
            let other = desk.app.expect_data(None, "{ organizations { totalCount } }", json!({})).await;
            assert_eq!(other["organizations"]["totalCount"], 1, "the rest goes on");
        }

        between.behave(Manner::Honest);
        assert_eq!(desk.complete(&sent).await["state"], "READY", "{manner:?}");
        assert_eq!(desk.send(&announced, &content).await, StatusCode::OK);
        let completed = desk.complete(&announced).await;
        assert_eq!(completed["state"], "READY", "{manner:?}");
        assert_eq!(fetched(&desk, &completed["downloadUrl"]).await, Ok(content), "{manner:?}");
    }
}

#[db_test]
async fn a_store_that_falls_silent_holds_up_only_those_who_need_it_and_not_for_ever(database: TestDatabase) {
    let (_store, between, desk) = store_behind(database).await;
    let (content, other) = (pdf(200_000), pdf(100_000));
    let kept = desk.hand_in(&content, "application/pdf", json!({})).await;
    let link = desk.seen(Some(&desk.token), &kept["id"]).await["downloadUrl"].take();
    let sent = desk.announce(&other, "application/pdf", json!({})).await;
    assert_eq!(desk.send(&sent, &other).await, StatusCode::OK);

    between.behave(Manner::Silent);
    let input = json!({ "input": { "documentId": sent["documentId"] } });
    let complete = desk.app.graphql(Some(&desk.token), COMPLETE, input);
    let mut waiting = Box::pin(futures_util::future::join(fetched(&desk, &link), complete));
    for _ in 0..20 {
        assert!(futures_util::poll!(&mut waiting).is_pending());
        let rest = desk.app.expect_data(None, "{ organizations { totalCount } }", json!({})).await;
        assert_eq!(rest["organizations"]["totalCount"], 1);
    }
    let (got, answer) = waiting.await;
    assert!(got.is_err(), "{} bytes", got.unwrap().len());
    let code = &answer["errors"][0]["extensions"]["code"];
    assert!(code == "UNAVAILABLE" || code == "TIMEOUT", "{answer:#}");
    let state = desk.seen(Some(&desk.token), &sent["documentId"]).await;
    assert_eq!(state["state"], "PENDING");

    between.behave(Manner::Honest);
    assert_eq!(desk.complete(&sent).await["state"], "READY");
    assert_eq!(fetched(&desk, &link).await, Ok(content));
}
