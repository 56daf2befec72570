//! From an announcement to a document, and everything that goes wrong on the way.

use bfw::kernel::blobs::BlobKey;
use chrono::TimeDelta;
use db_test::db_test;
use reqwest::StatusCode;
use sea_orm::ConnectionTrait;
use serde_json::{Value, json};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

use super::{COMPLETE, Desk, REQUEST, pdf, s3_server::S3Server};
use crate::harness::{TestApp, TestDatabase, app::graphql_request};

/// The largest file.
const LARGEST: usize = 25 * 1024 * 1024;

async fn goes_the_whole_way(desk: &Desk) {
    let content = pdf(200_000);
    let upload = desk.announce(&content, "application/pdf", json!({ "fileName": "Reçu n° 5.pdf" })).await;
    assert_eq!(upload["method"], "PUT");
    assert_eq!(desk.refusal(&upload).await, "UPLOAD_MISSING");
    assert_eq!(desk.send(&upload, &content).await, StatusCode::OK);
    let seen = desk.seen(Some(&desk.token), &upload["documentId"]).await;
    assert_eq!((&seen["state"], &seen["downloadUrl"]), (&json!("PENDING"), &Value::Null));
    let document = desk.complete(&upload).await;
    assert_eq!(document["id"], upload["documentId"]);
    assert_eq!(document["state"], "READY");
    assert_eq!((&document["fileName"], &document["byteSize"]), (&json!("Reçu n° 5.pdf"), &json!(200_000)));
    assert_eq!(document["sha256"], document["uploadedSha256"]);
    assert_eq!(document["organization"]["id"], *desk.organization);
    assert_eq!(desk.fetch(&document["downloadUrl"]).await, content);
    let mut again = desk.complete(&upload).await;
    again["downloadUrl"] = document["downloadUrl"].clone();
    assert_eq!(again, document, "again is the same");
    let incoming = desk.app.app.documents.blobs().store.list(BlobKey::SEALED_INCOMING, None, 10).await.unwrap();
    assert_eq!(incoming.blobs, [], "nothing is left of what was sent");
}

#[db_test]
async fn a_document_goes_the_whole_way_through_a_folder(desk: Desk) {
    goes_the_whole_way(&desk).await;
    let actions = "SELECT action FROM audit_entry WHERE subject_kind = 'document' ORDER BY sequence";
    let connection = desk.app.database.connect().await;
    let statement = sea_orm::Statement::from_string(connection.get_database_backend(), actions);
    let rows = connection.query_all_raw(statement).await.unwrap();
    let actions: Vec<String> = rows.iter().map(|row| row.try_get("", "action").unwrap()).collect();
    assert_eq!(actions, ["document.upload"]);
}

#[db_test]
async fn a_document_goes_the_whole_way_through_s3(database: TestDatabase) {
    let server = S3Server::start().await;
    let desk = Desk::open(database, &server.settings()).await;
    goes_the_whole_way(&desk).await;
    // A store checks no SHA-256: of what goes there directly it is found out afterwards.
    let public = json!({ "visibility": "PUBLIC" });
    let (content, other) = (pdf(1_000), [&pdf(999)[..], b"!"].concat());
    let upload = desk.announce(&content, "application/pdf", public.clone()).await;
    assert!(upload["url"].as_str().unwrap().starts_with(&server.endpoint));
    assert_eq!(desk.send(&upload, &other).await, StatusCode::OK);
    assert_eq!(desk.refusal(&upload).await, "DIGEST_MISMATCH");
    assert_eq!(desk.refusal(&upload).await, "DIGEST_MISMATCH", "for good");
    let upload = desk.announce(&content, "application/pdf", public).await;
    assert!(desk.send(&upload, &content[1..]).await.is_client_error(), "another length than was signed");
    assert_eq!(desk.refusal(&upload).await, "UPLOAD_MISSING");
}

