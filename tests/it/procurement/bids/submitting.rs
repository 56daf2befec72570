//! What is sealed, and what is refused.

use chrono::TimeDelta;
use db_test::db_test;
use serde_json::json;

use super::{SUBMIT, asked, bidder, close, member, offer, one, sealed, seen};
use crate::harness::app::TestApp;

#[db_test]
async fn a_bidder_seals_a_bid_and_reads_it_again(app: TestApp) {
    // given
    let asked = asked(&app, json!({})).await;
    let (awa, benkadi) = bidder(&app, "benkadi").await;

    // when
    let bid = sealed(&app, &awa, offer(&asked, &benkadi, json!({}))).await;

    // then
    assert_eq!((&bid["status"], &bid["requestVersion"], &bid["version"]), (&json!("SEALED"), &json!(1), &json!(1)));
    assert_eq!(bid["amount"], json!({ "amount": "625000", "currency": "XOF" }));
    assert_eq!(bid["partners"], json!([{ "lead": true, "sharePercent": "100", "organization": { "id": benkadi } }]));
    let again = seen(&app, Some(&awa), &bid["id"]).await;
    assert_eq!(again["receipt"], bid["receipt"]);
    assert_eq!(again["receipt"]["sealedAt"], "2026-11-02T08:00:00+00:00");
    assert_eq!((&again["request"]["id"], &again["bidder"]["id"]), (&json!(asked.request), &json!(benkadi)));
    assert_eq!((&again["findings"], &again["womenStatus"]), (&json!([]), &json!([])));
    assert_eq!(again["lots"][0]["lot"]["id"], json!(asked.lots[0]));
    assert!(again["submittedBy"]["id"].is_string() && again["openedAt"].is_null());
}

#[db_test]
async fn the_last_millisecond_counts_and_the_deadline_itself_does_not(app: TestApp) {
    let asked = asked(&app, json!({})).await;
    let (awa, benkadi) = bidder(&app, "benkadi").await;
    let (fatou, jigiya) = bidder(&app, "jigiya").await;
    close(&app);

    app.clock.advance(TimeDelta::milliseconds(-1));
    sealed(&app, &awa, offer(&asked, &benkadi, json!({}))).await;
    app.clock.advance(TimeDelta::milliseconds(1));
    let late = offer(&asked, &jigiya, json!({}));
    let told = app.user_errors(Some(&fatou), SUBMIT, late.clone()).await;
    assert_eq!(told, one("DEADLINE_PASSED", "input.requestId"));

    // That it was seen to pass is written down: a clock that goes back takes no bid.
    app.clock.advance(TimeDelta::days(-1));
    assert_eq!(app.user_errors(Some(&fatou), SUBMIT, late).await, one("DEADLINE_PASSED", "input.requestId"));
}

#[db_test]
async fn a_bidder_has_one_sealed_bid_on_a_request_unless_she_replaces_it(app: TestApp) {
    let asked = asked(&app, json!({})).await;
    let (awa, benkadi) = bidder(&app, "benkadi").await;
    let first = sealed(&app, &awa, offer(&asked, &benkadi, json!({}))).await;

    let again = app.user_errors(Some(&awa), SUBMIT, offer(&asked, &benkadi, json!({}))).await;
    assert_eq!(again, one("SEALED_BEFORE", "input.requestId"));
    let second = sealed(&app, &awa, offer(&asked, &benkadi, json!({ "replace": true }))).await;
    assert_ne!(first["id"], second["id"]);
    assert_ne!(first["receipt"]["sha256"], second["receipt"]["sha256"], "the same offer has another salt");
    let gone = seen(&app, Some(&awa), &first["id"]).await;
    assert_eq!((&gone["status"], &gone["sealedContent"]), (&json!("WITHDRAWN"), &json!(null)));
}

#[db_test]
async fn a_repeated_submission_is_one(app: TestApp) {
    let asked = asked(&app, json!({})).await;
    let (awa, benkadi) = bidder(&app, "benkadi").await;
    let input = offer(&asked, &benkadi, json!({ "idempotencyKey": "offre-1" }));
    let first = sealed(&app, &awa, input.clone()).await;

    assert_eq!(sealed(&app, &awa, input).await["id"], first["id"]);
    let other = offer(&asked, &benkadi, json!({ "idempotencyKey": "offre-1", "replace": true }));
    let told = app.user_errors(Some(&awa), SUBMIT, other).await;
    assert_eq!(told, one("IDEMPOTENCY_CONFLICT", "input.idempotencyKey"));
}

#[db_test]
async fn several_bid_together_with_shares_of_one_hundred_percent(app: TestApp) {
    let asked = asked(&app, json!({})).await;
    let (awa, benkadi) = bidder(&app, "benkadi").await;
    let (_, jigiya) = bidder(&app, "jigiya").await;
    let shares = |own: &str, other: &str| {
        json!({ "partners": [{ "organizationId": benkadi, "sharePercent": own },
                             { "organizationId": jigiya, "sharePercent": other }] })
    };

    for (own, other) in [("60", "41"), ("60", "39.999")] {
        let told = app.user_errors(Some(&awa), SUBMIT, offer(&asked, &benkadi, shares(own, other))).await;
        assert_eq!(told, one("SHARES_NOT_WHOLE", "input.partners"));
    }
    let bid = sealed(&app, &awa, offer(&asked, &benkadi, shares("60", "40"))).await;
    let partners = bid["partners"].as_array().unwrap();
    assert_eq!(partners[0], json!({ "lead": true, "sharePercent": "60", "organization": { "id": benkadi } }));
    assert_eq!(partners[1], json!({ "lead": false, "sharePercent": "40", "organization": { "id": jigiya } }));
}

