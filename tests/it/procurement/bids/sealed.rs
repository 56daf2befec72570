//! Sealed means sealed: tried as everybody, with raw SQL, in the files, and in what is logged and measured.

use std::{
    collections::{BTreeMap, BTreeSet},
    io::Write,
    path::Path,
    sync::{Arc, Mutex},
};

use axum::{
    body::{Body, to_bytes},
    http::Request,
};
use bfw::accounts::PlatformRole;
use db_test::db_test;
use sea_orm::{ConnectionTrait as _, Statement};
use serde_json::{Value, json};
use uuid::Uuid;

use super::{
    Asked, OPEN, RECONFIRM, SUBMIT, WITHDRAW, asked, bidder, close, execute, member, offer, opened, overseer, sealed,
    seen,
};
use crate::{
    documents::{DELETE, Desk, pdf},
    harness::{Backend, app::TestApp},
    notifications::{stay_signed_in, user_id},
};

/// Every row of every table, as text that shows each value: by the table's name.
async fn rows(app: &TestApp) -> BTreeMap<String, BTreeSet<String>> {
    let connection = app.database.connect().await;
    let backend = connection.get_database_backend();
    let tables = match app.database.backend() {
        Backend::Postgres => "SELECT tablename AS name FROM pg_tables WHERE schemaname = 'public'",
        Backend::Sqlite => "SELECT name FROM sqlite_master WHERE type = 'table'",
    };
    let mut all = BTreeMap::new();
    for row in connection.query_all_raw(Statement::from_string(backend, tables)).await.unwrap() {
        let table: String = row.try_get("", "name").unwrap();
        let lines = match app.database.backend() {
            Backend::Postgres => format!("SELECT row_to_json(t)::text AS line FROM \"{table}\" t"),
            Backend::Sqlite => {
                let columns = format!(
                    "SELECT group_concat('coalesce(hex(\"' || name || '\"), '''')', '||'' ''||') AS line
                     FROM pragma_table_info('{table}')"
                );
                let columns =
                    connection.query_one_raw(Statement::from_string(backend, columns)).await.unwrap().unwrap();
                let columns: String = columns.try_get("", "line").unwrap();
                format!("SELECT {columns} AS line FROM \"{table}\"")
            }
        };
        let found = connection.query_all_raw(Statement::from_string(backend, lines)).await.unwrap();
        let found = found.iter().map(|row| row.try_get::<String>("", "line").unwrap().to_lowercase());
        all.insert(table, found.collect());
    }
    connection.close().await.unwrap();
    all
}

/// The rows that are in `after` and not in `before`, with their tables.
fn written(
    before: &BTreeMap<String, BTreeSet<String>>,
    after: &BTreeMap<String, BTreeSet<String>>,
) -> Vec<(String, String)> {
    let new = after.iter().flat_map(|(table, rows)| {
        let old = before.get(table).cloned().unwrap_or_default();
        rows.iter().filter(move |row| !old.contains(*row)).map(|row| (table.clone(), row.clone())).collect::<Vec<_>>()
    });
    new.collect()
}

/// All the ways in which a text or an id may stand in a row.
fn forms(secret: &str) -> Vec<String> {
    let mut forms = vec![secret.to_lowercase(), hex::encode(secret), hex::encode(secret.to_lowercase())];
    if let Ok((_, uuid)) = bfw::kernel::id::decode(secret) {
        forms.extend([uuid.hyphenated().to_string(), uuid.simple().to_string()]);
        forms.push(hex::encode(uuid.hyphenated().to_string()));
    }
    forms
}

fn found<'r>(rows: impl Iterator<Item = &'r (String, String)>, secrets: &[&str]) -> Vec<String> {
    let mut found = Vec::new();
    for (table, row) in rows {
        for secret in secrets {
            if forms(secret).iter().any(|form| row.contains(form.as_str())) {
                found.push(format!("{secret} in {table}: {row}"));
            }
        }
    }
    found
}

/// What is logged on this thread.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl Log {
    /// Logs everything there is, of the finest level.
    fn listening(&self) -> tracing::subscriber::DefaultGuard {
        let log = self.clone();
        let subscriber = tracing_subscriber::fmt()
            .with_max_level(tracing::Level::TRACE)
            .with_writer(move || log.clone())
            .with_ansi(false)
            .finish();
        tracing::subscriber::set_default(subscriber)
    }

    fn text(&self) -> String {
        String::from_utf8_lossy(&self.0.lock().unwrap()).to_lowercase()
    }
}

/// A price and words that stand nowhere else.
const PRICE: &str = "98765431";
const WORDS: &str = "Barattage nocturne";

