//! An event that was wrong stays, is declared an error, and what it did is taken back as far as it can be.

use db_test::db_test;
use serde_json::{Value, json};

use super::{Yard, id};

fn wrong(event: &Value, instead: Value) -> Value {
    json!({ "eventId": event, "reason": "INCORRECT_DATA", "instead": instead })
}

#[db_test]
async fn a_delivery_that_did_not_happen_leaves_a_void_lot_and_one_that_was_otherwise_the_same_lot(yard: Yard) {
    let first = yard.done("recordDelivery", yard.delivery(&yard.woman, "100")).await;
    let gone = yard.done("correctEvent", json!({ "eventId": first["event"]["id"], "reason": "DID_NOT_OCCUR" })).await;
    assert_eq!(gone["event"]["corrects"]["id"], first["event"]["id"]);
    assert_eq!(gone["correction"]["lots"][0]["status"], "VOID");
    assert_eq!(gone["correction"]["heldLotIds"], json!([]));
    let moved =
        yard.refused("recordAggregation", yard.step(&[Yard::portion(&id(&first["lot"]), "1")], json!({}))).await;
    assert_eq!(moved, ["LOT_VOID input.inputs.0.lotId"]);

    // It may be recorded again: what was taken back stands in nobody's way.
    let second = yard.done("recordDelivery", yard.delivery(&yard.woman, "100")).await;
    yard.later(1);
    let lot = id(&second["lot"]);
    yard.together(&[Yard::portion(&lot, "30")]).await;
    let instead = json!({ "quantity": { "value": "80", "unit": "KGM" }, "producerId": yard.man });
    let corrected = yard.done("correctEvent", wrong(&second["event"]["id"], instead)).await;
    let now = &corrected["correction"]["lots"][0];
    assert_eq!(
        (&now["id"], &now["remaining"]["value"], &now["womenGrownShare"]),
        (&json!(lot), &json!("50"), &json!("0"))
    );
    assert!(corrected["correction"]["instead"]["id"].is_string());

    // A correction of a correction, and a second correction of the same, are refused.
    let again = wrong(&corrected["event"]["id"], Value::Null);
    assert_eq!(yard.refused("correctEvent", again).await, ["INVALID_TRANSITION input.eventId"]);
    let twice = wrong(&second["event"]["id"], Value::Null);
    assert_eq!(yard.refused("correctEvent", twice).await, ["INVALID_TRANSITION input.eventId"]);
    let events = "events(first: 10) { edges { node { kind correctedBy { id } } } }";
    let told = yard.lot_as(None, &lot, events).await;
    let corrected: Vec<&Value> = told["events"]["edges"].as_array().unwrap().iter().map(|edge| &edge["node"]).collect();
    assert_eq!(corrected.iter().filter(|node| node["correctedBy"].is_object()).count(), 1, "{told:#}");
}

#[db_test]
async fn what_no_longer_adds_up_is_held_with_all_that_was_made_of_it(yard: Yard) {
    let delivery = yard.done("recordDelivery", yard.delivery(&yard.woman, "100")).await;
    yard.later(1);
    let lot = id(&delivery["lot"]);
    let both = yard.together(&[Yard::portion(&lot, "90")]).await;
    let instead = json!({ "quantity": { "value": "60", "unit": "KGM" } });
    let corrected = yard.done("correctEvent", wrong(&delivery["event"]["id"], instead)).await;
    let held = corrected["correction"]["heldLotIds"].as_array().unwrap();
    assert_eq!(held.len(), 2, "{corrected:#}");
    for lot in [&lot, &both] {
        assert_eq!(yard.lot(lot).await["onHold"], true);
    }
    assert_eq!(yard.left(&lot).await, "0");
}

#[db_test]
async fn what_was_sent_is_held_where_it_is(yard: Yard) {
    let (buyer, company) = yard.neighbour("COMPANY").await;
    let delivery = yard.done("recordDelivery", yard.delivery(&yard.woman, "100")).await;
    yard.later(1);
    let lot = id(&delivery["lot"]);
    let sent =
        json!({ "organizationId": yard.house, "lotId": lot, "toOrganizationId": company, "occurredAt": yard.ago(2) });
    yard.done("recordShipment", sent).await;
    let receipt = json!({ "organizationId": company, "lotId": lot, "occurredAt": yard.ago(1) });
    yard.done_by(&buyer, "recordReceipt", receipt).await;
    let gone = json!({ "eventId": delivery["event"]["id"], "reason": "DID_NOT_OCCUR" });
    let corrected = yard.done("correctEvent", gone).await;
    assert_eq!(corrected["correction"]["heldLotIds"], json!([lot]));
    let now = yard.lot_as(Some(&buyer), &lot, "status onHold remaining { value } growers { unknown }").await;
    let expected = json!({ "status": "AVAILABLE", "onHold": true, "remaining": { "value": "100" }, "growers": { "unknown": "1" } });
    assert_eq!(now, expected, "who has it keeps it, and cannot use it");
}

