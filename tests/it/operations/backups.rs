//! What was acknowledged is brought back, and what is no whole backup is refused by name.

use std::{
    path::{Path, PathBuf},
    process::{Command, Output},
    sync::{
        Mutex,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use bfw::kernel::digest::Digest;
use db_test::db_test;
use sea_orm::ConnectionTrait as _;
use serde_json::{Value, json};

use super::process::{Serving, bfw, run, stderr, stdout};
use crate::{
    documents::{COMPLETE, REQUEST, pdf, s3_server::S3Server},
    harness::{Backend, TestDatabase},
};

const SIGN_UP: &str = "mutation($email: String!) {
    signUp(input: { email: $email, password: \"trois pirogues au port\", name: \"Awa\", language: FR }) {
        session { accessToken } } }";
const REGISTER: &str = "mutation($name: String!) {
    registerOrganization(input: { kind: COOPERATIVE, name: $name, placeCode: \"segou\" }) { organization { id } } }";
const CREATE: &str = "mutation($input: CreateListingInput!) { createListing(input: $input) { listing { id } } }";
const PUBLISH: &str =
    "mutation($id: ID!) { publishListing(input: { listingId: $id }) { listing { id } userErrors { code } } }";

/// Where links lead that the program gives out, wherever it listens.
const PUBLIC_URL: &str = "http://127.0.0.1:8080";

/// Something that the service said it has.
#[derive(Clone)]
enum Acknowledged {
    Organization { id: String, name: String },
    Listing { id: String, title: String },
    Document { id: String, content: Vec<u8> },
}

/// One who writes all the while.
struct Writer {
    number: usize,
    token: String,
    acknowledged: Mutex<Vec<Acknowledged>>,
}

impl Writer {
    async fn sign_up(serving: &Serving, number: usize) -> Self {
        let email = json!({ "email": format!("awa{number}@example.org") });
        let signed = serving.graphql(None, SIGN_UP, email).await.unwrap();
        let token = signed["data"]["signUp"]["session"]["accessToken"].as_str().unwrap().to_owned();
        Self { number, token, acknowledged: Mutex::default() }
    }

    fn keep(&self, acknowledged: Acknowledged) {
        self.acknowledged.lock().unwrap().push(acknowledged);
    }

    fn so_far(&self) -> Vec<Acknowledged> {
        self.acknowledged.lock().unwrap().clone()
    }

    async fn ask(&self, serving: &Serving, query: &str, variables: Value) -> Value {
        serving.graphql(Some(&self.token), query, variables).await.unwrap()["data"].take()
    }

    /// An organization, a listing of it that is published, and a document; whatever the service is too busy for counts for nothing.
    async fn round(&self, serving: &Serving, round: usize) {
        let name = format!("Étal {} {round}", self.number);
        let made = self.ask(serving, REGISTER, json!({ "name": name })).await;
        let Some(organization) = made["registerOrganization"]["organization"]["id"].as_str() else { return };
        self.keep(Acknowledged::Organization { id: organization.to_owned(), name });
        let title = format!("Zamblé {} {round}", self.number);
        let input = json!({
            "organizationId": organization, "productCode": "shea-butter", "title": title,
            "price": { "amount": "1250", "currency": "XOF" }, "priceUnit": "KGM",
            "quantity": { "value": "500", "unit": "KGM" }, "placeCode": "segou",
        });
        let created = self.ask(serving, CREATE, json!({ "input": input })).await;
        if let Some(id) = created["createListing"]["listing"]["id"].as_str() {
            let published = self.ask(serving, PUBLISH, json!({ "id": id })).await;
            if published["publishListing"]["listing"]["id"] == id {
                self.keep(Acknowledged::Listing { id: id.to_owned(), title });
            }
        }
        let visibility = if round.is_multiple_of(2) { "PARTY" } else { "PUBLIC" };
        let mut content = pdf(20_000 + round);
        content.extend_from_slice(format!("{} {round}", self.number).as_bytes());
        if let Some(id) = self.hand_in(serving, organization, &content, visibility).await {
            self.keep(Acknowledged::Document { id, content });
        }
    }

    async fn hand_in(&self, serving: &Serving, organization: &str, content: &[u8], visibility: &str) -> Option<String> {
        let input = json!({
            "organizationId": organization, "fileName": "Reçu", "mediaType": "application/pdf",
            "byteSize": content.len(), "sha256": Digest::of(content).to_string(), "visibility": visibility,
        });
        let announced = self.ask(serving, REQUEST, json!({ "input": input })).await;
        let upload = &announced["requestUpload"]["upload"];
        let sent = reqwest::Client::new()
            .put(upload["url"].as_str()?.replacen(PUBLIC_URL, &serving.url, 1))
            .header("content-type", "application/pdf")
            .body(content.to_vec())
            .send()
            .await
            .unwrap();
        if !sent.status().is_success() {
            return None;
        }
        let completed = self.ask(serving, COMPLETE, json!({ "input": { "documentId": upload["documentId"] } })).await;
        let document = &completed["completeUpload"]["document"];
        (document["state"] == "READY").then(|| document["id"].as_str().unwrap().to_owned())
    }

    /// Goes on writing until it is told to stop.
    async fn write(&self, serving: &Serving, stop: &AtomicBool) {
        for round in 0.. {
            if stop.load(Ordering::Relaxed) {
                return;
            }
            self.round(serving, round).await;
        }
    }

    /// Everything is there that was acknowledged, and is what it was.
    async fn finds(&self, serving: &Serving, acknowledged: &[Acknowledged]) {
        for one in acknowledged {
            match one {
                Acknowledged::Organization { id, name } => {
                    let query = "query($id: ID!) { organization(id: $id) { name } }";
                    assert_eq!(self.ask(serving, query, json!({ "id": id })).await["organization"]["name"], *name);
                }
                Acknowledged::Listing { id, title } => {
                    let query = "query($id: ID!) { listing(id: $id) { title status } }";
                    let found = self.ask(serving, query, json!({ "id": id })).await;
                    assert_eq!(found["listing"], json!({ "title": title, "status": "PUBLISHED" }));
                }
                Acknowledged::Document { id, content } => {
                    let query = "query($id: ID!) { document(id: $id) { state downloadUrl } }";
                    let found = self.ask(serving, query, json!({ "id": id })).await;
                    assert_eq!(found["document"]["state"], "READY", "{id}");
                    let url = found["document"]["downloadUrl"].as_str().unwrap().replacen(PUBLIC_URL, &serving.url, 1);
                    let fetched = reqwest::get(url).await.unwrap().bytes().await.unwrap();
                    assert!(fetched == *content, "{id}");
                }
            }
        }
    }
}

/// Runs a command to its end beside what else goes on.
async fn beside(mut command: Command) -> Output {
    tokio::task::spawn_blocking(move || command.output().unwrap()).await.unwrap()
}

fn backup(database: &TestDatabase, folder: &Path, more: &[&str]) -> Command {
    bfw(database, &[&["backup", "--out", folder.to_str().unwrap()], more].concat())
}

fn restore(database: &TestDatabase, folder: &Path) -> Output {
    run(database, &["restore", "--from", folder.to_str().unwrap()])
}

fn ended_well(output: &Output) {
    assert_eq!(output.status.code(), Some(0), "{}{}", stdout(output), stderr(output));
}

/// The key files, as an operator brings them from where they are kept.
fn bring_keys(from: &TestDatabase, to: &TestDatabase) {
    for key in ["signing-key.json", "sealing-key.json", "document-key.json"] {
        std::fs::copy(from.folder.join("data").join(key), to.folder.join("data").join(key)).unwrap();
    }
}

#[db_test]
async fn what_was_acknowledged_before_a_backup_began_is_brought_back_though_people_wrote_meanwhile(
    database: TestDatabase,
) {
    // given: three who write all the while
    let serving = Serving::start(bfw(&database, &["serve"]));
    let writers =
        [Writer::sign_up(&serving, 1).await, Writer::sign_up(&serving, 2).await, Writer::sign_up(&serving, 3).await];
    let (stop, folder) = (AtomicBool::new(false), database.folder.join("backup"));
    let [first, second, third] = &writers;

    // when: a backup is made between their writes
    let taken = async {
        while writers.iter().any(|writer| writer.so_far().len() < 12) {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        let before: Vec<Vec<Acknowledged>> = writers.iter().map(Writer::so_far).collect();
        let taken = beside(backup(&database, &folder, &[])).await;
        let after: usize = writers.iter().map(|writer| writer.so_far().len()).sum();
        stop.store(true, Ordering::Relaxed);
        (before, taken, after)
    };
    let ((), (), (), (before, taken, after)) =
        tokio::join!(first.write(&serving, &stop), second.write(&serving, &stop), third.write(&serving, &stop), taken);
    serving.kill();

    // then: it holds no key, and nothing that others may read
    ended_well(&taken);
    assert!(after > before.iter().map(Vec::len).sum(), "somebody wrote meanwhile");
    assert!(!folder.join("keys").exists() && stdout(&taken).contains("keep copies of the three key files"));
    let mode = std::os::unix::fs::PermissionsExt::mode(&std::fs::metadata(&folder).unwrap().permissions());
    assert_eq!(mode & 0o077, 0);

    // when: a clean machine gets it
    let clean = database.blank().await;
    let restored = restore(&clean, &folder);
    ended_well(&restored);
    assert!(stdout(&restored).contains("document-key.json back"), "{}", stdout(&restored));
    bring_keys(&database, &clean);
    ended_well(&run(&clean, &["reindex"]));

    // then: it is whole, serves and is searched
    ended_well(&run(&clean, &["doctor", "--documents", "--chain"]));
    let serving = Serving::start(bfw(&clean, &["serve"]));
    for (writer, before) in writers.iter().zip(&before) {
        assert!(before.iter().any(|one| matches!(one, Acknowledged::Document { .. })));
        writer.finds(&serving, before).await;
    }
    let listings = before.iter().flatten().filter(|one| matches!(one, Acknowledged::Listing { .. })).count();
    let query = "{ searchListings(query: \"zamblé\") { totalCount degraded } }";
    let found = serving.graphql(None, query, json!({})).await.unwrap()["data"]["searchListings"].take();
    assert!(found["totalCount"].as_u64() >= Some(listings as u64) && found["degraded"] == false, "{found}");
    first.round(&serving, 1_000).await;
    serving.kill();
    clean.remove().await;
}

/// A marketplace with an organization, a listing and two documents, that stands still.
async fn small(database: &TestDatabase, settings: &[(&str, &str)]) -> Writer {
    let mut command = bfw(database, &["serve"]);
    for (name, value) in settings {
        command.env(bfw::config::environment_name(name), value);
    }
    let serving = Serving::start(command);
    let writer = Writer::sign_up(&serving, 1).await;
    writer.round(&serving, 0).await;
    writer.round(&serving, 1).await;
    assert_eq!(writer.so_far().len(), 6);
    let (code, log) = serving.terminate();
    assert_eq!(code, Some(0), "{log}");
    writer
}

/// A copy of a backup that something is done to.
fn spoilt(database: &TestDatabase, whole: &Path, name: &str, spoil: impl FnOnce(&Path)) -> PathBuf {
    let folder = database.folder.join(name);
    let copied = Command::new("cp").arg("-a").arg(whole).arg(&folder).status().unwrap();
    assert!(copied.success());
    spoil(&folder);
    folder
}

/// The files below a folder.
fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).into_iter().flatten() {
        let path = entry.unwrap().path();
        if path.is_dir() { found.extend(files(&path)) } else { found.push(path) }
    }
    found.sort();
    found
}

#[db_test]
async fn what_is_no_whole_backup_is_refused_by_name_and_leaves_no_trace(database: TestDatabase) {
    // given
    let writer = small(&database, &[]).await;
    let whole = database.folder.join("backup");
    let taken = backup(&database, &whole, &["--with-keys"]).output().unwrap();
    ended_well(&taken);
    let again = backup(&database, &whole, &[]).output().unwrap();
    assert!(stderr(&again).contains("is not empty"), "{}", stderr(&again));
    let file = match database.backend() {
        Backend::Sqlite => "database.sqlite",
        Backend::Postgres => "database.dump",
    };
    let blob = files(&whole.join("blobs")).remove(0).strip_prefix(&whole).unwrap().to_owned();
    let clean = database.blank().await;

    // when, then
    let truncate = |folder: &Path| {
        let file = std::fs::OpenOptions::new().write(true).open(folder.join(file)).unwrap();
        file.set_len(file.metadata().unwrap().len() - 1).unwrap();
    };
    let flip = |folder: &Path| {
        let mut content = std::fs::read(folder.join(&blob)).unwrap();
        content[100] ^= 1;
        std::fs::write(folder.join(&blob), content).unwrap();
    };
    let spoilt = [
        (spoilt(&database, &whole, "truncated", truncate), file.to_owned(), "bytes instead of"),
        (spoilt(&database, &whole, "flipped", flip), blob.display().to_string(), "is not what was backed up"),
        (
            spoilt(&database, &whole, "missing", |folder| std::fs::remove_file(folder.join(&blob)).unwrap()),
            blob.display().to_string(),
            "is missing",
        ),
        (
            spoilt(&database, &whole, "broken-off", |folder| {
                std::fs::remove_file(folder.join("manifest.json")).unwrap()
            }),
            "manifest.json".to_owned(),
            "broken off",
        ),
    ];
    for (folder, name, reason) in spoilt {
        let refused = restore(&clean, &folder);
        let said = stderr(&refused);
        assert_eq!(refused.status.code(), Some(1), "{name}");
        assert!(said.contains(&name) && said.contains(reason), "{reason}: {said}");
    }
    let inhabited = restore(&database, &whole);
    assert!(stderr(&inhabited).contains("is not empty"), "{}", stderr(&inhabited));

    // what fails half way is taken back
    let trap = clean.folder.join("bfw.sqlite.restoring");
    let connection = clean.connect_blank().await;
    match &connection {
        None => std::fs::create_dir(&trap).unwrap(),
        Some(connection) => connection
            .execute_unprepared(&clean.altered("SET default_transaction_read_only = on"))
            .await
            .map(drop)
            .unwrap(),
    }
    let failed = restore(&clean, &whole);
    assert!(stderr(&failed).contains("nothing was restored"), "{}", stderr(&failed));
    assert_eq!(files(&clean.folder.join("data")), Vec::<PathBuf>::new());
    match &connection {
        None => std::fs::remove_dir(&trap).unwrap(),
        Some(connection) => connection
            .execute_unprepared(&clean.altered("RESET default_transaction_read_only"))
            .await
            .map(drop)
            .unwrap(),
    }

    // and the whole one is taken after all that, with its keys
    ended_well(&restore(&clean, &whole));
    ended_well(&run(&clean, &["reindex"]));
    ended_well(&run(&clean, &["doctor", "--documents"]));
    let serving = Serving::start(bfw(&clean, &["serve"]));
    writer.finds(&serving, &writer.so_far()).await;
    serving.kill();
    if let Some(connection) = connection {
        connection.close().await.unwrap();
    }
    clean.remove().await;
}

#[db_test]
async fn what_lies_in_s3_is_backed_up_too_and_what_the_store_has_lost_is_named(database: TestDatabase) {
    // given: documents in a bucket, of which one is lost
    let server = S3Server::start().await;
    let settings = server.settings();
    let writer = small(&database, &settings).await;
    let on_s3 = |mut command: Command| {
        for (name, value) in &settings {
            command.env(bfw::config::environment_name(name), value);
        }
        command
    };
    let whole = database.folder.join("whole");
    ended_well(&beside(on_s3(backup(&database, &whole, &[]))).await);
    let lost = files(&server.folder.path().join("bfw-test/sha256")).remove(0);
    std::fs::remove_file(&lost).unwrap();

    // when
    let folder = database.folder.join("lacking");
    let lacking = beside(on_s3(backup(&database, &folder, &[]))).await;

    // then: it is told, and what is there is backed up
    let name = lost.file_name().unwrap().to_str().unwrap();
    assert_eq!(lacking.status.code(), Some(1));
    assert!(stdout(&lacking).contains(&format!("{name}: its bytes are gone")), "{}", stdout(&lacking));
    assert!(stderr(&lacking).contains("but for 1 contents"), "{}", stderr(&lacking));
    assert!(folder.join("manifest.json").exists());

    // the whole one is brought back into a folder
    let clean = database.blank().await;
    ended_well(&restore(&clean, &whole));
    bring_keys(&database, &clean);
    ended_well(&run(&clean, &["reindex"]));
    ended_well(&run(&clean, &["doctor", "--documents"]));
    let serving = Serving::start(bfw(&clean, &["serve"]));
    writer.finds(&serving, &writer.so_far()).await;
    serving.kill();
    clean.remove().await;
}
