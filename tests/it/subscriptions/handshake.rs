//! Who may open a connection, and how many.

use bfw::api::subscriptions::Options;
use db_test::db_test;

use super::{
    Client,
    client::{attempt, handshake},
    quick,
};
use crate::harness::{TestApp, TestDatabase, served::Served};

async fn status(served: &Served, headers: &[(&'static str, &str)]) -> u16 {
    match attempt(served, handshake(served, headers)).await {
        Ok(client) => {
            client.leave().await;
            101
        }
        Err((status, problem)) => {
            assert_eq!(problem["status"], status, "{problem}");
            status
        }
    }
}

#[db_test]
async fn a_page_of_a_foreign_origin_opens_no_connection(database: TestDatabase) {
    let settings = [("cors_origins", "https://shop.example.ml"), ("public_url", "https://bfw.example.ml")];
    let app = TestApp::with_settings(database, &settings).await;
    let served = Served::with(&app.app, quick()).await;
    for (origin, expected) in [
        ("", 101),
        ("https://shop.example.ml", 101),
        ("https://bfw.example.ml", 101),
        ("https://evil.example", 403),
        ("null", 403),
    ] {
        assert_eq!(status(&served, &[("origin", origin)]).await, expected, "{origin}");
    }
}

#[db_test]
async fn what_is_no_handshake_is_refused(app: TestApp) {
    let served = Served::with(&app.app, quick()).await;
    let client = reqwest::Client::new();
    for method in [reqwest::Method::GET, reqwest::Method::POST] {
        let request = client.request(method.clone(), served.url("/graphql")).header("upgrade", "websocket");
        assert_eq!(request.send().await.unwrap().status(), 400, "{method}");
    }
}

#[db_test]
async fn there_are_so_many_connections_and_no_more(app: TestApp) {
    let options = Options { connections_max: 2, ..quick() };
    let served = Served::with(&app.app, options).await;
    let one = Client::connected(&served, None).await;
    let _two = Client::open(&served).await;
    assert_eq!(status(&served, &[]).await, 503);
    one.leave().await;
    // The place is given back once the service has noticed.
    while status(&served, &[]).await != 101 {}
}

#[db_test]
async fn there_are_so_many_from_one_address(database: TestDatabase) {
    let app = TestApp::with_settings(database, &[("trusted_proxies", "127.0.0.1")]).await;
    let served = Served::with(&app.app, Options { per_address_max: 1, ..quick() }).await;
    let from = |address: &'static str| handshake(&served, &[("x-forwarded-for", address)]);
    let _one = attempt(&served, from("203.0.113.1")).await.unwrap_or_else(|refused| panic!("{refused:?}"));
    assert_eq!(status(&served, &[("x-forwarded-for", "203.0.113.1")]).await, 429);
    assert_eq!(status(&served, &[("x-forwarded-for", "203.0.113.2")]).await, 101);
}

#[db_test]
async fn there_are_so_many_of_one_account(app: TestApp) {
    let served = Served::with(&app.app, Options { per_account_max: 1, ..quick() }).await;
    let (awa, moussa) = (app.sign_up("awa@example.org").await, app.sign_up("moussa@example.org").await);
    let _one = Client::connected(&served, Some(&awa)).await;
    let mut two = Client::open(&served).await;
    two.init(Some(&awa)).await;
    assert_eq!(two.closed().await, (1013, "too many connections of this account".to_owned()));
    let _other = Client::connected(&served, Some(&moussa)).await;
    let _nobody = Client::connected(&served, None).await;
}
