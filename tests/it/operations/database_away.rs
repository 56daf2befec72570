//! PostgreSQL that crashes, hangs, cannot be heard or has no connection left, under a service that goes on: whoever asks
//! meanwhile is told to come back, nothing acknowledged is lost, and nobody has to start anything anew.

use std::{
    sync::atomic::{AtomicBool, Ordering},
    time::Duration,
};

use sea_orm::{ConnectionTrait, TransactionTrait};
use serde_json::{Value, json};

use super::{
    client::Client,
    own_postgres::{Line, OwnPostgres},
    process::{Serving, bfw, eventually, part, stderr, stdout},
};
use crate::harness::{self, Backend, TestDatabase, say_once};

/// Long enough for any machine, and far below for ever.
const LONG: Duration = Duration::from_secs(25);

/// Whether what failed was told to come back.
fn to_come_back(failed: &str) -> bool {
    failed.contains("\"code\":\"UNAVAILABLE\"") || failed.contains("\"code\":\"TIMEOUT\"")
}

#[test]
fn a_crash() {
    harness::run(Backend::Postgres, a_database_that_crashes_under_load_loses_nothing_and_is_used_again_when_it_is_back);
}

async fn a_database_that_crashes_under_load_loses_nothing_and_is_used_again_when_it_is_back(database: TestDatabase) {
    let Some(server) = OwnPostgres::start_in(database.folder.join("pg")) else {
        say_once("a PostgreSQL that crashes: the tests are given a server, and may not stop it");
        return;
    };
    let with_it = |arguments: &[&str]| {
        let mut command = bfw(&database, arguments);
        command.env("BFW_DATABASE_URL", server.url()).env("BFW_LOG", "off");
        command
    };
    let serving = Serving::start(with_it(&["serve"]));
    let mut clients = Vec::new();
    for number in 0..3 {
        clients.push(Client::arrive(&serving.url, number).await);
    }
    let done = AtomicBool::new(false);

    let crash = async {
        for _ in 0..2 {
            tokio::time::sleep(Duration::from_secs(1)).await;
            server.crash();
            let away = async || {
                let (status, told) = serving.ready().await;
                status == 503 && !part(&told, "database").0
            };
            eventually("it is told that the database is away", away).await;
            let alive = reqwest::get(format!("{}/health/live", serving.url)).await.unwrap();
            assert_eq!(alive.status().as_u16(), 200, "nobody restarts it for that");
            tokio::time::sleep(Duration::from_millis(500)).await;
            server.start();
            eventually("it is told that the database is back", async || serving.ready().await.0 == 200).await;
        }
        tokio::time::sleep(Duration::from_secs(1)).await;
        done.store(true, Ordering::Relaxed);
    };
    let working = futures_util::future::join_all(clients.iter_mut().map(|client| client.work_until(&done)));
    tokio::join!(crash, working);

    let failed: Vec<String> = clients.iter_mut().flat_map(|client| client.failed.drain(..)).collect();
    let wrong: Vec<&String> = failed.iter().filter(|one| !to_come_back(one)).collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
    assert!(!failed.is_empty(), "nobody asked while it was away");
    for client in &mut clients {
        assert!(client.round(1_000).await.is_some(), "{:?}", client.failed);
        assert!(client.written.len() > 3, "{} listings are too few to say anything", client.written.len());
        assert_eq!(client.lacking().await, [""; 0]);
    }
    let (code, log) = serving.terminate();
    assert_eq!(code, Some(0), "{log}");
    let examined = with_it(&["doctor"]).output().unwrap();
    assert_eq!(examined.status.code(), Some(0), "{}{}", stdout(&examined), stderr(&examined));
}

#[test]
fn a_silence() {
    harness::run(Backend::Postgres, a_database_that_falls_silent_holds_nobody_and_is_used_again_when_it_answers);
}

