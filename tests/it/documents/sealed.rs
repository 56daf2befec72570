//! What is not public lies in no store in clear, and is had all the same.

use std::path::{Path, PathBuf};

use bfw::{
    documents::{check_contents, check_keys, start_keys},
    kernel::{
        blobs::{BlobKey, DocumentKeys},
        clock::{Clock as _, SystemClock},
        digest::Digest,
        key_file::{KeyFile, Keys as _},
    },
};
use bytes::Bytes;
use chrono::TimeDelta;
use db_test::db_test;
use migration::{Migrator, MigratorTrait as _};
use reqwest::StatusCode;
use sea_orm::{ConnectionTrait as _, Statement};
use serde_json::{Value, json};
use uuid::Uuid;

use super::{COMPLETE, Desk, pdf, s3_server::S3Server};
use crate::harness::{Backend, TestDatabase, app::TestApp};

/// Words that stand nowhere else.
const MARKER: &[u8] = b"quatre-vingt-onze millions de francs";

/// A PDF that is longer than two pieces, with those words at its begin, in its middle and at its end.
fn telling() -> Vec<u8> {
    let mut content = pdf(200_000);
    for at in [20, 65_520, 130_000, 200_000 - MARKER.len()] {
        content[at..at + MARKER.len()].copy_from_slice(MARKER);
    }
    content
}

/// All files below these folders.
fn files(folders: &[&Path]) -> Vec<PathBuf> {
    let (mut folders, mut files): (Vec<PathBuf>, _) =
        (folders.iter().map(|folder| folder.to_path_buf()).collect(), vec![]);
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).into_iter().flatten() {
            let path = entry.unwrap().path();
            if path.is_dir() { folders.push(path) } else { files.push(path) }
        }
    }
    files
}

/// The files in which these words stand.
pub(crate) fn found(folders: &[&Path], words: &[u8]) -> Vec<PathBuf> {
    let mut files = files(folders);
    files.retain(|file| {
        let content = std::fs::read(file).unwrap_or_default();
        content.windows(words.len()).any(|window| window == words)
    });
    files
}

/// An application over a folder, or over S3, and the folders in which anything of it lies.
struct Kept {
    desk: Desk,
    server: Option<S3Server>,
}

impl Kept {
    async fn in_folder(database: TestDatabase) -> Self {
        Self { desk: Desk::open(database, &[]).await, server: None }
    }

    async fn in_s3(database: TestDatabase) -> Self {
        let server = S3Server::start().await;
        let desk = Desk::open(database, &server.settings()).await;
        Self { desk, server: Some(server) }
    }

    fn folders(&self) -> Vec<&Path> {
        let server = self.server.as_ref().map(|server| server.folder.path());
        [self.desk.app.database.folder.as_path()].into_iter().chain(server).collect()
    }

    fn found(&self, words: &[u8]) -> Vec<PathBuf> {
        found(&self.folders(), words)
    }

    async fn tells_nothing_to_whoever_holds_it(&self) {
        let desk = &self.desk;
        let served = desk.app.app.config.public_url.clone();
        for visibility in ["PARTY", "REVIEWERS"] {
            let content = [&telling()[..], visibility.as_bytes()].concat();
            let upload = desk.announce(&content, "application/pdf", json!({ "visibility": visibility })).await;
            let url = upload["url"].as_str().unwrap();
            assert!(url.starts_with(&format!("{served}/blobs/")), "through the service: {url}");
            let other = [&content[1..], b"!"].concat();
            assert_eq!(desk.send(&upload, &other).await, StatusCode::UNPROCESSABLE_ENTITY, "another digest");
            // It need not be listened to until its end.
            if let Ok(status) = desk.send_or_be_cut_off(&upload, &content[1..]).await {
                assert_eq!(status, StatusCode::BAD_REQUEST, "shorter");
            }
            assert_eq!(desk.refusal(&upload).await, "UPLOAD_MISSING", "nothing of it is kept");
            assert_eq!(desk.send(&upload, &content).await, StatusCode::OK);
            assert_eq!(self.found(MARKER), Vec::<PathBuf>::new(), "before it is looked at");
            let document = desk.complete(&upload).await;
            assert_eq!(self.found(MARKER), Vec::<PathBuf>::new(), "after");
            let digest = document["sha256"].as_str().unwrap();
            let named: Vec<_> =
                files(&self.folders()).into_iter().filter(|file| file.to_string_lossy().contains(digest)).collect();
            assert_eq!(named, Vec::<PathBuf>::new(), "no name tells what it hashes to");

            assert!(desk.fetch(&document["downloadUrl"]).await == content);
            let url = document["downloadUrl"].as_str().unwrap();
            assert!(url.starts_with(&format!("{served}/blobs/")), "through the service: {url}");
            for (from, to) in
                [(0, 0), (65_535, 65_536), (131_071, 131_072), (100, 150_000), (199_999, content.len() - 1)]
            {
                let part = desk.http.get(url).header("range", format!("bytes={from}-{to}")).send().await.unwrap();
                assert_eq!(part.status(), StatusCode::PARTIAL_CONTENT);
                assert_eq!(part.headers()["content-range"], format!("bytes {from}-{to}/{}", content.len()));
                assert_eq!(part.headers()["etag"], format!("\"{digest}\""));
                assert!(part.bytes().await.unwrap() == content[from..=to], "{from} to {to}");
            }
        }
        assert!(self.found(b"bfw\0doc\x01").len() >= 2, "otherwise the test looks at nothing");
    }

