//! What is written just before the commit, with everything else of the transaction or not at all.

use bfw::kernel::{
    audit::{self, AuditEntry},
    db::{Database, Insert, Sql},
    events,
    outbox::{self, Topic},
};
use db_test::db_test;
use uuid::Uuid;

use crate::harness::TestApp;

fn entry(app: &TestApp, chain: Uuid, subject: u128) -> AuditEntry {
    AuditEntry {
        chain,
        at: app.app.services.now(),
        actor_user: None,
        on_behalf_of: None,
        action: "listing.create",
        subject_kind: "listing",
        subject_id: Uuid::from_u128(subject),
        before: None,
        after: Some(serde_json::json!({ "subject": subject.to_string() })),
        request_id: "later".to_owned(),
    }
}

async fn count(db: &Database, table: &str) -> i64 {
    let rows = Sql::new(&format!("SELECT COUNT(*) FROM {table}")).rows(db).await.unwrap();
    rows[0].get(0).unwrap()
}

async fn counts(db: &Database) -> [i64; 3] {
    [count(db, "audit_entry").await, count(db, "outbox").await, count(db, "event").await]
}

#[db_test]
async fn everything_that_is_written_later_is_there_after_the_commit_in_its_order(app: TestApp) {
    let (db, now) = (&app.app.services.db, app.app.services.now());
    let before = counts(db).await;
    let (one, other) = (Uuid::from_u128(1), Uuid::from_u128(2));
    for flushed in [false, true] {
        let tx = db.begin().await.unwrap();
        for subject in 1..=3 {
            audit::append(&tx, &entry(&app, one, subject)).await.unwrap();
            audit::append(&tx, &entry(&app, other, subject)).await.unwrap();
            outbox::append(&tx, Topic::Listing, Uuid::from_u128(subject), now);
            let subject = Uuid::from_u128(subject);
            events::append(
                &tx,
                &[events::NewEvent { topic: events::Topic::Listing, what: "published", subject, within: subject }],
                now,
            );
            if flushed {
                tx.flush().await.unwrap();
            }
        }
        tx.commit().await.unwrap();
    }
    let after = counts(db).await;
    assert_eq!([after[0] - before[0], after[1] - before[1], after[2] - before[2]], [12, 6, 6]);
    let checked = audit::verify(db).await.unwrap();
    assert_eq!(checked.broken, []);
    let ids = Sql::new("SELECT subject_id FROM event ORDER BY id DESC LIMIT 3").rows(db).await.unwrap();
    let ids: Vec<u128> = ids.iter().map(|row| row.get::<Uuid>(0).unwrap().as_u128()).collect();
    assert_eq!(ids, [3, 2, 1]);
}

#[db_test]
async fn where_one_row_cannot_be_written_nothing_is(app: TestApp) {
    let (db, now) = (&app.app.services.db, app.app.services.now());
    let before = counts(db).await;
    let tx = db.begin().await.unwrap();
    audit::append(&tx, &entry(&app, Uuid::from_u128(3), 1)).await.unwrap();
    outbox::append(&tx, Topic::Listing, Uuid::from_u128(1), now);
    let of_no_listing = vec![
        Uuid::from_u128(404).into(),
        1_i64.into(),
        serde_json::json!({}).into(),
        Option::<Uuid>::None.into(),
        now.into(),
    ];
    tx.insert_later(
        Insert::into("listing_version (listing_id, version, snapshot, changed_by, changed_at)"),
        of_no_listing,
    );
    tx.commit().await.unwrap_err();
    let tx = db.begin().await.unwrap();
    outbox::append(&tx, Topic::Listing, Uuid::from_u128(1), now);
    drop(tx);
    assert_eq!(counts(db).await, before);
    assert_eq!(audit::verify(db).await.unwrap().broken, []);
}
