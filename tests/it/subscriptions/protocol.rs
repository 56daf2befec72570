//! What a client may say when, to the letter.

use std::time::Duration;

use bfw::api::subscriptions::Options;
use db_test::db_test;
use serde_json::json;
use tokio_tungstenite::tungstenite::Message;

use super::{
    Client, LISTINGS,
    client::{attempt, handshake},
    quick,
};
use crate::harness::{TestApp, served::Served};

const QUERY: &str = "{ __typename }";

fn close(code: u16, reason: &str) -> (u16, String) {
    (code, reason.to_owned())
}

#[db_test]
async fn whoever_says_who_she_is_is_acknowledged_and_pings_are_answered_at_any_time(app: TestApp) {
    let served = Served::with(&app.app, quick()).await;
    let mut client = Client::open(&served).await;
    client.say(json!({ "type": "ping", "payload": { "at": 1 } })).await;
    assert_eq!(client.hear().await, json!({ "type": "pong", "payload": { "at": 1 } }));
    client.say(json!({ "type": "connection_init" })).await;
    assert_eq!(client.hear().await, json!({ "type": "connection_ack" }));
    client.say(json!({ "type": "pong" })).await;
    client.say(json!({ "type": "ping" })).await;
    assert_eq!(client.hear().await, json!({ "type": "pong" }));
    // A ping of WebSockets themselves, too.
    client.send(Message::Ping(b"there?".to_vec().into())).await;
    client.ping().await;
    client.leave().await;
}

#[db_test]
async fn what_is_no_message_of_the_protocol_closes_with_4400(app: TestApp) {
    let served = Served::with(&app.app, quick()).await;
    for text in ["", "[]", r#"{"type":"start"}"#, r#"{"type":"subscribe","id":"1"}"#] {
        let mut client = Client::connected(&served, None).await;
        client.send(Message::Text(text.into())).await;
        assert_eq!(client.closed().await.0, 4400, "{text}");
    }
    let mut client = Client::connected(&served, None).await;
    client.send(Message::Binary(br#"{"type":"ping"}"#.to_vec().into())).await;
    assert_eq!(client.closed().await, close(4400, "messages are text"));
}

#[db_test]
async fn whatever_is_asked_before_the_acknowledgement_closes_with_4401(app: TestApp) {
    let served = Served::with(&app.app, quick()).await;
    let mut client = Client::open(&served).await;
    client.begin("1", QUERY, json!({})).await;
    assert_eq!(client.closed().await, close(4401, "Unauthorized"));
}

#[db_test]
async fn a_token_that_is_not_good_closes_with_4403(app: TestApp) {
    let served = Served::with(&app.app, quick()).await;
    let mut client = Client::open(&served).await;
    client.init(Some("bfwa_nonsense")).await;
    assert_eq!(client.closed().await, close(4403, "Forbidden"));
    for payload in [json!({ "authorization": "Basic abc" }), json!({ "authorization": 7 })] {
        let mut client = Client::open(&served).await;
        client.say(json!({ "type": "connection_init", "payload": payload })).await;
        assert_eq!(client.closed().await, close(4403, "Forbidden"), "{payload}");
    }
}

#[db_test]
async fn a_client_of_another_protocol_is_closed_with_4406(app: TestApp) {
    let served = Served::with(&app.app, quick()).await;
    let request = handshake(&served, &[("sec-websocket-protocol", "")]);
    let mut client = attempt(&served, request).await.unwrap_or_else(|refused| panic!("{refused:?}"));
    assert_eq!(client.closed().await, close(4406, "Subprotocol not acceptable"));
}

#[db_test]
async fn whoever_does_not_say_who_she_is_in_time_is_closed_with_4408(app: TestApp) {
    let options = Options { init_timeout: Duration::from_millis(100), ..quick() };
    let served = Served::with(&app.app, options).await;
    let mut client = Client::open(&served).await;
    // Pings are no introduction.
    client.say(json!({ "type": "ping" })).await;
    assert_eq!(client.closed().await, close(4408, "Connection initialisation timeout"));
    // Whoever did is not closed for it later.
    let mut client = Client::connected(&served, None).await;
    tokio::time::sleep(Duration::from_millis(200)).await;
    client.ping().await;
}

#[db_test]
async fn an_id_that_is_in_use_closes_with_4409(app: TestApp) {
    let served = Served::with(&app.app, quick()).await;
    let mut client = Client::connected(&served, None).await;
    client.subscribe("shea", LISTINGS, json!({})).await;
    client.begin("shea", LISTINGS, json!({})).await;
    assert_eq!(client.closed().await, close(4409, "Subscriber for shea already exists"));
}

#[db_test]
async fn an_id_can_be_used_again_once_its_operation_is_over(app: TestApp) {
    let served = Served::with(&app.app, quick()).await;
    let mut client = Client::connected(&served, None).await;
    for _ in 0..3 {
        client.begin("1", QUERY, json!({})).await;
        assert_eq!(client.next("1").await, json!({ "__typename": "Query" }));
        assert_eq!(client.hear().await, json!({ "id": "1", "type": "complete" }));
    }
    for _ in 0..3 {
        client.subscribe("1", LISTINGS, json!({})).await;
        client.say(json!({ "id": "1", "type": "complete" })).await;
    }
    client.say(json!({ "id": "1", "type": "complete" })).await;
    client.ping().await;
}

#[db_test]
async fn whoever_introduces_herself_twice_is_closed_with_4429(app: TestApp) {
    let served = Served::with(&app.app, quick()).await;
    let mut client = Client::connected(&served, None).await;
    client.init(None).await;
    assert_eq!(client.closed().await, close(4429, "Too many initialisation requests"));
    // Also before the first one was answered.
    let mut client = Client::open(&served).await;
    client.init(None).await;
    client.init(None).await;
    assert_eq!(client.closed().await.0, 4429);
}

#[db_test]
async fn a_message_larger_than_a_request_may_be_closes_with_1009(app: TestApp) {
    let served = Served::with(&app.app, quick()).await;
    let mut client = Client::connected(&served, None).await;
    client.begin("1", &format!("{{ __typename }} # {}", "x".repeat(128 * 1024)), json!({})).await;
    assert_eq!(client.closed().await.0, 1009);
}

#[db_test]
async fn whoever_does_not_even_answer_pings_is_cut_off(app: TestApp) {
    let options = Options { ping_every: Duration::from_millis(20), silence_max: Duration::from_millis(100), ..quick() };
    let served = Served::with(&app.app, options).await;
    // She answers while she reads, and does not while she does not.
    let mut client = Client::connected(&served, None).await;
    tokio::time::sleep(Duration::from_millis(400)).await;
    let (_, code) = client.rest().await;
    assert_eq!(code, None);
}
