//! A sealed bid is taken back, confirmed, or lapses.

use bfw::kernel::clock::Clock as _;
use chrono::TimeDelta;
use db_test::db_test;
use serde_json::{Value, json};

use super::{Asked, RECONFIRM, SUBMIT, WITHDRAW, asked, bidder, close, offer, one, opened, sealed, seen};
use crate::{harness::app::TestApp, procurement::AMEND};

/// Amends the request so that its lots stay, with a change.
async fn amend(app: &TestApp, asked: &Asked, changes: Value) {
    let mut input = json!({ "requestId": asked.request, "rationale": "Précision" });
    for (field, value) in changes.as_object().unwrap() {
        input[field] = value.clone();
    }
    app.expect_payload(Some(&asked.officer), AMEND, input).await;
}

/// The lots with other kilograms asked for in the first.
fn smaller(asked: &Asked) -> Value {
    json!([{ "id": asked.lots[0], "productCode": "shea-butter", "quantity": { "value": "400", "unit": "KGM" } },
           { "id": asked.lots[1], "productCode": "shea-butter", "quantity": { "value": "200", "unit": "KGM" } }])
}

#[db_test]
async fn a_bid_is_taken_back_until_the_deadline_and_nothing_of_it_stays(app: TestApp) {
    let asked = asked(&app, json!({})).await;
    let (awa, benkadi) = bidder(&app, "benkadi").await;
    let (fatou, jigiya) = bidder(&app, "jigiya").await;
    let bid = sealed(&app, &awa, offer(&asked, &benkadi, json!({}))).await;
    let kept = sealed(&app, &fatou, offer(&asked, &jigiya, json!({}))).await;

    for (token, code) in [(None, "UNAUTHENTICATED"), (Some(&fatou), "NOT_FOUND"), (Some(&asked.officer), "NOT_FOUND")] {
        let told = app.user_errors(token.map(String::as_str), WITHDRAW, json!({ "bidId": bid["id"] })).await;
        assert_eq!(told[0].0, code);
    }
    let stale = json!({ "bidId": bid["id"], "expectedVersion": 2 });
    assert_eq!(app.user_errors(Some(&awa), WITHDRAW, stale).await, one("VERSION_CONFLICT", "input.expectedVersion"));
    let input = json!({ "bidId": bid["id"], "idempotencyKey": "retrait" });
    let payload = app.expect_payload(Some(&awa), WITHDRAW, input.clone()).await;
    assert_eq!((&payload["bid"]["status"], &payload["bid"]["sealedContent"]), (&json!("WITHDRAWN"), &json!(null)));
    assert_eq!(app.expect_payload(Some(&awa), WITHDRAW, input).await, payload, "repeated, it is the same");
    let again = app.user_errors(Some(&awa), WITHDRAW, json!({ "bidId": bid["id"] })).await;
    assert_eq!(again, one("INVALID_TRANSITION", "input.bidId"));
    sealed(&app, &awa, offer(&asked, &benkadi, json!({}))).await;
    close(&app);
    let late = app.user_errors(Some(&fatou), WITHDRAW, json!({ "bidId": kept["id"] })).await;
    assert_eq!(late, one("DEADLINE_PASSED", "input.bidId"));
    let opened = opened(&app, &asked).await;
    assert_eq!(opened["bids"].as_array().unwrap().len(), 2);
}

