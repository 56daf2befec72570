//! Evidence of who owns and leads an organization: handed in, looked at, settled, and running out.

use std::time::Duration;

use chrono::TimeDelta;
use db_test::db_test;
use futures_util::future::join_all;
use serde_json::{Value, json};
use tokio_util::sync::CancellationToken;

use super::DECLARE;
use crate::{
    harness::{TestDatabase, app::TestApp},
    notifications::stay_signed_in,
};

pub(super) const SUBMIT: &str =
    "mutation($input: SubmitOwnershipEvidenceInput!) { submitOwnershipEvidence(input: $input) {
    ownershipEvidence { id verdict level facts { fact value } } userErrors { code message path } } }";

pub(super) const REVIEW: &str =
    "mutation($input: ReviewOwnershipEvidenceInput!) { reviewOwnershipEvidence(input: $input) {
    ownershipEvidence { id verdict level reason reviews { verdict decides } } userErrors { code message path } } }";

const CLAIM: &str = "mutation($input: ClaimOwnershipEvidenceInput!) { claimOwnershipEvidence(input: $input) {
    ownershipEvidence { id claimedUntil } userErrors { code message path } } }";

const RELEASE: &str = "mutation($input: ReleaseOwnershipEvidenceInput!) { releaseOwnershipEvidence(input: $input) {
    ownershipEvidence { id claimedUntil } userErrors { code message path } } }";

const QUEUE: &str = "query($unclaimed: Boolean!) { ownershipReviewQueue(unclaimed: $unclaimed) {
    totalCount edges { node { id organization { name } } } } }";

const LEVEL: &str = "query($id: ID!, $asOf: Date) { organization(id: $id) {
    ownership(definition: UN_WOMEN_OWNED, asOf: $asOf) { status evidenceLevel } } }";

/// A firm that is owned by women by every definition, as it says.
async fn firm(app: &TestApp, token: &str) -> String {
    let id = app.register(token, "SME", "Saveurs du Mali").await;
    let facts = json!({ "organizationId": id, "womenOwnedPercent": "80", "womenManagementPercent": "75",
                        "womanSignatory": true, "operatedIndependently": true, "hasBoard": false });
    app.expect_payload(Some(token), DECLARE, facts).await;
    id
}

fn statutes(organization: &str, changes: Value) -> Value {
    let mut input = json!({
        "organizationId": organization, "issuer": "Greffe de Bamako",
        "facts": ["WOMEN_OWNED_PERCENT", "WOMEN_MANAGEMENT_PERCENT", "WOMAN_SIGNATORY", "OPERATED_INDEPENDENTLY", "HAS_BOARD"],
    });
    for (field, value) in changes.as_object().unwrap() {
        input[field] = value.clone();
    }
    input
}

async fn submit(app: &TestApp, token: &str, input: Value) -> String {
    let payload = app.expect_payload(Some(token), SUBMIT, input).await;
    payload["ownershipEvidence"]["id"].as_str().unwrap().to_owned()
}

async fn review(app: &TestApp, verifier: &str, id: &str, mut input: Value) -> Value {
    input["evidenceId"] = json!(id);
    app.expect_payload(Some(verifier), REVIEW, input).await["ownershipEvidence"].take()
}

async fn level(app: &TestApp, organization: &str, as_of: Option<&str>) -> (String, String) {
    let data = app.expect_data(None, LEVEL, json!({ "id": organization, "asOf": as_of })).await;
    let ownership = &data["organization"]["ownership"];
    let text = |field: &str| ownership[field].as_str().unwrap().to_owned();
    (text("status"), text("evidenceLevel"))
}

fn yes(level: &str) -> (String, String) {
    ("YES".to_owned(), level.to_owned())
}

