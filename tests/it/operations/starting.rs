//! Starting and stopping, and every reason not to start: each one line that says what to do.

use std::net::TcpListener;

use db_test::db_test;
use sea_orm::ConnectionTrait;
use serde_json::json;

use super::process::{Serving, bfw, run, stderr, stdout};
use crate::harness::TestDatabase;

#[db_test]
async fn a_server_answers_and_stops_when_it_is_asked_to(database: TestDatabase) {
    let serving = Serving::start(bfw(&database, &["serve"]));

    let answer = serving.graphql(None, "{ __typename }", json!({})).await.unwrap();
    let ready = reqwest::get(format!("{}/health/ready", serving.url)).await.unwrap();

    assert_eq!(answer["data"]["__typename"], "Query");
    assert_eq!(ready.status(), 200);
    let ready: serde_json::Value = ready.json().await.unwrap();
    let parts = ready["checks"].as_array().unwrap();
    let search = parts.iter().find(|part| part["name"] == "search").unwrap_or_else(|| panic!("{ready:#}"));
    assert!(search["ok"] == true && search["detail"].as_str().unwrap().contains("0 listings"), "{search}");
    let (code, log) = serving.terminate();
    assert_eq!(code, Some(0), "{log}");
}

#[db_test]
async fn a_port_in_use_is_told_before_anything_is_made(database: TestDatabase) {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();

    let refused = bfw(&database, &["serve"]).env("BFW_LISTEN", &address).output().unwrap();

    assert_eq!(refused.status.code(), Some(1));
    let said = stderr(&refused);
    assert!(said.contains(&address) && said.contains("BFW_LISTEN"), "{said}");
    assert!(!database.folder.join("data").exists());
}

#[db_test]
async fn a_database_of_a_newer_version_is_left_alone(database: TestDatabase) {
    let connection = database.connect().await;
    connection
        .execute_unprepared("INSERT INTO seaql_migrations (version, applied_at) VALUES ('m29990101_000001_later', 0)")
        .await
        .unwrap();

    for command in ["serve", "migrate", "doctor"] {
        let refused = run(&database, &[command]);
        assert_eq!(refused.status.code(), Some(1), "{command}");
        let said = stderr(&refused) + &stdout(&refused);
        assert!(said.contains("newer version") && said.contains("m29990101_000001_later"), "{command}: {said}");
    }
}

