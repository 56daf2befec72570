//! From being handed in to being withdrawn.

use chrono::TimeDelta;
use db_test::db_test;
use futures_util::future::join_all;
use serde_json::{Value, json};

use super::{SHOWN, SUBMIT, decide, decided, organic, people, submit};
use crate::{harness::app::TestApp, notifications::stay_signed_in};

const QUEUE: &str = "query($unclaimed: Boolean!) { certificateReviewQueue(unclaimed: $unclaimed, first: 10) {
    totalCount edges { node { id number } } } }";

async fn queue(app: &TestApp, verifier: &str, unclaimed: bool) -> Vec<String> {
    let data = app.expect_data(Some(verifier), QUEUE, json!({ "unclaimed": unclaimed })).await;
    let edges = data["certificateReviewQueue"]["edges"].as_array().unwrap();
    assert_eq!(data["certificateReviewQueue"]["totalCount"], edges.len());
    edges.iter().map(|edge| edge["node"]["number"].as_str().unwrap().to_owned()).collect()
}

async fn status(app: &TestApp, token: Option<&str>, id: &str) -> Value {
    app.expect_data(token, SHOWN, json!({ "id": id })).await["certificate"]["status"].take()
}

#[db_test]
async fn what_is_handed_in_waits_for_a_verifier_and_counts_once_it_is_found_genuine(app: TestApp) {
    let (owner, house, verifier) = people(&app).await;
    let scope = json!({ "volumeLimit": { "value": "12.5", "unit": "TNE" }, "siteNames": ["Unité de Ségou"] });

    let payload = app.expect_payload(Some(&owner), SUBMIT, organic(&house, scope)).await;

    let made = &payload["certificate"];
    let id = made["id"].as_str().unwrap();
    assert_eq!((&made["status"], &made["scope"]["volumeLimit"]["value"]), (&json!("SUBMITTED"), &json!("12500")));
    assert_eq!(made["scope"]["organizations"], json!([{ "id": house }]));
    let stranger = app.sign_up("fatou@exemple.ml").await;
    assert_eq!(status(&app, Some(&stranger), id).await, Value::Null, "nobody sees what was not looked at");
    assert_eq!(status(&app, Some(&owner), id).await, "SUBMITTED");
    assert_eq!(queue(&app, &verifier, false).await, ["ML-BIO-1"]);
    let refused = app.graphql(Some(&owner), QUEUE, json!({ "unclaimed": false })).await;
    assert_eq!(refused["errors"][0]["extensions"]["code"], "FORBIDDEN", "{refused}");

    assert_eq!(decided(&app, &verifier, "verifyCertificate", id, json!({})).await, "VERIFIED");

    assert_eq!(status(&app, None, id).await, "VERIFIED");
    assert_eq!(queue(&app, &verifier, false).await, [""; 0]);
    let told = "{ notifications { edges { node { kind text certificate { id } } } } }";
    let told = app.expect_data(Some(&owner), told, json!({})).await;
    let node = &told["notifications"]["edges"][0]["node"];
    assert_eq!((&node["kind"], &node["certificate"]["id"]), (&json!("CERTIFICATE_DECIDED"), &json!(id)));
    assert!(node["text"].as_str().unwrap().contains("a été vérifié"), "{node}");
}

#[db_test]
async fn whoever_a_certificate_would_cover_sees_it_once_it_is_found_genuine(app: TestApp) {
    const OF: &str =
        "query($id: ID!) { certificates(filter: { organizationId: $id }) { totalCount edges { node { id } } } }";
    let (owner, union, verifier) = people(&app).await;
    let member = app.sign_up("fatou@exemple.ml").await;
    let cooperative = app.register(&member, "COOPERATIVE", "Jigiya").await;
    let id = submit(&app, &owner, organic(&union, json!({ "coveredOrganizationIds": [cooperative] }))).await;
    let of = async |token: &str, organization: &str| {
        let listed = app.expect_data(Some(token), OF, json!({ "id": organization })).await;
        listed["certificates"].clone()
    };
    let (none, one) =
        (json!({ "totalCount": 0, "edges": [] }), json!({ "totalCount": 1, "edges": [{ "node": { "id": id } }] }));

    assert_eq!(of(&member, &cooperative).await, none, "another says it covers her");
    assert_eq!(status(&app, Some(&member), &id).await, Value::Null);
    assert_eq!(of(&owner, &union).await, one);
    assert_eq!(of(&verifier, &cooperative).await, one);

    assert_eq!(decided(&app, &verifier, "verifyCertificate", &id, json!({})).await, "VERIFIED");

    assert_eq!(of(&member, &cooperative).await, one);
}