    async fn shows_public_ones_directly(&self) {
        let desk = &self.desk;
        desk.app.clock.set(SystemClock.now());
        let content = telling();
        let secret = desk.hand_in(&content, "application/pdf", json!({})).await;
        let upload = desk.announce(&content, "application/pdf", json!({ "visibility": "PUBLIC" })).await;
        assert_eq!(desk.send(&upload, &content).await, StatusCode::OK);
        let public = desk.complete(&upload).await;
        assert_eq!(public["sha256"], secret["sha256"], "the same content");
        assert_eq!(self.found(MARKER).len(), 1, "as it is, by itself");
        if let Some(server) = &self.server {
            for url in [&upload["url"], &public["downloadUrl"]] {
                assert!(url.as_str().unwrap().starts_with(&server.endpoint), "{url}");
            }
        }
        for document in [&public, &secret] {
            assert!(desk.fetch(&document["downloadUrl"]).await == content);
        }
        // Each goes by itself.
        desk.app.expect_payload(Some(&desk.token), super::DELETE, json!({ "documentId": public["id"] })).await;
        desk.app.clock.advance(TimeDelta::hours(2));
        desk.app.app.documents.sweep().await.unwrap();
        assert_eq!(self.found(MARKER), Vec::<PathBuf>::new());
        let seen = desk.seen(Some(&desk.token), &secret["id"]).await;
        assert!(desk.fetch(&seen["downloadUrl"]).await == content);
    }

    /// As an earlier version left it: kept as it is, and sealed by the sweep.
    async fn seals_what_lay_in_clear(&self) {
        let desk = &self.desk;
        desk.app.clock.set(SystemClock.now());
        let content = telling();
        let upload = desk.announce(&content, "application/pdf", json!({})).await;
        let store = &desk.app.app.documents.blobs().store;
        let arrived = BlobKey::incoming(upload["documentId"].as_str().unwrap());
        store.put(&arrived, Bytes::from(content.clone()), "application/pdf").await.unwrap();
        let document = desk.complete(&upload).await;
        assert_eq!(self.found(MARKER), Vec::<PathBuf>::new(), "sent by an earlier version's link, sealed by this one");

        lay_open(desk, &content).await;
        assert_eq!(self.found(MARKER).len(), 1);
        let seen = desk.seen(Some(&desk.token), &document["id"]).await;
        assert!(desk.fetch(&seen["downloadUrl"]).await == content, "it is read as it lies");
        let told = self.told().await.unwrap_err();
        assert!(told.starts_with("1 contents that are not public still lie in clear"), "{told}");

        assert_eq!(desk.app.app.documents.sweep().await.unwrap(), 1);
        assert!(desk.fetch(&seen["downloadUrl"]).await == content, "a link that was given out is good a while");
        let told = self.told().await.unwrap();
        assert!(told.contains("1 contents are encrypted with 1 keys"), "{told}");
        desk.app.clock.advance(TimeDelta::hours(2));
        desk.app.app.documents.sweep().await.unwrap();
        assert_eq!(self.found(MARKER), Vec::<PathBuf>::new());
        let seen = desk.seen(Some(&desk.token), &document["id"]).await;
        assert!(desk.fetch(&seen["downloadUrl"]).await == content);
        assert_eq!(desk.app.app.documents.sweep().await.unwrap(), 0, "done once");
    }

