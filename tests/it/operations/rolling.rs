//! Versions are exchanged one process at a time, while people work: nobody is refused for it, and an older process goes on
//! over a schema that a newer one has widened.

use std::{
    process::Stdio,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    time::Duration,
};

use db_test::db_test;
use sea_orm::{ConnectionTrait, DatabaseConnection, Statement};
use serde_json::{Value, json};
use tokio::{
    io::copy_bidirectional,
    net::{TcpListener, TcpStream},
};

use super::{
    client::Client,
    process::{Serving, bfw, part, stderr},
};
use crate::harness::{self, Backend, TestDatabase};

fn serve(database: &TestDatabase, drain_seconds: u32) -> Serving {
    let mut command = bfw(database, &["serve"]);
    command.env("BFW_DRAIN_SECONDS", drain_seconds.to_string()).env("BFW_DATABASE_WAIT_SECONDS", "5");
    Serving::start(command)
}

#[db_test]
async fn whoever_is_asked_to_leave_says_so_before_the_door_is_shut(database: TestDatabase) {
    let serving = serve(&database, 4);
    let (before, _) = serving.ready().await;
    let stays = serving.answer(None, "{ __typename }", json!({})).await.unwrap();

    serving.ask_to_stop();
    let mut told = serving.ready().await;
    while told.0 == 200 {
        told = serving.ready().await;
    }
    let answered = serving.answer(None, "{ __typename }", json!({})).await.unwrap();

    assert_eq!((before, told.0), (200, 503));
    assert_eq!(part(&told.1, "process"), (false, "asked to stop; send requests elsewhere".to_owned()));
    assert!(part(&told.1, "database").0, "{:#}", told.1);
    assert_eq!(stays.headers().get("connection"), None);
    assert_eq!(answered.headers()["connection"], "close");
    let answered: Value = answered.json().await.unwrap();
    assert_eq!(answered["data"]["__typename"], "Query");
    let (code, log) = serving.ended();
    assert_eq!(code, Some(0), "{log}");
}

/// What stands in front of several processes: it asks each whether it is ready, deals connections out in turn, and tries the
/// next where one is refused. It knows nothing of what goes through it.
#[derive(Clone)]
struct Balancer {
    url: String,
    known: Arc<Mutex<Vec<(String, bool)>>>,
    turn: Arc<AtomicUsize>,
}

impl Balancer {
    async fn open() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let balancer = Self { url, known: Arc::default(), turn: Arc::default() };
        let (deals, asks) = (balancer.clone(), balancer.clone());
        tokio::spawn(async move {
            loop {
                let (client, _) = listener.accept().await.unwrap();
                let deals = deals.clone();
                tokio::spawn(async move { deals.through(client).await });
            }
        });
        tokio::spawn(async move {
            loop {
                asks.look().await;
                tokio::time::sleep(Duration::from_millis(100)).await;
            }
        });
        balancer
    }

    async fn look(&self) {
        let known = self.known.lock().unwrap().clone();
        for (address, _) in known {
            let ready = reqwest::get(format!("http://{address}/health/ready")).await;
            let ready = ready.is_ok_and(|answer| answer.status().is_success());
            let mut known = self.known.lock().unwrap();
            if let Some(one) = known.iter_mut().find(|(other, _)| *other == address) {
                one.1 = ready;
            }
        }
    }

    async fn through(&self, mut client: TcpStream) {
        let ready: Vec<String> =
            self.known.lock().unwrap().iter().filter(|(_, ready)| *ready).map(|(address, _)| address.clone()).collect();
        let turn = self.turn.fetch_add(1, Ordering::Relaxed);
        for number in 0..ready.len() {
            let address = &ready[(turn + number) % ready.len()];
            if let Ok(mut server) = TcpStream::connect(address).await {
                // Whichever side ends it, the other hears of it.
                drop(copy_bidirectional(&mut client, &mut server).await);
                return;
            }
        }
    }

    fn learn(&self, serving: &Serving) {
        self.known.lock().unwrap().push((serving.url.trim_start_matches("http://").to_owned(), true));
    }
}

#[test]
fn one_by_one() {
    harness::run(Backend::Postgres, processes_are_exchanged_under_load_without_one_failed_request);
}

async fn processes_are_exchanged_under_load_without_one_failed_request(database: TestDatabase) {
    let balancer = Balancer::open().await;
    let mut old = Vec::new();
    for _ in 0..2 {
        old.push(serve(&database, 3));
        balancer.learn(&old[old.len() - 1]);
    }
    let mut clients = Vec::new();
    for number in 0..3 {
        clients.push(Client::arrive(&balancer.url, number).await);
    }
    let done = AtomicBool::new(false);

    let exchange = async {
        let mut new = Vec::new();
        for leaving in old {
            leaving.ask_to_stop();
            let ended = tokio::task::spawn_blocking(move || leaving.ended()).await.unwrap();
            assert_eq!(ended.0, Some(0), "{}", ended.1);
            let database = database.clone();
            let serving = tokio::task::spawn_blocking(move || serve(&database, 3)).await.unwrap();
            balancer.learn(&serving);
            new.push(serving);
        }
        // They work for a while on the new ones alone.
        tokio::time::sleep(Duration::from_secs(1)).await;
        done.store(true, Ordering::Relaxed);
        new
    };
    let working = futures_util::future::join_all(clients.iter_mut().map(|client| client.work_until(&done)));
    let (_new, _) = tokio::join!(exchange, working);

    for client in &mut clients {
        assert_eq!(client.failed, [""; 0]);
        assert!(client.written.len() > 5, "{} listings are too few to say anything", client.written.len());
        assert_eq!(client.lacking().await, [""; 0]);
    }
}

