//! The commands that do their work and end: exit code, result and effect.

use std::{process::Output, time::Duration};

use db_test::db_test;
use sea_orm::{ConnectionTrait, DatabaseConnection, Statement};
use serde_json::{Value, json};

use super::process::{Serving, bfw, eventually, run, stderr, stdout};
use crate::{
    documents::s3_server::{S3Server, SECRET_KEY},
    harness::{Backend, TestDatabase},
};

const SIGN_UP: &str = "mutation($email: String!) {
    signUp(input: { email: $email, password: \"trois pirogues au port\", name: \"Awa\", language: FR }) {
        session { accessToken } userErrors { code } } }";

const REGISTER: &str =
    "mutation { registerOrganization(input: { kind: COOPERATIVE, name: \"Benkadi\", placeCode: \"segou\" }) {
        organization { id } userErrors { code } } }";

/// Somebody with an organization, made through a server; its token and its organization's id.
async fn somebody(serving: &Serving) -> (String, String) {
    let signed = serving.graphql(None, SIGN_UP, json!({ "email": "awa@example.org" })).await.unwrap();
    let token = signed["data"]["signUp"]["session"]["accessToken"].as_str().unwrap().to_owned();
    let made = serving.graphql(Some(&token), REGISTER, json!({})).await.unwrap();
    let id = made["data"]["registerOrganization"]["organization"]["id"].as_str().unwrap().to_owned();
    (token, id)
}

/// The exit code and the last line on standard output or, where it failed, on standard error.
fn told(output: &Output) -> (Option<i32>, String) {
    let said = if output.status.success() { stdout(output) } else { stderr(output) };
    (output.status.code(), said.lines().last().unwrap_or_default().to_owned())
}

fn ended_well(line: impl Into<String>) -> (Option<i32>, String) {
    (Some(0), line.into())
}

fn refused(line: impl Into<String>) -> (Option<i32>, String) {
    (Some(1), line.into())
}

async fn number(connection: &DatabaseConnection, sql: &str) -> i64 {
    let statement = Statement::from_string(connection.get_database_backend(), sql);
    connection.query_one_raw(statement).await.unwrap().unwrap().try_get_by_index(0).unwrap()
}

#[db_test]
async fn a_role_is_granted_and_revoked_and_a_stranger_is_refused(database: TestDatabase) {
    let serving = Serving::start(bfw(&database, &["serve"]));
    somebody(&serving).await;

    let granted = run(&database, &["admin", "grant", "awa@example.org", "AUDITOR"]);
    let revoked = run(&database, &["admin", "revoke", "awa@example.org", "AUDITOR"]);
    let stranger = run(&database, &["admin", "grant", "nobody@example.org", "ADMIN"]);

    assert_eq!(told(&granted), ended_well("Awa is AUDITOR"));
    assert_eq!(told(&revoked), ended_well("Awa is no longer AUDITOR"));
    let (code, line) = told(&stranger);
    assert!(code == Some(1) && line.starts_with("bfw: identifier: "), "{line}");
}

#[db_test]
async fn a_rotated_key_signs_and_the_former_stays_known(database: TestDatabase) {
    let serving = Serving::start(bfw(&database, &["serve"]));
    let document = async || {
        let answer = reqwest::get(format!("{}/.well-known/did.json", serving.url)).await.unwrap();
        answer.json::<Value>().await.unwrap()["assertionMethod"].as_array().unwrap().clone()
    };
    let before = document().await;

    let rotated = run(&database, &["credentials", "rotate-key"]);

    assert_eq!(rotated.status.code(), Some(0), "{}", stderr(&rotated));
    let said = stdout(&rotated);
    let (current, former) = said.lines().next().unwrap().split_once(" signs from now on, in the place of ").unwrap();
    let after = document().await;
    assert_eq!((before.len(), after.len(), &before[0]), (1, 2, &after[0]));
    assert!(after[0].as_str().unwrap().ends_with(former) && after[1].as_str().unwrap().ends_with(current), "{after:?}");
    let examined = run(&database, &["doctor"]);
    assert!(
        stdout(&examined).contains(&format!("ok     signing keys: {current} signs; 2 keys")),
        "{}",
        stdout(&examined)
    );
}

