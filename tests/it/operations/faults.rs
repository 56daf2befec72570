//! Things that break under a running service: nothing acknowledged is lost, nothing is half-written, and it goes on.

use db_test::db_test;
use sea_orm::{ConnectionTrait, DbBackend, Statement, TransactionTrait};
use serde_json::{Value, json};

use super::process::{Serving, bfw, run, stdout};
use crate::harness::{self, Backend, TestApp, TestDatabase};

const SIGN_UP: &str = "mutation($email: String!) {
    signUp(input: { email: $email, password: \"trois pirogues au port\", name: \"Awa\", language: FR }) {
        session { accessToken } user { id } userErrors { code message path }
    }
}";

const REGISTER: &str = "mutation($name: String!) {
    registerOrganization(input: { kind: MARKET_SELLER, name: $name, placeCode: \"segou\" }) {
        organization { id } userErrors { code message path }
    }
}";

const LOCKED: &str = "the database is busy; nothing was changed, try again in a moment";
const FULL: &str = "the storage is full; nothing was changed, the operator has to make room";

async fn sign_up(serving: &Serving) -> String {
    let answer = serving.graphql(None, SIGN_UP, json!({ "email": "awa@example.org" })).await.unwrap();
    answer["data"]["signUp"]["session"]["accessToken"].as_str().unwrap_or_else(|| panic!("{answer}")).to_owned()
}

#[db_test]
async fn what_was_acknowledged_before_a_kill_is_there_after_it(database: TestDatabase) {
    let serving = Serving::start(bfw(&database, &["serve"]));
    let token = sign_up(&serving).await;
    let mut acknowledged = Vec::new();
    for number in 0..20 {
        let name = format!("Étal numéro {number}");
        let answer = serving.graphql(Some(&token), REGISTER, json!({ "name": name })).await.unwrap();
        let id = answer["data"]["registerOrganization"]["organization"]["id"].as_str();
        acknowledged.push(id.unwrap_or_else(|| panic!("{answer}")).to_owned());
    }
    serving.kill();

    let serving = Serving::start(bfw(&database, &["serve"]));
    let query = "query($ids: [ID!]!) { nodes(ids: $ids) { id } }";
    let answer = serving.graphql(None, query, json!({ "ids": acknowledged })).await.unwrap();

    let found: Vec<_> = answer["data"]["nodes"].as_array().unwrap().iter().map(|node| node["id"].clone()).collect();
    assert_eq!(found, acknowledged.into_iter().map(Value::from).collect::<Vec<_>>());
    serving.terminate();
    let examined = run(&database, &["doctor"]);
    assert_eq!(examined.status.code(), Some(0), "{}", stdout(&examined));
}

/// SQLite alone: a PostgreSQL writer waits for a row, and no row of the service is shared by all of its writers.
#[test]
fn a_locked_database() {
    harness::run(Backend::Sqlite, a_locked_database_refuses_writes_for_the_moment_and_goes_on_reading);
}

async fn a_locked_database_refuses_writes_for_the_moment_and_goes_on_reading(database: TestDatabase) {
    let serving = Serving::start(bfw(&database, &["serve"]));
    let token = sign_up(&serving).await;
    let connection = database.connect().await;
    let holder = connection.begin().await.unwrap();
    holder.execute_unprepared("UPDATE reference_data SET applied_at = applied_at").await.unwrap();

    let refused = serving.graphql(Some(&token), REGISTER, json!({ "name": "Étal de Fanta" })).await.unwrap();
    let read = serving.graphql(None, "{ organizations { totalCount } }", json!({})).await.unwrap();
    holder.rollback().await.unwrap();
    let again = serving.graphql(Some(&token), REGISTER, json!({ "name": "Étal de Fanta" })).await.unwrap();

    assert_eq!(refused["errors"][0]["extensions"]["code"], "UNAVAILABLE", "{refused}");
    assert_eq!(refused["errors"][0]["message"], LOCKED, "{refused}");
    assert_eq!(read["data"]["organizations"]["totalCount"], 0, "{read}");
    assert!(again["data"]["registerOrganization"]["organization"]["id"].is_string(), "{again}");
}

/// PostgreSQL alone: SQLite has one lock for all of its tables, and the test above.
#[test]
fn a_locked_table() {
    harness::run(Backend::Postgres, a_locked_table_refuses_writes_for_the_moment_and_reads_go_on);
}

