//! A direct order from the first click to the last confirmation.

use db_test::db_test;
use serde_json::{Value, json};

use super::{Market, kilos, text};

const KINDS: &str = "{ notifications(first: 30) { edges { node { kind title contract { id } } } } }";

async fn told(market: &Market, token: &str) -> Vec<String> {
    let data = market.app.expect_data(Some(token), KINDS, json!({})).await;
    let edges = data["notifications"]["edges"].as_array().unwrap();
    edges.iter().rev().map(|edge| text(&edge["node"]["kind"])).collect()
}

#[db_test]
async fn an_order_is_signed_delivered_billed_paid_and_complete(market: Market) {
    // Given an order of 100 kg at 1 250 F.
    let ordered = market.ordered("100").await;
    assert_eq!((&ordered["status"], &ordered["amount"]["amount"]), (&json!("PENDING"), &json!("125000")));
    assert_eq!(ordered["signatures"], json!([{ "version": 1, "organization": { "id": market.company } }]));
    assert_eq!(ordered["pendingVersion"]["version"], 1);
    assert!(text(&ordered["ocid"]).starts_with("ocds-"), "{ordered}");
    assert_eq!(ordered["suppliers"], json!([{ "organization": { "id": market.house }, "sharePercent": "100" }]));
    assert_eq!(market.number("SELECT reserved FROM listing").await, 100_000);

    // When the seller signs, it is in force, and what was held is sold.
    let signed = market.sign(&market.seller, &market.house, &ordered["id"]).await;
    assert_eq!((&signed["status"], &signed["versionInForce"]), (&json!("ACTIVE"), &json!(1)));
    assert_eq!(signed["pendingVersion"], Value::Null);
    assert_eq!(market.number("SELECT reserved FROM listing").await, 0);
    assert_eq!(market.number("SELECT quantity FROM listing").await, 400_000);
    assert_eq!(market.number("SELECT COUNT(*) FROM stock_reservation WHERE status = 'FULFILLED'").await, 1);

    // And it is delivered in two parts, of the second of which ten kilograms are not accepted.
    let of = (text(&ordered["id"]), text(&ordered["lines"][0]["id"]));
    market.accepted(&of, "60").await;
    let second = market.planned(&of, "40", 3).await;
    let sent = market.done(&market.seller, "dispatchDelivery", json!({ "deliveryId": second })).await;
    assert_eq!((&sent["status"], &sent["dispatchedQuantity"]["value"]), (&json!("DISPATCHED"), &json!("40")));
    let input = json!({ "deliveryId": second, "receivedQuantity": kilos("40") });
    let received = market.done(&market.buyer, "receiveDelivery", input).await;
    assert_eq!((&received["status"], &received["acceptedQuantity"]), (&json!("RECEIVED"), &Value::Null));
    let input = json!({ "deliveryId": second, "acceptedQuantity": kilos("30"), "reason": "Dix kilos sont rances." });
    let accepted = market.done(&market.buyer, "acceptDelivery", input).await;
    assert_eq!(
        (&accepted["status"], &accepted["acceptedQuantity"]["value"]),
        (&json!("PARTIALLY_ACCEPTED"), &json!("30"))
    );
    market.accepted(&of, "10").await;

    // And billed, approved, paid in two parts, and confirmed.
    let invoice = market.done(&market.seller, "submitInvoice", Market::bill(&of, "100", "F-1")).await;
    assert_eq!((&invoice["status"], &invoice["net"]["amount"]), (&json!("SUBMITTED"), &json!("125000")));
    assert_eq!(invoice["dueOn"], market.day(30));
    let invoice = text(&invoice["id"]);
    let approved = market.done(&market.buyer, "approveInvoice", json!({ "invoiceId": invoice })).await;
    assert_eq!(approved["status"], "APPROVED");
    let first = market.done(&market.buyer, "recordPayment", market.pay(&invoice, "100000", "OM-1")).await;
    assert_eq!((&first["status"], &first["invoice"]["status"]), (&json!("RECORDED"), &json!("APPROVED")));
    let rest = market.done(&market.buyer, "recordPayment", market.pay(&invoice, "25000", "OM-2")).await;
    assert_eq!(rest["invoice"]["status"], "PAID");
    let confirmed =
        market.done(&market.seller, "confirmPayment", json!({ "paymentId": first["id"], "received": true })).await;
    assert_eq!(confirmed["status"], "CONFIRMED");
    assert_eq!(market.contract(&market.buyer, &of.0).await["status"], "ACTIVE", "one is not confirmed");
    market.done(&market.seller, "confirmPayment", json!({ "paymentId": rest["id"], "received": true })).await;

    // Then it is complete; both were told of what the other did, and everything adds up.
    let contract = market.contract(&market.seller, &of.0).await;
    assert_eq!((&contract["status"], &contract["arrears"]["amount"]), (&json!("COMPLETE"), &json!("0")));
    assert_eq!(contract["lines"][0]["billed"]["value"], "100");
    let to_seller = told(&market, &market.seller).await;
    let expected = [
        "ORDER_PLACED",
        "DELIVERY_DECIDED",
        "DELIVERY_DECIDED",
        "DELIVERY_DECIDED",
        "INVOICE_DECIDED",
        "PAYMENT_RECORDED",
        "PAYMENT_RECORDED",
    ];
    assert_eq!(to_seller, expected);
    let to_buyer = told(&market, &market.buyer).await;
    assert_eq!(to_buyer, ["DELIVERY_DISPATCHED", "DELIVERY_DISPATCHED", "DELIVERY_DISPATCHED", "INVOICE_SUBMITTED"]);
    assert_eq!(market.contradictions().await, [""; 0]);
}