#[db_test]
async fn an_amended_request_asks_for_bids_to_be_confirmed_and_those_that_are_not_lapse(app: TestApp) {
    // given
    let asked = asked(&app, json!({})).await;
    let (awa, benkadi) = bidder(&app, "benkadi").await;
    let (fatou, jigiya) = bidder(&app, "jigiya").await;
    let one_bid = sealed(&app, &awa, offer(&asked, &benkadi, json!({}))).await;
    let other = sealed(&app, &fatou, offer(&asked, &jigiya, json!({}))).await;
    amend(&app, &asked, json!({ "description": "Livraison en sacs de 25 kg" })).await;
    assert_eq!(seen(&app, Some(&awa), &one_bid["id"]).await["status"], "NEEDS_RECONFIRM");
    let list =
        "query($id: ID!, $status: BidStatus!) { bids(filter: { requestId: $id, status: $status }) { totalCount } }";
    let count = async |status: &str| {
        let variables = json!({ "id": asked.request, "status": status });
        app.expect_data(Some(&awa), list, variables).await["bids"]["totalCount"].take()
    };
    assert_eq!((count("NEEDS_RECONFIRM").await, count("SEALED").await), (json!(1), json!(0)));

    // when
    let payload = app.expect_payload(Some(&awa), RECONFIRM, json!({ "bidId": one_bid["id"] })).await;
    close(&app);
    let opened = opened(&app, &asked).await;

    // then
    assert_eq!((&payload["bid"]["status"], &payload["bid"]["requestVersion"]), (&json!("SEALED"), &json!(2)));
    assert_eq!(payload["bid"]["receipt"]["sha256"], one_bid["receipt"]["sha256"]);
    assert_eq!((opened["bids"].as_array().unwrap().len(), &opened["lapsedCount"]), (1, &json!(1)));
    assert_eq!(opened["bids"][0]["bidder"]["id"], json!(benkadi));
    let lapsed = seen(&app, Some(&fatou), &other["id"]).await;
    assert_eq!((&lapsed["status"], &lapsed["bidder"]["id"]), (&json!("LAPSED"), &json!(jigiya)));
    assert_eq!(seen(&app, Some(&asked.officer), &other["id"]).await, json!(null), "who let a bid lapse stays her own");
}

#[db_test]
async fn a_bid_that_does_not_answer_the_new_wording_is_not_confirmed_but_replaced(app: TestApp) {
    let asked = asked(&app, json!({})).await;
    let (awa, benkadi) = bidder(&app, "benkadi").await;
    let bid = sealed(&app, &awa, offer(&asked, &benkadi, json!({}))).await;
    amend(&app, &asked, json!({ "lots": smaller(&asked) })).await;

    let told = app.user_errors(Some(&awa), RECONFIRM, json!({ "bidId": bid["id"] })).await;
    assert_eq!(told, one("OUT_OF_RANGE", "input.bidId"));
    let fits = json!({ "replace": true, "lots": [
        { "requestLotId": asked.lots[0], "unitPrice": { "amount": "1200" }, "quantity": "400" }] });
    let replaced = sealed(&app, &awa, offer(&asked, &benkadi, fits)).await;
    assert_eq!((&replaced["status"], &replaced["requestVersion"]), (&json!("SEALED"), &json!(2)));
}

#[db_test]
async fn what_is_sealed_before_an_extension_is_confirmed_for_the_later_deadline(app: TestApp) {
    let asked = asked(&app, json!({})).await;
    let (awa, benkadi) = bidder(&app, "benkadi").await;
    let bid = sealed(&app, &awa, offer(&asked, &benkadi, json!({}))).await;
    let later = bfw::kernel::clock::rfc3339(app.clock.now() + TimeDelta::days(40));
    amend(&app, &asked, json!({ "bidDeadline": later })).await;
    close(&app);

    app.expect_payload(Some(&awa), RECONFIRM, json!({ "bidId": bid["id"] })).await;
    let early = app.user_errors(Some(&asked.officer), super::OPEN, json!({ "requestId": asked.request })).await;
    assert_eq!(early, one("DEADLINE_NOT_REACHED", "input.requestId"));
    app.clock.advance(TimeDelta::days(10));
    let late = app.user_errors(Some(&awa), SUBMIT, offer(&asked, &benkadi, json!({}))).await;
    assert_eq!(late, one("DEADLINE_PASSED", "input.requestId"));
    assert_eq!(opened(&app, &asked).await["bids"][0]["id"], bid["id"]);
}
