//! Several processes of the real program on one PostgreSQL and one data folder: what is to be done once is done once,
//! whoever is asked, and what one allows or takes back holds in all.

use std::{
    collections::{BTreeMap, BTreeSet},
    process::{Child, Stdio},
};

use bfw::kernel::digest::Digest;
use sea_orm::{ConnectionTrait, DatabaseConnection, Statement};
use serde_json::{Value, json};

use super::{
    killed::{count, settled},
    process::{Serving, bfw, eventually},
};
use crate::{
    alerts,
    harness::{self, Backend, TestApp, TestDatabase},
    notifications::{sms::Gateway, wish},
    procurement,
};

const PASSWORD: &str = "trois pirogues au port";
const SIGN_UP: &str = "mutation($input: SignUpInput!) { signUp(input: $input) { user { id }
    session { accessToken refreshToken } userErrors { code message path } } }";
const SIGN_IN: &str = "mutation($input: SignInInput!) { signIn(input: $input) { session { accessToken }
    userErrors { code message path } } }";
const REGISTER: &str = "mutation($input: RegisterOrganizationInput!) { registerOrganization(input: $input) {
    organization { id } userErrors { code message path } } }";
const CREATE: &str =
    "mutation($input: CreateListingInput!) { createListing(input: $input) { listing { id } userErrors { code } } }";
const PUBLISH: &str =
    "mutation($input: PublishListingInput!) { publishListing(input: $input) { listing { id } userErrors { code } } }";
const RETITLE: &str =
    "mutation($input: UpdateListingInput!) { updateListing(input: $input) { listing { id } userErrors { code } } }";

/// Notes who takes which message, so that it can be told afterwards whether two ever had one subject at once.
const WITNESS: &str = "
    CREATE TABLE witness (at BIGSERIAL PRIMARY KEY, message BIGINT, topic TEXT, subject UUID, holder TEXT);
    CREATE FUNCTION bear_witness() RETURNS TRIGGER LANGUAGE plpgsql AS $$ BEGIN
        INSERT INTO witness (message, topic, subject, holder)
        VALUES (OLD.id, OLD.topic, OLD.subject_id, CASE WHEN TG_OP = 'UPDATE' THEN NEW.claimed_by END);
        RETURN NULL;
    END $$;
    CREATE TRIGGER outbox_witness AFTER UPDATE OF claimed_by OR DELETE ON outbox
        FOR EACH ROW EXECUTE FUNCTION bear_witness();";

/// What a mutation gives; it must be accepted.
async fn done(serving: &Serving, token: Option<&str>, mutation: &str, input: Value) -> Value {
    let mut answer = serving.graphql(token, mutation, json!({ "input": input })).await.unwrap();
    let Value::Object(fields) = answer["data"].take() else { panic!("{answer:#}") };
    let payload = fields.into_values().next().unwrap();
    assert_eq!(payload["userErrors"], json!([]), "{payload:#}");
    payload
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_else(|| panic!("no text but {value}")).to_owned()
}

/// `bfw worker`, killed when dropped.
struct Worker(Child);

impl Worker {
    fn start(database: &TestDatabase, settings: &[(&str, &str)]) -> Self {
        let mut command = bfw(database, &["worker"]);
        command.envs(settings.iter().copied()).stdout(Stdio::null()).stderr(Stdio::null());
        Self(command.spawn().unwrap())
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        // It may have ended already; there is nobody left to tell.
        drop(self.0.kill());
        drop(self.0.wait());
    }
}

fn serve(database: &TestDatabase, settings: &[(&str, &str)]) -> Serving {
    let mut command = bfw(database, &["serve"]);
    command.envs(settings.iter().copied());
    Serving::start(command)
}

/// Processes that start at the same moment.
fn serve_at_once(database: &TestDatabase, number: usize, settings: &[(&str, &str)]) -> Vec<Serving> {
    std::thread::scope(|scope| {
        let starts: Vec<_> = (0..number).map(|_| scope.spawn(|| serve(database, settings))).collect();
        starts.into_iter().map(|start| start.join().unwrap()).collect()
    })
}

/// Who sells through whichever process.
struct Seller {
    token: String,
    house: String,
}