async fn a_locked_table_refuses_writes_for_the_moment_and_reads_go_on(database: TestDatabase) {
    let serving = Serving::start(bfw(&database, &["serve"]));
    let token = sign_up(&serving).await;
    let connection = database.connect().await;
    let holder = connection.begin().await.unwrap();
    holder.execute_unprepared("LOCK TABLE organization IN EXCLUSIVE MODE").await.unwrap();

    let asked = std::time::Instant::now();
    let refused = serving.graphql(Some(&token), REGISTER, json!({ "name": "Étal de Fanta" })).await.unwrap();
    let waited = asked.elapsed();
    let query = "{ organizations { totalCount } listings { totalCount } }";
    let read = serving.graphql(None, query, json!({})).await.unwrap();
    holder.rollback().await.unwrap();
    let again = serving.graphql(Some(&token), REGISTER, json!({ "name": "Étal de Fanta" })).await.unwrap();

    assert_eq!(refused["errors"][0]["extensions"]["code"], "UNAVAILABLE", "{refused}");
    assert!(waited < std::time::Duration::from_secs(8), "refused for the lock, not for the request's time: {waited:?}");
    assert_eq!(read["data"]["organizations"]["totalCount"], 0, "{read}");
    assert_eq!(read["data"]["listings"]["totalCount"], 0, "{read}");
    assert!(again["data"]["registerOrganization"]["organization"]["id"].is_string(), "{again}");
}

/// SQLite alone: a file can be told not to grow. PostgreSQL's SQLSTATE 53100 is answered by the same branch.
#[test]
fn a_full_disk() {
    harness::run(Backend::Sqlite, a_full_disk_refuses_writes_whole_and_serves_reads);
}

async fn a_full_disk_refuses_writes_whole_and_serves_reads(app: TestApp) {
    let token = app.sign_up("awa@example.org").await;
    // The file may not grow beyond the pages it has.
    let pages = "PRAGMA page_count";
    let row = app.app.services.db.read().query_one_raw(Statement::from_string(DbBackend::Sqlite, pages)).await;
    let pages: i64 = row.unwrap().unwrap().try_get_by_index(0).unwrap();
    let tx = app.app.services.db.begin().await.unwrap();
    tx.execute_unprepared(&format!("PRAGMA max_page_count = {pages}")).await.unwrap();
    tx.commit().await.unwrap();

    let mut refused = Value::Null;
    let mut landed = 0;
    for number in 0..200 {
        let answer = app.graphql(Some(&token), REGISTER, json!({ "name": format!("Étal {number}") })).await;
        if answer["errors"].is_array() {
            refused = answer;
            break;
        }
        landed += 1;
    }
    let tx = app.app.services.db.begin().await.unwrap();
    tx.execute_unprepared("PRAGMA max_page_count = 1000000").await.unwrap();
    tx.commit().await.unwrap();
    let count = app.graphql(None, "{ organizations { totalCount } }", json!({})).await;
    let again = app.graphql(Some(&token), REGISTER, json!({ "name": "Après" })).await;

    assert_eq!(refused["errors"][0]["extensions"]["code"], "UNAVAILABLE", "{refused}");
    assert_eq!(refused["errors"][0]["message"], FULL, "{refused}");
    assert_eq!(count["data"]["organizations"]["totalCount"], landed, "{count}");
    assert!(again["data"]["registerOrganization"]["organization"]["id"].is_string(), "{again}");
}

#[db_test]
async fn a_body_of_ten_megabytes_is_refused_and_the_next_request_is_answered(database: TestDatabase) {
    let serving = Serving::start(bfw(&database, &["serve"]));

    let refused = serving.answer(None, &"x".repeat(10_000_000), json!({})).await.unwrap();

    assert_eq!(refused.status().as_u16(), 413);
    let body: Value = refused.json().await.unwrap();
    assert_eq!(body["errors"][0]["extensions"]["code"], "PAYLOAD_TOO_LARGE");
    let answer = serving.graphql(None, "{ viewer { user { id } } }", json!({})).await.unwrap();
    assert_eq!(answer["data"], json!({ "viewer": null }));
}

#[db_test]
async fn one_connection_is_enough_to_read_and_write_in_turns(database: TestDatabase) {
    let app = TestApp::with_settings(database, &[("database_connections", "1")]).await;
    for number in 0..3 {
        app.sign_up(&format!("awa{number}@exemple.ml")).await;
        let listed = app.expect_data(None, "{ organizations { totalCount edges { node { name } } } }", json!({})).await;
        assert_eq!(listed["organizations"]["totalCount"], 0);
    }
}
