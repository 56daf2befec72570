//! Deliveries: the lots that go with them, how much may come, and what is refused.

use db_test::db_test;
use serde_json::{Value, json};

use super::{Market, kilos, text, with};

impl Market {
    /// A lot of shea butter that a woman brought to the cooperative, by its id.
    async fn lot(&self, kilograms: &str) -> String {
        let add = "mutation($input: AddProducerInput!) { addProducer(input: $input) { producer { id } userErrors { code message path } } }";
        let input = json!({ "organizationId": self.house, "name": "Fanta Coulibaly", "gender": "FEMALE", "memberSince": self.day(0) });
        let producer = self.app.expect_payload(Some(&self.seller), add, input).await["producer"]["id"].take();
        let record = "mutation($input: RecordDeliveryInput!) { recordDelivery(input: $input) { lot { id } userErrors { code message path } } }";
        use bfw::kernel::clock::Clock as _;
        let input = json!({ "organizationId": self.house, "producerId": producer, "productCode": "shea-butter",
            "quantity": kilos(kilograms), "deliveredAt": self.app.clock.now() });
        text(&self.app.expect_payload(Some(&self.seller), record, input).await["lot"]["id"])
    }

    async fn seen_lot(&self, id: &str) -> Value {
        let query =
            "query($id: ID!) { lot(id: $id) { status onHold organization { id } destination { id } remaining { value }
            events(first: 10) { edges { node { kind } } } } }";
        self.app.expect_data(Some(&self.seller), query, json!({ "id": id })).await["lot"].take()
    }
}

#[db_test]
async fn the_lots_of_a_delivery_leave_with_it_and_arrive_with_it(market: Market) {
    let lot = market.lot("80").await;
    let of = market.signed("100").await;
    let delivery = market.planned(&of, "50", 2).await;
    let input = json!({ "deliveryId": delivery, "lots": [{ "lotId": lot, "quantity": kilos("50") }] });

    let sent = market.done(&market.seller, "dispatchDelivery", input).await;

    let part = &sent["lots"][0];
    assert_eq!((&part["kilograms"], &part["lot"]["status"]), (&json!("50"), &json!("IN_TRANSIT")));
    assert_eq!(part["lot"]["destination"]["id"], market.company);
    assert_ne!(part["lot"]["id"], lot, "a part of a lot is a lot of its own");
    assert_eq!(market.seen_lot(&lot).await["remaining"]["value"], "30");

    // Two kilograms are missing.
    let input = json!({ "deliveryId": delivery, "receivedQuantity": kilos("48"), "acceptedQuantity": kilos("48") });
    let received = market.done(&market.buyer, "receiveDelivery", input).await;

    assert_eq!(received["status"], "ACCEPTED", "all that arrived");
    let part = &received["lots"][0]["lot"];
    assert_eq!((&part["status"], &part["organization"]["id"]), (&json!("AVAILABLE"), &json!(market.company)));
    let seen = market.seen_lot(part["id"].as_str().unwrap()).await;
    let kinds: Vec<&str> =
        seen["events"]["edges"].as_array().unwrap().iter().map(|edge| edge["node"]["kind"].as_str().unwrap()).collect();
    assert!(kinds.contains(&"SHIPMENT") && kinds.contains(&"RECEIPT") && kinds.contains(&"LOSS"), "{kinds:?}");
    assert_eq!(market.contradictions().await, [""; 0]);
}

