//! Nothing is lost: whatever fails at whichever step, the index and the database agree afterwards.

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use bfw::kernel::{
    outbox::{self, LEASE},
    worker::{self, WorkError},
};
use chrono::TimeDelta;
use db_test::db_test;
use serde_json::json;
use tokio_util::sync::CancellationToken;

use super::faulty::{Control, Mood, Step, differences};
use crate::harness::{TestApp, TestDatabase};

const UPDATE: &str = "mutation($input: UpdateListingInput!) { updateListing(input: $input) {
    listing { version } userErrors { code message path } } }";

/// A seller with listings, all in the index.
async fn market(app: &TestApp, listings: usize) -> (String, Vec<String>) {
    let token = app.sign_up("awa@example.org").await;
    let seller = app.register(&token, "COOPERATIVE", "Benkadi").await;
    let mut ids = Vec::new();
    for _ in 0..listings {
        ids.push(app.published(&token, &seller, json!({})).await);
    }
    app.settle().await;
    (token, ids)
}

async fn retitle(app: &TestApp, token: &str, listing: &str, title: &str) {
    app.expect_payload(Some(token), UPDATE, json!({ "listingId": listing, "title": title })).await;
}

async fn drain(app: &TestApp) -> Result<u64, WorkError> {
    worker::drain(&app.app.services, &app.app.follow_up(), "test").await
}

async fn titles(app: &TestApp) -> Vec<String> {
    let data = app.expect_data(None, "{ searchListings(first: 100) { edges { node { title } } } }", json!({})).await;
    let edges = data["searchListings"]["edges"].as_array().unwrap().iter();
    edges.map(|edge| edge["node"]["title"].as_str().unwrap().to_owned()).collect()
}

#[db_test]
async fn an_index_that_refuses_for_a_minute_lacks_nothing_afterwards(database: TestDatabase) {
    let control = Control::new();
    let app = control.app(database).await;
    let (token, listings) = market(&app, 3).await;
    control.set(Mood::Refuses);
    for second in 0..60 {
        retitle(&app, &token, &listings[second % 3], &format!("Zamblé {second}")).await;
        if second % 10 == 0 {
            assert!(matches!(drain(&app).await, Err(WorkError::Unable(_))));
        }
        app.clock.advance(TimeDelta::seconds(1));
    }
    control.set(Mood::Well);

    app.settle().await;

    assert_eq!(differences(&app.app).await, []);
    assert_eq!(outbox::backlog(&app.app.services.db).await.unwrap().parked, 0);
}

#[db_test]
async fn an_index_that_hangs_lacks_nothing_afterwards(database: TestDatabase) {
    let control = Control::new();
    let app = control.app(database).await;
    let (token, listings) = market(&app, 3).await;
    control.set(Mood::Hangs);
    retitle(&app, &token, &listings[0], "Zamblé").await;
    let worker = tokio::spawn({
        let (services, follow_up) = (app.app.services.clone(), app.app.follow_up());
        async move { worker::drain(&services, &follow_up, "hanging").await }
    });
    retitle(&app, &token, &listings[1], "Situlu").await;
    assert!(!worker.is_finished());

    control.set(Mood::Well);
    // It was in the middle of something when the index hung, and is told that this failed; or had not begun.
    let told = worker.await.unwrap();
    assert!(matches!(&told, Ok(_) | Err(WorkError::Unable(_))), "{told:?}");
    app.settle().await;

    assert_eq!(differences(&app.app).await, []);
}

/// A worker ends in the middle of the work, and leaves its messages leased.
async fn ends_at(database: TestDatabase, step: Step) {
    let control = Control::new();
    let app = control.app(database).await;
    let (token, listings) = market(&app, 3).await;
    for listing in &listings {
        retitle(&app, &token, listing, "Zamblé").await;
    }
    let (reached, mut at) = tokio::sync::watch::channel(false);
    control.at_each_step(move |now| {
        let reached = reached.clone();
        Box::pin(async move {
            if now == step {
                reached.send_replace(true);
                std::future::pending::<()>().await;
            }
        })
    });
    let worker = tokio::spawn({
        let (services, follow_up) = (app.app.services.clone(), app.app.follow_up());
        async move { worker::drain(&services, &follow_up, "dying").await }
    });
    at.wait_for(|reached| *reached).await.unwrap();
    worker.abort();
    assert!(worker.await.unwrap_err().is_cancelled());
    control.at_each_step(|_| Box::pin(async {}));

    app.settle().await;
    assert!(outbox::backlog(&app.app.services.db).await.unwrap().waiting > 0, "the dead worker's are still held");
    retitle(&app, &token, &listings[0], "Situlu").await;
    app.clock.advance(LEASE + TimeDelta::seconds(1));
    app.settle().await;

    assert_eq!(outbox::backlog(&app.app.services.db).await.unwrap().waiting, 0);
    assert_eq!(differences(&app.app).await, []);
}

