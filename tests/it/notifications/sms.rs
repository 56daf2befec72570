//! Short messages through a gateway on loopback that answers as it is told.

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use axum::{
    Json, Router,
    extract::State,
    http::{HeaderMap, StatusCode},
    response::{IntoResponse, Redirect, Response},
    routing::post,
};
use bfw::notifications::ports::{HttpSms, Log, SmsPort};
use chrono::TimeDelta;
use db_test::db_test;
use serde_json::{Value, json};
use tokio::net::TcpListener;

use super::{deliveries, reachable, tell, wish};
use crate::harness::{TestApp, TestDatabase};

/// How the gateway answers.
#[derive(Clone, Copy, Debug)]
enum Manner {
    Takes,
    Says(u16),
    Hangs,
    SendsElsewhere,
}

/// The authorization and the body of a request.
pub(crate) type Heard = (Option<String>, Value);

#[derive(Clone)]
pub(crate) struct Gateway {
    manner: Arc<Mutex<Manner>>,
    heard: Arc<Mutex<Vec<Heard>>>,
    pub(crate) url: String,
}

impl Gateway {
    pub(crate) async fn open() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/send", listener.local_addr().unwrap());
        let gateway = Self { manner: Arc::new(Mutex::new(Manner::Takes)), heard: Arc::default(), url };
        let routes = Router::new().route("/send", post(take)).route("/elsewhere", post(take));
        let routes = routes.with_state(gateway.clone());
        tokio::spawn(async move { axum::serve(listener, routes).await.unwrap() });
        gateway
    }

    fn behave(&self, manner: Manner) {
        *self.manner.lock().unwrap() = manner;
    }

    pub(crate) fn heard(&self) -> Vec<Heard> {
        self.heard.lock().unwrap().clone()
    }
}

async fn take(State(gateway): State<Gateway>, headers: HeaderMap, Json(body): Json<Value>) -> Response {
    let bearer = headers.get("authorization").map(|value| value.to_str().unwrap().to_owned());
    gateway.heard.lock().unwrap().push((bearer, body));
    let manner = *gateway.manner.lock().unwrap();
    match manner {
        Manner::Takes => Json(json!({ "queued": true })).into_response(),
        Manner::Says(status) => StatusCode::from_u16(status).unwrap().into_response(),
        Manner::Hangs => std::future::pending().await,
        Manner::SendsElsewhere => Redirect::temporary("/elsewhere").into_response(),
    }
}

async fn stand_of_sms(app: &TestApp, token: &str) -> String {
    deliveries(app, token).await.into_iter().rfind(|one| one.starts_with("SMS")).unwrap()
}

#[db_test]
async fn the_gateway_is_handed_number_and_text_with_its_token(database: TestDatabase) {
    let gateway = Gateway::open().await;
    let settings = [("sms_url", gateway.url.as_str()), ("sms_token", "hush")];
    let app = TestApp::with_settings(database, &settings).await;
    let token = reachable(&app, "awa@example.org", "76 12 34 56").await;
    tell(&app, &token, &["Beurre de karité"]).await;
    app.app.notifications.deliver().await.unwrap();

    assert_eq!(stand_of_sms(&app, &token).await, "SMS SENT -");
    let heard = gateway.heard();
    assert_eq!((heard.len(), heard[0].0.as_deref()), (1, Some("Bearer hush")));
    assert_eq!(heard[0].1["to"], "+22376123456");
    assert!(heard[0].1["text"].as_str().unwrap().starts_with("Nouvelle annonce pour « Karité » : Beurre de karité"));
}

#[db_test]
async fn a_gateway_that_does_not_take_it_is_understood(database: TestDatabase) {
    let gateway = Gateway::open().await;
    let app = TestApp::with_settings(database, &[]).await;
    let token = reachable(&app, "awa@example.org", "76 12 34 56").await;
    wish(&app, &token, json!({ "email": false, "quietHours": null, "smsDailyMax": 100 })).await;
    let port = |url: &str| {
        let port = HttpSms::answering_within(Duration::from_millis(300), url, "hush".to_owned().into()).unwrap();
        app.app.notifications.clone().with_ports(Arc::new(Log), Arc::new(port) as Arc<dyn SmsPort>)
    };
    for (manner, stands, tries) in [
        (Manner::Says(500), "SMS QUEUED UNREACHABLE", 2),
        (Manner::Says(429), "SMS QUEUED UNREACHABLE", 2),
        (Manner::Says(400), "SMS FAILED REFUSED", 1),
        (Manner::Says(504), "SMS UNKNOWN NO_ANSWER", 1),
        (Manner::Hangs, "SMS UNKNOWN NO_ANSWER", 1),
        (Manner::SendsElsewhere, "SMS FAILED REFUSED", 1),
    ] {
        gateway.behave(manner);
        let before = gateway.heard().len();
        tell(&app, &token, &["Fonio"]).await;
        port(&gateway.url).deliver().await.unwrap();
        assert_eq!(stand_of_sms(&app, &token).await, stands, "{manner:?}");
        // Whatever was surely not taken is taken now, under the same id; the rest is not tried again.
        gateway.behave(Manner::Takes);
        app.clock.advance(TimeDelta::minutes(2));
        port(&gateway.url).deliver().await.unwrap();
        let heard = gateway.heard();
        assert_eq!(heard.len() - before, tries, "{manner:?}");
        assert_eq!(heard[before].1["id"], heard.last().unwrap().1["id"], "{manner:?}");
    }

    // Nobody there at all.
    let nobody = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    tell(&app, &token, &["Fonio"]).await;
    port(&format!("http://{nobody}/send")).deliver().await.unwrap();
    assert_eq!(stand_of_sms(&app, &token).await, "SMS QUEUED UNREACHABLE");
}
