//! What nobody needs goes, and nothing else.

use std::time::Duration;

use bfw::kernel::{
    blobs::BlobKey,
    clock::{Clock, SystemClock},
    digest::Digest,
};
use bytes::Bytes;
use chrono::TimeDelta;
use db_test::db_test;
use reqwest::StatusCode;
use sea_orm::ConnectionTrait;
use serde_json::{Value, json};

use super::{Desk, id_of, pdf};

impl Desk {
    async fn sweep(&self) -> u64 {
        self.app.app.documents.sweep().await.unwrap()
    }

    async fn kept(&self) -> Vec<String> {
        let store = &self.app.app.documents.blobs().store;
        let mut kept = store.list(BlobKey::CONTENT, None, 100).await.unwrap().blobs;
        kept.extend(store.list(BlobKey::SEALED, None, 100).await.unwrap().blobs);
        kept.into_iter().map(|blob| blob.key.to_string()).collect()
    }

    /// Says that a listing-like thing uses a document, or no longer does.
    async fn uses(&self, document: &Value, uses: bool) {
        let services = &self.app.app.services;
        let tx = services.db.begin().await.unwrap();
        let subject = uuid::Uuid::from_u128(1);
        if uses {
            bfw::documents::attach(&tx, &[id_of(document)], "listing", subject).await.unwrap();
        } else {
            bfw::documents::detach(&tx, "listing", subject, services.now()).await.unwrap();
        }
        tx.commit().await.unwrap();
    }
}

/// The store tells the age of bytes by the machine's clock.
fn machine_time(desk: &Desk) {
    desk.app.clock.set(SystemClock.now());
}

#[db_test]
async fn an_announcement_that_came_to_nothing_is_forgotten_with_its_bytes(desk: Desk) {
    machine_time(&desk);
    let content = pdf(1_000);
    let upload = desk.announce(&content, "application/pdf", json!({})).await;
    assert_eq!(desk.send(&upload, &content).await, StatusCode::OK);
    desk.app.clock.advance(TimeDelta::hours(23));
    assert_eq!(desk.sweep().await, 0, "it can still be taken up again");
    desk.app.clock.advance(TimeDelta::hours(3));
    assert_eq!(desk.sweep().await, 2, "the announcement and its bytes");
    assert_eq!(desk.seen(Some(&desk.token), &upload["documentId"]).await, Value::Null);
    assert_eq!(desk.refusal(&upload).await, "NOT_FOUND");
}

#[db_test]
async fn a_document_that_serves_for_nothing_goes_after_a_week_and_a_used_one_stays(desk: Desk) {
    machine_time(&desk);
    let used = desk.hand_in(&pdf(1_000), "application/pdf", json!({})).await;
    let unused = desk.hand_in(&pdf(2_000), "application/pdf", json!({})).await;
    let shares = desk.hand_in(&pdf(1_000), "application/pdf", json!({})).await;
    desk.uses(&used["id"], true).await;
    desk.app.clock.advance(TimeDelta::days(6));
    assert_eq!(desk.sweep().await, 0);
    desk.app.clock.advance(TimeDelta::days(2));
    assert_eq!(desk.sweep().await, 3, "two documents, and the bytes that were nobody else's");
    for gone in [&unused, &shares] {
        assert_eq!(desk.seen(Some(&desk.token), &gone["id"]).await, Value::Null);
    }
    let seen = desk.seen(Some(&desk.token), &used["id"]).await;
    assert_eq!(desk.fetch(&seen["downloadUrl"]).await, pdf(1_000), "the bytes that it shared stay");

    desk.uses(&used["id"], false).await;
    assert_eq!(desk.sweep().await, 0, "a week from now");
    desk.app.clock.advance(TimeDelta::days(8));
    assert_eq!(desk.sweep().await, 2);
    assert_eq!(desk.kept().await, Vec::<String>::new());
}

#[db_test]
async fn bytes_that_no_document_tells_of_go_once_they_are_old(desk: Desk) {
    machine_time(&desk);
    let document = desk.hand_in(&pdf(1_000), "application/pdf", json!({})).await;
    let orphans = [BlobKey::content(&Digest::of(b"orphan")), BlobKey::sealed(&Digest::of(b"orphan"))];
    let store = &desk.app.app.documents.blobs().store;
    for orphan in &orphans {
        store.put(orphan, Bytes::from_static(b"orphan"), "application/pdf").await.unwrap();
    }
    assert_eq!(desk.sweep().await, 0, "they may be about to be used");
    desk.app.clock.advance(TimeDelta::hours(2));
    assert_eq!(desk.sweep().await, 2);
    for orphan in &orphans {
        assert_eq!(store.length(orphan).await.unwrap(), None);
    }
    let seen = desk.seen(Some(&desk.token), &document["id"]).await;
    assert_eq!(desk.fetch(&seen["downloadUrl"]).await, pdf(1_000));
}

#[db_test]
async fn bytes_that_are_being_removed_are_not_relied_on(desk: Desk) {
    machine_time(&desk);
    let content = pdf(1_000);
    let upload = desk.announce(&content, "application/pdf", json!({ "visibility": "PUBLIC" })).await;
    assert_eq!(desk.send(&upload, &content).await, StatusCode::OK);
    // As a sweep leaves them that ended half way.
    let connection = desk.app.database.connect().await;
    let digest = Digest::of(&content);
    let mark = "INSERT INTO document_blob (address, touched_at, removing) VALUES ($1, $2, TRUE)";
    let values = [digest.to_vec().into(), desk.app.clock.now().into()];
    let statement = sea_orm::Statement::from_sql_and_values(connection.get_database_backend(), mark, values);
    connection.execute_raw(statement).await.unwrap();
    let (document, swept) = tokio::join!(desk.complete(&upload), async {
        tokio::time::sleep(Duration::from_millis(300)).await;
        desk.sweep().await
    });
    assert_eq!(swept, 1, "what was begun is ended");
    assert_eq!(desk.fetch(&document["downloadUrl"]).await, content);
    desk.app.clock.advance(TimeDelta::hours(2));
    assert_eq!(desk.sweep().await, 0);
}