#[db_test]
async fn good_rows_land_and_bad_ones_are_written_to_a_file_that_is_not_there_yet(database: TestDatabase) {
    let serving = Serving::start(bfw(&database, &["serve"]));
    let (_, organization) = somebody(&serving).await;
    let file = database.folder.join("stock.csv");
    std::fs::write(&file, "reference,product,title\nA1,shea-butter,Beurre de karité\nA2,moon-dust,Poussière\n")
        .unwrap();
    let file = file.to_str().unwrap();
    let import = ["import", "listings", file, "--organization", &organization];
    let rejects = database.folder.join("stock.rejects.csv");

    let with_itself = run(&database, &[&import[..], &["--rejects", file]].concat());
    let imported = run(&database, &import);
    let again = run(&database, &import);

    let (code, line) = told(&with_itself);
    assert!(code == Some(1) && line.contains("is there already"), "{line}");
    let mend = format!("bfw: 1 rows were rejected; mend them in {} and import that file", rejects.display());
    assert_eq!(told(&imported), refused(mend));
    let summary = "2 rows: 1 created, 0 updated, 0 unchanged, 1 rejected";
    assert_eq!(stdout(&imported).lines().last(), Some(summary));
    assert!(stdout(&imported).contains("line 3, product: "), "{}", stdout(&imported));
    assert!(std::fs::read_to_string(&rejects).unwrap().contains("moon-dust"));
    let (code, line) = told(&again);
    assert!(code == Some(1) && line.contains("stock.rejects.csv is there already"), "{line}");
    let connection = database.connect().await;
    assert_eq!(number(&connection, "SELECT COUNT(*) FROM listing").await, 1);
}

#[db_test]
async fn imported_communes_reach_a_server_that_runs(database: TestDatabase) {
    let serving = Serving::start(bfw(&database, &["serve", "--no-worker"]));
    let file = database.folder.join("communes.csv");
    std::fs::write(&file, "name,cercle,level\nPelengana,cercle-segou,commune\nSégou,cercle-segou,region\n").unwrap();

    let imported = run(&database, &["import", "places", file.to_str().unwrap()]);

    assert_eq!(told(&imported), ended_well("2 lines: 1 added, 0 changed, 0 unchanged, 1 passed over, 0 refused"));
    assert!(stdout(&imported).contains("line 3, Ségou: passed over, not a commune"), "{}", stdout(&imported));
    let query = "{ place(code: \"commune-segou-pelengana\") { kind } }";
    eventually("the server knows the commune", async || {
        serving.graphql(None, query, json!({})).await.unwrap()["data"]["place"]["kind"] == "COMMUNE"
    })
    .await;
}

#[db_test]
async fn a_seed_is_written_once_and_not_into_a_database_that_people_use(database: TestDatabase) {
    let seed = ["seed", "--organizations", "20", "--listings", "60"];

    let first = run(&database, &seed);
    let again = run(&database, &seed);
    let serving = Serving::start(bfw(&database, &["serve"]));
    somebody(&serving).await;
    let inhabited = run(&database, &seed);

    let connection = database.connect().await;
    let listings = number(&connection, "SELECT COUNT(*) FROM listing").await;
    assert!(listings > 40, "{listings}");
    assert_eq!(told(&first), ended_well(format!("wrote 20 organizations, {listings} listings and 0 contracts")));
    assert_eq!(told(&again), ended_well("wrote 0 organizations, 0 listings and 0 contracts"));
    let mend = "bfw: the database holds organizations that no seed made; name another one in BFW_DATABASE_URL";
    assert_eq!(told(&inhabited), refused(mend));
}

