//! A client that does not read what is sent to it.

use std::time::Duration;

use bfw::api::subscriptions::Options;
use db_test::db_test;
use serde_json::json;
use tokio::net::TcpSocket;

use super::{
    Client, LISTINGS,
    client::{attempt, handshake, over},
    quick,
};
use crate::{
    harness::{TestApp, served::Served},
    limits::INTROSPECTION,
};

/// Answers of megabytes, of which none is read.
const ANSWERS: usize = 12;

#[db_test]
async fn whoever_does_not_take_what_is_sent_is_cut_off_and_others_are_not(app: TestApp) {
    // Room for two: a third comes in as soon as one is cut off.
    let options = Options { send_timeout: Duration::from_millis(500), connections_max: 2, ..quick() };
    let served = Served::with(&app.app, options).await;
    let mut other = Client::connected(&served, None).await;
    other.subscribe("1", LISTINGS, json!({})).await;

    let socket = TcpSocket::new_v4().unwrap();
    socket.set_recv_buffer_size(4_096).unwrap();
    let stream = socket.connect(served.url("").replace("http://", "").parse().unwrap()).await.unwrap();
    let mut client = over(stream, handshake(&served, &[])).await.unwrap_or_else(|refused| panic!("{refused:?}"));
    client.init(None).await;
    assert_eq!(client.hear().await, json!({ "type": "connection_ack" }));
    for number in 0..ANSWERS {
        client.begin(&number.to_string(), INTROSPECTION, json!({})).await;
    }
    while attempt(&served, handshake(&served, &[])).await.is_err() {
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    let (heard, code) = client.rest().await;
    assert!(heard < ANSWERS, "{heard} answers came, as if somebody had read them all the while");
    assert!(matches!(code, None | Some(1013)), "{code:?}");

    let awa = app.sign_up("awa@example.org").await;
    let cooperative = app.register(&awa, "COOPERATIVE", "Benkadi").await;
    let listing = app.published(&awa, &cooperative, json!({})).await;
    assert_eq!(other.next("1").await["listingPublished"]["listing"]["id"], listing);
}