impl Seller {
    async fn arrive(serving: &Serving, name: &str) -> Self {
        let input = json!({ "email": format!("{name}@example.org"), "password": PASSWORD, "name": "Awa" });
        let token = text(&done(serving, None, SIGN_UP, input).await["session"]["accessToken"]);
        let input = json!({ "kind": "COOPERATIVE", "name": format!("Maison {name}"), "placeCode": "segou" });
        let house = text(&done(serving, Some(&token), REGISTER, input).await["organization"]["id"]);
        Self { token, house }
    }

    /// Publishes a listing and changes it, each step through another process.
    async fn sell(&self, processes: &[Serving], round: usize) {
        let through = |step: usize| &processes[(round + step) % processes.len()];
        let input = json!({ "organizationId": self.house, "productCode": "shea-butter",
            "title": format!("Beurre {round}"), "price": { "amount": "1250", "currency": "XOF" }, "priceUnit": "KGM",
            "quantity": { "value": "500", "unit": "KGM" }, "placeCode": "segou" });
        let listing = done(through(0), Some(&self.token), CREATE, input).await["listing"]["id"].take();
        done(through(1), Some(&self.token), PUBLISH, json!({ "listingId": listing })).await;
        for step in 2..5 {
            let input = json!({ "listingId": listing, "title": format!("Zamblé {round} {step}") });
            done(through(step), Some(&self.token), RETITLE, input).await;
        }
    }
}

#[test]
fn the_work_is_shared() {
    harness::run(Backend::Postgres, every_message_is_in_one_hand_at_a_time_and_everybody_is_told_once);
}

async fn every_message_is_in_one_hand_at_a_time_and_everybody_is_told_once(database: TestDatabase) {
    let gateway = Gateway::open().await;
    let settings = [("BFW_SMS_URL", gateway.url.as_str()), ("BFW_LOG", "warn")];
    let connection = database.connect().await;
    connection.execute_unprepared(WITNESS).await.unwrap();
    let processes = serve_at_once(&database, 2, &settings);
    let _worker = Worker::start(&database, &settings);
    let waits = json!({ "phone": "76123456", "password": PASSWORD, "name": "Fanta" });
    let waits = text(&done(&processes[0], None, SIGN_UP, waits).await["session"]["accessToken"]);
    let wish = "mutation($input: SetNotificationPreferencesInput!) { setNotificationPreferences(input: $input) {
        userErrors { code message path } } }";
    let always = json!({ "email": false, "sms": true, "quietHours": null, "smsDailyMax": 100 });
    done(&processes[0], Some(&waits), wish, always).await;
    done(&processes[1], Some(&waits), alerts::SAVE, json!({ "name": "Beurre", "query": "beurre" })).await;
    let mut sellers = Vec::new();
    for name in ["une", "deux", "trois"] {
        sellers.push(Seller::arrive(&processes[sellers.len() % 2], name).await);
    }

    let sell = |seller: &Seller| {
        let (seller, processes) = (Seller { token: seller.token.clone(), house: seller.house.clone() }, &processes);
        async move {
            for round in 0..8 {
                seller.sell(processes, round).await;
            }
        }
    };
    tokio::join!(sell(&sellers[0]), sell(&sellers[1]), sell(&sellers[2]));

    assert!(settled(&connection).await, "messages are left over");
    let due = "SELECT COUNT(*) FROM notification_delivery WHERE state IN ('QUEUED', 'SENDING')";
    eventually("all that is due is sent", async || number(&connection, due).await == 0).await;
    let (overlapping, holders) = overlapping(&connection).await;
    assert_eq!(overlapping, [""; 0], "two had one subject at once");
    assert!(holders.len() > 1, "one alone did everything: {holders:?}");
    let heard: Vec<String> = gateway.heard().iter().map(|(_, body)| text(&body["id"])).collect();
    let distinct: BTreeSet<&String> = heard.iter().collect();
    assert_eq!(distinct.len(), heard.len(), "sent twice: {heard:?}");
    let sent =
        number(&connection, "SELECT COUNT(*) FROM notification_delivery WHERE state = 'SENT' AND channel = 'SMS'");
    assert_eq!((heard.len() as i64, heard.len()), (sent.await, 24), "each listing is told of once");
    assert_eq!(count(&connection, "notification").await, 24);
}