#[db_test]
async fn what_keeps_a_lot_from_being_sent_is_told_at_its_place(market: Market) {
    let (lot, other) = (market.lot("80").await, market.lot("10").await);
    let of = market.signed("100").await;
    let delivery = market.planned(&of, "50", 2).await;
    let send = async |lots: Value| {
        market.refused(&market.seller, "dispatchDelivery", json!({ "deliveryId": delivery, "lots": lots })).await
    };
    let unknown = "lot_01h455vb4pex5vsknk084sn02q";
    let several = json!([{ "lotId": unknown }, { "lotId": lot, "quantity": kilos("81") }, { "lotId": lot }]);
    let expected =
        ["NOT_FOUND input.lots.0.lotId", "INSUFFICIENT_STOCK input.lots.1.quantity", "LOT_TWICE input.lots.2.lotId"];
    assert_eq!(send(several).await, expected);
    // What they weigh is what leaves, where that is counted in kilograms.
    assert_eq!(send(json!([{ "lotId": lot, "quantity": kilos("49") }])).await, ["INVALID_VALUE input.quantity.value"]);

    // A lot that is called back does not move.
    let recall = "mutation($input: OpenRecallInput!) { openRecall(input: $input) { recall { id } userErrors { code message path } } }";
    let input = json!({ "organizationId": market.house, "lotIds": [lot], "reason": "Ce lot est devenu rance." });
    market.app.expect_payload(Some(&market.seller), recall, input).await;
    assert_eq!(send(json!([{ "lotId": lot, "quantity": kilos("50") }])).await, ["LOT_ON_HOLD input.lots.0.lotId"]);
    // Nor one that is with nobody who supplies.
    let ship = "mutation($input: RecordShipmentInput!) { recordShipment(input: $input) { lot { id } userErrors { code message path } } }";
    use bfw::kernel::clock::Clock as _;
    let input = json!({ "organizationId": market.house, "lotId": other, "toOrganizationId": market.company, "occurredAt": market.app.clock.now() });
    market.app.expect_payload(Some(&market.seller), ship, input).await;
    assert_eq!(send(json!([{ "lotId": other }])).await, ["LOT_IN_TRANSIT input.lots.0.lotId"]);
    let receive = "mutation($input: RecordReceiptInput!) { recordReceipt(input: $input) { lot { id } userErrors { code message path } } }";
    let input = json!({ "organizationId": market.company, "lotId": other, "occurredAt": market.app.clock.now() });
    market.app.expect_payload(Some(&market.buyer), receive, input).await;
    assert_eq!(send(json!([{ "lotId": other }])).await, ["LOT_NOT_HELD input.lots.0.lotId"]);

    // Nothing of all that was done.
    let contract = market.contract(&market.seller, &of.0).await;
    assert_eq!(contract["deliveries"][0]["status"], "SCHEDULED");
    assert_eq!(market.number("SELECT COUNT(*) FROM contract_delivery_lot").await, 0);
}

#[db_test]
async fn no_more_is_planned_sent_or_accepted_than_was_ordered(market: Market) {
    let of = market.signed("100").await;
    let plan = |kilograms: &str, day: String| json!({ "contractId": of.0, "contractLineId": of.1, "quantity": kilos(kilograms), "dueOn": day });
    let refused = async |input: Value| market.refused(&market.buyer, "scheduleDelivery", input).await;
    assert_eq!(refused(plan("100.001", market.day(1))).await, ["OVER_DELIVERY input.quantity.value"]);
    assert_eq!(
        refused(plan("0", "2026-11-01".to_owned())).await,
        ["OUT_OF_RANGE input.quantity.value", "OUT_OF_RANGE input.dueOn"]
    );
    let unknown =
        with(plan("1", market.day(1)), json!({ "contractLineId": "contractline_01h455vb4pex5vsknk084sn02q" }));
    assert_eq!(refused(unknown).await, ["NOT_FOUND input.contractLineId"]);

    let delivery = market.planned(&of, "60", 1).await;
    assert_eq!(refused(plan("41", market.day(1))).await, ["OVER_DELIVERY input.quantity.value"]);
    let send = json!({ "deliveryId": delivery, "quantity": kilos("101") });
    assert_eq!(market.refused(&market.seller, "dispatchDelivery", send).await, ["OVER_DELIVERY input.quantity.value"]);
    market.done(&market.seller, "dispatchDelivery", json!({ "deliveryId": delivery })).await;

    let receive = |received: &str, accepted: Value| {
        with(json!({ "deliveryId": delivery, "receivedQuantity": kilos(received) }), accepted)
    };
    let refused = async |input: Value| market.refused(&market.buyer, "receiveDelivery", input).await;
    assert_eq!(refused(receive("61", json!({}))).await, ["OUT_OF_RANGE input.receivedQuantity.value"]);
    let more = json!({ "acceptedQuantity": kilos("60") });
    assert_eq!(refused(receive("59", more)).await, ["OUT_OF_RANGE input.acceptedQuantity.value"]);
    let less = json!({ "acceptedQuantity": kilos("50") });
    assert_eq!(refused(receive("60", less)).await, ["REQUIRED input.reason"]);

    // What is rejected may come again.
    let nothing = json!({ "acceptedQuantity": kilos("0"), "reason": "Tout est rance." });
    let rejected = market.done(&market.buyer, "receiveDelivery", receive("60", nothing)).await;
    assert_eq!(rejected["status"], "REJECTED");
    market.accepted(&of, "100").await;
    assert_eq!(market.contradictions().await, [""; 0]);
}