/// A bid with that price and those words.
async fn telling(app: &TestApp, asked: &Asked, bidder: &str, changes: Value) -> Value {
    let query = "query($id: ID!) { procurementRequest(id: $id) { criteria { id } } }";
    let data = app.expect_data(None, query, json!({ "id": asked.request })).await;
    let criterion = &data["procurementRequest"]["criteria"][1]["id"];
    let mut input = offer(
        asked,
        bidder,
        json!({
            "lots": [{ "requestLotId": asked.lots[0], "unitPrice": { "amount": PRICE }, "quantity": "499.123" }],
            "answers": [{ "criterionId": criterion, "text": WORDS }],
            "idempotencyKey": "offre-de-benkadi",
        }),
    );
    for (field, value) in changes.as_object().unwrap() {
        input[field] = value.clone();
    }
    input
}

#[db_test]
async fn no_row_that_a_bid_writes_tells_who_bids_or_what(app: TestApp) {
    // given
    let asked = asked(&app, json!({})).await;
    let (awa, benkadi) = bidder(&app, "benkadi").await;
    let (_, jigiya) = bidder(&app, "jigiya").await;
    let user = user_id(&app, &awa).await.to_string();
    let partners = json!({ "partners": [{ "organizationId": jigiya, "sharePercent": "12.345" }] });
    let input = telling(&app, &asked, &benkadi, partners).await;
    let log = Log::default();
    let before = rows(&app).await;

    // when
    let guard = log.listening();
    let bid = sealed(&app, &awa, input.clone()).await;
    app.expect_payload(Some(&awa), SUBMIT, input).await;
    seen(&app, Some(&awa), &bid["id"]).await;
    app.settle().await;
    drop(guard);
    let after = rows(&app).await;

    // then
    let written = written(&before, &after);
    let tables: BTreeSet<&str> = written.iter().map(|(table, _)| table.as_str()).collect();
    assert!(
        tables.contains("bid") && tables.contains("audit_entry") && tables.contains("idempotency_record"),
        "{tables:?}"
    );
    assert!(!tables.contains("outbox_message") && !tables.contains("document_use"), "{tables:?}");
    let secrets = [
        benkadi.as_str(),
        &jigiya,
        &user,
        "benkadi",
        "jigiya",
        "exemple.ml",
        PRICE,
        "499.123",
        "12.345",
        WORDS,
        "submitBid",
    ];
    assert_eq!(found(written.iter(), &secrets), Vec::<String>::new());
    let logged = log.text();
    assert!(logged.contains("answered"), "nothing was logged: {logged}");
    for secret in [benkadi.as_str(), &jigiya, PRICE, "499.123", &WORDS.to_lowercase(), "coopérative"] {
        let lines: Vec<&str> = logged.lines().filter(|line| line.contains(secret)).collect();
        assert_eq!(lines, Vec::<&str>::new(), "{secret}");
    }
    let written: Vec<_> = written.into_iter().filter(|(table, _)| table == "bid").collect();
    assert_eq!(found(written.iter(), &[bid["id"].as_str().unwrap()]).len(), 1, "otherwise the test looks at nothing");
}

#[db_test]
async fn nothing_in_the_files_tells_what_is_offered(app: TestApp) {
    let asked = asked(&app, json!({})).await;
    let (awa, benkadi) = bidder(&app, "benkadi").await;
    sealed(&app, &awa, telling(&app, &asked, &benkadi, json!({})).await).await;
    app.settle().await;

    let mut looked_at = 0;
    let mut folders = vec![app.database.folder.clone()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let entry = entry.unwrap();
            if entry.file_type().unwrap().is_dir() {
                folders.push(entry.path());
                continue;
            }
            let content = std::fs::read(entry.path()).unwrap();
            looked_at += 1;
            for secret in [PRICE, WORDS] {
                let is_there = content.windows(secret.len()).any(|window| window == secret.as_bytes());
                assert!(!is_there, "{secret} in {}", entry.path().display());
            }
        }
    }
    assert!(looked_at > 2, "{looked_at} files");
    assert_eq!(mode(&app.app.config.sealing_key_file), 0o600);
    let metrics = app.send(Request::get("/metrics").body(Body::empty()).unwrap()).await;
    let metrics = to_bytes(metrics.into_body(), usize::MAX).await.unwrap();
    let metrics = String::from_utf8_lossy(&metrics).to_lowercase();
    for secret in ["submitbid", "benkadi", PRICE, &benkadi] {
        assert!(!metrics.contains(secret), "{secret} in {metrics}");
    }
}

fn mode(file: &Path) -> u32 {
    use std::os::unix::fs::PermissionsExt as _;
    file.metadata().unwrap().permissions().mode() & 0o777
}

