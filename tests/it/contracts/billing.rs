//! Invoices and payments: matched with what was accepted, late or early, and never more than is due.

use db_test::db_test;
use serde_json::{Value, json};

use super::{Market, kilos, text, with};

#[db_test]
async fn an_invoice_bills_what_was_accepted_at_the_price_that_was_agreed(market: Market) {
    let of = market.signed("100").await;
    market.accepted(&of, "60").await;
    let bill = |line: Value| {
        json!({ "contractId": of.0, "number": "F-1",
                "lines": [with(json!({ "contractLineId": of.1, "quantity": kilos("60") }), line)] })
    };
    let refused = async |input: Value| market.refused(&market.seller, "submitInvoice", input).await;
    assert_eq!(
        refused(bill(json!({ "quantity": kilos("60.001") }))).await,
        ["OVER_BILLING input.lines.0.quantity.value"]
    );
    assert_eq!(
        refused(bill(json!({ "unitPrice": { "amount": "1251" } }))).await,
        ["INVALID_VALUE input.lines.0.unitPrice.amount"]
    );
    assert_eq!(
        refused(bill(json!({ "unitPrice": { "amount": "-1250" } }))).await,
        ["OUT_OF_RANGE input.lines.0.unitPrice.amount"]
    );
    let euros = json!({ "unitPrice": { "amount": "1250", "currency": "EUR" } });
    assert_eq!(refused(bill(euros)).await, ["MIXED_CURRENCIES input.lines.0.unitPrice.currency"]);
    assert_eq!(refused(bill(json!({ "quantity": kilos("0") }))).await, ["OUT_OF_RANGE input.lines.0.quantity.value"]);
    let empty = json!({ "contractId": of.0, "number": " ", "lines": [] });
    assert_eq!(refused(empty).await, ["REQUIRED input.number", "REQUIRED input.lines"]);
    let line = bill(json!({}))["lines"][0].clone();
    let twice = with(bill(json!({})), json!({ "lines": [line, line] }));
    assert_eq!(refused(twice).await, ["INVALID_VALUE input.lines.1.contractLineId"]);
    assert_eq!(market.refused(&market.buyer, "submitInvoice", bill(json!({}))).await, ["FORBIDDEN "]);

    let right = bill(json!({ "unitPrice": { "amount": "1250" } }));
    let invoice = market.done(&market.seller, "submitInvoice", right).await;
    assert_eq!(invoice["gross"]["amount"], "75000");
    assert_eq!(refused(Market::bill(&of, "1", "F-2")).await, ["OVER_BILLING input.lines.0.quantity.value"]);
    market.accepted(&of, "40").await;
    assert_eq!(refused(Market::bill(&of, "40", "F-1")).await, ["DUPLICATE_NUMBER input.number"]);

    // What is refused may be billed again.
    let reject = json!({ "invoiceId": invoice["id"], "approve": false });
    assert_eq!(market.refused(&market.buyer, "approveInvoice", reject).await, ["REQUIRED input.reason"]);
    let reject = json!({ "invoiceId": invoice["id"], "reason": "Le numéro est faux." });
    assert_eq!(market.done(&market.buyer, "rejectInvoice", reject.clone()).await["status"], "REJECTED");
    assert_eq!(market.refused(&market.buyer, "rejectInvoice", reject).await, ["INVALID_TRANSITION input.invoiceId"]);
    let whole = market.done(&market.seller, "submitInvoice", Market::bill(&of, "100", "F-3")).await;
    assert_eq!(whole["gross"]["amount"], "125000");
    assert_eq!(market.contradictions().await, [""; 0]);
}

#[db_test]
async fn lateness_takes_off_what_the_contract_says_however_it_is_billed(market: Market) {
    let order = market.order("100", json!({ "deliverBy": "2026-11-10" }));
    let ordered = market.done(&market.buyer, "createDirectOrder", order).await;
    market.sign(&market.seller, &market.house, &ordered["id"]).await;
    let of = (text(&ordered["id"]), text(&ordered["lines"][0]["id"]));
    market.accepted(&of, "40").await;
    // Twelve days after the last: 60 kg × 1 250 F × 12 ‰.
    market.later(20);
    market.accepted(&of, "60").await;

    let contract = market.contract(&market.buyer, &of.0).await;
    assert_eq!(contract["penalties"]["amount"], "900");
    let first = market.done(&market.seller, "submitInvoice", Market::bill(&of, "50", "F-1")).await;
    assert_eq!((&first["penalty"]["amount"], &first["net"]["amount"]), (&json!("150"), &json!("62350")));
    let second = market.done(&market.seller, "submitInvoice", Market::bill(&of, "50", "F-2")).await;
    assert_eq!((&second["penalty"]["amount"], &second["net"]["amount"]), (&json!("750"), &json!("61750")));
    assert_eq!(market.contradictions().await, [""; 0]);
}