#[db_test]
async fn assessments_reach_each_level_and_every_past_day_keeps_its_own(app: TestApp) {
    let owner = app.sign_up("awa@exemple.ml").await;
    let verifier = app.verifier("verifier@exemple.ml").await;
    stay_signed_in(&app).await;
    let house = firm(&app, &owner).await;
    app.clock.advance(TimeDelta::days(1));
    let id = submit(&app, &owner, statutes(&house, json!({ "validUntil": "2026-12-31" }))).await;
    assert_eq!(level(&app, &house, None).await, yes("SELF_DECLARED"), "it only names who could be asked");
    app.clock.advance(TimeDelta::days(1));

    let settled = review(&app, &verifier, &id, json!({ "verdict": "ACCEPTED" })).await;

    assert_eq!((&settled["verdict"], &settled["level"]), (&json!("ACCEPTED"), &json!("DOCUMENT_VERIFIED")));
    assert_eq!(level(&app, &house, None).await, yes("DOCUMENT_VERIFIED"));
    app.clock.advance(TimeDelta::days(1));
    let label = submit(&app, &owner, statutes(&house, json!({ "issuer": "WEConnect International" }))).await;
    let certified = json!({ "verdict": "ACCEPTED", "thirdPartyCertified": true });
    review(&app, &verifier, &label, certified).await;
    assert_eq!(level(&app, &house, None).await, yes("THIRD_PARTY_CERTIFIED"));
    let found = "{ organizations(filter: { womenOwned: { definition: UN_WOMEN_OWNED, atLeastEvidence: THIRD_PARTY_CERTIFIED } }) { totalCount } }";
    assert_eq!(app.expect_data(None, found, json!({})).await["organizations"]["totalCount"], 1);

    // The label is found to be forged: it counts for nothing from now on.
    app.clock.advance(TimeDelta::days(1));
    let forged = json!({ "verdict": "REJECTED", "reason": "Ce label n'a pas été délivré." });
    review(&app, &verifier, &label, forged).await;
    assert_eq!(level(&app, &house, None).await, yes("DOCUMENT_VERIFIED"));
    for (day, expected) in [
        ("2026-11-03", "SELF_DECLARED"),
        ("2026-11-04", "DOCUMENT_VERIFIED"),
        ("2026-11-05", "THIRD_PARTY_CERTIFIED"),
        ("2026-11-06", "DOCUMENT_VERIFIED"),
    ] {
        assert_eq!(level(&app, &house, Some(day)).await, yes(expected), "{day}");
    }
    // A clock, not an edit, makes what has run out count for nothing.
    let stop = CancellationToken::new();
    let (directory, stopped) = (app.app.directory.clone(), stop.clone());
    let watching = tokio::spawn(async move { directory.watch_days(stopped).await });
    app.clock.advance(TimeDelta::days(60));
    let verified = "{ organizations(filter: { womenOwned: { definition: UN_WOMEN_OWNED, atLeastEvidence: DOCUMENT_VERIFIED } }) { totalCount } }";
    let mut looks = 0;
    while app.expect_data(None, verified, json!({})).await["organizations"]["totalCount"] != 0 {
        looks += 1;
        assert!(looks < 200, "the day was not followed");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    stop.cancel();
    watching.await.unwrap();
    assert_eq!(level(&app, &house, None).await, yes("SELF_DECLARED"), "the statutes have run out");
    assert_eq!(app.expect_data(None, found, json!({})).await["organizations"]["totalCount"], 0);

    let history = "query($id: ID!) { organization(id: $id) { ownershipHistory(definition: UN_WOMEN_OWNED) {
        asOf status evidenceLevel } } }";
    let history = app.expect_data(None, history, json!({ "id": house })).await;
    let told: Vec<String> = history["organization"]["ownershipHistory"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| format!("{} {}", one["asOf"].as_str().unwrap(), one["evidenceLevel"].as_str().unwrap()))
        .collect();
    assert_eq!(
        told,
        [
            "2026-11-02 SELF_DECLARED",
            "2026-11-04 DOCUMENT_VERIFIED",
            "2026-11-05 THIRD_PARTY_CERTIFIED",
            "2026-11-06 DOCUMENT_VERIFIED",
            "2027-01-01 SELF_DECLARED",
        ]
    );
}

#[db_test]
async fn what_attests_nothing_is_refused(app: TestApp) {
    let owner = app.sign_up("awa@exemple.ml").await;
    let house = firm(&app, &owner).await;
    let at = |code: &str, path: &str| (code.to_owned(), format!("input.{path}"));
    let wrong = json!({ "organizationId": house, "facts": ["WOMEN_MEMBERS"], "validFrom": "2026-12-01", "validUntil": "2026-11-30" });
    assert_eq!(
        app.user_errors(Some(&owner), SUBMIT, wrong).await,
        [at("FACT_NOT_DECLARED", "facts.0"), at("REQUIRED", "documentId"), at("INVALID_PERIOD", "validUntil")]
    );
    let past = statutes(&house, json!({ "facts": [], "validUntil": "2026-11-01" }));
    assert_eq!(
        app.user_errors(Some(&owner), SUBMIT, past).await,
        [at("REQUIRED", "facts"), at("OUT_OF_RANGE", "validUntil")]
    );
    let stranger = app.sign_up("fatou@exemple.ml").await;
    let refused = app.user_errors(Some(&stranger), SUBMIT, statutes(&house, json!({}))).await;
    assert_eq!(refused, [("FORBIDDEN".to_owned(), String::new())]);
    let keyed = statutes(&house, json!({ "idempotencyKey": "1" }));
    assert_eq!(submit(&app, &owner, keyed.clone()).await, submit(&app, &owner, keyed).await);
    for _ in 0..19 {
        submit(&app, &owner, statutes(&house, json!({}))).await;
    }
    let refused = app.user_errors(Some(&owner), SUBMIT, statutes(&house, json!({}))).await;
    assert_eq!(refused, [("LIMIT_REACHED".to_owned(), "input".to_owned())]);
}

