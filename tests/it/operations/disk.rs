//! A disk that takes no more, under the documents and under the search index: nothing is kept by half, it is told, and it goes
//! on when there is room.
//!
//! The process is told that no file of its may grow beyond some bytes, which fails as a full disk does, and needs no rights.
//! The database is PostgreSQL, whose files are another process's.

use std::{path::Path, process::Command};

use bfw::kernel::digest::Digest;
use serde_json::{Value, json};

use super::{
    client::Client,
    killed::settled,
    process::{Serving, bfw, eventually, part, run, stderr, stdout},
};
use crate::harness::{self, Backend, TestDatabase, say_once};

/// Starts the program so that a file that may not grow is an error, as on a full disk, and no reason to end.
fn serve(database: &TestDatabase) -> Serving {
    let program = bfw(database, &["serve"]);
    let mut command = Command::new("sh");
    command.args(["-c", "trap '' XFSZ; exec \"$0\" \"$@\""]).arg(program.get_program()).args(program.get_args());
    for (name, value) in program.get_envs() {
        match value {
            Some(value) => command.env(name, value),
            None => command.env_remove(name),
        };
    }
    command.env("BFW_LOG", "off");
    Serving::start(command)
}

/// No file of the process may grow beyond so many bytes; none is as many as it likes.
fn room(serving: &Serving, bytes: Option<u64>) {
    let limit = bytes.map_or("unlimited".to_owned(), |bytes| bytes.to_string());
    let set = Command::new("prlimit").args(["--pid", &serving.id().to_string(), &format!("--fsize={limit}:")]).status();
    assert!(set.unwrap().success());
}

fn cannot_be_limited() -> bool {
    let there = Command::new("prlimit").arg("--version").output().is_ok_and(|output| output.status.success());
    if !there {
        say_once("a full disk under documents and index: there is no prlimit here");
    }
    !there
}

fn files_below(folder: &Path) -> Vec<String> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files.extend(files_below(&path));
        } else {
            files.push(path.display().to_string());
        }
    }
    files
}

#[test]
fn no_room_for_documents() {
    harness::run(Backend::Postgres, documents_that_find_no_room_are_kept_whole_or_not_at_all);
}

async fn documents_that_find_no_room_are_kept_whole_or_not_at_all(database: TestDatabase) {
    if cannot_be_limited() {
        return;
    }
    let serving = serve(&database);
    let mut client = Client::arrive(&serving.url, 0).await;
    let mut content = b"%PDF-1.7\n".to_vec();
    content.resize(300_000, b'.');
    let request = "mutation($input: RequestUploadInput!) { requestUpload(input: $input) {
        upload { documentId url headers { name value } } userErrors { code } } }";
    let complete = "mutation($input: CompleteUploadInput!) { completeUpload(input: $input) {
        document { state } userErrors { code } } }";
    for visibility in ["PARTY", "PUBLIC"] {
        let input = json!({ "organizationId": client.house, "fileName": "devis", "mediaType": "application/pdf",
            "byteSize": content.len(), "sha256": Digest::of(&content).to_string(), "visibility": visibility });
        let upload = client.ask(request, json!({ "input": input })).await.unwrap()["requestUpload"]["upload"].take();
        let id = json!({ "input": { "documentId": upload["documentId"] } });
        let blobs = database.folder.join("data/blobs");
        let before = files_below(&blobs);

        // On the way in.
        room(&serving, Some(100_000));
        assert_eq!(send(&serving, &upload, &content).await, 503);
        assert_eq!(files_below(&blobs), before, "nothing is kept by half");
        let missing = client.ask(complete, id.clone()).await.unwrap();
        assert_eq!(missing["completeUpload"]["userErrors"][0]["code"], "UPLOAD_MISSING");
        room(&serving, None);
        assert_eq!(send(&serving, &upload, &content).await, 200);
        let arrived = files_below(&blobs);

        // Where it stays.
        room(&serving, Some(100_000));
        assert_eq!(client.ask(complete, id.clone()).await, None);
        let told = client.failed.pop().unwrap();
        assert!(told.contains("\"UNAVAILABLE\"") && told.contains("documents cannot be stored"), "{told}");
        assert_eq!(files_below(&blobs), arrived, "nothing is kept by half");
        room(&serving, None);
        let completed = client.ask(complete, id).await.unwrap();
        assert_eq!(completed["completeUpload"]["document"]["state"], "READY", "{completed:#}");
    }
    serving.terminate();
    let examined = run(&database, &["doctor", "--documents"]);
    assert_eq!(examined.status.code(), Some(0), "{}{}", stdout(&examined), stderr(&examined));
}

/// Sends bytes where an upload says, to the port that the service has.
async fn send(serving: &Serving, upload: &Value, content: &[u8]) -> u16 {
    let url = upload["url"].as_str().unwrap();
    let path = &url[url.find("/blobs").unwrap()..];
    let mut request = reqwest::Client::new().put(format!("{}{path}", serving.url)).body(content.to_vec());
    for header in upload["headers"].as_array().unwrap() {
        if header["name"] != "Content-Length" {
            request = request.header(header["name"].as_str().unwrap(), header["value"].as_str().unwrap());
        }
    }
    request.send().await.unwrap().status().as_u16()
}

#[test]
fn no_room_for_the_index() {
    harness::run(Backend::Postgres, an_index_that_finds_no_room_is_told_and_lacks_nothing_when_there_is_some);
}

async fn an_index_that_finds_no_room_is_told_and_lacks_nothing_when_there_is_some(database: TestDatabase) {
    if cannot_be_limited() {
        return;
    }
    let serving = serve(&database);
    let connection = database.connect().await;
    let mut client = Client::arrive(&serving.url, 0).await;
    assert!(client.round(0).await.is_some(), "{:?}", client.failed);
    assert!(settled(&connection).await);

    room(&serving, Some(16));
    for round in 1..6 {
        // Writes and reads go on: what cannot be indexed waits.
        assert!(client.round(round).await.is_some(), "{:?}", client.failed);
    }
    let lags = async || !part(&serving.ready().await.1, "outbox").1.starts_with("0 waiting");
    eventually("it is told that changes wait", lags).await;
    let (status, told) = serving.ready().await;
    assert_eq!(status, 200, "everything but new finds is served: {told:#}");
    room(&serving, None);

    assert!(settled(&connection).await, "what waited is not carried although there is room");
    let found = "{ searchListings(first: 50) { degraded totalCount } }";
    let all = async || {
        let answer = serving.graphql(None, found, json!({})).await.unwrap();
        answer["data"]["searchListings"] == json!({ "degraded": false, "totalCount": 6 })
    };
    eventually("everything is found", all).await;
    assert_eq!(client.failed, [""; 0]);
    serving.terminate();
    let verified = run(&database, &["search", "verify"]);
    assert_eq!(verified.status.code(), Some(0), "{}{}", stdout(&verified), stderr(&verified));
}
