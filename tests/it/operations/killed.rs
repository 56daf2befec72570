//! The real program, killed at any moment while people write: afterwards the index and the database agree.

use std::{
    process::{Command, Stdio},
    sync::atomic::{AtomicU64, Ordering},
    time::Duration,
};

use db_test::db_test;
use rand::{Rng as _, SeedableRng as _, rngs::StdRng};
use sea_orm::{ConnectionTrait, DatabaseConnection, Statement};
use serde_json::{Value, json};

use super::process::{Serving, bfw, run, stderr, stdout};
use crate::harness::{Backend, TestDatabase, seed};

const KILLS: usize = 12;

const SIGN_UP: &str = "mutation($email: String!) {
    signUp(input: { email: $email, password: \"trois pirogues au port\", name: \"Awa\", language: FR }) {
        session { accessToken } } }";
const REGISTER: &str = "mutation($name: String!) {
    registerOrganization(input: { kind: COOPERATIVE, name: $name, placeCode: \"segou\" }) { organization { id } } }";
const CREATE: &str = "mutation($input: CreateListingInput!) { createListing(input: $input) { listing { id } } }";
const PUBLISH: &str = "mutation($id: ID!) { publishListing(input: { listingId: $id }) { listing { id } } }";
const PAUSE: &str = "mutation($id: ID!) { pauseListing(input: { listingId: $id }) { listing { id } } }";
const RETITLE: &str = "mutation($id: ID!, $title: String!) {
    updateListing(input: { listingId: $id, title: $title }) { listing { id } } }";

/// One who writes, with her organization.
struct Writer {
    token: String,
    organization: String,
}

impl Writer {
    async fn sign_up(serving: &Serving, number: usize) -> Self {
        let email = json!({ "email": format!("awa{number}@example.org") });
        let signed = serving.graphql(None, SIGN_UP, email).await.unwrap();
        let token = signed["data"]["signUp"]["session"]["accessToken"].as_str().unwrap().to_owned();
        let name = json!({ "name": format!("Étal {number}") });
        let made = serving.graphql(Some(&token), REGISTER, name).await.unwrap();
        let organization = made["data"]["registerOrganization"]["organization"]["id"].as_str().unwrap().to_owned();
        Self { token, organization }
    }

    /// Goes on writing until the server is gone.
    async fn write(&self, serving: &Serving, written: &AtomicU64) -> Option<()> {
        let ask = async |query: &str, variables: Value| {
            serving.graphql(Some(&self.token), query, variables).await.ok().map(|mut answer| answer["data"].take())
        };
        for round in 0.. {
            let input = json!({
                "organizationId": self.organization, "productCode": "shea-butter", "title": format!("Beurre {round}"),
                "price": { "amount": "1250", "currency": "XOF" }, "priceUnit": "KGM",
                "quantity": { "value": "500", "unit": "KGM" }, "placeCode": "segou",
            });
            let created = ask(CREATE, json!({ "input": input })).await?;
            let id = created["createListing"]["listing"]["id"].as_str()?.to_owned();
            ask(PUBLISH, json!({ "id": id })).await?;
            ask(RETITLE, json!({ "id": id, "title": format!("Zamblé {round}") })).await?;
            if round % 3 == 0 {
                ask(PAUSE, json!({ "id": id })).await?;
            }
            written.fetch_add(1, Ordering::Relaxed);
        }
        Some(())
    }
}

pub(super) async fn count(connection: &DatabaseConnection, table: &str) -> i64 {
    let sql = format!("SELECT COUNT(*) FROM {table}");
    let row = connection.query_one_raw(Statement::from_string(connection.get_database_backend(), sql)).await;
    row.unwrap().unwrap().try_get_by_index(0).unwrap()
}

/// Lets the leases of the dead end and their rebuilds count as broken off, as two minutes would.
pub(super) async fn time_passes(connection: &DatabaseConnection) {
    for sql in [
        "UPDATE outbox SET claimed_until = created_at, available_at = created_at WHERE parked_at IS NULL",
        "UPDATE search_rebuild SET alive_at = '2026-01-01 00:00:00+00:00'",
    ] {
        connection.execute_unprepared(sql).await.unwrap();
    }
}

/// Waits until everything that followed from what was written is done; false if that takes more than a minute.
pub(super) async fn settled(connection: &DatabaseConnection) -> bool {
    for _ in 0..600 {
        if count(connection, "outbox").await == 0 && count(connection, "search_rebuild").await == 0 {
            return true;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    false
}

#[db_test]
async fn killed_at_any_moment_nothing_is_lost(database: TestDatabase) {
    let mut random = StdRng::seed_from_u64(seed(20_261_124));
    let written = AtomicU64::new(0);
    let serving = Serving::start(bfw(&database, &["serve"]));
    let [first, second, third] =
        [Writer::sign_up(&serving, 1).await, Writer::sign_up(&serving, 2).await, Writer::sign_up(&serving, 3).await];
    serving.kill();
    for kill in 0..KILLS {
        let mut command = bfw(&database, &["serve"]);
        command.env("BFW_LOG", "warn");
        let serving = Serving::start(command);
        let life = Duration::from_millis(random.random_range(200..1_500));
        // Some of them while the index is built anew by another process, which is killed as well.
        let rebuilding = (kill % 3 == 2).then(|| {
            let mut command: Command = bfw(&database, &["reindex"]);
            command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap()
        });
        let writers = async {
            tokio::join!(
                first.write(&serving, &written),
                second.write(&serving, &written),
                third.write(&serving, &written)
            )
        };
        assert!(tokio::time::timeout(life, writers).await.is_err(), "the server was gone before it was killed");
        if let Some(mut rebuilding) = rebuilding {
            if random.random_bool(0.7) {
                rebuilding.kill().unwrap();
            }
            serving.kill();
            rebuilding.wait().unwrap();
        } else {
            serving.kill();
        }
    }
    let connection = database.connect().await;
    assert!(written.load(Ordering::Relaxed) > 5, "{written:?} listings were written");

    time_passes(&connection).await;
    let serving = Serving::start(bfw(&database, &["serve"]));
    let settled = settled(&connection).await;
    let (_, log) = serving.terminate();
    assert!(settled, "{log}");

    let verified = run(&database, &["search", "verify", "--json"]);
    assert_eq!(verified.status.code(), Some(0), "{}{}", stdout(&verified), stderr(&verified));
    let report: Value = serde_json::from_str(&stdout(&verified)).unwrap();
    assert_eq!(report["agrees"], true, "{report}");
    assert!(report["collections"]["listings"]["indexed"].as_i64() > Some(5), "{report}");
    assert_eq!(report["collections"]["listings"]["underWay"], 0, "{report}");
}

#[db_test]
async fn an_index_that_differs_is_told_and_mended(database: TestDatabase) {
    run(&database, &["seed", "--organizations", "20", "--listings", "60"]);
    let connection = database.connect().await;
    connection.execute_unprepared("DELETE FROM outbox").await.unwrap();
    let change =
        "UPDATE listing SET title = 'Zamblé' WHERE id = (SELECT id FROM listing WHERE status = 'PUBLISHED' LIMIT 1)";
    connection.execute_unprepared(change).await.unwrap();

    let told = run(&database, &["search", "verify"]);
    let mended = run(&database, &["search", "verify", "--mend"]);
    let agreed = run(&database, &["search", "verify", "--json"]);

    assert_eq!(told.status.code(), Some(1));
    assert!(stdout(&told).contains("0 missing, 0 superfluous, 1 outdated"), "{}", stdout(&told));
    assert!(stderr(&told).contains("`bfw search verify --mend`"), "{}", stderr(&told));
    assert_eq!(mended.status.code(), Some(0), "{}{}", stdout(&mended), stderr(&mended));
    assert!(stdout(&mended).contains("1 documents were fed again"), "{}", stdout(&mended));
    assert_eq!(agreed.status.code(), Some(0));
}

#[db_test]
async fn what_was_set_aside_is_told_by_the_doctor_and_the_metrics(database: TestDatabase) {
    let serving = Serving::start(bfw(&database, &["serve", "--no-worker"]));
    let connection = database.connect().await;
    let at = "'2026-11-02 08:00:00+00:00'";
    let subject = match database.backend() {
        Backend::Postgres => "'018f0000-0000-7000-8000-000000000001'",
        Backend::Sqlite => "x'018f0000000070008000000000000001'",
    };
    let insert = |parked: &str| {
        format!(
            "INSERT INTO outbox (topic, subject_id, created_at, available_at, attempts, parked_at, reason)
             VALUES ('listing', {subject}, {at}, {at}, 12, {parked}, 'the document is poisoned')"
        )
    };
    for parked in [at, "NULL"] {
        connection.execute_unprepared(&insert(parked)).await.unwrap();
    }

    let metrics = reqwest::get(format!("{}/metrics", serving.url)).await.unwrap().text().await.unwrap();
    let examined = run(&database, &["doctor"]);

    for metric in ["bfw_outbox_waiting 1", "bfw_outbox_parked 1", "bfw_outbox_oldest_seconds ", "bfw_search_degraded 0"]
    {
        assert!(metrics.contains(metric), "{metric} is missing in {metrics}");
    }
    let said = stdout(&examined);
    assert!(said.contains("after 12 tries: the document is poisoned"), "{said}");
}
