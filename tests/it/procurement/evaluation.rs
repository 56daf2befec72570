//! Bids are scored by people who may, and rank by what was published.

use bfw::accounts::PlatformRole;
use db_test::db_test;
use serde_json::{Value, json};

use super::scene::{
    AWARD, DECLARE, Offer, SCORE, declared_womens, join, member, overseer, person, preferring_womens_cooperatives,
    published, sign_in,
};
use crate::harness::TestApp;

const EVALUATION: &str = "query($id: ID!) { evaluation(requestId: $id) { missingScores ownDeclaration { hasConflict }
    lots { requestLot { id } award { id } scores { bid { id } points comment }
        ranking { bid { id } rank points amount { amount } comparedAmount { amount } missingScores
            preference { marginPercent raisedByPercent satisfiedSharePercent }
            criteria { criterion { kind } points weightPercent weighted missingScores } } } } }";

async fn evaluation(app: &TestApp, token: Option<&str>, request: &str) -> Value {
    app.expect_data(token, EVALUATION, json!({ "id": request })).await["evaluation"].take()
}

fn refused(code: &str, path: &str) -> Vec<(String, String)> {
    vec![(code.to_owned(), path.to_owned())]
}

#[db_test]
async fn bids_rank_by_weighted_points_that_several_people_give(app: TestApp) {
    let mut scene = published(&app, 2, json!({ "minimumEvaluators": 2 })).await;
    let bids = scene.opened(&app, |sellers| vec![Offer::of(&sellers[0], 1_000), Offer::of(&sellers[1], 1_250)]).await;

    scene.scored(&app, &scene.officer, &bids[0], "50").await;
    scene.scored(&app, &scene.officer, &bids[1], "90.5").await;
    scene.scored(&app, &scene.second, &bids[0], "60").await;

    let seen = evaluation(&app, Some(&scene.officer.token), &scene.request).await;
    assert_eq!((scene.status(&app).await.as_str(), &seen["missingScores"]), ("EVALUATING", &json!(1)));
    assert_eq!(seen["ownDeclaration"]["hasConflict"], false);

    scene.scored(&app, &scene.second, &bids[1], "89.5").await;

    let seen = evaluation(&app, Some(&scene.officer.token), &scene.request).await;
    let ranking = &seen["lots"][0]["ranking"];
    // 70 % of 100 points and 30 % of 55; 70 % of 80 and 30 % of 90.
    assert_eq!((&ranking[0]["bid"]["id"], &ranking[0]["points"]), (&json!(bids[0]), &json!("86.5")));
    assert_eq!((&ranking[1]["bid"]["id"], &ranking[1]["points"]), (&json!(bids[1]), &json!("83")));
    assert_eq!(ranking[1]["criteria"][0]["points"], "80");
    assert_eq!(ranking[1]["criteria"][0]["weighted"], "56");
    assert_eq!(
        (&ranking[1]["criteria"][1]["points"], &ranking[1]["criteria"][1]["weightPercent"]),
        (&json!("90"), &json!("30"))
    );
    assert_eq!(ranking[0]["amount"]["amount"], "500000");
    assert_eq!((&seen["missingScores"], seen["lots"][1]["ranking"].as_array().unwrap().len()), (&json!(0), 2));
}

#[db_test]
async fn a_score_given_again_replaces_the_first_until_a_lot_is_awarded(app: TestApp) {
    let mut scene = published(&app, 1, json!({})).await;
    let bids = scene.opened(&app, |sellers| vec![Offer::of(&sellers[0], 1_000)]).await;
    scene.scored(&app, &scene.officer, &bids[0], "50").await;

    let input = json!({ "bidId": bids[0], "scores": [
        { "criterionId": scene.criteria["QUALITY"], "points": "70", "comment": "Bien séché" }] });
    let payload = app.expect_payload(Some(&scene.officer.token), SCORE, input).await;

    let scores = json!([{ "criterion": { "id": scene.criteria["QUALITY"] }, "points": "70", "comment": "Bien séché" }]);
    assert_eq!(payload["scoredBid"]["scores"], scores);
    let seen = evaluation(&app, Some(&scene.officer.token), &scene.request).await;
    assert_eq!(
        seen["lots"][0]["scores"],
        json!([{ "bid": { "id": bids[0] }, "points": "70", "comment": "Bien séché" }])
    );

    scene.awarded(&app, &bids[0]).await;

    let errors = app.user_errors(Some(&scene.officer.token), SCORE, scene.score(&bids[0], "10")).await;
    assert_eq!(errors, refused("INVALID_TRANSITION", "input.bidId"));
}