#[db_test]
async fn a_reindex_beside_a_running_server_is_taken_over_by_it(database: TestDatabase) {
    run(&database, &["seed", "--organizations", "20", "--listings", "60"]);
    let serving = Serving::start(bfw(&database, &["serve"]));
    let connection = database.connect().await;
    let query = "{ listings: searchListings { totalCount } organizations: searchOrganizations { totalCount } }";
    let before = serving.graphql(None, query, json!({})).await.unwrap()["data"].take();
    // Past the application, so that only a new index can know of it.
    let pause =
        "UPDATE listing SET status = 'PAUSED' WHERE id IN (SELECT id FROM listing WHERE status = 'PUBLISHED' LIMIT 3)";
    connection.execute_unprepared(pause).await.unwrap();

    let examined = run(&database, &["doctor"]);
    let reindexed = run(&database, &["reindex"]);

    assert!(stdout(&examined).contains("WRONG  search index: "), "{}", stdout(&examined));
    let (code, line) = told(&reindexed);
    assert!(code == Some(0) && line.starts_with("indexed ") && line.ends_with(" and 20 organizations"), "{line}");
    let (was, organizations) = (before["listings"]["totalCount"].as_i64().unwrap(), &before["organizations"]);
    assert_eq!(organizations["totalCount"], 20);
    eventually("the server answers from the new index", async || {
        let now = serving.graphql(None, query, json!({})).await.unwrap()["data"].take();
        now["listings"]["totalCount"].as_i64() < Some(was) && now["organizations"] == *organizations
    })
    .await;
    let examined = run(&database, &["doctor"]);
    assert_eq!(examined.status.code(), Some(0), "{}", stdout(&examined));
}

#[db_test]
async fn the_doctor_tries_the_store_of_documents_and_says_the_mend(database: TestDatabase) {
    run(&database, &["migrate"]);
    let line = |examined: &std::process::Output| {
        stdout(examined).lines().find(|line| line.contains("documents: ")).unwrap().to_owned()
    };
    let examined = line(&run(&database, &["doctor"]));
    assert!(examined.starts_with("ok     documents: ") && examined.ends_with("takes, gives and removes"), "{examined}");

    let server = S3Server::start().await;
    let on = |endpoint: &str, secret: &str| {
        let mut doctor = bfw(&database, &["doctor"]);
        for (name, value) in server.settings() {
            doctor.env(bfw::config::environment_name(name), value);
        }
        doctor.env("BFW_S3_ENDPOINT", endpoint).env("BFW_S3_SECRET_KEY", secret);
        tokio::task::spawn_blocking(move || doctor.output().unwrap())
    };
    let examined = line(&on(&server.endpoint, SECRET_KEY).await.unwrap());
    assert!(examined.starts_with("ok     documents: bucket bfw-test at http://127.0.0.1:"), "{examined}");
    let strange = line(&on(&server.endpoint, "hunter2").await.unwrap());
    assert!(
        strange.starts_with("WRONG") && strange.contains("BFW_S3_BUCKET") && !strange.contains("hunter2"),
        "{strange}"
    );
    let away = line(&on("http://127.0.0.1:1", SECRET_KEY).await.unwrap());
    assert!(away.starts_with("WRONG") && away.contains("is the store running"), "{away}");
}

#[db_test]
async fn a_worker_does_the_work_of_a_server_without_one_and_stops_when_asked(database: TestDatabase) {
    let serving = Serving::start(bfw(&database, &["serve", "--no-worker"]));
    somebody(&serving).await;
    let mut worker = bfw(&database, &["worker"]).stderr(std::process::Stdio::null()).spawn().unwrap();

    let query = "{ searchOrganizations(query: \"benkadi\") { totalCount } }";
    eventually("the organization is found", async || {
        serving.graphql(None, query, json!({})).await.unwrap()["data"]["searchOrganizations"]["totalCount"] == 1
    })
    .await;

    let asked = std::process::Command::new("kill").args(["-TERM", &worker.id().to_string()]).status().unwrap();
    assert!(asked.success());
    assert_eq!(worker.wait().unwrap().code(), Some(0));
}

