//! The service stops: connections are told so.

use db_test::db_test;
use serde_json::json;

use super::{Client, LISTINGS, quick};
use crate::{
    harness::{TestApp, TestDatabase, served::Served},
    operations::process::{Serving, bfw},
};

#[db_test]
async fn connections_are_closed_with_1001_and_the_service_ends(app: TestApp) {
    let served = Served::with(&app.app, quick()).await;
    let mut told = Client::connected(&served, None).await;
    told.subscribe("1", LISTINGS, json!({})).await;
    // One that never says anything, and one that is not there any more.
    let _silent = Client::open(&served).await;
    drop(Client::connected(&served, None).await);
    served.stopped().await;
    assert_eq!(told.closed().await, (1001, "the service stops".to_owned()));
}

#[db_test]
async fn the_program_ends_by_sigterm_with_connections_open(database: TestDatabase) {
    let serving = Serving::start(bfw(&database, &["serve"]));
    let mut client = Client::at(&serving.url).await;
    client.init(None).await;
    assert_eq!(client.hear().await, json!({ "type": "connection_ack" }));
    client.subscribe("1", LISTINGS, json!({})).await;
    let stopping = tokio::task::spawn_blocking(move || serving.terminate());
    assert_eq!(client.closed().await.0, 1001);
    let (code, log) = stopping.await.unwrap();
    assert_eq!(code, Some(0), "{log}");
}