/// Runs a statement as the migrations are run: it gives way to those who work, and comes again.
async fn between_others(connection: &DatabaseConnection, sql: &str) {
    for _ in 0..200 {
        match connection.execute_unprepared(sql).await {
            Ok(_) => return,
            Err(error) if error.to_string().contains("lock") => tokio::time::sleep(Duration::from_millis(50)).await,
            Err(error) => panic!("{sql}: {error}"),
        }
    }
    panic!("never free: {sql}");
}

#[db_test]
async fn an_older_process_goes_on_while_every_table_is_widened(database: TestDatabase) {
    let serving = serve(&database, 0);
    let mut client = Client::arrive(&serving.url, 0).await;
    for round in 0..3 {
        // So that every connection has prepared what it will be asked again.
        client.round(round).await;
    }
    let connection = database.connect().await;
    let names = match database.backend() {
        Backend::Postgres => "SELECT tablename FROM pg_tables WHERE schemaname = 'public'",
        Backend::Sqlite => "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'",
    };
    let rows =
        connection.query_all_raw(Statement::from_string(connection.get_database_backend(), names)).await.unwrap();
    let tables: Vec<String> = rows.iter().map(|row| row.try_get_by_index(0).unwrap()).collect();
    assert!(tables.len() > 50, "{tables:?}");
    if database.backend() == Backend::Postgres {
        connection.execute_unprepared("SET lock_timeout = '300ms'").await.unwrap();
    }
    let done = AtomicBool::new(false);

    let widen = async {
        for table in tables.iter().filter(|table| *table != "seaql_migrations") {
            between_others(&connection, &format!("ALTER TABLE {table} ADD COLUMN planted TEXT NOT NULL DEFAULT ''"))
                .await;
        }
        between_others(&connection, "CREATE TABLE planted (id BIGINT PRIMARY KEY)").await;
        between_others(&connection, "CREATE INDEX planted_idx ON listing (planted)").await;
        let newer = "INSERT INTO seaql_migrations (version, applied_at) VALUES ('m29990101_000001_later', 0)";
        between_others(&connection, newer).await;
        done.store(true, Ordering::Relaxed);
    };
    tokio::join!(widen, client.work_until(&done));
    for round in 0..3 {
        client.round(round).await;
    }

    assert_eq!(client.failed, [""; 0]);
    assert_eq!(client.lacking().await, [""; 0]);
    let (status, told) = serving.ready().await;
    let (well, said) = part(&told, "migrations");
    assert!(status == 200 && well, "it is needed until the last newer one is there: {told:#}");
    assert!(said.contains("newer version") && said.contains("m29990101_000001_later"), "{said}");
    let (code, log) = serving.terminate();
    assert_eq!(code, Some(0), "{log}");
}

#[test]
fn in_turns() {
    harness::run(Backend::Postgres, a_migration_that_finds_a_table_in_use_lets_others_pass_and_comes_again);
}

async fn a_migration_that_finds_a_table_in_use_lets_others_pass_and_comes_again(database: TestDatabase) {
    use sea_orm::TransactionTrait as _;
    let connection = database.connect().await;
    let undo = "DROP TABLE attempt; DELETE FROM seaql_migrations WHERE version = 'm20261127_000020_attempts'";
    connection.execute_unprepared(undo).await.unwrap();
    let user = connection.begin().await.unwrap();
    user.execute_unprepared("LOCK TABLE seaql_migrations IN SHARE MODE").await.unwrap();

    let mut command = bfw(&database, &["migrate"]);
    command.env("BFW_LOG", "info").stdout(Stdio::piped()).stderr(Stdio::piped());
    let migrating = command.spawn().unwrap();
    let waiting = "SELECT COUNT(*) FROM pg_stat_activity WHERE datname = current_database()
                   AND application_name = 'bfw startup' AND wait_event_type = 'Lock'";
    let other = database.connect().await;
    let asked = |sql: &'static str| Statement::from_string(other.get_database_backend(), sql);
    // It has come twice by the time that it was seen to wait, to have gone, and to wait again.
    for state in [1_i64, 0, 1] {
        loop {
            let seen: i64 = other.query_one_raw(asked(waiting)).await.unwrap().unwrap().try_get_by_index(0).unwrap();
            if seen == state {
                break;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }
    user.rollback().await.unwrap();
    let migrated = tokio::task::spawn_blocking(move || migrating.wait_with_output().unwrap()).await.unwrap();

    assert_eq!(migrated.status.code(), Some(0), "{}", stderr(&migrated));
    assert!(stderr(&migrated).contains("trying again until it is free"), "{}", stderr(&migrated));
    other.execute_unprepared("SELECT slot, used_until FROM attempt").await.unwrap();
}