#[db_test]
async fn an_empty_database_is_looked_at_without_a_trace_and_then_migrated(database: TestDatabase) {
    let connection = database.connect().await;
    database.empty(&connection).await;
    if database.backend() == Backend::Sqlite {
        connection.clone().close().await.unwrap();
        std::fs::remove_file(database.folder.join("bfw.sqlite")).unwrap();
    }
    let files = || {
        let mut names: Vec<_> =
            std::fs::read_dir(&database.folder).unwrap().map(|entry| entry.unwrap().file_name()).collect();
        names.sort_unstable();
        names
    };
    let before = files();

    let planned = run(&database, &["migrate", "--dry-run"]);
    let examined = run(&database, &["doctor"]);
    assert_eq!(files(), before);
    if database.backend() == Backend::Postgres {
        let tables = "SELECT COUNT(*) FROM pg_tables WHERE schemaname = 'public'";
        assert_eq!(number(&connection, tables).await, 0);
        assert!(!stdout(&examined).contains("database file"), "{}", stdout(&examined));
    }
    let migrated = run(&database, &["migrate"]);
    let again = run(&database, &["migrate"]);

    let (code, line) = told(&planned);
    assert!(code == Some(0) && line.contains("migrations would be applied: m2026"), "{line}");
    assert_eq!(examined.status.code(), Some(1));
    assert!(stdout(&examined).contains("run `bfw migrate`"), "{}", stdout(&examined));
    let (code, line) = told(&migrated);
    assert!(code == Some(0) && line.contains("migrations applied: m2026"), "{line}");
    assert_eq!(told(&again), ended_well("the database is up to date"));
    let connection = database.connect().await;
    assert!(number(&connection, "SELECT COUNT(*) FROM product").await >= 60);
    assert!(number(&connection, "SELECT COUNT(*) FROM place").await >= 60);
}

#[db_test]
async fn settings_come_from_the_file_that_is_named(database: TestDatabase) {
    let file = database.folder.join("bfw.toml");
    let data = database.folder.join("elsewhere");
    let settings = json!({ "database_url": database.url, "data_dir": data });
    let lines: Vec<String> =
        settings.as_object().unwrap().iter().map(|(name, value)| format!("{name} = {value}\n")).collect();
    std::fs::write(&file, lines.concat()).unwrap();
    let with_file = |arguments: &[&str]| {
        let mut command = bfw(&database, &["--config", file.to_str().unwrap()]);
        command.args(arguments).env_remove("BFW_DATABASE_URL").env_remove("BFW_DATA_DIR");
        command.output().unwrap()
    };

    let migrated = with_file(&["migrate"]);
    std::fs::write(&file, "colour = \"blue\"\n").unwrap();
    let unknown = with_file(&["migrate"]);

    assert_eq!(told(&migrated), ended_well("the database is up to date"));
    assert!(data.exists() && !database.folder.join("data").exists());
    let (code, line) = told(&unknown);
    assert!(code == Some(1) && line.contains("colour"), "{line}");
}

#[db_test]
async fn a_start_that_waits_for_another_says_so(database: TestDatabase) {
    let connection = database.connect().await;
    let lock = match database.backend() {
        Backend::Postgres => {
            number(&connection, "SELECT 1::bigint FROM pg_advisory_lock(6448759)").await;
            None
        }
        Backend::Sqlite => {
            let file = std::fs::File::create(database.folder.join("bfw.sqlite.lock")).unwrap();
            file.lock().unwrap();
            Some(file)
        }
    };
    let mut command = bfw(&database, &["migrate"]);
    let waiting = std::thread::spawn(move || command.output().unwrap());

    tokio::time::sleep(Duration::from_secs(4)).await;
    connection.close().await.unwrap();
    drop(lock);

    let migrated = waiting.join().unwrap();
    assert_eq!(told(&migrated), ended_well("the database is up to date"));
    assert!(stderr(&migrated).contains("another process is preparing the database"), "{}", stderr(&migrated));
}