#[db_test]
async fn no_more_is_paid_than_is_due_and_nothing_twice(market: Market) {
    let of = market.signed("100").await;
    market.accepted(&of, "100").await;
    let submitted = market.done(&market.seller, "submitInvoice", Market::bill(&of, "100", "F-1")).await;
    let invoice = text(&submitted["id"]);
    let refused = async |input: Value| market.refused(&market.buyer, "recordPayment", input).await;
    let pay = |francs: &str, reference: &str| market.pay(&invoice, francs, reference);
    assert_eq!(refused(pay("125000", "OM-1")).await, ["INVALID_TRANSITION input.invoiceId"], "nobody approved it");
    market.done(&market.buyer, "approveInvoice", json!({ "invoiceId": invoice })).await;
    assert_eq!(refused(pay("125001", "OM-1")).await, ["OVER_PAYMENT input.amount"]);
    assert_eq!(refused(pay("-1", "OM-1")).await, ["OUT_OF_RANGE input.amount.amount"]);
    let wrong = with(
        pay("1", " "),
        json!({ "paidOn": market.day(1), "payeeId": market.company,
        "amount": { "amount": "1", "currency": "EUR" } }),
    );
    let expected = [
        "MIXED_CURRENCIES input.amount.currency",
        "REQUIRED input.reference",
        "INVALID_VALUE input.payeeId",
        "OUT_OF_RANGE input.paidOn",
    ];
    assert_eq!(refused(wrong).await, expected);
    let early = with(pay("1", "OM-1"), json!({ "paidOn": "2026-11-01" }));
    assert_eq!(refused(early).await, ["OUT_OF_RANGE input.paidOn"], "before it was signed");
    assert_eq!(market.refused(&market.seller, "recordPayment", pay("1", "OM-1")).await, ["FORBIDDEN "]);

    let first = market.done(&market.buyer, "recordPayment", pay("100000", "OM-1")).await;
    assert_eq!(refused(pay("25000", "OM-1")).await, ["DUPLICATE_NUMBER input.reference"]);
    assert_eq!(refused(pay("25001", "OM-2")).await, ["OVER_PAYMENT input.amount"]);
    market.done(&market.buyer, "recordPayment", pay("25000", "OM-2")).await;
    assert_eq!(refused(pay("1", "OM-3")).await, ["OVER_PAYMENT input.amount"]);

    let confirm = |received: bool| json!({ "paymentId": first["id"], "received": received });
    assert_eq!(market.refused(&market.buyer, "confirmPayment", confirm(true)).await, ["FORBIDDEN "]);
    market.done(&market.seller, "confirmPayment", confirm(true)).await;
    let again = market.refused(&market.seller, "confirmPayment", confirm(false)).await;
    assert_eq!(again, ["INVALID_TRANSITION input.paymentId"]);
    assert_eq!(market.contradictions().await, [""; 0]);
}

#[db_test]
async fn what_did_not_arrive_is_paid_again_and_may_be_found(market: Market) {
    let of = market.signed("100").await;
    market.accepted(&of, "100").await;
    let invoice = market.approved(&of, "100", "F-1").await;
    let lost = market.done(&market.buyer, "recordPayment", market.pay(&invoice, "125000", "OM-1")).await;
    let answer = |payment: &Value, received: bool| json!({ "paymentId": payment["id"], "received": received, "note": "Rien reçu." });

    let disputed = market.done(&market.seller, "confirmPayment", answer(&lost, false)).await;

    assert_eq!((&disputed["status"], &disputed["invoice"]["status"]), (&json!("DISPUTED"), &json!("APPROVED")));
    let half = market.done(&market.buyer, "recordPayment", market.pay(&invoice, "60000", "OM-2")).await;
    // It cannot be all of it any more.
    let over = market.refused(&market.seller, "confirmPayment", answer(&lost, true)).await;
    assert_eq!(over, ["OVER_PAYMENT input.paymentId"]);
    market.done(&market.seller, "confirmPayment", answer(&half, false)).await;
    let found = market.done(&market.seller, "confirmPayment", answer(&lost, true)).await;
    assert_eq!((&found["status"], &found["invoice"]["status"]), (&json!("CONFIRMED"), &json!("PAID")));
    assert_eq!(market.contract(&market.buyer, &of.0).await["status"], "COMPLETE");
    assert_eq!(market.contradictions().await, [""; 0]);
}