#[db_test]
async fn everything_that_is_wrong_is_told_at_its_field(app: TestApp) {
    let (owner, house, _) = people(&app).await;
    let unknown = "organization_01h455vb4pex5vsknk084sn02q";
    let input = organic(
        &house,
        json!({ "schemeCode": "ORGANIC_EU_EQUIVALENCE", "number": " ", "productCodes": ["moon-butter"],
                "validFrom": "2026-01-01", "volumeLimit": { "value": "1", "unit": "SAC100" },
                "groupMembers": [{ "memberCode": "1", "identifier": "76123456", "hectares": "1" }] }),
    );
    let at = |code: &str, path: &str| (code.to_owned(), format!("input.{path}"));
    assert_eq!(
        app.user_errors(Some(&owner), SUBMIT, input).await,
        [
            at("REQUIRED", "number"),
            at("SCHEME_NOT_ISSUED", "validFrom"),
            at("UNKNOWN_PRODUCT", "productCodes.0"),
            at("UNKNOWN_UNIT", "volumeLimit.unit"),
            at("GROUP_NOT_ALLOWED", "groupMembers"),
        ]
    );
    let covered = organic(&house, json!({ "coveredOrganizationIds": [unknown] }));
    assert_eq!(app.user_errors(Some(&owner), SUBMIT, covered).await, [at("NOT_FOUND", "coveredOrganizationIds.0")]);
    let stranger = app.sign_up("fatou@exemple.ml").await;
    let refused = app.user_errors(Some(&stranger), SUBMIT, organic(&house, json!({}))).await;
    assert_eq!(refused, [("FORBIDDEN".to_owned(), String::new())]);
    let refused = app.user_errors(None, SUBMIT, organic(&house, json!({}))).await;
    assert_eq!(refused, [("UNAUTHENTICATED".to_owned(), String::new())]);
}

#[db_test]
async fn a_number_is_handed_in_once_by_each_and_genuine_once(app: TestApp) {
    let (owner, house, verifier) = people(&app).await;
    let other = app.sign_up("fatou@exemple.ml").await;
    let theirs = app.register(&other, "COOPERATIVE", "Jigiya").await;
    let keyed = organic(&house, json!({ "idempotencyKey": "1" }));
    let id = submit(&app, &owner, keyed.clone()).await;
    assert_eq!(submit(&app, &owner, keyed).await, id);
    let taken = vec![("DUPLICATE_REGISTRATION".to_owned(), "input.number".to_owned())];
    assert_eq!(app.user_errors(Some(&owner), SUBMIT, organic(&house, json!({}))).await, taken);
    // Whoever writes down another's number first does not keep her from handing hers in.
    let copied = submit(&app, &other, organic(&theirs, json!({}))).await;

    assert_eq!(decided(&app, &verifier, "verifyCertificate", &id, json!({})).await, "VERIFIED");

    let input = json!({ "certificateId": copied });
    assert_eq!(app.user_errors(Some(&verifier), &decide("verifyCertificate"), input).await, taken);
    let reason = json!({ "reason": "Ce numéro est celui d'une autre coopérative." });
    assert_eq!(decided(&app, &verifier, "rejectCertificate", &copied, reason).await, "REJECTED");
    assert_eq!(app.user_errors(Some(&other), SUBMIT, organic(&theirs, json!({}))).await, taken);
}

