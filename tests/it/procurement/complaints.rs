//! Appeals go to the buyer first, then to the review body, and hold what they are about.

use bfw::accounts::PlatformRole;
use db_test::db_test;
use serde_json::{Value, json};

use super::scene::{ACTIVATE, AWARD, Offer, Scene, by_price, join, overseer, person, published, sign_in};
use crate::{harness::TestApp, notifications::stay_signed_in};

const FILE: &str = "mutation($input: FileComplaintInput!) { fileComplaint(input: $input) {
    complaint { id status level version filedAt } userErrors { code message path } } }";

const DECIDE: &str = "mutation($input: DecideComplaintInput!) { decideComplaint(input: $input) {
    complaint { id status decision decidedAt version } userErrors { code message path } } }";

const WITHDRAW: &str = "mutation($input: WithdrawComplaintInput!) { withdrawComplaint(input: $input) {
    complaint { id status decidedAt version } userErrors { code message path } } }";

const SHOWN: &str = "query($id: ID!) { complaint(id: $id) { status grounds award { id status } previous { id }
    organization { id } request { id } documents { id } } }";

fn refused(code: &str, path: &str) -> Vec<(String, String)> {
    vec![(code.to_owned(), path.to_owned())]
}

/// A lot that is awarded to the first of two bidders.
struct Awarded {
    scene: Scene,
    bids: Vec<String>,
    award: String,
}

async fn awarded(app: &TestApp) -> Awarded {
    let mut scene = published(app, 2, by_price()).await;
    let bids = scene
        .opened(app, |sellers| vec![Offer::for_lot(&sellers[0], 0, 900), Offer::for_lot(&sellers[1], 0, 1_000)])
        .await;
    let award = scene.awarded(app, &bids[0]).await.remove(0);
    Awarded { scene, bids, award }
}

impl Awarded {
    /// An appeal of the second bidder to the buyer, with changes.
    fn appeal(&self, changes: Value) -> Value {
        let mut input = json!({
            "requestId": self.scene.request, "awardId": self.award, "level": "GRACIOUS",
            "organizationId": self.scene.sellers[1].organization,
            "grounds": "Notre certificat n'a pas été pris en compte.",
        });
        for (field, value) in changes.as_object().unwrap() {
            input[field] = value.clone();
        }
        input
    }

    async fn file(&self, app: &TestApp, changes: Value) -> String {
        let payload = app.expect_payload(Some(&self.scene.sellers[1].token), FILE, self.appeal(changes)).await;
        payload["complaint"]["id"].as_str().unwrap().to_owned()
    }

    async fn refuse(&self, app: &TestApp, changes: Value) -> Vec<(String, String)> {
        app.user_errors(Some(&self.scene.sellers[1].token), FILE, self.appeal(changes)).await
    }

    async fn activation(&self, app: &TestApp) -> Vec<(String, String)> {
        let input = json!({ "awardId": self.award });
        app.user_errors(Some(&self.scene.officer.token), ACTIVATE, input).await
    }

    async fn award(&self, app: &TestApp) -> Value {
        let query = "query($id: ID!) { award(id: $id) { status endedReason standstillUntil version } }";
        app.expect_data(None, query, json!({ "id": self.award })).await["award"].take()
    }
}

fn decision(complaint: &str, outcome: &str) -> Value {
    json!({ "complaintId": complaint, "outcome": outcome, "decision": "Après examen du dossier par la commission." })
}

#[db_test]
async fn an_open_appeal_holds_the_award_until_it_is_decided(app: TestApp) {
    let mut it = awarded(&app).await;
    let complaint = it.file(&app, json!({})).await;
    it.scene.later(&app, 30).await;
    assert_eq!(it.activation(&app).await, refused("COMPLAINT_OPEN", "input.awardId"));

    let officer = Some(it.scene.officer.token.as_str());
    let errors = app.user_errors(Some(&it.scene.sellers[0].token), DECIDE, decision(&complaint, "REJECTED")).await;
    assert_eq!(errors, refused("NOT_FOUND", "input.complaintId"));
    let errors = app.user_errors(Some(&it.scene.sellers[1].token), DECIDE, decision(&complaint, "UPHELD")).await;
    assert_eq!(errors, refused("FORBIDDEN", ""));
    let decided = app.expect_payload(officer, DECIDE, decision(&complaint, "REJECTED")).await;

    assert_eq!(decided["complaint"]["status"], "REJECTED");
    // The 2nd of January 2027 is a Saturday: seven working days to go to the review body end with Tuesday the 12th.
    assert_eq!(it.award(&app).await["standstillUntil"], "2027-01-13T00:00:00+00:00");
    assert_eq!(it.activation(&app).await, refused("STANDSTILL_RUNNING", "input.awardId"));
    it.scene.later(&app, 11).await;
    app.expect_payload(Some(&it.scene.officer.token), ACTIVATE, json!({ "awardId": it.award })).await;
}