/// Sends without saying how long it is, and gives what is answered first.
async fn in_pieces(url: &str, content: &[u8]) -> String {
    let (host, path) = url.strip_prefix("http://").unwrap().split_once('/').unwrap();
    let mut stream = TcpStream::connect(host).await.unwrap();
    let head = format!(
        "PUT /{path} HTTP/1.1\r\nhost: {host}\r\ncontent-type: application/pdf\r\ntransfer-encoding: chunked\r\n\r\n"
    );
    stream.write_all(head.as_bytes()).await.unwrap();
    for piece in content.chunks(1 << 20) {
        let piece = [format!("{:x}\r\n", piece.len()).as_bytes(), piece, b"\r\n"].concat();
        if stream.write_all(&piece).await.is_err() {
            break;
        }
    }
    drop(stream.write_all(b"0\r\n\r\n").await);
    let mut answer = vec![0; 64];
    let read = stream.read(&mut answer).await.unwrap_or(0);
    String::from_utf8_lossy(&answer[..read]).into_owned()
}

#[db_test]
async fn the_largest_file_is_taken_and_one_byte_more_is_not(desk: Desk) {
    // For everybody: without optimizations, encrypting so much takes longer than a request may.
    let content = pdf(LARGEST);
    let upload = desk.announce(&content, "application/pdf", json!({ "visibility": "PUBLIC" })).await;
    let longer = pdf(LARGEST + 1);
    if let Ok(status) = desk.send_or_be_cut_off(&upload, &longer).await {
        assert_eq!(status, StatusCode::PAYLOAD_TOO_LARGE);
    }
    let status = in_pieces(upload["url"].as_str().unwrap(), &longer).await;
    // It is cut off while it still sends, and may not hear why.
    assert!(status.is_empty() || status.starts_with("HTTP/1.1 413"), "{status}");
    assert_eq!(desk.refusal(&upload).await, "UPLOAD_MISSING", "nothing of it was kept");
    assert_eq!(desk.send(&upload, &content).await, StatusCode::OK);
    assert_eq!(desk.complete(&upload).await["byteSize"], LARGEST);

    let input = desk.announcement(&longer, "application/pdf", json!({}));
    let errors = desk.app.user_errors(Some(&desk.token), REQUEST, input).await;
    assert_eq!(errors, [("OUT_OF_RANGE".to_owned(), "input.byteSize".to_owned())]);
}

#[db_test]
async fn what_is_not_what_it_is_called_is_refused(desk: Desk) {
    let html = b"<!doctype html><script>alert(1)</script>".to_vec();
    let program = [b"MZ\x90\0\x03\0\0\0", &[0; 100][..]].concat();
    let late = [&b"<html>"[..], &pdf(100)].concat();
    let png = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR".to_vec();
    for (content, media_type) in [
        (html, "application/pdf"),
        (program, "application/pdf"),
        (late, "application/pdf"),
        (png, "application/pdf"),
        (pdf(100), "image/png"),
        (b"plain words".to_vec(), "image/jpeg"),
    ] {
        let upload = desk.announce(&content, media_type, json!({})).await;
        assert_eq!(desk.send(&upload, &content).await, StatusCode::OK);
        assert_eq!(desk.refusal(&upload).await, "TYPE_MISMATCH", "{content:?}");
        assert_eq!(desk.refusal(&upload).await, "TYPE_MISMATCH", "for good");
        let store = &desk.app.app.documents.blobs().store;
        assert_eq!(store.list("", None, 10).await.unwrap().blobs, [], "nothing of it is kept");
    }
}