#[db_test]
async fn nobody_decides_about_her_own_and_nobody_but_a_verifier_decides(app: TestApp) {
    let (owner, house, verifier) = people(&app).await;
    let id = submit(&app, &owner, organic(&house, json!({}))).await;
    let verify = decide("verifyCertificate");
    let refused = async |token: Option<&str>| app.user_errors(token, &verify, json!({ "certificateId": id })).await;
    assert_eq!(refused(Some(&owner)).await, [("FORBIDDEN".to_owned(), String::new())]);
    assert_eq!(refused(None).await, [("UNAUTHENTICATED".to_owned(), String::new())]);
    let stranger = app.sign_up("fatou@exemple.ml").await;
    assert_eq!(refused(Some(&stranger)).await, [("NOT_FOUND".to_owned(), "input.certificateId".to_owned())]);

    // A verifier who keeps the holder, and one who keeps an organization that is covered.
    let own = app.verifier("moussa@exemple.ml").await;
    let covered = app.register(&own, "COOPERATIVE", "Sabougnouma").await;
    let of_both = json!({ "number": "ML-BIO-2", "coveredOrganizationIds": [covered] });
    let of_both = submit(&app, &owner, organic(&house, of_both)).await;
    let input = json!({ "certificateId": of_both });
    let conflict = [("CONFLICT_OF_INTEREST".to_owned(), String::new())];
    assert_eq!(app.user_errors(Some(&own), &verify, input).await, conflict);
    assert_eq!(decided(&app, &verifier, "verifyCertificate", &of_both, json!({})).await, "VERIFIED");
    let suspend = json!({ "certificateId": of_both, "reason": "Contrôle." });
    assert_eq!(app.user_errors(Some(&own), &decide("suspendCertificate"), suspend).await, conflict);
}