#[db_test]
async fn an_appeal_that_is_upheld_takes_the_award_back(app: TestApp) {
    let it = awarded(&app).await;
    let complaint = it.file(&app, json!({})).await;

    app.expect_payload(Some(&it.scene.officer.token), DECIDE, decision(&complaint, "UPHELD")).await;

    let award = it.award(&app).await;
    assert_eq!((&award["status"], &award["version"]), (&json!("CANCELLED"), &json!(2)));
    assert_eq!(award["endedReason"], "Après examen du dossier par la commission.");
    // Nothing can be decided twice.
    let officer = Some(it.scene.officer.token.as_str());
    for outcome in ["UPHELD", "REJECTED", "INADMISSIBLE"] {
        let errors = app.user_errors(officer, DECIDE, decision(&complaint, outcome)).await;
        assert_eq!(errors, refused("INVALID_TRANSITION", "input.complaintId"), "{outcome}");
    }
    let withdraw = json!({ "complaintId": complaint });
    let errors = app.user_errors(Some(&it.scene.sellers[1].token), WITHDRAW, withdraw).await;
    assert_eq!(errors, refused("INVALID_TRANSITION", "input.complaintId"));
    // The lot goes to whoever ranks first without the bid that lost it.
    let next = app.expect_payload(officer, AWARD, json!({ "bidId": it.bids[1] })).await;
    assert_eq!((&next["awards"][0]["rank"], &next["awards"][0]["points"]), (&json!(1), &json!("100")));
}

#[db_test]
async fn an_appeal_that_is_taken_back_holds_nothing_and_may_be_filed_again(app: TestApp) {
    let it = awarded(&app).await;
    let seller = Some(it.scene.sellers[1].token.as_str());
    let complaint = it.file(&app, json!({})).await;
    assert_eq!(it.refuse(&app, json!({})).await, refused("INVALID_TRANSITION", "input.level"));

    let withdraw = json!({ "complaintId": complaint, "expectedVersion": 1 });
    let errors = app.user_errors(Some(&it.scene.officer.token), WITHDRAW, withdraw.clone()).await;
    assert_eq!(errors, refused("FORBIDDEN", ""));
    let withdrawn = app.expect_payload(seller, WITHDRAW, withdraw.clone()).await;

    assert_eq!(
        (&withdrawn["complaint"]["status"], &withdrawn["complaint"]["version"]),
        (&json!("WITHDRAWN"), &json!(2))
    );
    assert_eq!(app.user_errors(seller, WITHDRAW, withdraw).await, refused("VERSION_CONFLICT", "input.expectedVersion"));
    it.file(&app, json!({})).await;
}

#[db_test]
async fn only_who_takes_part_appeals_and_only_in_time(app: TestApp) {
    let mut it = awarded(&app).await;
    let outsider = person(&app, "ailleurs@exemple.ml", "COOPERATIVE", "Ailleurs").await;

    let foreign = it.appeal(json!({ "organizationId": outsider.organization }));
    let errors = app.user_errors(Some(&outsider.token), FILE, foreign).await;
    assert_eq!(errors, refused("FORBIDDEN", "input.organizationId"));
    let errors = app.user_errors(Some(&outsider.token), FILE, it.appeal(json!({}))).await;
    assert_eq!(errors, refused("FORBIDDEN", ""));
    assert_eq!(app.user_errors(None, FILE, it.appeal(json!({}))).await, refused("UNAUTHENTICATED", ""));
    assert_eq!(it.refuse(&app, json!({ "grounds": "Non" })).await, refused("TOO_SHORT", "input.grounds"));

    // Awarded on Thursday the 3rd of December: five working days end with Thursday the 10th.
    app.clock.set("2026-12-10T23:59:59.999999Z".parse().unwrap());
    it.scene.later(&app, 0).await;
    let complaint = it.file(&app, json!({})).await;
    let withdraw = json!({ "complaintId": complaint });
    app.expect_payload(Some(&it.scene.sellers[1].token), WITHDRAW, withdraw).await;
    app.clock.set("2026-12-11T00:00:00Z".parse().unwrap());
    assert_eq!(it.refuse(&app, json!({})).await, refused("DEADLINE_PASSED", "input.requestId"));
    // Nor about the request itself, once its last award is so old.
    assert_eq!(it.refuse(&app, json!({ "awardId": null })).await, refused("DEADLINE_PASSED", "input.requestId"));
}

