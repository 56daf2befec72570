//! All bids are opened at once, once, after the deadline.

use chrono::TimeDelta;
use db_test::db_test;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use super::{OPEN, asked, bidder, close, execute, member, offer, one, opened, sealed, seen};
use crate::harness::app::TestApp;

#[db_test]
async fn bids_are_opened_by_the_buyer_after_the_deadline_and_once(app: TestApp) {
    // given
    let asked = asked(&app, json!({})).await;
    let (awa, benkadi) = bidder(&app, "benkadi").await;
    let bid = sealed(&app, &awa, offer(&asked, &benkadi, json!({}))).await;
    let evaluator = member(&app, &asked.officer, &asked.buyer, "juge", "EVALUATOR").await;
    let input = json!({ "requestId": asked.request, "idempotencyKey": "ouverture" });

    // when, then
    let early = app.user_errors(Some(&asked.officer), OPEN, input.clone()).await;
    assert_eq!(early, one("DEADLINE_NOT_REACHED", "input.requestId"));
    close(&app);
    app.clock.advance(TimeDelta::milliseconds(-1));
    let early = app.user_errors(Some(&asked.officer), OPEN, input.clone()).await;
    assert_eq!(early, one("DEADLINE_NOT_REACHED", "input.requestId"));
    app.clock.advance(TimeDelta::milliseconds(1));
    for (token, code) in [(None, "UNAUTHENTICATED"), (Some(&awa), "FORBIDDEN"), (Some(&evaluator), "FORBIDDEN")] {
        assert_eq!(app.user_errors(token.map(String::as_str), OPEN, input.clone()).await[0].0, code);
    }
    let payload = app.expect_payload(Some(&asked.officer), OPEN, input.clone()).await;
    assert_eq!(payload["procurementRequest"]["status"], "OPENED");
    let expected = json!([{ "id": bid["id"], "status": "VALID", "bidder": { "id": benkadi },
                            "amount": { "amount": "625000" }, "findings": [] }]);
    assert_eq!(payload["bids"], expected);
    assert_eq!((&payload["lapsedCount"], &payload["unreadableBidIds"]), (&json!(0), &json!([])));
    let again = app.user_errors(Some(&asked.officer), OPEN, json!({ "requestId": asked.request })).await;
    assert_eq!(again, one("INVALID_TRANSITION", "input.requestId"));
    assert_eq!(app.expect_payload(Some(&asked.officer), OPEN, input).await["bids"], payload["bids"]);
}

#[db_test]
async fn what_was_closed_stays_closed_and_is_opened_once_the_clock_agrees(app: TestApp) {
    let asked = asked(&app, json!({})).await;
    let (awa, benkadi) = bidder(&app, "benkadi").await;
    sealed(&app, &awa, offer(&asked, &benkadi, json!({}))).await;
    execute(&app, "UPDATE procurement_request SET closed_at = '2026-11-02T09:00:00+00:00'").await;

    // Whoever has the database may write that the deadline has passed, or another deadline: no key follows from it.
    let input = json!({ "requestId": asked.request });
    assert_eq!(app.user_errors(Some(&asked.officer), OPEN, input.clone()).await[0].0, "DEADLINE_NOT_REACHED");
    execute(&app, "UPDATE procurement_request SET bid_deadline = '2026-11-02T07:00:00+00:00'").await;
    assert_eq!(app.user_errors(Some(&asked.officer), OPEN, input.clone()).await[0].0, "DEADLINE_NOT_REACHED");
    close(&app);
    assert_eq!(opened(&app, &asked).await["bids"].as_array().unwrap().len(), 1);
}

#[db_test]
async fn the_receipt_proves_what_was_sealed(app: TestApp) {
    let asked = asked(&app, json!({})).await;
    let (awa, benkadi) = bidder(&app, "benkadi").await;
    let bid = sealed(&app, &awa, offer(&asked, &benkadi, json!({}))).await;
    let before = seen(&app, Some(&awa), &bid["id"]).await["sealedContent"].take();
    close(&app);
    opened(&app, &asked).await;

    let after = seen(&app, Some(&asked.officer), &bid["id"]).await;
    let text = after["sealedContent"].as_str().unwrap();
    assert_eq!(before, text);
    assert_eq!(json!(hex::encode(Sha256::digest(text))), bid["receipt"]["sha256"]);
    let content: Value = serde_json::from_str(text).unwrap();
    assert_eq!(content["lots"][0]["unitPriceMinor"], "1250");
    assert_eq!(content["bidder"], json!(benkadi));
}

#[db_test]
async fn an_opened_bid_is_public_but_for_what_was_said_beside_it(app: TestApp) {
    // given
    let asked = asked(&app, json!({})).await;
    let (awa, benkadi) = bidder(&app, "benkadi").await;
    let (fatou, _) = bidder(&app, "jigiya").await;
    let criteria = "query($id: ID!) { procurementRequest(id: $id) { criteria { id kind } } }";
    let data = app.expect_data(Some(&awa), criteria, json!({ "id": asked.request })).await;
    let quality = &data["procurementRequest"]["criteria"][1]["id"];
    let answers = json!({ "answers": [{ "criterionId": quality, "text": "Fondu à la main" }] });
    let bid = sealed(&app, &awa, offer(&asked, &benkadi, answers)).await;
    close(&app);
    opened(&app, &asked).await;

    // when, then
    for token in [None, Some(fatou.as_str())] {
        let seen = seen(&app, token, &bid["id"]).await;
        assert_eq!((&seen["status"], &seen["bidder"]["id"]), (&json!("VALID"), &json!(benkadi)));
        assert_eq!(seen["amount"], json!({ "amount": "625000", "currency": "XOF" }));
        assert_eq!(seen["womenStatus"].as_array().unwrap().len(), 5, "one for each definition");
        assert_eq!(seen["womenStatus"][0]["status"], "UNKNOWN");
        assert_eq!(
            (&seen["answers"], &seen["sealedContent"], &seen["submittedBy"]),
            (&json!([]), &json!(null), &json!(null))
        );
    }
    for (token, own) in [(&awa, true), (&asked.officer, false)] {
        let seen = seen(&app, Some(token), &bid["id"]).await;
        assert_eq!(seen["answers"], json!([{ "criterionId": quality, "text": "Fondu à la main" }]));
        assert_eq!(seen["submittedBy"].is_null(), !own);
    }
    let list = "query($id: ID!) { procurementRequest(id: $id) { bids { totalCount edges { node { id } } } } }";
    let data = app.expect_data(None, list, json!({ "id": asked.request })).await;
    assert_eq!(
        data["procurementRequest"]["bids"],
        json!({ "totalCount": 1, "edges": [{ "node": { "id": bid["id"] } }] })
    );
}