#[db_test]
async fn a_folder_takes_no_other_bytes_than_were_announced(desk: Desk) {
    let (content, other) = (pdf(1_000), [&pdf(999)[..], b"!"].concat());
    let upload = desk.announce(&content, "application/pdf", json!({})).await;
    assert_eq!(desk.send(&upload, &other).await, StatusCode::UNPROCESSABLE_ENTITY, "another digest");
    assert_eq!(desk.send(&upload, &content[1..]).await, StatusCode::BAD_REQUEST, "shorter");
    let url = upload["url"].as_str().unwrap();
    let html = desk.http.put(url).header("content-type", "text/html").body(content.clone()).send().await.unwrap();
    assert_eq!(html.status(), StatusCode::UNSUPPORTED_MEDIA_TYPE);
    let tampered = format!("{}A", &url[..url.len() - 1]);
    let tampered = if tampered == url { format!("{}B", &url[..url.len() - 1]) } else { tampered };
    assert_eq!(desk.http.put(tampered).body(content.clone()).send().await.unwrap().status(), StatusCode::FORBIDDEN);
    assert_eq!(desk.refusal(&upload).await, "UPLOAD_MISSING");
    // Past the link, as somebody at the machine would.
    let key = BlobKey::incoming(upload["documentId"].as_str().unwrap());
    let store = &desk.app.app.documents.blobs().store;
    store.put(&key, content[1..].to_vec().into(), "application/pdf").await.unwrap();
    assert_eq!(desk.refusal(&upload).await, "LENGTH_MISMATCH");
    let upload = desk.announce(&content, "application/pdf", json!({})).await;
    let key = BlobKey::incoming(upload["documentId"].as_str().unwrap());
    store.put(&key, other.into(), "application/pdf").await.unwrap();
    assert_eq!(desk.refusal(&upload).await, "DIGEST_MISMATCH");
    assert_eq!(store.length(&key).await.unwrap(), None, "nothing of it is kept");
}

#[db_test]
async fn a_broken_upload_is_taken_up_again_under_its_key(desk: Desk) {
    let content = pdf(1_000);
    let changes = json!({ "idempotencyKey": "reçu-5" });
    let first = desk.announce(&content, "application/pdf", changes.clone()).await;
    desk.app.clock.advance(TimeDelta::minutes(61));
    assert_eq!(desk.send(&first, &content).await, StatusCode::FORBIDDEN, "expired");
    let again = desk.announce(&content, "application/pdf", changes.clone()).await;
    assert_eq!(again["documentId"], first["documentId"]);
    assert!(again["expiresAt"].as_str() > first["expiresAt"].as_str());
    assert_eq!(desk.send(&again, &content).await, StatusCode::OK);
    desk.complete(&again).await;
    let after = desk.announce(&content, "application/pdf", changes).await;
    assert_eq!((&after["documentId"], &after["url"]), (&first["documentId"], &Value::Null));

    let other = desk.announcement(&pdf(999), "application/pdf", json!({ "idempotencyKey": "reçu-5" }));
    let errors = desk.app.user_errors(Some(&desk.token), REQUEST, other).await;
    assert_eq!(errors[0].0, "IDEMPOTENCY_CONFLICT");
}

#[db_test]
async fn two_uploads_of_one_file_at_once_give_two_documents_with_the_same_bytes(desk: Desk) {
    let content = pdf(50_000);
    let hand_in = || desk.hand_in(&content, "application/pdf", json!({}));
    let (first, second, third) = tokio::join!(hand_in(), hand_in(), hand_in());
    assert!(first["id"] != second["id"] && second["id"] != third["id"]);
    assert!(first["sha256"] == second["sha256"] && second["sha256"] == third["sha256"]);
    let kept = desk.app.app.documents.blobs().store.list(BlobKey::SEALED, None, 10).await.unwrap();
    assert_eq!(kept.blobs.len(), 1, "kept once");
    for document in [&first, &second, &third] {
        assert_eq!(desk.fetch(&document["downloadUrl"]).await, content);
    }
}

#[db_test]
async fn a_document_that_is_looked_at_twice_at_once_is_one(desk: Desk) {
    let content = pdf(50_000);
    let upload = desk.announce(&content, "application/pdf", json!({})).await;
    assert_eq!(desk.send(&upload, &content).await, StatusCode::OK);
    let (first, second, third) = tokio::join!(desk.complete(&upload), desk.complete(&upload), desk.complete(&upload));
    assert!(first["sha256"] == second["sha256"] && second["sha256"] == third["sha256"]);
    let query = "{ node(id: \"ID\") { ... on Document { state byteSize } } }";
    let query = query.replace("ID", first["id"].as_str().unwrap());
    let node = desk.app.expect_data(Some(&desk.token), &query, json!({})).await;
    assert_eq!(node["node"], json!({ "state": "READY", "byteSize": 50_000 }));
}