    async fn told(&self) -> Result<String, String> {
        let app = &self.desk.app.app;
        check_keys(&app.services.db, Some(app.documents.blobs()), &app.config.document_key_file).await
    }
}

/// Puts the only document's only content as it is where earlier versions kept it, with the rows as the migration leaves them.
async fn lay_open(desk: &Desk, content: &[u8]) {
    let digest = Digest::of(content);
    let store = &desk.app.app.documents.blobs().store;
    store.put(&BlobKey::content(&digest), Bytes::copy_from_slice(content), "application/pdf").await.unwrap();
    for sealed in store.list(BlobKey::SEALED, None, 10).await.unwrap().blobs {
        store.delete(&sealed.key).await.unwrap();
    }
    let connection = desk.app.database.connect().await;
    let insert =
        "INSERT INTO document_blob (address, touched_at, removing) SELECT sha256, $1, FALSE FROM document_rendition";
    let values = [desk.app.clock.now().into()];
    let backend = connection.get_database_backend();
    connection.execute_raw(Statement::from_sql_and_values(backend, insert, values)).await.unwrap();
    for statement in [
        "UPDATE document_rendition SET address = sha256, exposed = TRUE",
        "DELETE FROM document_blob WHERE sealed_with IS NOT NULL",
    ] {
        connection.execute_unprepared(statement).await.unwrap();
    }
}

#[db_test]
async fn whoever_holds_the_folder_reads_nothing_that_is_not_public(database: TestDatabase) {
    let kept = Kept::in_folder(database).await;
    Box::pin(kept.tells_nothing_to_whoever_holds_it()).await;
}

#[db_test]
async fn whoever_holds_the_bucket_reads_nothing_that_is_not_public(database: TestDatabase) {
    let kept = Kept::in_s3(database).await;
    Box::pin(kept.tells_nothing_to_whoever_holds_it()).await;
}

#[db_test]
async fn in_a_folder_a_public_document_with_the_same_content_lies_by_itself(database: TestDatabase) {
    let kept = Kept::in_folder(database).await;
    Box::pin(kept.shows_public_ones_directly()).await;
}

#[db_test]
async fn in_a_bucket_a_public_document_with_the_same_content_lies_by_itself(database: TestDatabase) {
    let kept = Kept::in_s3(database).await;
    Box::pin(kept.shows_public_ones_directly()).await;
}

#[db_test]
async fn what_an_earlier_version_kept_in_a_folder_is_sealed_in_the_background(database: TestDatabase) {
    let kept = Kept::in_folder(database).await;
    Box::pin(kept.seals_what_lay_in_clear()).await;
}

#[db_test]
async fn what_an_earlier_version_kept_in_a_bucket_is_sealed_in_the_background(database: TestDatabase) {
    let kept = Kept::in_s3(database).await;
    Box::pin(kept.seals_what_lay_in_clear()).await;
}