#[db_test]
async fn what_somebody_changed_in_the_database_stays_closed_and_stops_nobody_else(app: TestApp) {
    // given
    let asked = asked(&app, json!({})).await;
    let (awa, benkadi) = bidder(&app, "benkadi").await;
    let (fatou, jigiya) = bidder(&app, "jigiya").await;
    let damaged = sealed(&app, &awa, offer(&asked, &benkadi, json!({}))).await;
    let whole = sealed(&app, &fatou, offer(&asked, &jigiya, json!({}))).await;
    let receipt = damaged["receipt"]["sha256"].as_str().unwrap();
    let flip = match app.database.backend() {
        crate::harness::Backend::Sqlite => format!(
            "UPDATE bid SET sealed = CAST(substr(sealed, 1, 100) ||
                 CASE substr(sealed, 101, 1) WHEN x'78' THEN x'79' ELSE x'78' END ||
                 substr(sealed, 102) AS BLOB) WHERE receipt = x'{receipt}'"
        ),
        crate::harness::Backend::Postgres => format!(
            "UPDATE bid SET sealed = set_byte(sealed, 100, (get_byte(sealed, 100) + 1) % 256) WHERE receipt = '\\x{receipt}'"
        ),
    };
    execute(&app, &flip).await;
    close(&app);

    // when
    let payload = opened(&app, &asked).await;

    // then
    assert_eq!(payload["unreadableBidIds"], json!([damaged["id"]]));
    assert_eq!(payload["bids"].as_array().unwrap().len(), 1);
    assert_eq!(payload["bids"][0]["id"], whole["id"]);
}

#[db_test]
async fn another_deadline_or_version_in_the_row_neither_opens_nor_keeps_a_bid(app: TestApp) {
    let asked = asked(&app, json!({})).await;
    let (awa, benkadi) = bidder(&app, "benkadi").await;
    sealed(&app, &awa, offer(&asked, &benkadi, json!({}))).await;
    let amend = json!({ "requestId": asked.request, "rationale": "Précision", "description": "En sacs" });
    app.expect_payload(Some(&asked.officer), crate::procurement::AMEND, amend).await;
    // Somebody keeps the bid alive past the bidder.
    execute(&app, "UPDATE bid SET request_version = 2").await;
    close(&app);

    let payload = opened(&app, &asked).await;
    assert_eq!((&payload["bids"], &payload["lapsedCount"]), (&json!([]), &json!(1)));
}

#[db_test]
async fn each_opened_bid_stands_in_the_chain_of_the_process_which_is_whole(app: TestApp) {
    let asked = asked(&app, json!({})).await;
    for name in ["benkadi", "jigiya", "sabougnouma"] {
        let (token, organization) = bidder(&app, name).await;
        sealed(&app, &token, offer(&asked, &organization, json!({}))).await;
    }
    close(&app);
    let payload = opened(&app, &asked).await;

    let verification = bfw::kernel::audit::verify(&app.app.services.db).await.unwrap();
    assert!(verification.broken.is_empty(), "{:?}", verification.broken);
    let trail = "query($id: ID!) { auditTrail(subjectId: $id) { edges { node { action after } } } }";
    let first = &payload["bids"][0];
    let data = app.expect_data(Some(&asked.officer), trail, json!({ "id": first["id"] })).await;
    let entries = data["auditTrail"]["edges"].as_array().unwrap();
    let actions: Vec<&Value> = entries.iter().map(|edge| &edge["node"]["action"]).collect();
    assert_eq!(actions, ["bid.open", "bid.seal"]);
    assert_eq!(entries[0]["node"]["after"]["bidder"], first["bidder"]["id"]);
}

#[db_test]
async fn opening_takes_the_same_statements_for_few_bids_and_for_many(app: TestApp) {
    let (mut statements, mut officers) = (Vec::new(), Vec::new());
    for (round, count) in [2, 6].into_iter().enumerate() {
        let (officer, buyer) = super::office(&app, &format!("achats{round}")).await;
        let request = super::request(&app, &officer, &buyer, json!({})).await;
        let lots = super::lots(&app, &officer, &request).await;
        crate::notifications::stay_signed_in(&app).await;
        let asked = super::Asked { officer, buyer, request, lots };
        for number in 0..count {
            let (token, organization) = bidder(&app, &format!("b{round}x{number}")).await;
            sealed(&app, &token, offer(&asked, &organization, json!({}))).await;
        }
        officers.push(asked);
    }
    close(&app);
    for asked in &officers {
        statements.push(app.statements_of(opened(&app, asked)).await.1);
    }
    assert_eq!(statements[0], statements[1]);
}