#[db_test]
async fn nobody_reviews_her_own_and_what_is_not_accepted_is_nobody_elses_business(app: TestApp) {
    let owner = app.verifier("awa@exemple.ml").await;
    let verifier = app.verifier("verifier@exemple.ml").await;
    let house = firm(&app, &owner).await;
    let id = submit(&app, &owner, statutes(&house, json!({}))).await;
    let refuse = async |token: Option<&str>, verdict: Value| {
        let mut input = verdict;
        input["evidenceId"] = json!(id);
        app.user_errors(token, REVIEW, input).await.remove(0)
    };
    let accept = || json!({ "verdict": "ACCEPTED" });
    assert_eq!(refuse(Some(&owner), accept()).await, ("CONFLICT_OF_INTEREST".to_owned(), String::new()));
    assert_eq!(refuse(None, accept()).await, ("UNAUTHENTICATED".to_owned(), String::new()));
    let stranger = app.sign_up("fatou@exemple.ml").await;
    assert_eq!(refuse(Some(&stranger), accept()).await, ("NOT_FOUND".to_owned(), "input.evidenceId".to_owned()));
    let no_reason = refuse(Some(&verifier), json!({ "verdict": "REJECTED" })).await;
    assert_eq!(no_reason, ("REQUIRED".to_owned(), "input.reason".to_owned()));

    let rejected = json!({ "verdict": "REJECTED", "reason": "Document illisible." });
    review(&app, &verifier, &id, rejected).await;

    let again = refuse(Some(&verifier), accept()).await;
    assert_eq!(again, ("INVALID_TRANSITION".to_owned(), "input.evidenceId".to_owned()));
    assert_eq!(level(&app, &house, None).await, yes("SELF_DECLARED"));
    let query = "query($id: ID!, $one: ID!) { node(id: $one) { id } organization(id: $id) { ownershipProfile {
        evidence { totalCount edges { node { reason } } } } } }";
    let variables = || json!({ "id": house, "one": id });
    let outside = app.expect_data(Some(&stranger), query, variables()).await;
    assert_eq!(outside["node"], Value::Null);
    assert_eq!(outside["organization"]["ownershipProfile"]["evidence"], json!({ "totalCount": 0, "edges": [] }));
    let inside = app.expect_data(Some(&owner), query, variables()).await;
    let evidence = &inside["organization"]["ownershipProfile"]["evidence"];
    assert_eq!(evidence["edges"][0]["node"]["reason"], "Document illisible.");
    let told = "{ notifications { edges { node { kind text ownershipEvidence { id } } } } }";
    let told = app.expect_data(Some(&owner), told, json!({})).await;
    let node = &told["notifications"]["edges"][0]["node"];
    assert_eq!((&node["kind"], &node["ownershipEvidence"]["id"]), (&json!("EVIDENCE_DECIDED"), &json!(id)));
}

#[db_test]
async fn where_two_verifiers_are_asked_for_one_refusal_is_enough(database: TestDatabase) {
    let app = TestApp::with_settings(database, &[("evidence_reviewers", "2")]).await;
    let owner = app.sign_up("awa@exemple.ml").await;
    let first = app.verifier("kadia@exemple.ml").await;
    let second = app.verifier("moussa@exemple.ml").await;
    let house = firm(&app, &owner).await;
    let id = submit(&app, &owner, statutes(&house, json!({}))).await;
    let queue = async |token: &str| {
        let data = app.expect_data(Some(token), QUEUE, json!({ "unclaimed": true })).await;
        data["ownershipReviewQueue"]["totalCount"].as_i64().unwrap()
    };

    let half = review(&app, &first, &id, json!({ "verdict": "ACCEPTED" })).await;

    assert_eq!((&half["verdict"], &half["reviews"][0]["decides"]), (&Value::Null, &json!(false)));
    assert_eq!(level(&app, &house, None).await, yes("SELF_DECLARED"));
    assert_eq!((queue(&first).await, queue(&second).await), (0, 1), "it waits for another's eyes");
    let input = json!({ "evidenceId": id, "verdict": "ACCEPTED" });
    let again = app.user_errors(Some(&first), REVIEW, input).await;
    assert_eq!(again, [("INVALID_TRANSITION".to_owned(), "input.evidenceId".to_owned())]);
    let whole = review(&app, &second, &id, json!({ "verdict": "ACCEPTED" })).await;
    assert_eq!(whole["verdict"], "ACCEPTED");
    assert_eq!(level(&app, &house, None).await, yes("DOCUMENT_VERIFIED"));

    let other = submit(&app, &owner, statutes(&house, json!({}))).await;
    let refused = json!({ "verdict": "REJECTED", "reason": "Document illisible." });
    assert_eq!(review(&app, &second, &other, refused).await["verdict"], "REJECTED");
}

