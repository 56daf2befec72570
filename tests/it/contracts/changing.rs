//! Signatures and changes: nothing holds before all have signed it, and nobody signs what she has not read.

use db_test::db_test;
use serde_json::{Value, json};

use super::{Market, kilos, text, with};

fn change(market: &Market, (contract, line): &(String, String), changes: Value) -> Value {
    json!({ "contractId": contract, "organizationId": market.company, "rationale": "Le marché a changé.",
            "lines": [with(json!({ "contractLineId": line }), changes)] })
}

#[db_test]
async fn a_change_holds_once_both_have_signed_it(market: Market) {
    let of = market.signed("100").await;
    let input = change(
        &market,
        &of,
        json!({ "quantity": kilos("80.5"), "unitPrice": { "amount": "1201" }, "deliverUntil": "2026-12-24" }),
    );

    let proposed = market.done(&market.buyer, "changeContract", input).await;

    assert_eq!(
        (&proposed["version"], &proposed["versionInForce"], &proposed["amount"]["amount"]),
        (&json!(2), &json!(1), &json!("125000"))
    );
    let pending = &proposed["pendingVersion"];
    // 80.5 × 1 201 = 96 680.5, rounded half to even.
    assert_eq!((&pending["amount"]["amount"], &pending["rationale"]), (&json!("96680"), &json!("Le marché a changé.")));
    let stale = json!({ "contractId": of.0, "organizationId": market.house, "expectedVersion": 1 });
    assert_eq!(market.refused(&market.seller, "signContract", stale).await, ["VERSION_CONFLICT input.expectedVersion"]);

    let sign = json!({ "contractId": of.0, "organizationId": market.house, "expectedVersion": 2 });
    let signed = market.done(&market.seller, "signContract", sign.clone()).await;

    assert_eq!((&signed["versionInForce"], &signed["pendingVersion"]), (&json!(2), &Value::Null));
    assert_eq!((&signed["amount"]["amount"], &signed["signedAmount"]["amount"]), (&json!("96680"), &json!("125000")));
    let line = &signed["lines"][0];
    assert_eq!((&line["quantity"]["value"], &line["deliverUntil"]), (&json!("80.5"), &json!("2026-12-24")));
    // Who has signed has signed.
    assert_eq!(market.done(&market.seller, "signContract", sign).await["versionInForce"], 2);
    assert_eq!(market.number("SELECT COUNT(*) FROM procurement_event WHERE tag = 'contractAmendment'").await, 1);
    assert_eq!(market.contradictions().await, [""; 0]);
}

#[db_test]
async fn a_later_proposal_takes_the_place_of_one_that_waits(market: Market) {
    let of = market.signed("100").await;
    market.done(&market.buyer, "changeContract", change(&market, &of, json!({ "quantity": kilos("90") }))).await;
    let counter =
        with(change(&market, &of, json!({ "quantity": kilos("95") })), json!({ "organizationId": market.house }));
    market.done(&market.seller, "changeContract", counter).await;
    let signed = market.sign(&market.buyer, &market.company, &json!(of.0)).await;
    assert_eq!((&signed["versionInForce"], &signed["lines"][0]["quantity"]["value"]), (&json!(3), &json!("95")));
}

#[db_test]
async fn nothing_that_was_accepted_or_billed_is_taken_back_by_a_change(market: Market) {
    let of = market.signed("100").await;
    market.accepted(&of, "60").await;
    let refused =
        async |changes: Value| market.refused(&market.buyer, "changeContract", change(&market, &of, changes)).await;
    assert_eq!(refused(json!({ "quantity": kilos("59.999") })).await, ["OUT_OF_RANGE input.lines.0.quantity"]);
    assert_eq!(
        refused(json!({ "unitPrice": { "amount": "-1" } })).await,
        ["OUT_OF_RANGE input.lines.0.unitPrice.amount"]
    );
    let euros = json!({ "unitPrice": { "amount": "2", "currency": "EUR" } });
    assert_eq!(refused(euros).await, ["MIXED_CURRENCIES input.lines.0.unitPrice.currency"]);
    assert_eq!(refused(json!({})).await, ["REQUIRED input.lines"], "nothing is changed");

    // More is accepted between the proposal and the signature.
    market.done(&market.buyer, "changeContract", change(&market, &of, json!({ "quantity": kilos("70") }))).await;
    market.accepted(&of, "30").await;
    let sign = json!({ "contractId": of.0, "organizationId": market.house });
    assert_eq!(market.refused(&market.seller, "signContract", sign).await, ["OUT_OF_RANGE input.contractId"]);

    // What was billed keeps its price.
    market.done(&market.seller, "submitInvoice", Market::bill(&of, "10", "F-1")).await;
    assert_eq!(refused(json!({ "unitPrice": { "amount": "1000" } })).await, ["INVALID_VALUE input.lines.0.unitPrice"]);
    assert_eq!(market.contradictions().await, [""; 0]);
}

#[db_test]
async fn only_a_party_signs_and_only_who_may(market: Market) {
    let ordered = market.ordered("100").await;
    let sign = |organization: &str| json!({ "contractId": ordered["id"], "organizationId": organization });
    assert_eq!(market.refused(&market.buyer, "signContract", sign(&market.house)).await, ["FORBIDDEN "]);
    let stranger = market.app.sign_up("koro@exemple.ml").await;
    let theirs = market.app.register(&stranger, "COMPANY", "Autre").await;
    assert_eq!(market.refused(&stranger, "signContract", sign(&theirs)).await, ["NOT_FOUND input.contractId"]);
    assert_eq!(market.refused(&market.buyer, "signContract", sign(&theirs)).await, ["NOT_FOUND input.organizationId"]);
    let errors = market.app.user_errors(None, &super::mutation("signContract"), sign(&theirs)).await;
    assert_eq!(errors, [("UNAUTHENTICATED".to_owned(), String::new())]);
    // What is not in force is not changed.
    let of = (text(&ordered["id"]), text(&ordered["lines"][0]["id"]));
    let refused =
        market.refused(&market.buyer, "changeContract", change(&market, &of, json!({ "quantity": kilos("9") }))).await;
    assert_eq!(refused, ["INVALID_TRANSITION input.contractId"]);
}

#[db_test]
async fn terms_of_payment_change_as_everything_else_does(market: Market) {
    let of = market.signed("100").await;
    let terms = |days: i64, percent: &str| {
        json!({ "contractId": of.0, "organizationId": market.house, "rationale": "Escompte.",
        "paymentDays": days, "earlyPayment": { "percent": percent, "days": 10 } })
    };
    let refused = market.refused(&market.seller, "changeContract", terms(0, "2")).await;
    assert_eq!(refused, ["OUT_OF_RANGE input.paymentDays"]);
    let refused = market.refused(&market.seller, "changeContract", terms(20, "20.1")).await;
    assert_eq!(refused, ["OUT_OF_RANGE input.earlyPayment.percent"]);
    market.done(&market.seller, "changeContract", terms(20, "2")).await;
    market.sign(&market.buyer, &market.company, &json!(of.0)).await;
    let query = "query($id: ID!) { contract(id: $id) { terms { paymentDays earlyPaymentPercent earlyPaymentDays } } }";
    let found = market.app.expect_data(Some(&market.buyer), query, json!({ "id": of.0 })).await;
    assert_eq!(
        found["contract"]["terms"],
        json!({ "paymentDays": 20, "earlyPaymentPercent": "2", "earlyPaymentDays": 10 })
    );
}