#[db_test]
async fn a_certificate_is_suspended_reinstated_and_revoked_and_each_decision_is_kept(app: TestApp) {
    let (owner, house, verifier) = people(&app).await;
    stay_signed_in(&app).await;
    let id = submit(&app, &owner, organic(&house, json!({}))).await;
    let wrong = async |name: &str, mut input: Value| {
        input["certificateId"] = json!(id);
        app.user_errors(Some(&verifier), &decide(name), input).await.remove(0)
    };
    let not_now = ("INVALID_TRANSITION".to_owned(), "input.certificateId".to_owned());
    let because = || json!({ "reason": "Contrôle non conforme." });
    assert_eq!(wrong("suspendCertificate", because()).await, not_now, "not looked at yet");
    decided(&app, &verifier, "verifyCertificate", &id, json!({})).await;
    assert_eq!(wrong("verifyCertificate", json!({})).await, not_now);
    assert_eq!(wrong("rejectCertificate", because()).await, not_now);
    assert_eq!(wrong("reinstateCertificate", json!({})).await, not_now);
    let blank = wrong("suspendCertificate", json!({ "reason": " " })).await;
    assert_eq!(blank, ("REQUIRED".to_owned(), "input.reason".to_owned()));
    let stale = json!({ "reason": "Contrôle.", "expectedVersion": 1 });
    assert_eq!(wrong("suspendCertificate", stale).await, ("VERSION_CONFLICT".into(), "input.expectedVersion".into()));

    assert_eq!(decided(&app, &verifier, "suspendCertificate", &id, because()).await, "SUSPENDED");
    app.clock.advance(TimeDelta::days(10));
    assert_eq!(decided(&app, &verifier, "reinstateCertificate", &id, json!({})).await, "VERIFIED");
    app.clock.advance(TimeDelta::days(5));
    let revoke = |from: &str, retroactive: bool| json!({ "effectiveFrom": from, "retroactive": retroactive, "reason": "Produits non conformes." });
    let out_of_range = ("OUT_OF_RANGE".to_owned(), "input.effectiveFrom".to_owned());
    assert_eq!(wrong("revokeCertificate", revoke("2025-12-31", true)).await, out_of_range, "before it was issued");
    assert_eq!(wrong("revokeCertificate", revoke("2026-06-01", false)).await, out_of_range, "in the past, unsaid");
    assert_eq!(decided(&app, &verifier, "revokeCertificate", &id, revoke("2026-06-01", true)).await, "REVOKED");
    assert_eq!(wrong("reinstateCertificate", json!({})).await, not_now);

    let shown = app.expect_data(None, SHOWN, json!({ "id": id })).await;
    let decisions = shown["certificate"]["decisions"].as_array().unwrap();
    let told: Vec<(i64, &str, Option<&str>, bool)> = decisions
        .iter()
        .map(|one| {
            let status = one["status"].as_str().unwrap();
            let retroactive = one["retroactive"].as_bool().unwrap();
            (one["sequence"].as_i64().unwrap(), status, one["effectiveFrom"].as_str(), retroactive)
        })
        .collect();
    assert_eq!(
        told,
        [
            (1, "SUBMITTED", None, false),
            (2, "VERIFIED", None, false),
            (3, "SUSPENDED", Some("2026-11-02"), false),
            (4, "VERIFIED", Some("2026-11-12"), false),
            (5, "REVOKED", Some("2026-06-01"), true),
        ]
    );
    let at = "query($id: ID!, $time: DateTime!, $known: DateTime) {
        certificate(id: $id) { statusAt(time: $time, asKnownAt: $known) } }";
    let at = async |time: &str, known: Option<&str>| {
        let variables = json!({ "id": id, "time": format!("{time}T12:00:00Z"), "known": known });
        app.expect_data(None, at, variables).await["certificate"]["statusAt"].take()
    };
    assert_eq!(at("2026-05-31", None).await, "VERIFIED");
    assert_eq!(at("2026-06-01", None).await, "REVOKED");
    assert_eq!(at("2026-06-01", Some("2026-11-16T00:00:00Z")).await, "VERIFIED", "as was known the day before");
    assert_eq!(at("2026-11-05", Some("2026-11-16T00:00:00Z")).await, "SUSPENDED");
    assert_eq!(at("2026-11-05", Some("2026-10-01T00:00:00Z")).await, Value::Null, "not handed in by then");
    let trail = "query($id: ID!) { auditTrail(subjectId: $id) { totalCount edges { node { action } } } }";
    let trail = app.expect_data(Some(&owner), trail, json!({ "id": id })).await;
    let actions: Vec<&Value> =
        trail["auditTrail"]["edges"].as_array().unwrap().iter().map(|edge| &edge["node"]["action"]).collect();
    assert_eq!(
        actions,
        [
            "certificate.revoke",
            "certificate.reinstate",
            "certificate.suspend",
            "certificate.verify",
            "certificate.submit"
        ]
    );
}

#[db_test]
async fn a_verifier_takes_what_she_looks_at(app: TestApp) {
    let (owner, house, first) = people(&app).await;
    let second = app.verifier("kadia@exemple.ml").await;
    stay_signed_in(&app).await;
    let id = submit(&app, &owner, organic(&house, json!({}))).await;
    app.clock.advance(TimeDelta::minutes(1));
    submit(&app, &owner, organic(&house, json!({ "number": "ML-BIO-2" }))).await;
    let input = json!({ "certificateId": id });
    assert_eq!(queue(&app, &first, true).await, ["ML-BIO-1", "ML-BIO-2"], "the longest waiting first");

    app.expect_payload(Some(&first), &decide("claimCertificate"), input.clone()).await;

    assert_eq!(queue(&app, &second, true).await, ["ML-BIO-2"]);
    let held = [("CLAIMED_BY_ANOTHER".to_owned(), "input".to_owned())];
    assert_eq!(app.user_errors(Some(&second), &decide("claimCertificate"), input.clone()).await, held);
    assert_eq!(app.user_errors(Some(&second), &decide("verifyCertificate"), input.clone()).await, held);
    app.expect_payload(Some(&second), &decide("releaseCertificate"), input.clone()).await;
    assert_eq!(queue(&app, &second, true).await, ["ML-BIO-2"], "only hers to give back");
    app.expect_payload(Some(&first), &decide("releaseCertificate"), input.clone()).await;
    assert_eq!(queue(&app, &second, true).await, ["ML-BIO-1", "ML-BIO-2"]);
    app.expect_payload(Some(&first), &decide("claimCertificate"), input.clone()).await;
    app.clock.advance(TimeDelta::hours(4));
    assert_eq!(queue(&app, &second, true).await, ["ML-BIO-1", "ML-BIO-2"], "a claim ends by itself");
    app.expect_payload(Some(&second), &decide("verifyCertificate"), input).await;
}