#[db_test]
async fn the_migration_marks_what_lies_in_clear_and_is_not_public(database: TestDatabase) {
    // given: the schema before, with a public document and a private one of the same content
    let connection = database.connect().await;
    database.empty(&connection).await;
    Migrator::up(&connection, Some(16)).await.unwrap();
    let backend = connection.get_database_backend();
    if database.backend() == Backend::Postgres {
        let alone = "ALTER TABLE document DROP CONSTRAINT document_organization_id_fkey";
        connection.execute_unprepared(alone).await.unwrap();
    }
    let (at, digest) = (SystemClock.now(), Digest::of(b"a").to_vec());
    let blob = "INSERT INTO document_blob (sha256, touched_at, removing) VALUES ($1, $2, FALSE)";
    let values = [digest.clone().into(), at.into()];
    connection.execute_raw(Statement::from_sql_and_values(backend, blob, values)).await.unwrap();
    for (number, visibility) in [(1_u128, "PUBLIC"), (2, "PARTY")] {
        let id = Uuid::from_u128(number);
        let document =
            "INSERT INTO document (id, organization_id, file_name, media_type, visibility, state, uploaded_sha256,
                        uploaded_size, upload_expires_at, created_at, updated_at)
                        VALUES ($1, $1, 'a', 'application/pdf', $2, 'READY', $3, 1, $4, $4, $4)";
        let values = [id.into(), visibility.into(), digest.clone().into(), at.into()];
        connection.execute_raw(Statement::from_sql_and_values(backend, document, values)).await.unwrap();
        let rendition = "INSERT INTO document_rendition (document_id, name, sha256, media_type, byte_size)
                         VALUES ($1, 'FULL', $2, 'application/pdf', 1)";
        let values = [id.into(), digest.clone().into()];
        connection.execute_raw(Statement::from_sql_and_values(backend, rendition, values)).await.unwrap();
    }

    // when
    Migrator::up(&connection, None).await.unwrap();

    // then
    let select =
        "SELECT r.exposed, r.address = r.sha256 AS same, b.sealed_with IS NULL AS clear FROM document_rendition r
                  JOIN document_blob b ON b.address = r.address ORDER BY r.document_id";
    let rows = connection.query_all_raw(Statement::from_string(backend, select)).await.unwrap();
    let told: Vec<[bool; 3]> =
        rows.iter().map(|row| ["exposed", "same", "clear"].map(|name| row.try_get("", name).unwrap())).collect();
    assert_eq!(told, [[false, true, true], [true, true, true]]);
}

#[db_test]
async fn what_cannot_be_sealed_stays_and_holds_up_nothing(desk: Desk) {
    desk.app.clock.set(SystemClock.now());
    let content = telling();
    let document = desk.hand_in(&content, "application/pdf", json!({})).await;
    lay_open(&desk, &content).await;
    let store = &desk.app.app.documents.blobs().store;
    let open = BlobKey::content(&Digest::of(&content));
    store.put(&open, Bytes::from_static(b"something else"), "application/pdf").await.unwrap();

    assert_eq!(desk.app.app.documents.sweep().await.unwrap(), 0);

    assert_eq!(store.length(&open).await.unwrap(), Some(14), "what it may be mended from is not removed");
    let checked = check_contents(&desk.app.app.services.db, desk.app.app.documents.blobs(), |_, _| ()).await.unwrap();
    let id = document["id"].as_str().unwrap();
    assert!(checked.broken == 1 && checked.told[0].contains(id), "{checked:?}");
    store.put(&open, Bytes::from(content), "application/pdf").await.unwrap();
    assert_eq!(desk.app.app.documents.sweep().await.unwrap(), 1);
}

/// The only file that is sealed and kept.
fn sealed_file(app: &TestApp) -> PathBuf {
    let files = files(&[app.app.config.data_dir.join("blobs/sealed").as_path()]);
    assert_eq!(files.len(), 1, "{files:?}");
    files[0].clone()
}

async fn answer(desk: &Desk, url: &Value) -> (StatusCode, String) {
    let answer = desk.http.get(url.as_str().unwrap()).send().await.unwrap();
    (answer.status(), answer.text().await.unwrap_or_default())
}

#[db_test]
async fn damaged_bytes_are_not_given_and_the_doctor_names_their_document(desk: Desk) {
    let content = telling();
    let document = desk.hand_in(&content, "application/pdf", json!({})).await;
    let app = &desk.app.app;
    let checked = check_contents(&app.services.db, app.documents.blobs(), |_, _| ()).await.unwrap();
    assert_eq!((checked.read, checked.broken), (1, 0));
    let file = sealed_file(&desk.app);
    let whole = std::fs::read(&file).unwrap();
    let mut damaged = whole.clone();
    damaged[1_000] ^= 1;
    std::fs::write(&file, &damaged).unwrap();

    let (status, text) = answer(&desk, &document["downloadUrl"]).await;
    assert_eq!(status, StatusCode::INTERNAL_SERVER_ERROR);
    assert!(text.contains("the document cannot be read") && text.contains("requestId"), "{text}");
    let checked = check_contents(&app.services.db, app.documents.blobs(), |_, _| ()).await.unwrap();
    assert!(checked.broken == 1 && checked.told[0].contains(document["id"].as_str().unwrap()), "{checked:?}");
    assert!(checked.told[0].contains("it is not what was sealed here"), "{checked:?}");

    // Where only its end is damaged, it is found out while it is given.
    let mut damaged = whole.clone();
    *damaged.last_mut().unwrap() ^= 1;
    std::fs::write(&file, &damaged).unwrap();
    let url = document["downloadUrl"].as_str().unwrap();
    // How far it came by then is not said.
    let given = async { desk.http.get(url).send().await?.bytes().await };
    assert!(given.await.is_err(), "it breaks off");
    std::fs::write(&file, &whole).unwrap();
    assert!(desk.fetch(&document["downloadUrl"]).await == content);
}