#[db_test]
async fn every_step_that_a_state_forbids_is_refused(market: Market) {
    let pending = market.ordered("10").await;
    let plan = json!({ "contractId": pending["id"], "contractLineId": pending["lines"][0]["id"], "quantity": kilos("1"), "dueOn": market.day(1) });
    assert_eq!(market.refused(&market.seller, "scheduleDelivery", plan).await, ["INVALID_TRANSITION input.contractId"]);

    let of = market.signed("100").await;
    let delivery = market.planned(&of, "100", 1).await;
    let at = ["INVALID_TRANSITION input.deliveryId"];
    let receive = json!({ "deliveryId": delivery, "receivedQuantity": kilos("100") });
    let accept = json!({ "deliveryId": delivery, "acceptedQuantity": kilos("100") });
    let dispatch = json!({ "deliveryId": delivery });
    let cancel = json!({ "deliveryId": delivery, "reason": "Plus tard." });
    let steps = [
        ("dispatchDelivery", &market.seller, dispatch.clone()),
        ("receiveDelivery", &market.buyer, receive.clone()),
        ("acceptDelivery", &market.buyer, accept.clone()),
        ("cancelDelivery", &market.seller, cancel.clone()),
    ];
    let refused = async |names: &[&str]| {
        for (name, token, input) in &steps {
            if names.contains(name) {
                assert_eq!(market.refused(token, name, input.clone()).await, at, "{name}");
            }
        }
    };
    refused(&["receiveDelivery", "acceptDelivery"]).await;
    market.done(&market.seller, "dispatchDelivery", dispatch).await;
    refused(&["dispatchDelivery", "acceptDelivery", "cancelDelivery"]).await;
    market.done(&market.buyer, "receiveDelivery", receive).await;
    refused(&["dispatchDelivery", "receiveDelivery", "cancelDelivery"]).await;
    market.done(&market.buyer, "acceptDelivery", accept).await;
    refused(&["dispatchDelivery", "receiveDelivery", "acceptDelivery", "cancelDelivery"]).await;
}

#[db_test]
async fn the_seller_receives_nothing_and_the_buyer_sends_nothing(market: Market) {
    let of = market.signed("100").await;
    let delivery = market.planned(&of, "100", 1).await;
    let dispatch = json!({ "deliveryId": delivery });
    assert_eq!(market.refused(&market.buyer, "dispatchDelivery", dispatch.clone()).await, ["FORBIDDEN "]);
    market.done(&market.seller, "dispatchDelivery", dispatch).await;
    let receive = json!({ "deliveryId": delivery, "receivedQuantity": kilos("100") });
    assert_eq!(market.refused(&market.seller, "receiveDelivery", receive.clone()).await, ["FORBIDDEN "]);
    let stranger = market.app.sign_up("koro@exemple.ml").await;
    assert_eq!(market.refused(&stranger, "receiveDelivery", receive).await, ["NOT_FOUND input.deliveryId"]);
    let stale = json!({ "deliveryId": delivery, "receivedQuantity": kilos("100"), "expectedVersion": 1 });
    assert_eq!(
        market.refused(&market.buyer, "receiveDelivery", stale).await,
        ["VERSION_CONFLICT input.expectedVersion"]
    );
}

#[db_test]
async fn what_is_on_its_way_when_a_contract_ends_still_arrives_and_is_paid(market: Market) {
    let of = market.signed("100").await;
    let (sent, planned) = (market.planned(&of, "40", 1).await, market.planned(&of, "60", 9).await);
    market.done(&market.seller, "dispatchDelivery", json!({ "deliveryId": sent })).await;
    let end = json!({ "contractId": of.0, "organizationId": market.company, "reason": "La saison est finie." });
    assert_eq!(market.done(&market.buyer, "terminateContract", end).await["status"], "TERMINATED");

    let refused = market.refused(&market.seller, "dispatchDelivery", json!({ "deliveryId": planned })).await;
    assert_eq!(refused, ["INVALID_TRANSITION input.deliveryId"]);
    let receive = json!({ "deliveryId": sent, "receivedQuantity": kilos("40"), "acceptedQuantity": kilos("40") });
    market.done(&market.buyer, "receiveDelivery", receive).await;
    let invoice = market.approved(&of, "40", "F-1").await;
    let paid = market.done(&market.buyer, "recordPayment", market.pay(&invoice, "50000", "OM-1")).await;
    market.done(&market.seller, "confirmPayment", json!({ "paymentId": paid["id"], "received": true })).await;

    let contract = market.contract(&market.buyer, &of.0).await;
    assert_eq!(contract["status"], "TERMINATED");
    let states: Vec<&Value> = contract["deliveries"].as_array().unwrap().iter().map(|one| &one["status"]).collect();
    assert_eq!(states, ["ACCEPTED", "CANCELLED"]);
}