#[db_test]
async fn a_worker_that_ends_before_it_wrote_loses_nothing(database: TestDatabase) {
    Box::pin(ends_at(database, Step::Apply)).await;
}

#[db_test]
async fn a_worker_that_ends_after_it_wrote_loses_nothing(database: TestDatabase) {
    Box::pin(ends_at(database, Step::Applied)).await;
}

#[db_test]
async fn a_rebuild_never_puts_back_what_changed_after_it_was_read(database: TestDatabase) {
    let control = Control::new();
    let app = Arc::new(control.app(database).await);
    let (token, listings) = market(&app, 3).await;
    // The documents are composed; now they change, and the change is carried to the old index.
    let changing = (Arc::clone(&app), token, listings);
    let changing = Arc::new(changing);
    let done = Arc::new(AtomicUsize::new(0));
    control.at_each_step({
        let done = Arc::clone(&done);
        move |step| {
            let (changing, done) = (Arc::clone(&changing), Arc::clone(&done));
            Box::pin(async move {
                let (app, token, listings) = &*changing;
                if step == Step::Finish && done.fetch_add(1, Ordering::Relaxed) == 0 {
                    change_all(app, token, listings).await;
                }
            })
        }
    });

    app.app.search.rebuild(|_, _| {}).await.unwrap();
    assert_eq!(done.load(Ordering::Relaxed), 1);
    app.settle().await;

    assert_eq!(titles(&app).await, ["Zamblé"; 3]);
    assert_eq!(differences(&app.app).await, []);
}

/// Boxed, because the hook it is called in asks for what can be sent to another thread.
fn change_all<'a>(app: &'a TestApp, token: &'a str, listings: &'a [String]) -> futures_util::future::BoxFuture<'a, ()> {
    Box::pin(async move {
        for listing in listings {
            retitle(app, token, listing, "Zamblé").await;
        }
        app.settle().await;
    })
}

#[db_test]
async fn rebuilds_and_writers_that_race_end_in_agreement(app: TestApp) {
    let (token, listings) = market(&app, 12).await;
    let stop = CancellationToken::new();
    let work = tokio::spawn(app.app.clone().work("test", stop.clone()));
    let write = async {
        for round in 0..8 {
            for listing in &listings {
                retitle(&app, &token, listing, &format!("Zamblé {round}")).await;
            }
        }
    };
    let rebuild = async {
        for _ in 0..6 {
            app.app.search.rebuild(|_, _| {}).await.unwrap();
        }
    };

    tokio::join!(write, rebuild);
    stop.cancel();
    work.await.unwrap();
    app.settle().await;

    assert_eq!(titles(&app).await, ["Zamblé 7"; 12]);
    assert_eq!(differences(&app.app).await, []);
}

#[db_test]
async fn of_two_workers_that_write_one_sellers_document_the_one_that_read_first_may_write_last(database: TestDatabase) {
    let control = Control::new();
    let app = Arc::new(control.app(database).await);
    let (token, listings) = market(&app, 1).await;
    let seller = seller_of(&app, &listings[0]).await;
    let done = Arc::new(AtomicUsize::new(0));
    // The first has composed the documents of the listing and its seller; now she offers something else, and a second worker
    // writes all that it finds.
    control.at_each_step({
        let (app, token, done) = (Arc::clone(&app), token.clone(), Arc::clone(&done));
        move |step| {
            let (app, token, seller, done) = (Arc::clone(&app), token.clone(), seller.clone(), Arc::clone(&done));
            Box::pin(async move {
                if step == Step::Apply && done.fetch_add(1, Ordering::Relaxed) == 0 {
                    offer_more(&app, &token, &seller).await;
                }
            })
        }
    });
    retitle(&app, &token, &listings[0], "Zamblé").await;

    drain(&app).await.unwrap();

    assert!(done.load(Ordering::Relaxed) > 1, "the second worker wrote while the first had not");
    assert_eq!(outbox::backlog(&app.app.services.db).await.unwrap().waiting, 0);
    assert_eq!(differences(&app.app).await, []);
    control.at_each_step(|_| Box::pin(async {}));
}