#[db_test]
async fn without_its_key_nothing_is_read_and_nothing_starts(desk: Desk) {
    let document = desk.hand_in(&telling(), "application/pdf", json!({})).await;
    let pending = desk.announce(&pdf(100), "application/pdf", json!({})).await;
    assert_eq!(desk.send(&pending, &pdf(100)).await, StatusCode::OK);
    let app = &desk.app.app;
    let file = app.config.document_key_file.clone();
    let (kept, keys) = (std::fs::read_to_string(&file).unwrap(), KeyFile::<DocumentKeys>::at(file.clone()));
    let check = async || check_keys(&app.services.db, Some(app.documents.blobs()), &file).await;
    assert_eq!(std::os::unix::fs::PermissionsExt::mode(&file.metadata().unwrap().permissions()) & 0o777, 0o600);
    assert!(check().await.unwrap().contains("1 contents are encrypted with 1 keys"));

    // A new key seals, the former opens.
    keys.replace(&DocumentKeys::read(&kept).unwrap().with_another().unwrap()).unwrap();
    let renewed = std::fs::read_to_string(&file).unwrap();
    assert!(desk.fetch(&document["downloadUrl"]).await == telling());
    let second = desk.hand_in(&telling(), "application/pdf", json!({})).await;
    assert_eq!(desk.complete(&pending).await["state"], "READY", "it came under the former key");
    assert!(check().await.unwrap().contains("3 contents are encrypted with 2 keys"));
    assert!(desk.fetch(&second["downloadUrl"]).await == telling());

    // Only the new key is left.
    let mut text: Value = serde_json::from_str(&renewed).unwrap();
    let former = text["keys"].as_array_mut().unwrap().pop().unwrap();
    std::fs::write(&file, text.to_string()).unwrap();
    assert_eq!(answer(&desk, &document["downloadUrl"]).await.0, StatusCode::INTERNAL_SERVER_ERROR);
    assert!(check().await.unwrap_err().contains(former["id"].as_str().unwrap()));
    let upload = desk.announce(&pdf(200), "application/pdf", json!({})).await;
    assert_eq!(desk.send(&upload, &pdf(200)).await, StatusCode::OK);

    // Another secret under the same name.
    let mut wrong = former;
    wrong["secret"] = text["links"].clone();
    text["keys"].as_array_mut().unwrap().push(wrong);
    std::fs::write(&file, text.to_string()).unwrap();
    assert_eq!(answer(&desk, &document["downloadUrl"]).await.0, StatusCode::INTERNAL_SERVER_ERROR);
    let told = check().await.unwrap_err();
    assert!(
        told.contains(document["id"].as_str().unwrap()) && told.contains("it is not what was sealed here"),
        "{told}"
    );

    // None.
    std::fs::remove_file(&file).unwrap();
    let input = json!({ "input": { "documentId": upload["documentId"] } });
    let completed = desk.app.graphql(Some(&desk.token), COMPLETE, input).await;
    assert_eq!(completed["errors"][0]["extensions"]["code"], "INTERNAL", "{completed}");
    assert!(completed["errors"][0]["message"].as_str().unwrap().contains("the document cannot be read"), "{completed}");
    assert_eq!(answer(&desk, &document["downloadUrl"]).await.0, StatusCode::SERVICE_UNAVAILABLE, "no link can be read");
    assert!(check().await.unwrap_err().contains("is gone"));
    let refused = start_keys(&app.services, file.clone()).await.unwrap_err().to_string();
    assert!(refused.contains("bring it back"), "{refused}");
    std::fs::write(&file, renewed).unwrap();
    assert!(desk.fetch(&document["downloadUrl"]).await == telling());
    assert_eq!(desk.complete(&upload).await["state"], "READY", "it can be tried again");
}