#[db_test]
async fn whoever_scores_says_first_that_she_has_no_conflict_of_interest(app: TestApp) {
    let mut scene = published(&app, 1, json!({})).await;
    let bids = scene.opened(&app, |sellers| vec![Offer::of(&sellers[0], 1_000)]).await;
    let officer = Some(scene.officer.token.as_str());

    let errors = app.user_errors(officer, SCORE, scene.score(&bids[0], "50")).await;
    assert_eq!(errors, refused("CONFLICT_NOT_DECLARED", ""));

    let conflicted = json!({ "requestId": scene.request, "hasConflict": true });
    let errors = app.user_errors(officer, DECLARE, conflicted).await;
    assert_eq!(errors, refused("REQUIRED", "input.statement"));

    // What was scored before a conflict was declared does not count any more.
    scene.scored(&app, &scene.officer, &bids[0], "50").await;
    let conflicted = json!({ "requestId": scene.request, "hasConflict": true, "statement": "Ma sœur en est membre" });
    app.expect_payload(officer, DECLARE, conflicted).await;
    let errors = app.user_errors(officer, SCORE, scene.score(&bids[0], "60")).await;
    assert_eq!(errors, refused("CONFLICT_OF_INTEREST", ""));
    let seen = evaluation(&app, officer, &scene.request).await;
    assert_eq!((&seen["missingScores"], &seen["ownDeclaration"]["hasConflict"]), (&json!(1), &json!(true)));
    let errors = app.user_errors(officer, AWARD, json!({ "bidId": bids[0] })).await;
    assert_eq!(errors, refused("EVALUATION_INCOMPLETE", "input.bidId"));
}

#[db_test]
async fn a_member_of_a_bidder_scores_nothing_whatever_she_declares(app: TestApp) {
    let mut scene = published(&app, 2, json!({})).await;
    let evaluator = member(&app, &scene.officer, "evaluatrice@exemple.ml", "EVALUATOR").await;
    // She belongs to a partner of a consortium, as the least there is.
    join(&app, &scene.sellers[1], (&evaluator.email, &evaluator.token), "VIEWER").await;
    let bids = scene
        .opened(&app, |sellers| {
            let partners = vec![(&sellers[0], 90), (&sellers[1], 10)];
            vec![Offer { partners, ..Offer::of(&sellers[0], 1_000) }]
        })
        .await;
    let token = sign_in(&app, &evaluator.email).await;

    let declared = json!({ "requestId": scene.request, "hasConflict": false });
    app.expect_payload(Some(&token), DECLARE, declared).await;
    let errors = app.user_errors(Some(&token), SCORE, scene.score(&bids[0], "100")).await;

    assert_eq!(errors, refused("CONFLICT_OF_INTEREST", ""));
    let seen = evaluation(&app, Some(&scene.officer.token), &scene.request).await;
    assert_eq!(seen["lots"][0]["scores"], json!([]));
}

#[db_test]
async fn everything_that_is_wrong_with_scores_is_told_at_once(app: TestApp) {
    let mut scene = published(&app, 1, json!({})).await;
    let bids = scene.opened(&app, |sellers| vec![Offer::of(&sellers[0], 1_000)]).await;
    scene.declared(&app, &scene.officer).await;
    let officer = Some(scene.officer.token.as_str());
    let (price, quality) = (&scene.criteria["PRICE"], &scene.criteria["QUALITY"]);

    let input = json!({ "bidId": bids[0], "scores": [
        { "criterionId": price, "points": "100.001" }, { "criterionId": quality, "points": "12.3456" }] });
    let errors = app.user_errors(officer, SCORE, input).await;
    let expected = [
        ("INVALID_VALUE", "input.scores.0.criterionId"),
        ("OUT_OF_RANGE", "input.scores.0.points"),
        ("TOO_PRECISE", "input.scores.1.points"),
    ];
    assert_eq!(errors, expected.map(|(code, path)| (code.to_owned(), path.to_owned())));

    let twice = json!({ "bidId": bids[0], "scores": [
        { "criterionId": quality, "points": "0" }, { "criterionId": quality, "points": "100" }] });
    let errors = app.user_errors(officer, SCORE, twice).await;
    assert_eq!(errors, refused("INVALID_VALUE", "input.scores.1.criterionId"));
    for (scores, code, path) in [
        (json!([]), "REQUIRED", "input.scores"),
        (json!([{ "criterionId": quality, "points": "-1" }]), "OUT_OF_RANGE", "input.scores.0.points"),
        (json!([{ "criterionId": quality, "points": "dix" }]), "MALFORMED_NUMBER", "input.scores.0.points"),
        (json!([{ "criterionId": bids[0], "points": "1" }]), "INVALID_ID", "input.scores.0.criterionId"),
    ] {
        let errors = app.user_errors(officer, SCORE, json!({ "bidId": bids[0], "scores": scores })).await;
        assert_eq!(errors, refused(code, path));
    }
}