#[db_test]
async fn a_step_is_taken_back_while_nothing_was_made_of_what_it_made(yard: Yard) {
    let (hers, his) = (yard.delivered(&yard.woman, "60").await, yard.delivered(&yard.man, "40").await);
    let step = yard.step(&[Yard::portion(&hers, "60"), Yard::portion(&his, "10")], json!({}));
    let both = yard.done("recordAggregation", step.clone()).await;
    let back = yard.done("correctEvent", json!({ "eventId": both["event"]["id"], "reason": "DID_NOT_OCCUR" })).await;
    assert_eq!(back["correction"]["lots"][0]["status"], "VOID");
    assert_eq!((yard.left(&hers).await, yard.left(&his).await), ("60".to_owned(), "40".to_owned()));
    let way = yard.lot_as(None, &hers, "traceForward { totalLots }").await;
    assert_eq!(way["traceForward"]["totalLots"], 1, "nothing was made of it");

    // Once it was used it stays, and is held until somebody has looked.
    let both = yard.done("recordAggregation", step).await;
    yard.later(1);
    let third = yard.together(&[Yard::portion(&id(&both["lot"]), "5")]).await;
    let held = yard.done("correctEvent", json!({ "eventId": both["event"]["id"], "reason": "INCORRECT_DATA" })).await;
    assert_eq!(held["correction"]["heldLotIds"].as_array().unwrap().len(), 2);
    assert_eq!((yard.left(&hers).await, &yard.lot(&third).await["onHold"]), ("0".to_owned(), &json!(true)));
}

#[db_test]
async fn shipments_losses_and_inspections_are_taken_back_and_receipts_are_not(yard: Yard) {
    let (buyer, company) = yard.neighbour("COMPANY").await;
    let lot = yard.delivered(&yard.woman, "100").await;
    let correct = |event: &Value| json!({ "eventId": event["event"]["id"], "reason": "DID_NOT_OCCUR" });
    let at = |minutes| json!({ "organizationId": yard.house, "lotId": lot, "occurredAt": yard.ago(minutes) });
    let with = |mut input: Value, field: &str, value: Value| {
        input[field] = value;
        input
    };
    let loss = with(with(at(9), "quantity", json!({ "value": "12.345", "unit": "KGM" })), "reason", json!("SPILLED"));
    let loss = yard.done("recordLoss", loss).await;
    assert_eq!(yard.left(&lot).await, "87.655");
    yard.done("correctEvent", correct(&loss)).await;
    assert_eq!(yard.left(&lot).await, "100");

    let look = yard.done("recordInspection", with(at(8), "result", json!("NON_CONFORMANT"))).await;
    assert_eq!(yard.lot(&lot).await["onHold"], true);
    yard.done("correctEvent", correct(&look)).await;
    assert_eq!(yard.lot(&lot).await["onHold"], false);

    let sent = yard.done("recordShipment", with(at(7), "toOrganizationId", json!(company))).await;
    let back = yard.done("correctEvent", correct(&sent)).await;
    assert_eq!(back["correction"]["lots"][0]["status"], "AVAILABLE");
    let sent = yard.done("recordShipment", with(at(6), "toOrganizationId", json!(company))).await;
    let receipt = json!({ "organizationId": company, "lotId": lot, "occurredAt": yard.ago(5) });
    let receipt = yard.done_by(&buyer, "recordReceipt", receipt).await;
    assert_eq!(yard.refused("correctEvent", correct(&sent)).await, ["INVALID_TRANSITION input.eventId"]);
    assert_eq!(yard.refused_to(&buyer, "correctEvent", correct(&receipt)).await, ["INVALID_TRANSITION input.eventId"]);
    // Another's event is not hers to correct.
    assert_eq!(yard.refused_to(&buyer, "correctEvent", correct(&loss)).await, ["NOT_FOUND input.eventId"]);
}