async fn a_database_that_falls_silent_holds_nobody_and_is_used_again_when_it_answers(database: TestDatabase) {
    let Some(line) = Line::to(&database).await else {
        say_once("a PostgreSQL that falls silent: the tests are given a server whose socket is not known");
        return;
    };
    let mut command = bfw(&database, &["serve"]);
    command.env("BFW_DATABASE_URL", &line.url).env("BFW_DATABASE_CONNECTIONS", "4").env("BFW_REQUEST_SECONDS", "2");
    command.env("BFW_LOG", "off");
    let serving = Serving::start(command);
    let mut client = Client::arrive(&serving.url, 0).await;
    let mut stranger = Client::nobody(&serving.url);
    assert!(client.round(0).await.is_some(), "{:?}", client.failed);

    line.stop_up(true);
    // More than there are connections, of every kind: signed in, not signed in, to write, and for a page.
    let pages = async {
        let mut answers = Vec::new();
        for page in ["ocds/packages", ".well-known/did.json"] {
            let answer = reqwest::get(format!("{}/{page}", serving.url)).await.unwrap();
            answers.push(answer.status().as_u16());
        }
        answers
    };
    let asking = async {
        let mut more: Vec<Client> = (0..6).map(|_| client.again()).collect();
        let rounds = futures_util::future::join_all(more.iter_mut().map(|client| client.round(1)));
        let strange = stranger.ask("{ organizations { totalCount } listings { totalCount } }", json!({}));
        let (done, strange, pages, ready) = tokio::join!(rounds, strange, pages, serving.ready());
        let failed: Vec<String> = more.iter_mut().flat_map(|client| client.failed.drain(..)).collect();
        (done, strange, pages, ready, failed)
    };
    let (done, strange, pages, (status, told), mut failed) =
        tokio::time::timeout(LONG, asking).await.expect("somebody is held for ever");
    failed.append(&mut stranger.failed);
    let alive = reqwest::get(format!("{}/health/live", serving.url)).await.unwrap();
    line.stop_up(false);

    assert!(done.iter().all(Option::is_none) && strange.is_none());
    assert_eq!(failed.len(), 7);
    assert!(failed.iter().all(|one| to_come_back(one)), "{failed:#?}");
    assert_eq!(pages, [503, 503]);
    assert!(status == 503 && !part(&told, "database").0, "{told:#}");
    assert_eq!(alive.status().as_u16(), 200);
    eventually("it is ready again", async || serving.ready().await.0 == 200).await;
    for round in 2..5 {
        eventually_done(&mut client, round).await;
    }
    client.failed.clear();

    // The line is cut: connections stay open and carry nothing. Whoever comes anew gets through.
    line.cut();
    let mut more: Vec<Client> = (0..6).map(|_| client.again()).collect();
    let rounds = futures_util::future::join_all(more.iter_mut().map(|client| client.round(5)));
    tokio::time::timeout(LONG, rounds).await.expect("somebody is held for ever");
    let failed: Vec<String> = more.iter_mut().flat_map(|client| client.failed.drain(..)).collect();
    assert!(!failed.is_empty() && failed.iter().all(|one| to_come_back(one)), "{failed:#?}");
    for round in 6..9 {
        eventually_done(&mut client, round).await;
    }
    eventually("it is ready again", async || serving.ready().await.0 == 200).await;
    assert_eq!(client.lacking().await, [""; 0]);
    let (code, log) = serving.terminate();
    assert_eq!(code, Some(0), "{log}");
}

/// A round that is told to come back until it is done; a minute at most.
async fn eventually_done(client: &mut Client, round: usize) {
    for _ in 0..120 {
        if client.round(round).await.is_some() {
            return;
        }
        assert!(to_come_back(client.failed.last().unwrap()), "{:?}", client.failed);
        tokio::time::sleep(Duration::from_millis(500)).await;
    }
    panic!("never: {:?}", client.failed);
}

#[test]
fn no_connection_left() {
    harness::run(Backend::Postgres, whoever_finds_no_connection_is_told_to_come_back_and_nobody_waits_in_a_circle);
}

async fn whoever_finds_no_connection_is_told_to_come_back_and_nobody_waits_in_a_circle(database: TestDatabase) {
    let mut command = bfw(&database, &["serve"]);
    command.env("BFW_DATABASE_CONNECTIONS", "2").env("BFW_LOG", "off");
    let serving = Serving::start(command);
    let mut client = Client::arrive(&serving.url, 0).await;
    assert!(client.round(0).await.is_some(), "{:?}", client.failed);
    let connection = database.connect().await;
    let holder = connection.begin().await.unwrap();
    holder.execute_unprepared("LOCK TABLE listing IN ACCESS EXCLUSIVE MODE").await.unwrap();

    let mut many: Vec<Client> = (0..12).map(|_| client.again()).collect();
    let held = futures_util::future::join_all(many.iter_mut().map(|client| client.round(1)));
    let held = tokio::time::timeout(LONG, held).await.expect("somebody is held for ever");
    let failed: Vec<String> = many.iter_mut().flat_map(|client| client.failed.drain(..)).collect();
    holder.rollback().await.unwrap();
    // All at once and two connections: they wait for each other, but not in a circle.
    let after = futures_util::future::join_all(many.iter_mut().map(|client| async {
        for round in 2..6 {
            client.round(round).await;
        }
    }));
    tokio::time::timeout(LONG * 2, after).await.expect("somebody is held for ever");

    assert!(held.iter().all(Option::is_none));
    assert!(failed.len() == 12 && failed.iter().all(|one| one.contains("UNAVAILABLE")), "{failed:#?}");
    let told: Vec<Value> = many.iter().flat_map(|client| &client.failed).map(|one| json!(one)).collect();
    assert!(told.iter().all(|one| to_come_back(one.as_str().unwrap())), "{told:#?}");
    eventually_done(&mut client, 7).await;
    for client in &mut many {
        assert_eq!(client.lacking().await, [""; 0]);
    }
}
