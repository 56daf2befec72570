//! The index beside the database, document by document: what differs is found, named and mended, and nothing else is.

use std::collections::BTreeMap;

use bfw::{
    kernel::outbox,
    search::{Comparison, Counts, model::Collection},
};
use db_test::db_test;
use sea_orm::ConnectionTrait;
use serde_json::json;

use super::faulty::{Control, differences};
use crate::harness::{TestApp, TestDatabase};

/// Two sellers with three listings each, all in the index.
async fn market(app: &TestApp) -> String {
    let token = app.sign_up("awa@example.org").await;
    for name in ["Benkadi", "Jigiya"] {
        let seller = app.register(&token, "COOPERATIVE", name).await;
        for _ in 0..3 {
            app.published(&token, &seller, json!({})).await;
        }
    }
    app.settle().await;
    token
}

async fn compare(app: &TestApp, collection: Collection) -> Comparison {
    app.app.search.compare(collection, |_| {}).await.unwrap()
}

#[db_test]
async fn an_index_that_followed_every_change_agrees(app: TestApp) {
    market(&app).await;

    let listings = compare(&app, Collection::Listings).await;
    let organizations = compare(&app, Collection::Organizations).await;

    assert_eq!(listings, Comparison { wanted: 6, indexed: 6, ..Comparison::default() });
    assert_eq!(organizations, Comparison { wanted: 2, indexed: 2, ..Comparison::default() });
}

#[db_test]
async fn what_differs_is_named_by_its_kind_and_mended(app: TestApp) {
    market(&app).await;
    let connection = app.database.connect().await;
    // Past the application, so that nothing tells the index.
    for change in [
        "UPDATE listing SET status = 'PAUSED' WHERE id = (SELECT id FROM listing ORDER BY id LIMIT 1)",
        "UPDATE listing SET title = 'Zamblé' WHERE id = (SELECT id FROM listing ORDER BY id DESC LIMIT 1)",
    ] {
        connection.execute_unprepared(change).await.unwrap();
    }
    app.app.search.rebuild(|_, _| {}).await.unwrap();
    app.settle().await;
    connection.execute_unprepared("UPDATE listing SET status = 'PUBLISHED'").await.unwrap();
    connection.execute_unprepared("UPDATE listing SET title = 'Situlu' WHERE title = 'Zamblé'").await.unwrap();
    let gone = "UPDATE organization SET standing = 'SUSPENDED' WHERE name = 'Benkadi'";
    connection.execute_unprepared(gone).await.unwrap();

    let listings = compare(&app, Collection::Listings).await;
    let organizations = compare(&app, Collection::Organizations).await;

    // Of Benkadi's three one was paused; of Jigiya's three one has another title.
    assert_eq!(listings.counts(), Counts { missing: 0, superfluous: 2, outdated: 1 });
    assert_eq!(organizations.counts(), Counts { missing: 0, superfluous: 1, outdated: 0 });

    connection.execute_unprepared("UPDATE organization SET standing = 'GOOD'").await.unwrap();
    let listings = compare(&app, Collection::Listings).await;
    let organizations = compare(&app, Collection::Organizations).await;
    assert_eq!(listings.counts(), Counts { missing: 1, superfluous: 0, outdated: 1 });
    assert_eq!(organizations.counts(), Counts::default());

    let written = app.app.search.mend(Collection::Listings, &listings.differences).await.unwrap();
    assert_eq!(written, 2);
    let waiting = compare(&app, Collection::Listings).await;
    assert_eq!((waiting.counts(), waiting.under_way), (Counts::default(), 2), "they are on their way");
    app.settle().await;
    assert_eq!(differences(&app.app).await, []);
}

#[db_test]
async fn a_change_on_its_way_is_no_difference(app: TestApp) {
    let token = market(&app).await;
    let seller = app.register(&token, "COOPERATIVE", "Sinignasigi").await;
    app.published(&token, &seller, json!({})).await;

    let listings = compare(&app, Collection::Listings).await;
    let organizations = compare(&app, Collection::Organizations).await;

    assert_eq!((listings.counts(), listings.under_way), (Counts::default(), 1));
    assert_eq!((organizations.counts(), organizations.under_way), (Counts::default(), 1));
}

#[db_test]
async fn a_document_that_was_set_aside_differs_until_it_is_mended(database: TestDatabase) {
    let control = Control::new();
    let app = control.app(database).await;
    let token = market(&app).await;
    let seller = app.register(&token, "COOPERATIVE", "Sinignasigi").await;
    app.settle().await;
    let listing = app.published(&token, &seller, json!({})).await;
    control.poison(bfw::kernel::id::decode(&listing).unwrap().1);
    for _ in 0..outbox::ATTEMPTS_MAX {
        app.settle().await;
        app.clock.advance(chrono::TimeDelta::seconds(600));
    }

    let parked = outbox::parked(&app.app.services.db, 10).await.unwrap();
    let reasons: BTreeMap<_, _> = parked.iter().map(|one| (one.topic.as_str(), one.reason.as_str())).collect();
    assert!(reasons["listing"].contains("is poisoned"), "{parked:?}");
    assert_eq!(compare(&app, Collection::Listings).await.counts(), Counts { missing: 1, ..Counts::default() });
}