#[db_test]
async fn strangers_score_nothing_and_see_no_more_than_what_was_decided(app: TestApp) {
    let mut scene = published(&app, 2, json!({})).await;
    let bids = scene.opened(&app, |sellers| vec![Offer::of(&sellers[0], 1_000), Offer::of(&sellers[1], 2_000)]).await;
    let seller = Some(scene.sellers[0].token.as_str());

    let errors = app.user_errors(seller, SCORE, scene.score(&bids[0], "100")).await;
    assert_eq!(errors, refused("FORBIDDEN", ""));
    let errors = app.user_errors(None, SCORE, scene.score(&bids[0], "100")).await;
    assert_eq!(errors, refused("UNAUTHENTICATED", ""));
    let seen = evaluation(&app, seller, &scene.request).await;
    assert_eq!((&seen["lots"], &seen["missingScores"]), (&json!([]), &Value::Null));

    for bid in &bids {
        scene.scored(&app, &scene.officer, bid, "80").await;
    }
    let auditor = overseer(&app, "auditrice@exemple.ml", PlatformRole::Auditor).await;
    let whole = evaluation(&app, Some(&auditor), &scene.request).await;
    assert_eq!(whole["lots"][0]["ranking"][0]["criteria"].as_array().unwrap().len(), 2);

    scene.awarded(&app, &bids[0]).await;

    let seen = evaluation(&app, None, &scene.request).await;
    let first = &seen["lots"][0]["ranking"][0];
    assert_eq!((&first["bid"]["id"], &first["rank"], &first["criteria"]), (&json!(bids[0]), &json!(1), &Value::Null));
    assert_eq!(seen["lots"][0]["scores"], json!([]));
}

#[db_test]
async fn a_margin_of_preference_changes_ranks_as_published_and_never_what_is_paid(app: TestApp) {
    let mut scene = published(&app, 3, preferring_womens_cooperatives()).await;
    // Of the others nothing is known.
    declared_womens(&app, &scene.sellers[1]).await;
    let bids = scene
        .opened(&app, |sellers| {
            [1_000, 1_099, 1_050].iter().zip(sellers).map(|(price, seller)| Offer::of(seller, *price)).collect()
        })
        .await;

    let seen = evaluation(&app, Some(&scene.officer.token), &scene.request).await;

    let ranking = seen["lots"][0]["ranking"].as_array().unwrap();
    let order: Vec<&Value> = ranking.iter().map(|row| &row["bid"]["id"]).collect();
    assert_eq!(order, [&bids[1], &bids[0], &bids[2]].map(|bid| json!(bid)).iter().collect::<Vec<_>>());
    assert_eq!(ranking[0]["comparedAmount"], ranking[0]["amount"]);
    assert_eq!(
        (&ranking[1]["amount"]["amount"], &ranking[1]["comparedAmount"]["amount"]),
        (&json!("500000"), &json!("550000"))
    );
    let raised = json!({ "marginPercent": "10", "raisedByPercent": "10", "satisfiedSharePercent": "0" });
    assert_eq!(ranking[1]["preference"], raised);

    let award = app.expect_payload(Some(&scene.officer.token), AWARD, json!({ "bidId": bids[1] })).await;
    assert_eq!(award["awards"][0]["amount"]["amount"], "549500");
}

#[db_test]
async fn nothing_is_scored_or_declared_before_the_opening(app: TestApp) {
    let scene = published(&app, 1, json!({})).await;
    let outsider = person(&app, "ailleurs@exemple.ml", "COOPERATIVE", "Ailleurs").await;

    let declared = json!({ "requestId": scene.request, "hasConflict": false });
    let errors = app.user_errors(Some(&scene.officer.token), DECLARE, declared.clone()).await;
    assert_eq!(errors, refused("INVALID_TRANSITION", "input.requestId"));
    let errors = app.user_errors(Some(&outsider.token), DECLARE, declared).await;
    assert_eq!(errors, refused("FORBIDDEN", ""));
    assert_eq!(evaluation(&app, Some(&scene.officer.token), &scene.request).await, Value::Null);
}
