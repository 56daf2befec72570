//! Certificates that a scheme's register confirms.

use bfw::{
    accounts::Actor,
    certification::{CertificateDraft, RecordCertificate},
    kernel::{ErrorCode, Failure, Outcome},
};
use chrono::TimeDelta;
use db_test::db_test;
use serde_json::{Value, json};

use crate::harness::app::TestApp;

const HELD: &str = "query($id: ID!, $time: DateTime!) { organization(id: $id) { certificates(first: 10) { totalCount
    edges { node { id number status statusAt(time: $time) issuerName validUntil scheme { code label(language: FR) }
        scope { productCodes siteNames } holder { id } } } } } }";

fn organic(holder: &str, number: &str) -> CertificateDraft {
    CertificateDraft {
        holder: holder.parse().unwrap(),
        covered: Vec::new(),
        scheme: "ORGANIC_EU".into(),
        number: number.into(),
        issuer_name: "Ecocert".into(),
        valid_from: "2026-01-01".parse().unwrap(),
        valid_until: "2026-11-30".parse().unwrap(),
        products: vec!["shea".into(), "shea".into()],
        sites: vec!["Unité de Ségou".into()],
        volume_limit: None,
        members: Vec::new(),
    }
}

async fn record(app: &TestApp, draft: CertificateDraft) -> Outcome<bfw::certification::Certificate> {
    let command = RecordCertificate { draft, idempotency_key: None };
    app.app.certification.record_certificate(&Actor::system("test"), command).await
}

fn codes<T: std::fmt::Debug>(outcome: Outcome<T>) -> Vec<(ErrorCode, String)> {
    match outcome {
        Err(Failure::Rejected(errors)) => errors.into_iter().map(|error| (error.code, error.path.join("."))).collect(),
        other => panic!("{other:?}"),
    }
}

async fn held(app: &TestApp, organization: &str) -> Value {
    let variables = json!({ "id": organization, "time": "2025-06-01T00:00:00Z" });
    app.expect_data(None, HELD, variables).await["organization"]["certificates"].take()
}

#[db_test]
async fn a_recorded_certificate_is_shown_with_its_state_on_any_day(app: TestApp) {
    // given
    let token = app.sign_up("awa@exemple.ml").await;
    let organization = app.register(&token, "COOPERATIVE", "Benkadi").await;

    // when
    let certificate = record(&app, organic(&organization, "ML-BIO-1")).await.unwrap();

    // then
    assert_eq!(certificate.products, ["shea"]);
    let shown = held(&app, &organization).await;
    assert_eq!(shown["totalCount"], 1);
    let node = &shown["edges"][0]["node"];
    assert_eq!((&node["status"], &node["statusAt"]), (&json!("VERIFIED"), &json!("NOT_YET_VALID")));
    assert_eq!(node["scheme"]["code"], "ORGANIC_EU");
    assert_eq!(node["scope"], json!({ "productCodes": ["shea"], "siteNames": ["Unité de Ségou"] }));
    assert_eq!(node["holder"]["id"], organization);
    app.clock.advance(TimeDelta::days(29));
    assert_eq!(held(&app, &organization).await["edges"][0]["node"]["status"], "EXPIRED");
    let query = "query($id: ID!) { certificate(id: $id) { number } node(id: $id) { id } }";
    let by_id = app.expect_data(None, query, json!({ "id": node["id"] })).await;
    assert_eq!((&by_id["certificate"]["number"], &by_id["node"]["id"]), (&json!("ML-BIO-1"), &node["id"]));
}

#[db_test]
async fn what_is_wrong_with_a_certificate_is_told_and_a_number_is_taken_once(app: TestApp) {
    let token = app.sign_up("awa@exemple.ml").await;
    let organization = app.register(&token, "COOPERATIVE", "Benkadi").await;
    let wrong = CertificateDraft {
        scheme: "ORGANIC_MARS".into(),
        number: " ".into(),
        valid_until: "2025-01-01".parse().unwrap(),
        products: vec!["shea".into(), "moon-butter".into()],
        sites: vec!["a\0b".into()],
        ..organic(&organization, "x")
    };
    let at = |code, path: &str| (code, format!("input.{path}"));
    assert_eq!(
        codes(record(&app, wrong).await),
        [
            at(ErrorCode::UnknownScheme, "schemeCode"),
            at(ErrorCode::Required, "number"),
            at(ErrorCode::InvalidPeriod, "validUntil"),
            at(ErrorCode::UnknownProduct, "productCodes.1"),
            at(ErrorCode::InvalidCharacters, "siteNames.0"),
        ]
    );
    let unnamed = CertificateDraft { products: Vec::new(), ..organic(&organization, "x") };
    assert_eq!(codes(record(&app, unnamed).await), [at(ErrorCode::Required, "productCodes")]);

    let keyed = RecordCertificate { draft: organic(&organization, "ML-BIO-1"), idempotency_key: Some("1".into()) };
    let (system, room) = (Actor::system("test"), &app.app.certification);
    let first = room.record_certificate(&system, keyed.clone()).await.unwrap();
    assert_eq!(room.record_certificate(&system, keyed.clone()).await.unwrap(), first);
    let taken = codes(record(&app, organic(&organization, "ML-BIO-1")).await);
    assert_eq!(taken, [at(ErrorCode::DuplicateRegistration, "number")]);
    let mut nobody = Actor::system("test");
    nobody.principal = bfw::accounts::Principal::Anonymous;
    let refused = room.record_certificate(&nobody, keyed).await;
    assert_eq!(codes(refused), [(ErrorCode::Unauthenticated, String::new())]);
    assert_eq!(held(&app, &organization).await["totalCount"], 1);
}

#[db_test]
async fn every_scheme_says_what_it_covers_and_where_it_is_known_from(app: TestApp) {
    let query = "{ certificationSchemes(first: 100) { totalCount edges { node { code name covers issuers source certainty } } } }";
    let data = app.expect_data(None, query, json!({})).await;
    let schemes = data["certificationSchemes"]["edges"].as_array().unwrap();
    assert!(schemes.len() >= 10 && data["certificationSchemes"]["totalCount"] == schemes.len(), "{data}");
    let organic = schemes.iter().find(|edge| edge["node"]["code"] == "ORGANIC_EU").unwrap();
    assert_eq!(organic["node"]["covers"], "PRODUCT");
}
