//! The way out that stands in every message.

use axum::{
    body::{Body, to_bytes},
    http::{Request, StatusCode},
};
use bfw::notifications::model::OptOutToken;
use db_test::db_test;
use sea_orm::ConnectionTrait;
use serde_json::json;

use super::{Outgoing, deliveries, reachable, tell};
use crate::harness::TestApp;

const STOP: &str = "mutation($input: StopNotificationsInput!) { stopNotifications(input: $input) { stopped \
                    userErrors { code message path } } }";

/// Sends her a message by each way, and gives the link of the e-mail.
async fn link(app: &TestApp, token: &str) -> String {
    let outgoing = Outgoing::answering(vec![]);
    tell(app, token, &["Fonio"]).await;
    outgoing.of(app).deliver().await.unwrap();
    let mails = outgoing.mails.lock().unwrap();
    mails[0].stop.clone()
}

fn stop_token(link: &str) -> String {
    link.split("token=").nth(1).unwrap().split('&').next().unwrap().to_owned()
}

#[db_test]
async fn a_token_stops_one_way_without_signing_in_and_again_without_harm(app: TestApp) {
    let token = reachable(&app, "awa@example.org", "76 12 34 56").await;
    let stop = stop_token(&link(&app, &token).await);
    tell(&app, &token, &["Sésame"]).await;
    for _ in 0..2 {
        let payload = app.expect_payload(None, STOP, json!({ "token": stop, "channel": "EMAIL" })).await;
        assert_eq!(payload["stopped"], true);
    }
    let outgoing = Outgoing::answering(vec![]);
    outgoing.of(&app).deliver().await.unwrap();
    assert_eq!(outgoing.counts(), (0, 1), "what waited is held back too");
    let stand = deliveries(&app, &token).await;
    assert_eq!(stand[2..], ["EMAIL SUPPRESSED OPTED_OUT", "SMS SENT -"]);

    app.expect_payload(None, STOP, json!({ "token": stop })).await;
    tell(&app, &token, &["Mil"]).await;
    assert_eq!(deliveries(&app, &token).await[4..], ["EMAIL SUPPRESSED OPTED_OUT", "SMS SUPPRESSED OPTED_OUT"]);
}

#[db_test]
async fn a_token_that_is_not_known_says_nothing(app: TestApp) {
    reachable(&app, "awa@example.org", "76 12 34 56").await;
    let never = OptOutToken::from_entropy([7; 16]).reveal();
    for token in ["", "x", never.as_str(), "awa@example.org", &"A".repeat(100_000)] {
        let errors = app.user_errors(None, STOP, json!({ "token": token })).await;
        assert_eq!(errors, [("NOT_FOUND".to_owned(), "input.token".to_owned())]);
    }
}

#[db_test]
async fn no_token_is_kept_as_it_is(app: TestApp) {
    let token = reachable(&app, "awa@example.org", "76 12 34 56").await;
    let stop = stop_token(&link(&app, &token).await);
    let connection = app.database.connect().await;
    let select = "SELECT token_hash FROM notification_opt_out";
    let statement = sea_orm::Statement::from_string(connection.get_database_backend(), select);
    let rows = connection.query_all_raw(statement).await.unwrap();
    let kept: Vec<Vec<u8>> = rows.iter().map(|row| row.try_get("", "token_hash").unwrap()).collect();
    assert_eq!(kept.len(), 2, "one a message");
    assert!(kept.contains(&OptOutToken::parse(&stop).unwrap().digest().to_vec()));
}

/// What a browser gets at the path of a link.
async fn open(app: &TestApp, method: &str, link: &str) -> (StatusCode, String) {
    let path = link.strip_prefix("http://127.0.0.1:8080").unwrap();
    let request = Request::builder().method(method).uri(path).body(Body::empty()).unwrap();
    let response = app.send(request).await;
    let status = response.status();
    let body = to_bytes(response.into_body(), usize::MAX).await.unwrap();
    (status, String::from_utf8(body.to_vec()).unwrap())
}

#[db_test]
async fn the_link_asks_before_it_stops_and_its_button_stops(app: TestApp) {
    let token = reachable(&app, "awa@example.org", "76 12 34 56").await;
    let link = link(&app, &token).await;

    let (status, page) = open(&app, "GET", &link).await;
    assert!(status == StatusCode::OK && page.contains("<form method=\"post\">"), "{page}");
    assert!(page.contains("Ne plus recevoir d'e-mails"), "{page}");
    tell(&app, &token, &["Mil"]).await;
    assert_eq!(deliveries(&app, &token).await[2..], ["EMAIL QUEUED -", "SMS QUEUED -"], "looking changes nothing");
    let (status, page) = open(&app, "POST", &link).await;
    assert!(status == StatusCode::OK && !page.contains("<form"), "{page}");
    tell(&app, &token, &["Riz"]).await;
    assert_eq!(deliveries(&app, &token).await[4..], ["EMAIL SUPPRESSED OPTED_OUT", "SMS QUEUED -"]);

    let forged = "http://127.0.0.1:8080/notifications/stop?token=%22%3E%3Cscript%3E&channel=%3Cb%3E";
    let (status, page) = open(&app, "GET", forged).await;
    assert!(status == StatusCode::OK && !page.contains("script"), "{page}");
    assert_eq!(open(&app, "POST", forged).await.0, StatusCode::NOT_FOUND);
    assert_eq!(open(&app, "POST", "http://127.0.0.1:8080/notifications/stop").await.0, StatusCode::NOT_FOUND);
}