#[db_test]
async fn nobody_but_the_bidder_is_shown_that_there_is_a_bid_however_she_asks(app: TestApp) {
    // given
    let asked = asked(&app, json!({})).await;
    let (awa, benkadi) = bidder(&app, "benkadi").await;
    let bid = sealed(&app, &awa, telling(&app, &asked, &benkadi, json!({})).await).await;
    let (empty_officer, empty_buyer) = super::office(&app, "sikasso").await;
    let empty = super::request(&app, &empty_officer, &empty_buyer, json!({})).await;
    let (other_bidder, _) = bidder(&app, "jigiya").await;
    let evaluator = member(&app, &asked.officer, &asked.buyer, "juge", "EVALUATOR").await;
    let colleague = member(&app, &awa, &benkadi, "lectrice", "VIEWER").await;
    let mut tokens = vec![("nobody", None), ("buyer", Some(asked.officer.clone())), ("evaluator", Some(evaluator))];
    tokens.extend([("other bidder", Some(other_bidder)), ("viewer of the bidder", Some(colleague))]);
    for (name, role) in
        [("admin", PlatformRole::Admin), ("auditor", PlatformRole::Auditor), ("verifier", PlatformRole::Verifier)]
    {
        tokens.push((name, Some(overseer(&app, name, role).await)));
    }
    stay_signed_in(&app).await;
    let list = "query($request: ID!, $bidder: ID!, $bid: ID!) {
        bid(id: $bid) { id } node(id: $bid) { id }
        bids(filter: { requestId: $request }) { totalCount edges { node { id } } }
        mine: bids(filter: { bidderId: $bidder }) { totalCount edges { node { id } } }
        sealed: bids(filter: { status: SEALED }) { totalCount edges { node { id } } }
        procurementRequest(id: $request) { bids { totalCount edges { node { id } } } } }";
    let variables = |request: &str| json!({ "request": request, "bidder": benkadi, "bid": bid["id"] });

    // when, then
    for (who, token) in &tokens {
        let token = token.as_deref();
        let (with, statements) = app.statements_of(app.expect_data(token, list, variables(&asked.request))).await;
        let (without, as_many) = app.statements_of(app.expect_data(token, list, variables(&empty))).await;
        let nothing = json!({ "totalCount": 0, "edges": [] });
        let expected = json!({ "bid": null, "node": null, "bids": nothing, "mine": nothing, "sealed": nothing,
                               "procurementRequest": { "bids": nothing } });
        assert_eq!((&with, &without), (&expected, &expected), "{who}");
        assert_eq!(statements, as_many, "{who} may count statements");
        for mutation in [WITHDRAW, RECONFIRM] {
            let told = app.user_errors(token, mutation, json!({ "bidId": bid["id"] })).await;
            assert!(["NOT_FOUND", "UNAUTHENTICATED"].contains(&told[0].0.as_str()), "{who}: {told:?}");
        }
        let told = app.user_errors(token, OPEN, json!({ "requestId": asked.request })).await;
        let codes = ["DEADLINE_NOT_REACHED", "FORBIDDEN", "UNAUTHENTICATED"];
        assert!(codes.contains(&told[0].0.as_str()), "{who}: {told:?}");
    }
    let own = app.expect_data(Some(&awa), list, variables(&asked.request)).await;
    for field in ["bids", "mine", "sealed"] {
        assert_eq!(own[field], json!({ "totalCount": 1, "edges": [{ "node": { "id": bid["id"] } }] }), "{field}");
    }
    assert_eq!(own["procurementRequest"]["bids"]["totalCount"], 1);
    assert_eq!(own["node"]["id"], bid["id"]);
}

#[db_test]
async fn what_the_chain_of_the_process_says_of_a_sealed_bid_names_nobody(app: TestApp) {
    let asked = asked(&app, json!({})).await;
    let (awa, benkadi) = bidder(&app, "benkadi").await;
    let bid = sealed(&app, &awa, telling(&app, &asked, &benkadi, json!({})).await).await;
    let admin = overseer(&app, "admin", PlatformRole::Admin).await;
    let trail =
        "query($id: ID!) { auditTrail(subjectId: $id) { edges { node { action actor { id } before after } } } }";

    let data = app.expect_data(Some(&admin), trail, json!({ "id": bid["id"] })).await;

    let receipt = json!({ "status": "SEALED", "receipt": bid["receipt"]["sha256"], "request_version": 1 });
    let entry = json!({ "action": "bid.seal", "actor": null, "before": null, "after": receipt });
    assert_eq!(data["auditTrail"]["edges"], json!([{ "node": entry }]));
}