async fn seller_of(app: &TestApp, listing: &str) -> String {
    let asked = "query($id: ID!) { listing(id: $id) { organization { id } } }";
    let data = app.expect_data(None, asked, json!({ "id": listing })).await;
    data["listing"]["organization"]["id"].as_str().unwrap().to_owned()
}

/// Boxed as [`change_all`] is.
fn offer_more<'a>(app: &'a TestApp, token: &'a str, seller: &'a str) -> futures_util::future::BoxFuture<'a, ()> {
    Box::pin(async move {
        app.published(token, seller, json!({ "title": "Mil", "productCode": "millet" })).await;
        worker::drain(&app.app.services, &app.app.follow_up(), "second").await.unwrap();
    })
}

/// A rebuild's process ends at a step, while listings change; the next process finds what it left.
async fn broken_off_at(database: TestDatabase, step: Step) {
    let control = Control::new();
    let app = control.app(database).await;
    let (token, listings) = market(&app, 3).await;
    let (reached, mut at) = tokio::sync::watch::channel(false);
    control.at_each_step(move |now| {
        let reached = reached.clone();
        Box::pin(async move {
            if now == step {
                reached.send_replace(true);
                std::future::pending::<()>().await;
            }
        })
    });
    let search = app.app.search.clone();
    let rebuild = tokio::spawn(async move { search.rebuild(|_, _| {}).await.map(drop) });
    at.wait_for(|reached| *reached).await.unwrap();
    // Carried to the index that is in use, old or new, and done with.
    control.at_each_step(|_| Box::pin(async {}));
    for listing in &listings {
        retitle(&app, &token, listing, "Zamblé").await;
    }
    app.settle().await;
    rebuild.abort();
    assert!(rebuild.await.unwrap_err().is_cancelled());
    app.app.search.close().await.unwrap();

    let next = app.another_process().await;
    let stop = CancellationToken::new();
    let work = tokio::spawn(next.clone().work("next", stop.clone()));
    let mut agree = false;
    for _ in 0..100 {
        tokio::time::sleep(Duration::from_millis(100)).await;
        if !next.search.is_behind().await.unwrap() && differences(&next).await.is_empty() {
            agree = true;
            break;
        }
    }
    stop.cancel();
    work.await.unwrap();
    assert!(agree, "{:?}", differences(&next).await);
    next.close().await;
}

#[db_test]
async fn a_rebuild_that_is_broken_off_while_it_reads_loses_nothing(database: TestDatabase) {
    Box::pin(broken_off_at(database, Step::Feed)).await;
}

#[db_test]
async fn a_rebuild_that_is_broken_off_before_it_is_in_place_loses_nothing(database: TestDatabase) {
    Box::pin(broken_off_at(database, Step::Finish)).await;
}

#[db_test]
async fn a_rebuild_that_is_broken_off_once_it_is_in_place_loses_nothing(database: TestDatabase) {
    Box::pin(broken_off_at(database, Step::Finished)).await;
}

#[db_test]
async fn what_a_broken_off_rebuild_left_is_fed_again_after_a_while_and_forgotten(database: TestDatabase) {
    let control = Control::new();
    let app = control.app(database).await;
    let (token, listings) = market(&app, 2).await;
    let connection = app.database.connect().await;
    // Carried to an index that a rebuild then replaced, whose process ended before it could tell.
    retitle(&app, &token, &listings[0], "Zamblé").await;
    app.settle().await;
    let begun = "INSERT INTO search_rebuild (id, changes_since, alive_at) VALUES ($1, $2, $3)";
    let now = app.app.services.now();
    let id = app.app.services.ids.next_uuid();
    super::market::run(&connection, begun, [id.into(), now.into(), now.into()]).await;

    app.app.search.finish_broken_off(false).await.unwrap();
    assert!(!app.app.search.is_behind().await.unwrap(), "it may still be under way");
    app.clock.advance(TimeDelta::minutes(3));
    app.app.search.finish_broken_off(false).await.unwrap();
    assert!(app.app.search.is_behind().await.unwrap());
    app.settle().await;
    app.app.search.finish_broken_off(true).await.unwrap();

    assert!(!app.app.search.is_behind().await.unwrap(), "it is forgotten");
}
