//! A search server that is away when the service starts, goes away while it works, and comes back.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU8, Ordering},
    },
    time::Duration,
};

use bfw::{kernel::worker, search::model::Collection};
use db_test::db_test;
use serde_json::json;
use tokio::{
    io::copy_bidirectional,
    net::{TcpListener, TcpStream},
};

use super::engines::on_server;
use crate::harness::{TestApp, TestDatabase, say_once, setting};

const SEARCH: &str = "query($text: String) { searchListings(query: $text, first: 10) {
    degraded totalCount edges { node { id } } } }";

async fn found(app: &TestApp, text: &str) -> (bool, Vec<String>) {
    let answer = app.expect_data(None, SEARCH, json!({ "text": text })).await;
    let search = &answer["searchListings"];
    let ids = search["edges"].as_array().unwrap().iter().map(|edge| edge["node"]["id"].as_str().unwrap().to_owned());
    (search["degraded"].as_bool().unwrap(), ids.collect())
}

#[db_test]
async fn without_its_server_the_service_starts_and_the_database_answers(database: TestDatabase) {
    // Nobody listens there: the port was free a moment ago.
    let free = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    let url = format!("http://{free}");
    let app = TestApp::with_settings(database, &[("search", "meilisearch"), ("meilisearch_url", &url)]).await;
    let token = app.sign_up("awa@example.org").await;
    let seller = app.register(&token, "COOPERATIVE", "Benkadi").await;
    let listing = app.published(&token, &seller, json!({})).await;

    let carried = worker::drain(&app.app.services, &app.app.follow_up(), "test").await;

    assert!(matches!(carried, Err(worker::WorkError::Unable(_))), "{carried:?}");
    assert_eq!(found(&app, "").await, (true, vec![listing]));
}

const UP: u8 = 0;
const REFUSING: u8 = 1;
const SILENT: u8 = 2;

/// A way to the server that can be cut.
struct Way {
    url: String,
    state: Arc<AtomicU8>,
}

impl Way {
    async fn to(url: &str) -> Way {
        let server = url.trim_start_matches("http://").trim_end_matches('/').to_owned();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let state = Arc::new(AtomicU8::new(UP));
        let of = Arc::clone(&state);
        tokio::spawn(async move {
            loop {
                let (mut client, _) = listener.accept().await.unwrap();
                let (state, server) = (Arc::clone(&of), server.clone());
                tokio::spawn(async move {
                    match state.load(Ordering::Relaxed) {
                        UP => {
                            let mut server = TcpStream::connect(server).await.unwrap();
                            tokio::select! {
                                _ended = copy_bidirectional(&mut client, &mut server) => {}
                                () = changed(&state, UP) => {}
                            }
                        }
                        SILENT => changed(&state, SILENT).await,
                        _ => {}
                    }
                });
            }
        });
        Way { url, state }
    }

    fn is_now(&self, state: u8) {
        self.state.store(state, Ordering::Relaxed);
    }
}

async fn changed(state: &AtomicU8, from: u8) {
    while state.load(Ordering::Relaxed) == from {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

#[db_test]
async fn what_changes_while_the_server_is_away_is_found_when_it_is_back(database: TestDatabase) {
    let Some(server) = setting("BFW_TEST_MEILISEARCH_URL") else {
        say_once("a search server that goes away and comes back; BFW_TEST_MEILISEARCH_URL names one");
        return;
    };
    let way = Way::to(&server).await;
    let app = on_server(database, &way.url).await;
    let token = app.sign_up("awa@example.org").await;
    let seller = app.register(&token, "COOPERATIVE", "Benkadi").await;
    let mut listings = vec![app.published(&token, &seller, json!({})).await];
    app.settle().await;
    assert_eq!(found(&app, "").await, (false, listings.clone()));

    for state in [REFUSING, SILENT] {
        way.is_now(state);
        listings.insert(0, app.published(&token, &seller, json!({})).await);
        let carried = worker::drain(&app.app.services, &app.app.follow_up(), "test").await;
        assert!(matches!(carried, Err(worker::WorkError::Unable(_))), "{state}: {carried:?}");
        let (degraded, ids) = found(&app, "").await;
        assert!(degraded, "{state}");
        assert_eq!(ids.len(), listings.len(), "{state}");
    }

    way.is_now(UP);
    let mut tries = 0;
    while worker::drain(&app.app.services, &app.app.follow_up(), "test").await.is_err() {
        tries += 1;
        assert!(tries < 600, "the outbox is not carried although the server is back");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    let mut answered = found(&app, "").await;
    while answered.0 {
        tries += 1;
        assert!(tries < 600, "still degraded although the server is back");
        tokio::time::sleep(Duration::from_millis(100)).await;
        answered = found(&app, "").await;
    }
    assert_eq!(answered.1.len(), listings.len());
    for collection in Collection::ALL {
        let compared = app.app.search.compare(collection, |_| {}).await.unwrap();
        assert_eq!((compared.differences, compared.under_way), (Vec::new(), 0), "{collection:?}");
    }
}
