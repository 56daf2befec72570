//! What certificates say of what is offered, now and on any day.

use chrono::TimeDelta;
use db_test::db_test;
use serde_json::{Value, json};

use super::{decided, organic, people, submit};
use crate::{harness::app::TestApp, notifications::stay_signed_in};

const SEARCH: &str =
    "{ searchListings(filter: { schemes: [\"ORGANIC_EU\"] }) { totalCount facets { field values { value count } } } }";

/// How many listings are found as organic, by search and by the plain list, and what a listing claims.
async fn organic_now(app: &TestApp, listing: &str) -> (Value, Value, Vec<String>) {
    app.settle().await;
    let found = app.expect_data(None, SEARCH, json!({})).await;
    let listed = "query { listings(filter: { certifiedBy: \"ORGANIC_EU\" }) { totalCount } }";
    let listed = app.expect_data(None, listed, json!({})).await;
    let claims = "query($id: ID!) { listing(id: $id) { claims { status scheme { code } } } }";
    let claims = app.expect_data(None, claims, json!({ "id": listing })).await;
    let claims = claims["listing"]["claims"].as_array().unwrap();
    let claims = claims.iter().map(|claim| {
        assert_eq!(claim["scheme"]["code"], "ORGANIC_EU");
        claim["status"].as_str().unwrap().to_owned()
    });
    (found["searchListings"]["totalCount"].clone(), listed["listings"]["totalCount"].clone(), claims.collect())
}

fn with(count: i64, claims: &[&str]) -> (Value, Value, Vec<String>) {
    (json!(count), json!(count), claims.iter().map(|claim| (*claim).to_owned()).collect())
}

#[db_test]
async fn claims_filters_and_facets_follow_each_decision(app: TestApp) {
    let (owner, house, verifier) = people(&app).await;
    let listing = app.published(&owner, &house, json!({})).await;
    let id = submit(&app, &owner, organic(&house, json!({}))).await;
    assert_eq!(organic_now(&app, &listing).await, with(0, &[]));

    decided(&app, &verifier, "verifyCertificate", &id, json!({})).await;
    assert_eq!(organic_now(&app, &listing).await, with(1, &["VERIFIED"]));
    let facets = app.expect_data(None, SEARCH, json!({})).await["searchListings"]["facets"].take();
    let facet = facets.as_array().unwrap().iter().find(|facet| facet["field"] == "CERTIFICATE").unwrap();
    assert_eq!(facet["values"], json!([{ "value": "ORGANIC_EU", "count": 1 }]));

    let because = json!({ "reason": "Contrôle non conforme." });
    decided(&app, &verifier, "suspendCertificate", &id, because).await;
    assert_eq!(organic_now(&app, &listing).await, with(0, &["SUSPENDED"]));
    decided(&app, &verifier, "reinstateCertificate", &id, json!({})).await;
    assert_eq!(organic_now(&app, &listing).await, with(1, &["VERIFIED"]));
    let revoke = json!({ "effectiveFrom": "2026-11-02", "reason": "Produits non conformes." });
    decided(&app, &verifier, "revokeCertificate", &id, revoke).await;
    assert_eq!(organic_now(&app, &listing).await, with(0, &["REVOKED"]));
}