#[db_test]
async fn the_review_body_is_asked_after_the_buyer_about_the_same_thing(app: TestApp) {
    let mut it = awarded(&app).await;
    let admin_mail = "admin@exemple.ml";
    overseer(&app, admin_mail, PlatformRole::Admin).await;
    let review = |previous: Value| json!({ "level": "REVIEW", "previousComplaintId": previous });
    let first = || refused("GRACIOUS_APPEAL_FIRST", "input.previousComplaintId");
    assert_eq!(it.refuse(&app, review(Value::Null)).await, first());

    let gracious = it.file(&app, json!({})).await;
    assert_eq!(it.refuse(&app, review(json!(gracious))).await, first());
    app.expect_payload(Some(&it.scene.officer.token), DECIDE, decision(&gracious, "INADMISSIBLE")).await;
    let mut elsewhere = review(json!(gracious));
    elsewhere["awardId"] = Value::Null;
    assert_eq!(it.refuse(&app, elsewhere).await, first());
    let complaint = it.file(&app, review(json!(gracious))).await;

    let token = sign_in(&app, admin_mail).await;
    let shown = app.expect_data(Some(&token), SHOWN, json!({ "id": complaint })).await["complaint"].take();
    assert_eq!((&shown["previous"]["id"], &shown["award"]["id"]), (&json!(gracious), &json!(it.award)));
    let errors = app.user_errors(Some(&it.scene.officer.token), DECIDE, decision(&complaint, "REJECTED")).await;
    assert_eq!(errors, refused("FORBIDDEN", ""));
    app.expect_payload(Some(&token), DECIDE, decision(&complaint, "UPHELD")).await;
    assert_eq!(it.award(&app).await["status"], "CANCELLED");
    it.scene.later(&app, 0).await;
}

#[db_test]
async fn a_buyer_who_does_not_answer_keeps_nobody_from_the_review_body(app: TestApp) {
    let it = awarded(&app).await;
    stay_signed_in(&app).await;
    let gracious = it.file(&app, json!({})).await;
    let review = json!({ "level": "REVIEW", "previousComplaintId": gracious });

    // Filed on Thursday the 3rd of December: the answer is due until the end of the 10th, the review until that of the 21st.
    app.clock.set("2026-12-10T23:59:59Z".parse().unwrap());
    assert_eq!(it.refuse(&app, review.clone()).await, refused("GRACIOUS_APPEAL_FIRST", "input.previousComplaintId"));
    app.clock.set("2026-12-22T23:59:59Z".parse().unwrap());
    assert_eq!(it.refuse(&app, review.clone()).await, refused("DEADLINE_PASSED", "input.requestId"));
    app.clock.set("2026-12-11T00:00:00Z".parse().unwrap());
    it.file(&app, review).await;
}

#[db_test]
async fn nobody_decides_in_her_own_matter(app: TestApp) {
    let it = awarded(&app).await;
    let complaint = it.file(&app, json!({})).await;
    join(&app, &it.scene.sellers[1], (&it.scene.second.email, &it.scene.second.token), "VIEWER").await;

    let errors = app.user_errors(Some(&it.scene.second.token), DECIDE, decision(&complaint, "UPHELD")).await;

    assert_eq!(errors, refused("CONFLICT_OF_INTEREST", ""));
}