#[db_test]
async fn arrears_follow_from_the_day(market: Market) {
    let of = market.signed("100").await;
    market.accepted(&of, "100").await;
    let invoice = market.approved(&of, "100", "F-1").await;
    let arrears = async |on: &str| {
        let query = "query($id: ID!, $on: Date) { contract(id: $id) { arrears(on: $on) { amount } } }";
        let data = market.app.expect_data(Some(&market.seller), query, json!({ "id": of.0, "on": on })).await;
        text(&data["contract"]["arrears"]["amount"])
    };
    let (due, after) = (market.day(30), market.day(31));
    assert_eq!((arrears(&due).await, arrears(&after).await), ("0".to_owned(), "125000".to_owned()));
    market.later(31);
    assert_eq!(market.contract(&market.seller, &of.0).await["arrears"]["amount"], "125000");
    market.done(&market.buyer, "recordPayment", market.pay(&invoice, "25000", "OM-1")).await;
    assert_eq!(market.contract(&market.seller, &of.0).await["arrears"]["amount"], "100000");
    // As it was the day before the payment.
    market.later(1);
    assert_eq!(arrears(&after).await, "100000");
}

#[db_test]
async fn paying_all_of_it_early_takes_the_discount_off_and_a_day_later_it_does_not(market: Market) {
    let discounted = async |kilograms: &str| {
        let of = market.signed(kilograms).await;
        let terms = json!({ "contractId": of.0, "organizationId": market.house, "rationale": "Escompte.",
            "earlyPayment": { "percent": "2", "days": 10 } });
        market.done(&market.seller, "changeContract", terms).await;
        market.sign(&market.buyer, &market.company, &json!(of.0)).await;
        market.accepted(&of, kilograms).await;
        let invoice = market.approved(&of, kilograms, "F-1").await;
        (of, invoice)
    };
    let (of, early) = discounted("100").await;
    let (_, late) = discounted("80").await;
    market.later(10);
    // 125 000 F less 2 %.
    let paid = market.done(&market.buyer, "recordPayment", market.pay(&early, "122500", "OM-1")).await;
    assert_eq!(paid["invoice"]["status"], "PAID");
    let found = market.contract(&market.buyer, &of.0).await;
    let invoice = &found["invoices"][0];
    assert_eq!((&invoice["discount"]["amount"], &invoice["unpaid"]["amount"]), (&json!("2500"), &json!("0")));

    market.later(1);
    let paid = market.done(&market.buyer, "recordPayment", market.pay(&late, "98000", "OM-2")).await;
    assert_eq!(paid["invoice"]["status"], "APPROVED", "the rest is due");
    assert_eq!(market.contradictions().await, [""; 0]);
}

#[db_test]
async fn a_clock_that_goes_back_shortens_no_time_to_pay_and_undoes_nothing(market: Market) {
    let of = market.signed("100").await;
    market.later(5);
    market.accepted(&of, "100").await;
    let accepted = market.day(30);
    market.later(-5);

    let invoice = market.done(&market.seller, "submitInvoice", Market::bill(&of, "100", "F-1")).await;

    assert_eq!(invoice["dueOn"], accepted, "counted from the later of the two");
    market.done(&market.buyer, "approveInvoice", json!({ "invoiceId": invoice["id"] })).await;
    let paid = market.done(&market.buyer, "recordPayment", market.pay(&text(&invoice["id"]), "125000", "OM-1")).await;
    market.later(-1);
    market.done(&market.seller, "confirmPayment", json!({ "paymentId": paid["id"], "received": true })).await;
    assert_eq!(market.contract(&market.buyer, &of.0).await["status"], "COMPLETE");
    assert_eq!(market.contradictions().await, [""; 0]);
}