#[db_test]
async fn everything_that_is_wrong_with_an_announcement_is_said(desk: Desk) {
    let wrong = json!({
        "organizationId": desk.organization, "fileName": "../x", "mediaType": "text/html", "byteSize": 0, "sha256": "0",
        "visibility": "PUBLIC",
    });
    let errors = desk.app.user_errors(Some(&desk.token), REQUEST, wrong).await;
    let errors: Vec<(&str, &str)> = errors.iter().map(|(code, path)| (code.as_str(), path.as_str())).collect();
    assert_eq!(
        errors,
        [
            ("INVALID_CHARACTERS", "input.fileName"),
            ("INVALID_VALUE", "input.mediaType"),
            ("OUT_OF_RANGE", "input.byteSize"),
            ("INVALID_VALUE", "input.sha256"),
        ]
    );
    let input = desk.announcement(b"x", "application/pdf", json!({}));
    let errors = desk.app.user_errors(None, REQUEST, input.clone()).await;
    assert_eq!(errors[0].0, "UNAUTHENTICATED");
    let stranger = desk.app.sign_up("fanta@example.org").await;
    assert_eq!(desk.app.user_errors(Some(&stranger), REQUEST, input).await[0].0, "FORBIDDEN");
    let nowhere = json!({ "organizationId": "organization_01h455vb4pex5vsknk084sn02q" });
    let input = desk.announcement(b"x", "application/pdf", nowhere);
    let errors = desk.app.user_errors(Some(&stranger), REQUEST, input).await;
    assert_eq!(errors, [("NOT_FOUND".to_owned(), "input.organizationId".to_owned())]);
    let unknown = json!({ "documentId": "document_01h455vb4pex5vsknk084sn02q" });
    assert_eq!(desk.app.user_errors(Some(&desk.token), COMPLETE, unknown).await[0].0, "NOT_FOUND");
}

#[db_test]
async fn an_organization_has_so_much_room_and_no_more(database: TestDatabase) {
    let desk = Desk::open(database, &[("documents_quota_mb", "1")]).await;
    let (most, little) = (pdf(1_000_000), pdf(60_000));
    let taken = desk.hand_in(&most, "application/pdf", json!({})).await;
    let input = desk.announcement(&little, "application/pdf", json!({}));
    let errors = desk.app.user_errors(Some(&desk.token), REQUEST, input).await;
    assert_eq!(errors, [("QUOTA_EXCEEDED".to_owned(), "input.byteSize".to_owned())]);
    desk.app.expect_payload(Some(&desk.token), super::DELETE, json!({ "documentId": taken["id"] })).await;
    desk.hand_in(&little, "application/pdf", json!({})).await;
    for _ in 0..50 {
        desk.announce(&pdf(10), "application/pdf", json!({})).await;
    }
    let input = desk.announcement(&pdf(10), "application/pdf", json!({}));
    assert_eq!(desk.app.user_errors(Some(&desk.token), REQUEST, input).await[0].0, "LIMIT_REACHED");
}

async fn failure(app: &TestApp, token: &str, input: Value) -> Value {
    let answer = app.graphql(Some(token), COMPLETE, json!({ "input": input })).await;
    answer["errors"][0]["extensions"]["code"].clone()
}

#[db_test]
async fn a_store_that_is_away_fails_the_upload_and_nothing_else(database: TestDatabase) {
    let server = S3Server::start().await;
    let desk = Desk::open(database, &server.settings()).await;
    let content = pdf(1_000);
    let upload = desk.announce(&content, "application/pdf", json!({})).await;
    assert_eq!(desk.send(&upload, &content).await, StatusCode::OK);
    drop(server);
    let input = json!({ "documentId": upload["documentId"] });
    assert_eq!(failure(&desk.app, &desk.token, input).await, "UNAVAILABLE");
    let ready = axum::http::Request::get("/health/ready").body(axum::body::Body::empty()).unwrap();
    assert_eq!(desk.app.send(ready).await.status(), StatusCode::OK);
    let served = desk.app.send(graphql_request(None, "{ products(first: 1) { edges { cursor } } }", &json!({}))).await;
    assert_eq!(served.status(), StatusCode::OK);
    assert_eq!(desk.seen(Some(&desk.token), &upload["documentId"]).await["state"], "PENDING", "it can be tried again");
}