#[db_test]
async fn an_appeal_and_the_activation_of_its_award_do_not_pass_each_other(app: TestApp) {
    let mut scene = published(&app, 2, {
        let mut changes = by_price();
        changes["standstillDays"] = json!(0);
        changes
    })
    .await;
    let bids = scene
        .opened(&app, |sellers| vec![Offer::for_lot(&sellers[0], 0, 900), Offer::for_lot(&sellers[1], 0, 1_000)])
        .await;
    let award = scene.awarded(&app, &bids[0]).await.remove(0);
    let it = Awarded { scene, bids, award };

    let (filed, activated) = tokio::join!(
        app.expect_data(Some(&it.scene.sellers[1].token), FILE, json!({ "input": it.appeal(json!({})) })),
        app.expect_data(Some(&it.scene.officer.token), ACTIVATE, json!({ "input": { "awardId": it.award } })),
    );

    let filed = &filed["fileComplaint"]["userErrors"][0]["code"];
    let activated = &activated["activateAward"]["userErrors"][0]["code"];
    let appeal_first = (Value::Null, json!("COMPLAINT_OPEN"));
    let award_first = (json!("INVALID_TRANSITION"), Value::Null);
    let happened = (filed.clone(), activated.clone());
    assert!(happened == appeal_first || happened == award_first, "{happened:?}");
    assert_eq!(it.bids.len(), 2);
}

#[db_test]
async fn an_appeal_about_the_request_holds_all_its_awards_and_its_end(app: TestApp) {
    let mut it = awarded(&app).await;
    let complaint = it.file(&app, json!({ "awardId": null })).await;
    it.scene.later(&app, 30).await;
    assert_eq!(it.activation(&app).await, refused("COMPLAINT_OPEN", "input.awardId"));
    let end = "mutation($input: CloseLotInput!) { closeLot(input: $input) { procurementRequest { id } userErrors { code message path } } }";
    let input = json!({ "requestLotId": it.scene.lots[1], "reason": "Sans suite" });
    let errors = app.user_errors(Some(&it.scene.officer.token), end, input).await;
    assert_eq!(errors, refused("COMPLAINT_OPEN", "input.requestLotId"));

    app.expect_payload(Some(&it.scene.officer.token), DECIDE, decision(&complaint, "UPHELD")).await;

    // What follows from it is the buyer's to do: it is about no award.
    assert_eq!(it.award(&app).await["status"], "PENDING");
}

#[db_test]
async fn appeals_are_seen_by_both_sides_and_whoever_oversees(app: TestApp) {
    let it = awarded(&app).await;
    let complaint = it.file(&app, json!({})).await;
    let auditor = overseer(&app, "auditrice@exemple.ml", PlatformRole::Auditor).await;
    let query = "query($filter: ComplaintFilter) { complaints(filter: $filter) { totalCount edges { node { id } } } }";
    let seen = async |token: &str, filter: Value| {
        let data = app.expect_data(Some(token), query, json!({ "filter": filter })).await;
        let one = app.expect_data(Some(token), SHOWN, json!({ "id": complaint })).await;
        (data["complaints"]["totalCount"].as_i64().unwrap(), !one["complaint"].is_null())
    };

    for token in [&it.scene.officer.token, &it.scene.sellers[1].token, &auditor] {
        assert_eq!(seen(token, json!({})).await, (1, true));
    }
    assert_eq!(seen(&it.scene.sellers[0].token, json!({})).await, (0, false));
    for (filter, count) in [
        (json!({ "requestId": it.scene.request, "status": "OPEN" }), 1),
        (json!({ "awardId": it.award, "level": "GRACIOUS" }), 1),
        (json!({ "buyerId": it.scene.officer.organization }), 1),
        (json!({ "organizationId": it.scene.sellers[0].organization }), 0),
        (json!({ "status": "UPHELD" }), 0),
    ] {
        assert_eq!(seen(&auditor, filter.clone()).await.0, count, "{filter}");
    }
    let anonymous = app.graphql(None, query, json!({})).await;
    assert_eq!(anonymous["errors"][0]["extensions"]["code"], "UNAUTHENTICATED");
    let told = "{ notifications(first: 5) { edges { node { kind title complaint { id } } } } }";
    let told = app.expect_data(Some(&it.scene.officer.token), told, json!({})).await;
    let first = &told["notifications"]["edges"][0]["node"];
    assert_eq!((&first["kind"], &first["complaint"]["id"]), (&json!("COMPLAINT_FILED"), &json!(complaint)));
}