#[db_test]
async fn of_two_certifiers_that_are_found_genuine_at_once_one_stands(app: TestApp) {
    let (owner, house, verifier) = people(&app).await;
    let first = submit(&app, &owner, organic(&house, json!({}))).await;
    let other = json!({ "number": "C-1", "issuerName": "CERES", "productCodes": ["shea-butter"],
                        "validFrom": "2026-06-01", "validUntil": "2027-05-31" });
    let second = submit(&app, &owner, organic(&house, other)).await;

    let verify = decide("verifyCertificate");
    let at_once = [&first, &second].map(|id| {
        let variables = json!({ "input": { "certificateId": id } });
        app.graphql(Some(&verifier), &verify, variables)
    });
    let answers = join_all(at_once).await;

    let codes: Vec<&Value> =
        answers.iter().map(|answer| &answer["data"]["verifyCertificate"]["userErrors"][0]["code"]).collect();
    let refused = codes.iter().filter(|code| **code == "OVERLAPPING_CERTIFICATE").count();
    let taken = codes.iter().filter(|code| code.is_null()).count();
    assert_eq!((taken, refused), (1, 1), "{answers:?}");
    // The certifier's own next certificate may begin before the last one ends.
    let next = json!({ "number": "ML-BIO-2", "validFrom": "2026-12-01", "validUntil": "2027-11-30" });
    let same = answers[0]["data"]["verifyCertificate"]["certificate"].is_object();
    let issuer = if same { "Ecocert" } else { "CERES" };
    let mut next = organic(&house, next);
    next["issuerName"] = json!(issuer);
    next["validFrom"] = json!(if same { "2026-12-01" } else { "2027-01-01" });
    let next = submit(&app, &owner, next).await;
    assert_eq!(decided(&app, &verifier, "verifyCertificate", &next, json!({})).await, "NOT_YET_VALID");
}

#[db_test]
async fn a_holder_is_reminded_once_at_each_of_three_days(app: TestApp) {
    let (owner, house, verifier) = people(&app).await;
    let id = submit(&app, &owner, organic(&house, json!({ "validUntil": "2027-02-01" }))).await;
    decided(&app, &verifier, "verifyCertificate", &id, json!({})).await;
    stay_signed_in(&app).await;
    let told = async || {
        let query = "{ notifications(first: 50) { edges { node { kind text } } } }";
        let data = app.expect_data(Some(&owner), query, json!({})).await;
        let edges = data["notifications"]["edges"].as_array().unwrap().clone();
        edges.iter().filter(|edge| edge["node"]["kind"] == "CERTIFICATE_EXPIRING").count()
    };
    let remind = async || app.app.certification.remind_of_expiry().await.unwrap();
    assert_eq!((remind().await, told().await), (0, 0), "91 days are left");

    app.clock.advance(TimeDelta::days(31));
    let at_once = join_all((0..4).map(|_| app.app.certification.remind_of_expiry())).await;
    let reminded: u64 = at_once.into_iter().map(Result::unwrap).sum();
    assert_eq!((reminded, told().await), (1, 1), "60 days are left, whoever looks at once");
    app.clock.advance(TimeDelta::days(20));
    assert_eq!((remind().await, told().await), (0, 1), "40 days are left");
    app.clock.advance(TimeDelta::days(35));
    assert_eq!((remind().await, told().await), (1, 2), "5 days are left: not for 30 and for 7");
    app.clock.advance(TimeDelta::days(10));
    assert_eq!((remind().await, told().await), (0, 2), "it has run out");
}