#[db_test]
async fn each_step_is_published_once_under_its_own_tag(market: Market) {
    let of = market.signed("100").await;
    market.accepted(&of, "100").await;
    let invoice = market.approved(&of, "100", "F-1").await;
    let paid = market.done(&market.buyer, "recordPayment", market.pay(&invoice, "125000", "OM-1")).await;
    market.done(&market.seller, "confirmPayment", json!({ "paymentId": paid["id"], "received": true })).await;

    let tags = "SELECT tag FROM procurement_event ORDER BY sequence";
    let connection = market.app.database.connect().await;
    use sea_orm::{ConnectionTrait as _, Statement};
    let rows = connection.query_all_raw(Statement::from_string(connection.get_database_backend(), tags)).await.unwrap();
    let tags: Vec<String> = rows.iter().map(|row| row.try_get_by_index(0).unwrap()).collect();
    let update = "implementationUpdate";
    let expected =
        ["contractUpdate", "contract", "implementation", update, update, update, update, update, "contractTermination"];
    assert_eq!(tags, expected);
}

#[db_test]
async fn everything_under_a_contract_is_found_by_its_id(market: Market) {
    let of = market.signed("100").await;
    let delivery = market.accepted(&of, "100").await;
    let invoice = market.approved(&of, "100", "F-1").await;
    let payment = market.done(&market.buyer, "recordPayment", market.pay(&invoice, "1000", "OM-1")).await;
    let query = "query($ids: [ID!]!) { nodes(ids: $ids) { __typename id } }";
    let ids = json!([of.0, of.1, delivery, invoice, payment["id"]]);

    let found = market.app.expect_data(Some(&market.seller), query, json!({ "ids": ids })).await;
    let stranger = market.app.sign_up("koro@exemple.ml").await;
    let hidden = market.app.expect_data(Some(&stranger), query, json!({ "ids": ids })).await;

    let types: Vec<&Value> = found["nodes"].as_array().unwrap().iter().map(|node| &node["__typename"]).collect();
    assert_eq!(types, ["Contract", "ContractLine", "ContractDelivery", "Invoice", "Payment"]);
    assert_eq!(hidden["nodes"], json!([null, null, null, null, null]));
}

#[db_test]
async fn whatever_is_sent_twice_is_done_once(market: Market) {
    let key = |input: Value| super::with(input, json!({ "idempotencyKey": "1" }));
    let twice = async |token: &str, name: &str, input: Value| {
        let first = market.done(token, name, key(input.clone())).await;
        let again = market.done(token, name, key(input)).await;
        assert_eq!(first["id"], again["id"], "{name}");
        text(&first["id"])
    };
    let seller_key = |input: Value, number: &str| super::with(input, json!({ "idempotencyKey": number }));
    let contract = twice(&market.buyer, "createDirectOrder", market.order("100", json!({}))).await;
    let sign = json!({ "contractId": contract, "organizationId": market.house });
    twice(&market.seller, "signContract", sign).await;
    let line = text(&market.contract(&market.buyer, &contract).await["lines"][0]["id"]);
    let of = (contract, line);
    market.accepted(&of, "100").await;
    let bill = seller_key(Market::bill(&of, "100", "F-1"), "2");
    let invoice = market.done(&market.seller, "submitInvoice", bill.clone()).await;
    assert_eq!(market.done(&market.seller, "submitInvoice", bill).await["id"], invoice["id"]);
    let invoice = text(&invoice["id"]);
    market.done(&market.buyer, "approveInvoice", json!({ "invoiceId": invoice })).await;
    let pay = seller_key(market.pay(&invoice, "125000", "OM-1"), "3");
    let paid = market.done(&market.buyer, "recordPayment", pay.clone()).await;
    assert_eq!(market.done(&market.buyer, "recordPayment", pay).await["id"], paid["id"]);

    for (table, rows) in [("contract", 1), ("invoice", 1), ("payment", 1), ("contract_signature", 2)] {
        assert_eq!(market.number(&format!("SELECT COUNT(*) FROM {table}")).await, rows, "{table}");
    }
}