async fn number(connection: &DatabaseConnection, sql: &str) -> i64 {
    let row = connection.query_one_raw(Statement::from_string(connection.get_database_backend(), sql)).await;
    row.unwrap().unwrap().try_get_by_index(0).unwrap()
}

/// The subjects that two workers had at once, and all who had any.
async fn overlapping(connection: &DatabaseConnection) -> (Vec<String>, BTreeSet<String>) {
    let sql = "SELECT message, topic || ' ' || subject, holder FROM witness ORDER BY at";
    let rows = connection.query_all_raw(Statement::from_string(connection.get_database_backend(), sql)).await.unwrap();
    let (mut held, mut found, mut holders) =
        (BTreeMap::<String, BTreeMap<i64, String>>::new(), Vec::new(), BTreeSet::new());
    for row in rows {
        let (message, subject): (i64, String) = (row.try_get_by_index(0).unwrap(), row.try_get_by_index(1).unwrap());
        let holder: Option<String> = row.try_get_by_index(2).unwrap();
        let held = held.entry(subject.clone()).or_default();
        let Some(holder) = holder else {
            held.remove(&message);
            continue;
        };
        if held.values().any(|other| *other != holder) {
            found.push(format!("{subject}: {holder} beside {held:?}"));
        }
        holders.insert(holder.clone());
        held.insert(message, holder);
    }
    (found, holders)
}

#[test]
fn the_clock_strikes_once() {
    harness::run(Backend::Postgres, requests_that_are_due_are_closed_once_by_whoever_starts_at_the_same_moment);
}

async fn requests_that_are_due_are_closed_once_by_whoever_starts_at_the_same_moment(app: TestApp) {
    let database = app.database.clone();
    let (token, buyer) = procurement::office(&app, "une").await;
    wish(&app, &token, json!({ "email": true, "sms": false, "quietHours": null })).await;
    for _ in 0..12 {
        procurement::request(&app, &token, &buyer, json!({})).await;
    }
    app.app.clone().close().await;
    drop(app);
    let connection = database.connect().await;
    // Long past, whatever day it is.
    let due =
        "UPDATE procurement_request SET created_at = '2020-01-01 00:00:00+00', published_at = '2020-01-02 00:00:00+00',
               bid_deadline = '2020-02-01 00:00:00+00', enquiry_deadline = NULL";
    connection.execute_unprepared(due).await.unwrap();
    connection.execute_unprepared("DELETE FROM reference_data").await.unwrap();

    let processes = serve_at_once(&database, 3, &[]);

    let open = "SELECT COUNT(*) FROM procurement_request WHERE closed_at IS NULL";
    eventually("all are closed", async || number(&connection, open).await == 0).await;
    assert!(settled(&connection).await);
    for process in processes {
        let (code, log) = process.terminate();
        assert_eq!(code, Some(0), "{log}");
    }
    let closings = "SELECT COUNT(*) FROM audit_entry WHERE action = 'request.close'";
    let closed = "SELECT COUNT(DISTINCT subject_id) FROM audit_entry WHERE action = 'request.close'";
    assert_eq!((number(&connection, closings).await, number(&connection, closed).await), (12, 12));
    let told_twice =
        "SELECT COUNT(*) FROM (SELECT 1 FROM notification GROUP BY user_id, kind, subject HAVING COUNT(*) > 1) t";
    assert_eq!(number(&connection, told_twice).await, 0);
    // All three found the reference data missing; one brought it in.
    let doubled = "SELECT COUNT(*) FROM (SELECT 1 FROM product GROUP BY code HAVING COUNT(*) > 1) t";
    assert_eq!(number(&connection, doubled).await, 0);
}

#[test]
fn one_service() {
    harness::run(Backend::Postgres, what_one_process_allows_or_takes_back_holds_in_all);
}