#[db_test]
async fn the_documents_of_a_sealed_bid_stay_and_no_row_says_that_they_are_of_one(desk: Desk) {
    // given
    let app = &desk.app;
    let asked = asked(app, json!({})).await;
    let technical = [&pdf(300)[..], WORDS.as_bytes(), PRICE.as_bytes()].concat();
    let document = desk.hand_in(&technical, "application/pdf", json!({})).await;
    let sha256 = document["sha256"].as_str().unwrap().to_owned();
    let id = document["id"].as_str().unwrap().to_owned();
    let (fatou, jigiya) = bidder(app, "jigiya").await;
    let before = rows(app).await;
    let input = telling(app, &asked, &desk.organization, json!({ "documentIds": [id] })).await;
    let bid = sealed(app, &desk.token, input).await;
    sealed(app, &fatou, offer(&asked, &jigiya, json!({}))).await;
    let written = written(&before, &rows(app).await);
    assert_eq!(found(written.iter(), &[&id, &sha256, &desk.organization]), Vec::<String>::new());
    let holds = written.iter().filter(|(table, _)| table == "document_hold").count();
    assert_eq!(holds, 20, "as many for a bid without documents");
    for secret in [WORDS, PRICE] {
        let told = crate::documents::sealed::found(&[app.database.folder.as_path()], secret.as_bytes());
        assert!(told.is_empty(), "{secret} in {told:?}");
    }
    let lying = app.app.documents.blobs().store.list("sealed/", None, 10).await.unwrap().blobs;
    assert_eq!(lying.len(), 1, "otherwise the test looks at nothing");

    // when, then: it is neither removed by hand nor swept
    let told = app.user_errors(Some(&desk.token), DELETE, json!({ "documentId": id })).await;
    assert_eq!(told[0].0, "DOCUMENT_IN_USE");
    close(app);
    app.app.documents.sweep().await.unwrap();
    assert_eq!(seen(app, Some(&asked.officer), &bid["id"]).await, json!(null));
    opened(app, &asked).await;
    let shown = seen(app, Some(&asked.officer), &bid["id"]).await;
    assert_eq!(shown["documents"][0]["id"], json!(id), "the buyer sees it now");
    assert_eq!(desk.fetch(&shown["documents"][0]["downloadUrl"]).await, technical);
    assert_eq!(seen(app, Some(&fatou), &bid["id"]).await["documents"], json!([]));
    assert!(rows(app).await["document_hold"].is_empty());
}

#[db_test]
async fn without_its_key_file_nothing_starts_while_bids_are_sealed(app: TestApp) {
    let asked = asked(&app, json!({})).await;
    let (awa, benkadi) = bidder(&app, "benkadi").await;
    sealed(&app, &awa, offer(&asked, &benkadi, json!({}))).await;
    let file = app.app.config.sealing_key_file.clone();
    let services = app.app.services.clone();
    let found = bfw::procurement::check_sealing(&services.db, &file).await.unwrap();
    assert!(found.contains("1 are sealed"), "{found}");

    let kept = std::fs::read(&file).unwrap();
    std::fs::remove_file(&file).unwrap();
    let refused = bfw::procurement::Sealing::start(&services, file.clone()).await.unwrap_err().to_string();
    assert!(refused.contains("bring it back"), "{refused}");
    let refused = bfw::procurement::check_sealing(&services.db, &file).await.unwrap_err();
    assert!(refused.contains("is gone"), "{refused}");

    // Another file is not the one: bids are not opened, and not lost.
    let other = file.with_file_name("other.json");
    execute(&app, "UPDATE bid SET status = 'WITHDRAWN'").await;
    bfw::procurement::Sealing::start(&services, other.clone()).await.unwrap();
    execute(&app, "UPDATE bid SET status = 'SEALED'").await;
    std::fs::rename(&other, &file).unwrap();
    let refused = bfw::procurement::check_sealing(&services.db, &file).await.unwrap_err();
    assert!(refused.contains("lacks the keys"), "{refused}");
    close(&app);
    let answer = app.graphql(Some(&asked.officer), OPEN, json!({ "input": { "requestId": asked.request } })).await;
    assert_eq!(answer["errors"][0]["extensions"]["code"], "INTERNAL", "{answer}");
    std::fs::write(&file, kept).unwrap();
    assert_eq!(opened(&app, &asked).await["bids"].as_array().unwrap().len(), 1);
}

#[test]
fn ids_are_looked_for_in_every_form() {
    let id = bfw::kernel::id::encode("organization", Uuid::from_u128(0x1234));
    let forms = forms(&id);
    assert!(forms.contains(&Uuid::from_u128(0x1234).to_string()));
    assert!(forms.contains(&hex::encode(&id)));
}