#[test]
fn a_reader_that_has_seen_enough_is_no_failure() {
    let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_bfw"));
    let mut child = command
        .arg("schema")
        .stdout(std::process::Stdio::piped())
        .stderr(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());

    let ended = child.wait_with_output().unwrap();

    assert_eq!((ended.status.code(), stderr(&ended)), (Some(0), String::new()));
}

#[db_test]
async fn an_index_that_cannot_be_trusted_is_built_anew_as_it_was(database: TestDatabase) {
    run(&database, &["seed", "--organizations", "20", "--listings", "60"]);
    let index = database.folder.join("data/search");
    let query = "{ listings: searchListings { totalCount } organizations: searchOrganizations { totalCount } }";
    let counts = async || -> Value {
        let serving = Serving::start(bfw(&database, &["serve"]));
        let counts = serving.graphql(None, query, json!({})).await.unwrap()["data"].take();
        serving.terminate();
        counts
    };
    let before = counts().await;
    assert!(before["listings"]["totalCount"].as_i64() > Some(0), "{before}");

    std::fs::write(index.join("CURRENT"), b"\0\0garbage").unwrap();
    let examined = run(&database, &["doctor"]);
    assert_eq!(counts().await, before);
    std::fs::remove_dir_all(&index).unwrap();
    let missing = run(&database, &["doctor"]);
    assert!(!index.exists(), "the doctor changes nothing");
    std::fs::write(&index, "somebody's file").unwrap();
    let in_the_way = run(&database, &["serve"]);
    std::fs::remove_file(&index).unwrap();
    assert_eq!(counts().await, before);

    for (examined, reason) in [(examined, "CURRENT names no generation"), (missing, "there is none")] {
        assert_eq!(examined.status.code(), Some(1));
        let said = stdout(&examined);
        assert!(said.contains(reason) && said.contains("run `bfw reindex`"), "{said}");
    }
    let (code, line) = told(&in_the_way);
    assert!(code == Some(1) && line.contains(index.to_str().unwrap()), "{line}");
}

#[db_test]
async fn imported_prices_are_counted_and_what_is_not_taken_is_named(database: TestDatabase) {
    let file = database.folder.join("prices.csv");
    let path = file.to_str().unwrap().to_owned();
    let header = "month,region,market,lat,lon,commodity,unit,currency,price\n";
    let good = "2026-01,Gao,Gao,,,Millet - Retail,KG,XOF,200\n2026-01,Gao,Nowhere,,,Wheat flour - Retail,KG,XOF,300\n";
    std::fs::write(&file, format!("{header}{good}")).unwrap();

    let would = run(&database, &["import", "prices", &path, "--dry-run"]);
    let imported = run(&database, &["import", "prices", &path]);
    let again = run(&database, &["import", "prices", &path]);
    std::fs::write(&file, format!("{header}{good}2026-02,Gao,Gao,,,Millet - Retail,KG,XOF,free\n")).unwrap();
    let damaged = run(&database, &["import", "prices", &path]);

    let ends = |counts: &str| ended_well(format!("2 rows: {counts}, 1 not taken; 0 of the new prices are outliers"));
    assert_eq!(told(&would), ends("1 would be added, 0 would be changed, 0 unchanged"));
    assert_eq!(told(&imported), ends("1 added, 0 changed, 0 unchanged"));
    assert_eq!(told(&again), ends("0 added, 0 changed, 1 unchanged"));
    let said = stdout(&imported);
    assert!(said.contains("line 3, not taken: goods that are not known (Wheat flour)\n"), "{said}");
    assert!(said.contains("not taken, goods that are not known: Wheat flour 1\n"), "{said}");
    assert_eq!(told(&damaged), refused("bfw: the file is damaged in 1 rows, which were not taken"));
}
