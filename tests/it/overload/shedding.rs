//! More requests than can be worked on.

use std::{sync::Arc, time::Duration};

use db_test::db_test;
use sea_orm::{ConnectionTrait, TransactionTrait};
use serde_json::{Value, json};

use crate::{
    harness::{Backend, TestDatabase, app::PASSWORD},
    operations::process::{Serving, bfw},
};

const SIGN_UP: &str = "mutation($email: String!) {
    signUp(input: { email: $email, password: \"trois pirogues au port\", name: \"Awa\", language: FR }) {
        session { accessToken } userErrors { code } } }";
const SIGN_IN: &str = "mutation($password: String!) {
    signIn(input: { identifier: \"awa@example.org\", password: $password }) {
        session { accessToken } userErrors { code } } }";
const REGISTER: &str = "mutation($name: String!) {
    registerOrganization(input: { kind: MARKET_SELLER, name: $name, placeCode: \"segou\" }) {
        organization { id } userErrors { code } } }";

/// A server that works on so many requests at once.
fn serve(database: &TestDatabase, at_once: &str) -> Arc<Serving> {
    let mut command = bfw(database, &["serve"]);
    command
        .env("BFW_OPERATIONS_AT_ONCE", at_once)
        .env("BFW_DATABASE_WAIT_SECONDS", "30")
        .env("BFW_REQUEST_SECONDS", "60")
        .env("BFW_ATTEMPTS_PER_IDENTIFIER", "1000")
        .env("BFW_ATTEMPTS_PER_ADDRESS", "10000")
        .env("BFW_PASSWORD_WORKERS", "1");
    Arc::new(Serving::start(command))
}

async fn sign_up(serving: &Serving) -> String {
    let answer = serving.graphql(None, SIGN_UP, json!({ "email": "awa@example.org" })).await.unwrap();
    answer["data"]["signUp"]["session"]["accessToken"].as_str().unwrap_or_else(|| panic!("{answer}")).to_owned()
}

/// What came of a request.
#[derive(Debug)]
struct Came {
    status: u16,
    retry_after: Option<String>,
    body: Value,
}

async fn ask(serving: &Serving, token: Option<&str>, query: &str, variables: Value) -> Came {
    let response = serving.answer(token, query, variables).await.unwrap();
    let retry_after = response.headers().get("retry-after").map(|value| value.to_str().unwrap().to_owned());
    Came { status: response.status().as_u16(), retry_after, body: response.json().await.unwrap() }
}

#[db_test]
async fn what_exceeds_the_room_is_turned_away_at_once_and_the_rest_is_done(database: TestDatabase) {
    let serving = serve(&database, "8");
    let token = sign_up(&serving).await;
    let connection = database.connect().await;
    let holder = connection.begin().await.unwrap();
    let lock = match database.backend() {
        Backend::Postgres => "LOCK TABLE organization IN EXCLUSIVE MODE",
        Backend::Sqlite => "UPDATE reference_data SET applied_at = applied_at",
    };
    holder.execute_unprepared(lock).await.unwrap();

    // Nothing that writes can go on, so whoever hears something was turned away.
    let mut writers = tokio::task::JoinSet::new();
    for number in 0..40 {
        let (serving, token) = (Arc::clone(&serving), token.clone());
        let name = json!({ "name": format!("Étal numéro {number}") });
        writers.spawn(async move { ask(&serving, Some(&token), REGISTER, name).await });
    }
    let mut refused = Vec::new();
    for _ in 0..32 {
        refused.push(writers.join_next().await.unwrap().unwrap());
    }
    let alive = reqwest::get(format!("{}/health/live", serving.url)).await.unwrap().status();
    let metrics = reqwest::get(format!("{}/metrics", serving.url)).await.unwrap().text().await.unwrap();
    holder.rollback().await.unwrap();
    let served: Vec<Came> = writers.join_all().await;

    for came in &refused {
        assert_eq!((came.status, came.retry_after.as_deref()), (503, Some("1")), "{came:?}");
        assert_eq!(came.body["errors"][0]["extensions"]["code"], "UNAVAILABLE", "{came:?}");
    }
    assert_eq!(alive.as_u16(), 200);
    assert!(metrics.contains("bfw_shed_total 32"), "{metrics}");
    assert!(metrics.contains("bfw_shedding 1"), "{metrics}");
    assert_eq!(served.len(), 8);
    for came in &served {
        assert!(came.body["data"]["registerOrganization"]["organization"]["id"].is_string(), "{came:?}");
    }
    // It recovers by itself: soon a burst is served again.
    let mut whole = 0;
    for _ in 0..100 {
        let mut burst = tokio::task::JoinSet::new();
        for _ in 0..4 {
            let serving = Arc::clone(&serving);
            burst.spawn(async move { ask(&serving, None, "{ organizations { totalCount } }", json!({})).await });
        }
        let came = burst.join_all().await;
        if came.iter().all(|came| came.body["data"]["organizations"]["totalCount"] == 8) {
            whole += 1;
        }
        if whole == 3 {
            return;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("bursts are still turned away");
}

#[db_test]
async fn a_flood_of_sign_ins_leaves_reading_alone(database: TestDatabase) {
    let serving = serve(&database, "64");
    sign_up(&serving).await;

    // One is hashed, sixteen wait for their turn, and the others are told to come back.
    let mut flood = tokio::task::JoinSet::new();
    for number in 0..50 {
        let serving = Arc::clone(&serving);
        let password = if number % 2 == 0 { PASSWORD } else { "quatre pirogues" };
        flood.spawn(async move { ask(&serving, None, SIGN_IN, json!({ "password": password })).await });
    }
    let mut reads = Vec::new();
    let mut sign_ins = Vec::new();
    while !flood.is_empty() {
        reads.push(ask(&serving, None, "{ organizations { totalCount } }", json!({})).await);
        while let Some(came) = flood.try_join_next() {
            sign_ins.push(came.unwrap());
        }
    }

    assert!(reads.iter().all(|read| read.body["data"]["organizations"]["totalCount"] == 0), "{reads:?}");
    let code = |came: &Came| came.body["errors"][0]["extensions"]["code"].as_str().map(str::to_owned);
    let turned_away = sign_ins.iter().filter(|came| code(came).as_deref() == Some("UNAVAILABLE")).count();
    let signed_in = |came: &&Came| came.body["data"]["signIn"]["session"]["accessToken"].is_string();
    assert!(turned_away > 0 && sign_ins.iter().filter(signed_in).count() > 0, "{sign_ins:?}");
    assert_eq!(sign_ins.len(), 50);
}