#[db_test]
async fn of_several_verifiers_who_settle_at_once_one_does(app: TestApp) {
    let owner = app.sign_up("awa@exemple.ml").await;
    let mut verifiers = Vec::new();
    for number in 0..6 {
        verifiers.push(app.verifier(&format!("verifier{number}@exemple.ml")).await);
    }
    let house = firm(&app, &owner).await;
    let id = submit(&app, &owner, statutes(&house, json!({}))).await;

    let input = json!({ "input": { "evidenceId": id, "verdict": "ACCEPTED" } });
    let answers = join_all(verifiers.iter().map(|token| app.graphql(Some(token), REVIEW, input.clone()))).await;

    let settled =
        answers.iter().filter(|one| one["data"]["reviewOwnershipEvidence"]["userErrors"] == json!([])).count();
    assert_eq!(settled, 1, "{answers:?}");
}

#[db_test]
async fn a_verifier_takes_what_waits_and_an_organization_is_reminded_in_time(app: TestApp) {
    let owner = app.sign_up("awa@exemple.ml").await;
    let (first, second) = (app.verifier("kadia@exemple.ml").await, app.verifier("moussa@exemple.ml").await);
    stay_signed_in(&app).await;
    let house = firm(&app, &owner).await;
    let id = submit(&app, &owner, statutes(&house, json!({ "validUntil": "2026-12-15" }))).await;
    let input = json!({ "evidenceId": id });
    let taken = app.expect_payload(Some(&first), CLAIM, input.clone()).await;
    assert_eq!(taken["ownershipEvidence"]["claimedUntil"], "2026-11-02T12:00:00+00:00");
    let held = [("CLAIMED_BY_ANOTHER".to_owned(), "input".to_owned())];
    assert_eq!(app.user_errors(Some(&second), CLAIM, input.clone()).await, held);
    app.clock.advance(TimeDelta::hours(4));
    app.expect_payload(Some(&second), CLAIM, input).await;
    review(&app, &second, &id, json!({ "verdict": "ACCEPTED" })).await;

    let remind = async || app.app.directory.remind_of_evidence().await.unwrap();
    assert_eq!(remind().await, 1, "43 days are left");
    assert_eq!(remind().await, 0);
    app.clock.advance(TimeDelta::days(15));
    assert_eq!(remind().await, 1, "28 days are left");
    let told = "{ notifications { edges { node { kind text } } } }";
    let told = app.expect_data(Some(&owner), told, json!({})).await;
    let node = &told["notifications"]["edges"][0]["node"];
    assert_eq!(node["kind"], "EVIDENCE_EXPIRING");
    assert!(node["text"].as_str().unwrap().contains("15/12/2026"), "{node}");
}

#[db_test]
async fn whoever_took_evidence_gives_it_back_and_nobody_else_does(app: TestApp) {
    let owner = app.sign_up("awa@exemple.ml").await;
    let first = app.verifier("une@exemple.ml").await;
    let second = app.verifier("deux@exemple.ml").await;
    let stranger = app.sign_up("passante@exemple.ml").await;
    let house = firm(&app, &owner).await;
    let id = submit(&app, &owner, statutes(&house, json!({}))).await;
    let input = || json!({ "evidenceId": id });
    let claimed = app.expect_payload(Some(&first), CLAIM, input()).await["ownershipEvidence"]["claimedUntil"].take();
    assert!(claimed.is_string());
    let waiting = async || {
        let queue = app.expect_data(Some(&second), QUEUE, json!({ "unclaimed": true })).await;
        queue["ownershipReviewQueue"]["totalCount"].clone()
    };
    assert_eq!(waiting().await, 0);

    let refused = |code: &str, path: &str| vec![(code.to_owned(), path.to_owned())];
    assert_eq!(app.user_errors(None, RELEASE, input()).await, refused("UNAUTHENTICATED", ""));
    assert_eq!(app.user_errors(Some(&stranger), RELEASE, input()).await, refused("NOT_FOUND", "input.evidenceId"));
    assert_eq!(app.user_errors(Some(&owner), RELEASE, input()).await, refused("FORBIDDEN", ""));
    let others = app.expect_payload(Some(&second), RELEASE, input()).await;
    assert_eq!((&others["ownershipEvidence"]["claimedUntil"], waiting().await), (&claimed, json!(0)), "it stays taken");

    let released = app.expect_payload(Some(&first), RELEASE, input()).await;
    assert_eq!(
        (&released["ownershipEvidence"]["id"], &released["ownershipEvidence"]["claimedUntil"]),
        (&json!(id), &Value::Null)
    );
    assert_eq!(waiting().await, 1);
    app.expect_payload(Some(&second), CLAIM, input()).await;
}
