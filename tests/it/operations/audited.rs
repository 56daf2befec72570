//! What is done on behalf of the platform is in the audit log, and the service's log tells of it.

use bfw::kernel::clock::{Clock as _, SystemClock};
use chrono::TimeDelta;
use db_test::db_test;
use serde_json::{Value, json};

use super::process::{Serving, bfw, run, stderr, stdout};
use crate::harness::TestDatabase;

const SIGN_UP: &str = "mutation($email: String!) {
    signUp(input: { email: $email, password: \"trois pirogues au port\", name: \"Awa\", language: FR }) {
        session { accessToken } user { id } } }";
const REGISTER: &str =
    "mutation { registerOrganization(input: { kind: COOPERATIVE, name: \"Benkadi\", placeCode: \"segou\" }) {
        organization { id } } }";
const SUBMIT: &str = "mutation($input: SubmitCertificateInput!) { submitCertificate(input: $input) {
    certificate { id } userErrors { code message path } } }";
const VERIFY: &str = "mutation($input: VerifyCertificateInput!) { verifyCertificate(input: $input) {
    certificate { status } userErrors { code message path } } }";

async fn ask(serving: &Serving, token: Option<&str>, query: &str, variables: Value) -> Value {
    serving.graphql(token, query, variables).await.unwrap()["data"].take()
}

/// The lines of a log that tell of acts, as JSON.
fn acts(log: &str) -> Vec<Value> {
    let lines = log.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    lines.filter(|line| line["target"] == "bfw::audit").collect()
}

#[db_test]
async fn what_is_done_on_behalf_of_the_platform_is_kept_shown_and_told(database: TestDatabase) {
    // given: a cooperative whose certificate waits, and somebody who is to verify it
    let mut command = bfw(&database, &["serve"]);
    command.env("BFW_LOG_FORMAT", "json");
    let serving = Serving::start(command);
    let mut people = Vec::new();
    for email in ["awa@example.org", "verificatrice@example.org"] {
        people.push(ask(&serving, None, SIGN_UP, json!({ "email": email })).await["signUp"].take());
    }
    let token = |person: &Value| person["session"]["accessToken"].as_str().unwrap().to_owned();
    let (owner, verifier) = (token(&people[0]), token(&people[1]));
    let organization = ask(&serving, Some(&owner), REGISTER, json!({})).await;
    let now = SystemClock.now();
    let day = |delta| (now + TimeDelta::days(delta)).date_naive().to_string();
    let input = json!({
        "organizationId": organization["registerOrganization"]["organization"]["id"], "schemeCode": "ORGANIC_EU",
        "number": "ML-BIO-2026-017", "issuerName": "Ecocert", "validFrom": day(-30), "validUntil": day(200),
        "productCodes": ["shea"],
    });
    let submitted = ask(&serving, Some(&owner), SUBMIT, json!({ "input": input })).await;
    let certificate = &submitted["submitCertificate"]["certificate"]["id"];
    assert!(certificate.is_string(), "{submitted}");
    let places = database.folder.join("communes.csv");
    std::fs::write(&places, "name,cercle,level\nPelengana,cercle-segou,commune\n").unwrap();
    let prices = database.folder.join("prices.csv");
    let header = "month,region,market,lat,lon,commodity,unit,currency,price\n";
    std::fs::write(&prices, format!("{header}2026-01,Gao,Gao,,,Millet - Retail,KG,XOF,200\n")).unwrap();
    let backup = database.folder.join("backup");

    // when
    let told = |arguments: &[&str]| {
        let done = bfw(&database, arguments).env("BFW_LOG_FORMAT", "json").output().unwrap();
        assert_eq!(done.status.code(), Some(0), "{arguments:?}: {}", stderr(&done));
        // What else stands on standard error is progress.
        let log: String = stderr(&done)
            .lines()
            .filter(|line| line.starts_with('{'))
            .fold(String::new(), |log, line| log + line + "\n");
        let acts = acts(&log);
        let [act] = &acts[..] else { panic!("{arguments:?}: {log}") };
        assert_eq!(act["actor"], "operator");
        act["action"].as_str().unwrap().to_owned()
    };
    let mut expected = vec![told(&["admin", "grant", "verificatrice@example.org", "VERIFIER"])];
    let verified = ask(&serving, Some(&verifier), VERIFY, json!({ "input": { "certificateId": certificate } })).await;
    assert!(verified["verifyCertificate"]["certificate"].is_object(), "{verified}");
    for arguments in [
        &["admin", "revoke", "verificatrice@example.org", "VERIFIER"][..],
        &["credentials", "rotate-key"],
        &["sealing", "rotate-key"],
        &["import", "places", places.to_str().unwrap()],
        &["import", "prices", prices.to_str().unwrap()],
        &["backup", "--out", backup.to_str().unwrap()],
    ] {
        expected.push(told(arguments));
    }
    let (code, log) = serving.terminate();
    assert_eq!(code, Some(0), "{log}");

    // then: the operators' acts are shown, the newest first, and name nobody by what she is called
    let shown = run(&database, &["admin", "log"]);
    let shown: Vec<Value> = stdout(&shown).lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let mut actions: Vec<&str> = shown.iter().map(|act| act["action"].as_str().unwrap()).collect();
    actions.reverse();
    assert_eq!(actions, expected);
    assert_eq!(
        actions,
        [
            "platform.grant_role",
            "platform.revoke_role",
            "platform.rotate_signing_key",
            "platform.rotate_sealing_key",
            "platform.import_places",
            "platform.import_prices",
            "platform.backup",
        ]
    );
    let granted = shown.last().unwrap();
    assert_eq!(granted["after"], json!({ "user": people[1]["user"]["id"], "role": "VERIFIER" }));
    assert_eq!((&granted["sequence"], &granted["request"]), (&json!(1), &json!("bfw admin")));
    assert!(!shown.iter().any(|act| act.to_string().contains("example.org")));
    let one = run(&database, &["admin", "log", "--last", "1"]);
    assert_eq!(stdout(&one).lines().count(), 1);

    // and what the verifier did is told by the server, and nothing that people do for their own organizations
    let acts = acts(&log);
    let [act] = &acts[..] else { panic!("{acts:?}") };
    assert_eq!(act["action"], "certificate.verify");
    assert!(act["actor"].as_str().is_some_and(|actor| actor != "operator"), "{act}");
    assert!(act["request_id"].is_string() && act["subject"].is_string(), "{act}");

    // and the chains are whole
    let examined = run(&database, &["doctor", "--audit"]);
    assert_eq!(examined.status.code(), Some(0), "{}", stdout(&examined));

    // and a restore is the first thing that is told of what was restored, after what the backup has
    let clean = database.blank().await;
    let restored = run(&clean, &["restore", "--from", backup.to_str().unwrap()]);
    assert_eq!(restored.status.code(), Some(0), "{}", stderr(&restored));
    for key in ["signing-key.json", "sealing-key.json", "document-key.json"] {
        std::fs::copy(database.folder.join("data").join(key), clean.folder.join("data").join(key)).unwrap();
    }
    let newest = run(&clean, &["admin", "log", "--last", "1"]);
    let newest: Value = serde_json::from_str(stdout(&newest).trim()).unwrap();
    assert_eq!((&newest["action"], &newest["sequence"]), (&json!("platform.restore"), &json!(7)));
    clean.remove().await;
}