#[db_test]
async fn an_unknown_setting_and_a_bad_value_stop_the_start(database: TestDatabase) {
    let unknown = bfw(&database, &["serve"]).env("BFW_COLOUR", "blue").output().unwrap();
    let bad = bfw(&database, &["serve"]).env("BFW_REQUEST_SECONDS", "soon").output().unwrap();

    assert_eq!((unknown.status.code(), bad.status.code()), (Some(1), Some(1)));
    assert!(stderr(&unknown).contains("BFW_COLOUR"), "{}", stderr(&unknown));
    assert!(stderr(&bad).contains(r#"BFW_REQUEST_SECONDS = "soon""#), "{}", stderr(&bad));
}

#[db_test]
async fn a_password_is_in_no_line_however_much_is_logged(database: TestDatabase) {
    let postgres = database.url.starts_with("postgres");
    let marked = if database.url.contains('?') { "&" } else { "?" };
    // The server of a test asks for no password; this mark stands in the same address.
    let url = if postgres { format!("{}{marked}application_name=hunter2", database.url) } else { database.url.clone() };

    let examined = bfw(&database, &["doctor", "--settings"])
        .env("BFW_DATABASE_URL", url)
        .env("BFW_LOG", "trace,sea_orm::driver::sqlx_postgres=trace,[connect]=trace")
        .output()
        .unwrap();

    let (said, log) = (stdout(&examined), stderr(&examined));
    assert!(log.contains("DEBUG"), "{log}");
    assert!(!said.contains("hunter2") && !log.contains("hunter2"), "{log}");
    assert!(said.contains("BFW_DATABASE_WAIT_SECONDS=1  #"), "{said}");
}

#[db_test]
async fn a_data_folder_with_signs_in_its_name_holds_the_database(database: TestDatabase) {
    let folder = database.folder.join("the data: of 100 %?");

    let migrated =
        bfw(&database, &["migrate"]).env_remove("BFW_DATABASE_URL").env("BFW_DATA_DIR", &folder).output().unwrap();

    assert_eq!(migrated.status.code(), Some(0), "{}", stderr(&migrated));
    assert!(!stderr(&migrated).contains("sea_orm_migration"), "migrations chatter: {}", stderr(&migrated));
    assert!(folder.join("bfw.sqlite").is_file());
}

#[db_test]
async fn two_processes_that_start_at_once_on_an_empty_database_both_come_up(database: TestDatabase) {
    let connection = database.connect().await;
    database.empty(&connection).await;

    let starts = [0, 1].map(|number| {
        let mut command = bfw(&database, &["serve", "--no-worker"]);
        // The embedded index belongs to one process; these two share only the database.
        command.env("BFW_DATA_DIR", database.folder.join(format!("data-{number}")));
        std::thread::spawn(move || Serving::start(command))
    });
    let servers = starts.map(|start| start.join().unwrap());

    for server in &servers {
        let answer = server.graphql(None, "{ products(first: 1) { totalCount } }", json!({})).await.unwrap();
        assert!(answer["data"]["products"]["totalCount"].as_i64() >= Some(60), "{answer}");
    }
}

#[db_test]
async fn two_processes_that_start_at_once_on_one_data_folder_without_an_index_both_come_up(database: TestDatabase) {
    let served = Serving::start(bfw(&database, &["serve", "--demo"]));
    served.terminate();
    std::fs::remove_dir_all(database.folder.join("data/search")).unwrap();

    let starts = [0, 1].map(|_| {
        let command = bfw(&database, &["serve", "--no-worker"]);
        std::thread::spawn(move || Serving::start(command))
    });
    let servers = starts.map(|start| start.join().unwrap());

    let mut totals = Vec::new();
    for server in servers {
        let query = "{ searchListings { totalCount } }";
        totals.push(server.graphql(None, query, json!({})).await.unwrap()["data"]["searchListings"].take());
    }
    assert!(totals[0]["totalCount"].as_i64() >= Some(300), "{totals:?}");
    assert_eq!(totals[0], totals[1]);
}

#[db_test]
async fn a_damaged_index_folder_is_said_and_built_anew(database: TestDatabase) {
    let query = r#"{ all: searchListings { totalCount } shea: searchListings(query: "karité") { totalCount } }"#;
    run(&database, &["seed", "--organizations", "20", "--listings", "60"]);
    let serving = Serving::start(bfw(&database, &["serve"]));
    let before = serving.graphql(None, query, json!({})).await.unwrap();
    serving.terminate();
    let index = database.folder.join("data/search");
    let mut damaged = 0;
    for file in files_below(&index) {
        std::fs::write(&file, b"not an index").unwrap();
        damaged += 1;
    }
    assert!(damaged > 0);

    let serving = Serving::start(bfw(&database, &["serve"]));
    let answer = serving.graphql(None, query, json!({})).await.unwrap();

    assert!(before["data"]["shea"]["totalCount"].as_i64() > Some(0), "{before}");
    assert_eq!(answer, before);
    let (_, log) = serving.terminate();
    assert!(log.contains("rebuil"), "{log}");
}

#[db_test]
async fn the_demo_is_loaded_once_and_its_sign_ins_are_printed(database: TestDatabase) {
    let first = Serving::start(bfw(&database, &["serve", "--demo"]));
    let query = "{ organizations(first: 0) { totalCount } listings(first: 0) { totalCount } }";
    let before = first.graphql(None, query, json!({})).await.unwrap();
    let said = first.said.join("\n");
    first.terminate();
    let second = Serving::start(bfw(&database, &["serve", "--demo"]));
    let after = second.graphql(None, query, json!({})).await.unwrap();

    assert_eq!(before, after);
    assert!(before["data"]["organizations"]["totalCount"].as_i64() >= Some(40), "{before}");
    assert!(before["data"]["listings"]["totalCount"].as_i64() >= Some(300), "{before}");
    for role in
        ["OWNER", "MANAGER", "AGENT", "PROCUREMENT_OFFICER", "EVALUATOR", "VIEWER", "ADMIN", "VERIFIER", "AUDITOR"]
    {
        assert!(said.contains(role), "{role} is missing in {said}");
    }
    let mariam = first_line(&said, "+22370002002");
    assert!(mariam.contains("Mariam Doumbia, ") && mariam.contains("situlu-9-bidons-segou"), "{mariam}");
    let admin = first_line(&said, "admin@demo.example");
    assert!(admin.contains("ADMIN") && admin.contains("Kadidia Sangaré, the platform"), "{admin}");
}

#[db_test]
async fn the_demo_is_not_loaded_where_others_could_sign_in(database: TestDatabase) {
    let everywhere = bfw(&database, &["serve", "--demo"]).env("BFW_LISTEN", "0.0.0.0:0").output().unwrap();
    assert_eq!(everywhere.status.code(), Some(1));
    let said = stderr(&everywhere);
    assert!(said.contains("BFW_LISTEN") && said.contains("127.0.0.1"), "{said}");

    let serving = Serving::start(bfw(&database, &["serve"]));
    let sign_up = r#"mutation { signUp(input: { phone: "76123456", password: "trois pirogues au port", name: "Awa" })
        { user { id } userErrors { code } } }"#;
    let answer = serving.graphql(None, sign_up, json!({})).await.unwrap();
    assert!(answer["data"]["signUp"]["user"]["id"].is_string(), "{answer}");
    serving.terminate();
    let in_use = run(&database, &["serve", "--demo"]);
    assert_eq!(in_use.status.code(), Some(1));
    assert!(stderr(&in_use).contains("this database holds accounts"), "{}", stderr(&in_use));
}

#[db_test]
async fn the_doctor_finds_a_healthy_service_well(database: TestDatabase) {
    let served = Serving::start(bfw(&database, &["serve", "--demo"]));
    served.terminate();

    let examined = run(&database, &["doctor"]);

    assert_eq!(examined.status.code(), Some(0), "{}", stdout(&examined));
    for what in ["data folder", "database", "schema", "audit log", "outbox", "signing keys", "search index"] {
        assert!(stdout(&examined).contains(&format!("ok     {what}")), "{what}: {}", stdout(&examined));
    }
}

#[db_test]
async fn the_doctor_names_the_first_altered_audit_entry(database: TestDatabase) {
    let served = Serving::start(bfw(&database, &["serve", "--demo"]));
    served.terminate();
    let connection = database.connect().await;
    connection.execute_unprepared("UPDATE audit_entry SET action = 'listing.praise' WHERE sequence = 2").await.unwrap();

    let examined = run(&database, &["doctor"]);

    assert_eq!(examined.status.code(), Some(1));
    assert!(stdout(&examined).contains("breaks at entry 2: its content was altered"), "{}", stdout(&examined));
}

#[db_test]
async fn the_doctor_names_a_chain_without_its_head(database: TestDatabase) {
    let served = Serving::start(bfw(&database, &["serve", "--demo"]));
    served.terminate();
    let connection = database.connect().await;
    let behead = "DELETE FROM audit_chain WHERE chain_id IN (SELECT chain_id FROM audit_chain LIMIT 1)";
    connection.execute_unprepared(behead).await.unwrap();

    let examined = run(&database, &["doctor"]);

    assert_eq!(examined.status.code(), Some(1));
    let said = stdout(&examined);
    assert!(said.contains("breaks at entry 1: the head of the chain is missing (1 chains broken)"), "{said}");
}

#[test]
fn every_command_explains_itself() {
    let program = env!("CARGO_BIN_EXE_bfw");
    let help = |arguments: &[&str]| {
        let output = std::process::Command::new(program).args(arguments).arg("--help").output().unwrap();
        assert!(output.status.success(), "{arguments:?}");
        stdout(&output)
    };
    let overview = help(&[]);
    for command in
        ["serve", "worker", "migrate", "seed", "import", "reindex", "schema", "doctor", "admin", "credentials"]
    {
        assert!(overview.contains(command), "{command} is missing in {overview}");
        assert!(help(&[command]).lines().next().is_some_and(|line| line.len() > 20), "{command} says too little");
    }
    let wrong = std::process::Command::new(program).arg("sreve").output().unwrap();
    assert_eq!(wrong.status.code(), Some(2));
}

fn first_line<'a>(text: &'a str, about: &str) -> &'a str {
    text.lines().find(|line| line.contains(about)).unwrap_or_else(|| panic!("no line of {about} in {text}"))
}

fn files_below(folder: &std::path::Path) -> Vec<std::path::PathBuf> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files.extend(files_below(&path));
        } else if path.extension().is_some_and(|kind| kind != "lock") {
            files.push(path);
        }
    }
    files
}