#[db_test]
async fn all_that_is_wrong_with_a_bid_is_told_at_once_where_it_stands(app: TestApp) {
    let asked = asked(&app, json!({})).await;
    let (awa, benkadi) = bidder(&app, "benkadi").await;
    let lot = |number: usize, amount: &str, currency: &str, quantity: &str| {
        json!({ "requestLotId": asked.lots[number], "unitPrice": { "amount": amount, "currency": currency },
                "quantity": quantity })
    };
    let input = json!({
        "lots": [lot(0, "-5", "XOF", "500"), lot(1, "10.5", "EUR", "200.001")],
        "partners": [{ "organizationId": asked.buyer, "sharePercent": "30" }],
        "documentIds": ["document_01h455vb4pex5vsknk084sn02q"],
    });

    let mut told = app.user_errors(Some(&awa), SUBMIT, offer(&asked, &benkadi, input)).await;

    told.sort();
    let told: Vec<(&str, &str)> = told.iter().map(|(code, path)| (code.as_str(), path.as_str())).collect();
    let expected = [
        ("CONFLICT_OF_INTEREST", "input.partners.0.organizationId"),
        ("MIXED_CURRENCIES", "input.lots.1.unitPrice.currency"),
        ("NOT_FOUND", "input.documentIds.0"),
        ("OUT_OF_RANGE", "input.lots.0"),
        ("OUT_OF_RANGE", "input.lots.0.unitPrice.amount"),
        ("OUT_OF_RANGE", "input.lots.1.quantity"),
    ];
    assert_eq!(told, expected);
}

#[db_test]
async fn whoever_may_not_bid_for_an_organization_does_not(app: TestApp) {
    let asked = asked(&app, json!({})).await;
    let (awa, benkadi) = bidder(&app, "benkadi").await;
    let viewer = member(&app, &awa, &benkadi, "viewer", "VIEWER").await;
    let (stranger, _) = bidder(&app, "jigiya").await;
    let input = offer(&asked, &benkadi, json!({}));

    assert_eq!(app.user_errors(Some(&viewer), SUBMIT, input.clone()).await[0].0, "FORBIDDEN");
    assert_eq!(app.user_errors(Some(&stranger), SUBMIT, input.clone()).await[0].0, "FORBIDDEN");
    assert_eq!(app.user_errors(None, SUBMIT, input).await[0].0, "UNAUTHENTICATED");
    let own = offer(&asked, &asked.buyer, json!({}));
    assert_eq!(app.user_errors(Some(&asked.officer), SUBMIT, own).await, one("CONFLICT_OF_INTEREST", "input.bidderId"));
    let nowhere = offer(&asked, &benkadi, json!({ "requestId": "request_01h455vb4pex5vsknk084sn02q" }));
    assert_eq!(app.user_errors(Some(&awa), SUBMIT, nowhere).await, one("NOT_FOUND", "input.requestId"));
}

#[db_test]
async fn only_those_who_were_invited_bid_where_not_everybody_may(app: TestApp) {
    let (awa, benkadi) = bidder(&app, "benkadi").await;
    let (fatou, jigiya) = bidder(&app, "jigiya").await;
    let changes = json!({ "method": "LIMITED", "methodRationale": "Deux productrices connues",
                          "invitedOrganizationIds": [benkadi] });
    let asked = asked(&app, changes).await;

    let told = app.user_errors(Some(&fatou), SUBMIT, offer(&asked, &jigiya, json!({}))).await;
    assert_eq!(told, one("NOT_INVITED", "input.bidderId"));
    sealed(&app, &awa, offer(&asked, &benkadi, json!({}))).await;
}

#[db_test]
async fn a_reserved_lot_is_for_whoever_satisfies_its_definition(app: TestApp) {
    let measure = json!([{ "kind": "RESERVED_PARTICIPATION", "definition": "IWA34_WOMEN_OWNED",
                           "atLeastEvidence": "SELF_DECLARED", "lotPosition": 0 }]);
    let asked = asked(&app, json!({ "genderMeasures": measure })).await;
    let (awa, benkadi) = bidder(&app, "benkadi").await;
    let refused = app.user_errors(Some(&awa), SUBMIT, offer(&asked, &benkadi, json!({}))).await;
    assert_eq!(refused, one("RESERVED_LOT", "input.lots.0.requestLotId"), "nothing is known of her");

    let declare = "mutation($input: DeclareOwnershipInput!) { declareOwnership(input: $input) {
        ownershipProfile { version } userErrors { code message path } } }";
    let facts = json!({ "organizationId": benkadi, "womenOwnedPercent": "100", "womenManagementPercent": "100",
        "womenBoardPercent": "100", "womanSignatory": true, "operatedIndependently": true });
    let answer = app.graphql(Some(&awa), declare, json!({ "input": facts })).await;
    assert_eq!(answer["data"]["declareOwnership"]["userErrors"], json!([]), "{answer:#}");
    sealed(&app, &awa, offer(&asked, &benkadi, json!({}))).await;
}