async fn what_one_process_allows_or_takes_back_holds_in_all(database: TestDatabase) {
    let processes = serve_at_once(&database, 2, &[("BFW_ATTEMPTS_PER_IDENTIFIER", "5")]);
    let [first, second] = &processes[..] else { panic!() };
    let seller = Seller::arrive(first, "awa").await;
    let viewer = "{ viewer { user { id } } }";

    // Good in one, good in the other; ended in one, ended in the other.
    let seen = second.graphql(Some(&seller.token), viewer, json!({})).await.unwrap();
    assert!(seen["data"]["viewer"]["user"]["id"].is_string(), "{seen:#}");
    let document = hand_in(first, &seller).await;
    let url = "query($id: ID!) { document(id: $id) { downloadUrl } }";
    let mut link = second.graphql(Some(&seller.token), url, json!({ "id": document })).await.unwrap();
    let link = text(&link["data"]["document"]["downloadUrl"].take());
    let path = &link[link.find("/blobs").unwrap()..];
    let read = reqwest::get(format!("{}{path}", second.url)).await.unwrap().bytes().await.unwrap();
    assert_eq!(read, CONTENT, "what one sealed the other opens");
    let mut keys = Vec::new();
    for process in &processes {
        let document = reqwest::get(format!("{}/.well-known/did.json", process.url)).await.unwrap();
        keys.push(document.json::<Value>().await.unwrap()["assertionMethod"].take());
    }
    assert_eq!(keys[0], keys[1], "both sign with one key");

    // Guesses are counted wherever they are made, in whatever order.
    let input = |password: &str| json!({ "identifier": "awa@example.org", "password": password });
    let guess = async |process: &Serving, password: &str| {
        let answer = process.graphql(None, SIGN_IN, json!({ "input": input(password) })).await.unwrap();
        answer["data"]["signIn"]["userErrors"][0]["code"].as_str().unwrap_or("in").to_owned()
    };
    let mut answers = Vec::new();
    for process in [first, second, first, second, first] {
        answers.push(guess(process, "une pirogue").await);
    }
    assert_eq!(answers, ["INVALID_CREDENTIALS"; 5]);
    assert_eq!([guess(first, PASSWORD).await, guess(second, PASSWORD).await], ["TOO_MANY_ATTEMPTS"; 2]);
    // A process that starts anew has forgotten nothing.
    let third = serve(&database, &[("BFW_ATTEMPTS_PER_IDENTIFIER", "5")]);
    assert_eq!(guess(&third, PASSWORD).await, "TOO_MANY_ATTEMPTS");

    let sign_out = "mutation { signOut { userErrors { code } } }";
    second.graphql(Some(&seller.token), sign_out, json!({})).await.unwrap();
    for process in [first, second, &third] {
        let refused = process.answer(Some(&seller.token), viewer, json!({})).await.unwrap();
        assert_eq!(refused.status().as_u16(), 401);
    }
}

const CONTENT: &[u8] = b"%PDF-1.7\nentre nous\n";

/// Hands in a document that only the two parties may see, and gives its id.
async fn hand_in(serving: &Serving, seller: &Seller) -> Value {
    let request = "mutation($input: RequestUploadInput!) { requestUpload(input: $input) {
        upload { documentId url headers { name value } } userErrors { code message path } } }";
    let input = json!({ "organizationId": seller.house, "fileName": "devis", "mediaType": "application/pdf",
        "byteSize": CONTENT.len(), "sha256": Digest::of(CONTENT).to_string(), "visibility": "PARTY" });
    let upload = done(serving, Some(&seller.token), request, input).await["upload"].take();
    let url = text(&upload["url"]);
    let path = &url[url.find("/blobs").unwrap()..];
    let mut put = reqwest::Client::new().put(format!("{}{path}", serving.url)).body(CONTENT);
    for header in upload["headers"].as_array().unwrap() {
        if header["name"] != "Content-Length" {
            put = put.header(header["name"].as_str().unwrap(), header["value"].as_str().unwrap());
        }
    }
    assert_eq!(put.send().await.unwrap().status().as_u16(), 200);
    let complete = "mutation($input: CompleteUploadInput!) { completeUpload(input: $input) { document { state }
        userErrors { code message path } } }";
    let completed = done(serving, Some(&seller.token), complete, json!({ "documentId": upload["documentId"] })).await;
    assert_eq!(completed["document"]["state"], "READY");
    upload["documentId"].clone()
}