/// Waits until the index has followed, as it does by itself where the service runs.
async fn followed(app: &TestApp, listing: &str, expected: (Value, Value, Vec<String>)) {
    let mut last = None;
    for _ in 0..200 {
        let now = organic_now(app, listing).await;
        if now == expected {
            return;
        }
        last = Some(now);
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    panic!("{last:?} instead of {expected:?}");
}

#[db_test]
async fn a_clock_makes_certificates_begin_and_end(app: TestApp) {
    let (owner, house, verifier) = people(&app).await;
    stay_signed_in(&app).await;
    let listing = app.published(&owner, &house, json!({})).await;
    let next = json!({ "validFrom": "2026-11-05", "validUntil": "2026-12-31" });
    let id = submit(&app, &owner, organic(&house, next)).await;
    decided(&app, &verifier, "verifyCertificate", &id, json!({})).await;
    let revoke = json!({ "effectiveFrom": "2026-11-10", "reason": "Retrait demandé par la coopérative." });
    assert_eq!(decided(&app, &verifier, "revokeCertificate", &id, revoke).await, "NOT_YET_VALID");
    assert_eq!(organic_now(&app, &listing).await, with(0, &[]));

    let stop = tokio_util::sync::CancellationToken::new();
    let watching = tokio::spawn(bfw::search::watch::run(app.app.search.clone(), stop.clone()));
    app.clock.advance(TimeDelta::days(3));
    followed(&app, &listing, with(1, &["VERIFIED"])).await;
    app.clock.advance(TimeDelta::days(5));
    followed(&app, &listing, with(0, &["REVOKED"])).await;
    stop.cancel();
    watching.await.unwrap();
}

#[db_test]
async fn whoever_a_certificate_covers_claims_by_it(app: TestApp) {
    let (owner, union, verifier) = people(&app).await;
    let member = app.sign_up("fatou@exemple.ml").await;
    let cooperative = app.register(&member, "COOPERATIVE", "Jigiya").await;
    let listing = app.published(&member, &cooperative, json!({})).await;
    let of_both = json!({ "coveredOrganizationIds": [cooperative] });
    let id = submit(&app, &owner, organic(&union, of_both)).await;

    decided(&app, &verifier, "verifyCertificate", &id, json!({})).await;

    assert_eq!(organic_now(&app, &listing).await, with(1, &["VERIFIED"]));
    let held = "query($id: ID!) { organization(id: $id) { certificates { edges { node { id holder { id } } } } } \
                certificates(filter: { organizationId: $id, status: VERIFIED, schemeCode: \"ORGANIC_EU\" }) { totalCount } }";
    let held = app.expect_data(None, held, json!({ "id": cooperative })).await;
    let edges = json!([{ "node": { "id": id, "holder": { "id": union } } }]);
    assert_eq!(held["organization"]["certificates"]["edges"], edges);
    assert_eq!(held["certificates"]["totalCount"], 1);
}

#[db_test]
async fn what_could_be_claimed_on_a_day_is_told_as_it_is_known_and_as_it_was(app: TestApp) {
    let (owner, house, verifier) = people(&app).await;
    let id = submit(&app, &owner, organic(&house, json!({}))).await;
    app.clock.advance(TimeDelta::minutes(1));
    decided(&app, &verifier, "verifyCertificate", &id, json!({})).await;
    app.clock.advance(TimeDelta::minutes(1));
    let revoke = json!({ "effectiveFrom": "2026-06-01", "retroactive": true, "reason": "Fraude constatée." });
    decided(&app, &verifier, "revokeCertificate", &id, revoke).await;

    let claims = async |product: &str, on: &str, known: Option<&str>| {
        let query = "query($id: ID!, $product: String!, $on: Date!, $known: DateTime) { organization(id: $id) {
            claims(productCode: $product, on: $on, asKnownAt: $known) { status } } }";
        let variables = json!({ "id": house, "product": product, "on": on, "known": known });
        let data = app.expect_data(None, query, variables).await;
        data["organization"]["claims"]
            .as_array()
            .unwrap()
            .iter()
            .map(|claim| claim["status"].clone())
            .collect::<Vec<_>>()
    };
    assert_eq!(claims("shea-butter", "2026-05-31", None).await, ["VERIFIED"]);
    assert_eq!(claims("shea-butter", "2026-06-01", None).await, ["REVOKED"]);
    assert_eq!(claims("shea-butter", "2026-06-01", Some("2026-11-02T08:01:30Z")).await, ["VERIFIED"]);
    assert_eq!(claims("shea-butter", "2026-06-01", Some("2026-11-02T08:00:30Z")).await, [""; 0]);
    assert_eq!(claims("mango", "2026-05-31", None).await, [""; 0]);
}
