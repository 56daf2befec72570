//! What happens to lots is recorded, and their masses follow.

use db_test::db_test;
use serde_json::{Value, json};

use super::{Yard, id};

#[db_test]
async fn a_delivery_is_a_lot_whose_mass_follows_from_the_unit(yard: Yard) {
    let mut input = yard.delivery(&yard.woman, "3");
    input["quantity"]["unit"] = json!("SAC50");
    input["pricePaid"] = json!({ "amount": "45000" });
    let payload = yard.done("recordDelivery", input).await;

    let lot = &payload["lot"];
    assert_eq!(lot["quantity"], json!({ "value": "150", "unit": "KGM" }));
    assert_eq!((&lot["status"], &lot["custodyModel"]), (&json!("AVAILABLE"), &json!("IDENTITY_PRESERVED")));
    assert_eq!((&lot["womenGrownShare"], &lot["producerConfirmedShare"]), (&json!("1"), &json!("0")));
    assert_eq!(payload["event"]["kind"], "DELIVERY");
    // She has no phone: both codes are for her slip.
    let (delivery, payment) = (&payload["slips"]["deliveryCode"], &payload["slips"]["paymentCode"]);
    assert!(delivery.is_string() && payment.is_string() && delivery != payment, "{payload:#}");
}

#[db_test]
async fn lots_become_one_and_that_becomes_butter_and_cake(yard: Yard) {
    let hers = yard.delivered(&yard.woman, "60").await;
    let his = yard.delivered(&yard.man, "40").await;
    let both = yard.together(&[Yard::portion(&hers, "60"), Yard::portion(&his, "20")]).await;
    assert_eq!(
        (yard.left(&hers).await, yard.left(&his).await, yard.left(&both).await),
        ("0".into(), "20".into(), "80".into())
    );
    assert_eq!(yard.lot(&both).await["custodyModel"], "SEGREGATED");
    assert_eq!(yard.lot(&both).await["womenGrownShare"], "0.75");

    let outputs = json!([
        { "productCode": "shea-butter", "quantity": { "value": "30", "unit": "KGM" }, "grade": "A" },
        { "productCode": "shea-cake", "quantity": { "value": "45", "unit": "KGM" } },
    ]);
    yard.later(5);
    let input = yard.step(&[Yard::portion(&both, "80")], json!({ "outputs": outputs, "occurredAt": yard.ago(1) }));
    let made = yard.done("recordTransformation", input).await;

    let lots = made["lots"].as_array().unwrap();
    assert_eq!(lots.len(), 2);
    assert_eq!((&lots[0]["quantity"]["value"], &lots[1]["quantity"]["value"]), (&json!("30"), &json!("45")));
    assert_eq!(lots[1]["growers"], json!({ "women": "0.75", "others": "0.25", "unknown": "0", "confirmed": "0" }));
    assert_eq!(yard.left(&both).await, "0");
}

#[db_test]
async fn a_lot_is_parted_and_what_is_left_stays(yard: Yard) {
    let lot = yard.delivered(&yard.woman, "100").await;
    let input = json!({
        "organizationId": yard.house, "lotId": lot, "occurredAt": yard.ago(10),
        "quantities": [{ "value": "1", "unit": "SAC50" }, { "value": "12.5", "unit": "KGM" }],
    });
    let parts = yard.done("recordSplit", input).await;
    let values: Vec<&Value> = parts["lots"].as_array().unwrap().iter().map(|lot| &lot["quantity"]["value"]).collect();
    assert_eq!(values, [&json!("50"), &json!("12.5")]);
    assert_eq!(yard.left(&lot).await, "37.5");
    assert_eq!(yard.lot(&id(&parts["lots"][0])).await["custodyModel"], "IDENTITY_PRESERVED");
}

#[db_test]
async fn a_lot_goes_from_hand_to_hand_and_what_does_not_arrive_is_lost(yard: Yard) {
    let (buyer, company) = yard.neighbour("COMPANY").await;
    let lot = yard.delivered(&yard.woman, "100").await;
    let input = json!({
        "organizationId": yard.house, "lotId": lot, "toOrganizationId": company, "occurredAt": yard.ago(10),
        "quantity": { "value": "70", "unit": "KGM" },
    });
    let sent = yard.done("recordShipment", input).await;
    let part = id(&sent["lot"]);
    assert_ne!(part, lot, "a part is a lot of its own");
    assert_eq!((&sent["lot"]["status"], &sent["lot"]["destination"]["id"]), (&json!("IN_TRANSIT"), &json!(company)));
    assert_eq!(yard.left(&lot).await, "30");
    let portion = [Yard::portion(&part, "1")];
    let under_way = yard.refused("recordAggregation", yard.step(&portion, json!({}))).await;
    assert_eq!(under_way, ["LOT_IN_TRANSIT input.inputs.0.lotId"]);

    let arrival = json!({
        "organizationId": company, "lotId": part, "occurredAt": yard.ago(5),
        "quantity": { "value": "69.5", "unit": "KGM" },
    });
    let arrived = yard.done_by(&buyer, "recordReceipt", arrival.clone()).await;
    assert_eq!(arrived["lot"]["organization"]["id"], company);
    assert_eq!(
        (&arrived["lot"]["remaining"]["value"], &arrived["lot"]["status"]),
        (&json!("69.5"), &json!("AVAILABLE"))
    );
    assert_eq!(arrived["lot"]["maker"]["id"], yard.house);
    let again = yard.refused_to(&buyer, "recordReceipt", arrival).await;
    assert_eq!(again, ["LOT_NOT_HELD input.lotId"]);

    let events = "events(first: 10) { totalCount edges { node { kind organization { id } epcis } } }";
    let told = yard.lot_as(Some(&buyer), &part, events).await;
    let kinds: Vec<&Value> =
        told["events"]["edges"].as_array().unwrap().iter().map(|edge| &edge["node"]["kind"]).collect();
    assert_eq!(kinds.len(), 4, "{told:#}");
    assert_eq!(kinds[2..], [&json!("SHIPMENT"), &json!("SPLIT")][..]);
    // She sees whole what her own organization recorded, and of the others that it happened.
    for edge in told["events"]["edges"].as_array().unwrap() {
        let own = edge["node"]["organization"]["id"] == company;
        assert_eq!(edge["node"]["epcis"].is_null(), !own, "{edge:#}");
    }
}

#[db_test]
async fn a_loss_takes_from_a_lot_and_an_inspection_may_hold_it_and_all_that_was_made_of_it(yard: Yard) {
    let lot = yard.delivered(&yard.woman, "100").await;
    let both = yard.together(&[Yard::portion(&lot, "40")]).await;
    let loss = json!({
        "organizationId": yard.house, "lotId": lot, "occurredAt": yard.ago(5), "reason": "SPOILED",
        "quantity": { "value": "10", "unit": "KGM" },
    });
    assert_eq!(yard.done("recordLoss", loss).await["lot"]["remaining"]["value"], "50");

    let look = |result: &str| json!({ "organizationId": yard.house, "lotId": lot, "occurredAt": yard.ago(4), "result": result });
    assert_eq!(yard.done("recordInspection", look("CONFORMANT")).await["lot"]["onHold"], false);
    yard.later(1);
    let event = yard.done("recordInspection", look("NON_CONFORMANT")).await;
    assert_eq!(event["lot"]["onHold"], true);
    assert_eq!(yard.lot(&both).await["onHold"], true, "what was made of it is held, too");
    let moved = yard.refused("recordAggregation", yard.step(&[Yard::portion(&both, "1")], json!({}))).await;
    assert_eq!(moved, ["LOT_ON_HOLD input.inputs.0.lotId"]);

    // A verifier who belongs to nobody concerned may let one of them go.
    let verifier = yard.app.verifier("verifier@exemple.ml").await;
    let release = json!({ "lotId": both, "reason": "Analyse en laboratoire conforme." });
    assert_eq!(yard.refused("releaseHold", release.clone()).await, ["FORBIDDEN "]);
    assert_eq!(yard.done_by(&verifier, "releaseHold", release.clone()).await["lot"]["onHold"], false);
    let nothing = yard.refused_to(&verifier, "releaseHold", release).await;
    assert_eq!(nothing, ["INVALID_TRANSITION input.lotId"]);
    assert_eq!(yard.lot(&lot).await["onHold"], true);
    let held = yard.lot_as(Some(&yard.owner), &both, "holds { cause releasedAt reason }").await;
    assert_eq!(held["holds"][0]["reason"], "Analyse en laboratoire conforme.");
    assert_eq!(
        yard.lot_as(None, &both, "holds { cause } remaining { value }").await,
        json!({ "holds": null, "remaining": null })
    );
}

#[db_test]
async fn a_repeated_write_is_one(yard: Yard) {
    let mut input = yard.delivery(&yard.woman, "10");
    input["idempotencyKey"] = json!("sms-1");
    let first = yard.done("recordDelivery", input.clone()).await;
    let second = yard.done("recordDelivery", input.clone()).await;
    assert_eq!((&first["lot"]["id"], &first["event"]["id"]), (&second["lot"]["id"], &second["event"]["id"]));
    // Nobody knows whether the first answer arrived: its code is replaced by another.
    assert_ne!(first["slips"]["deliveryCode"], second["slips"]["deliveryCode"]);
    input["quantity"]["value"] = json!("11");
    assert_eq!(yard.refused("recordDelivery", input).await, ["IDEMPOTENCY_CONFLICT input.idempotencyKey"]);

    let lot = id(&first["lot"]);
    let mut step = yard.step(&[Yard::portion(&lot, "4")], json!({ "idempotencyKey": "a-1" }));
    let once = yard.done("recordAggregation", step.clone()).await;
    let twice = yard.done("recordAggregation", step.clone()).await;
    assert_eq!(once["lot"]["id"], twice["lot"]["id"]);
    assert_eq!(yard.left(&lot).await, "6");
    step["idempotencyKey"] = json!("a-2");
    yard.done("recordAggregation", step).await;
    assert_eq!(yard.left(&lot).await, "2");
}

#[db_test]
async fn lots_are_listed_to_those_who_have_them_and_found_by_their_label(yard: Yard) {
    let (stranger, _) = yard.neighbour("SME").await;
    let first = yard.delivered(&yard.woman, "10").await;
    yard.later(10);
    let second = yard.delivered(&yard.man, "20").await;
    let query = "query($id: ID!, $filter: LotFilter, $after: String) {
        lots(organizationId: $id, filter: $filter, first: 1, after: $after) { totalCount pageInfo { endCursor hasNextPage }
            edges { node { id } } } }";
    let page = async |variables: Value| yard.app.expect_data(Some(&yard.owner), query, variables).await["lots"].take();
    let one = page(json!({ "id": yard.house })).await;
    assert_eq!((&one["totalCount"], &one["edges"][0]["node"]["id"]), (&json!(2), &json!(second)));
    let two = page(json!({ "id": yard.house, "after": one["pageInfo"]["endCursor"] })).await;
    assert_eq!((&two["edges"][0]["node"]["id"], &two["pageInfo"]["hasNextPage"]), (&json!(first), &json!(false)));
    yard.together(&[Yard::portion(&first, "10")]).await;
    let empty = page(json!({ "id": yard.house, "filter": { "hasRemaining": false } })).await;
    assert_eq!((&empty["totalCount"], &empty["edges"][0]["node"]["id"]), (&json!(1), &json!(first)));

    let refused = yard.app.graphql(Some(&stranger), query, json!({ "id": yard.house })).await;
    assert_eq!(refused["errors"][0]["extensions"]["userErrors"][0]["code"], "NOT_FOUND");
    let own = "query($id: ID!) { organization(id: $id) { lots(first: 5) { totalCount } } }";
    let asked = async |token: &str| yard.app.expect_data(Some(token), own, json!({ "id": yard.house })).await;
    assert_eq!(asked(&yard.owner).await["organization"]["lots"]["totalCount"], 3);
    assert_eq!(asked(&stranger).await["organization"]["lots"], Value::Null);

    let code = yard.lot(&first).await["code"].as_str().unwrap().to_lowercase();
    let typed = format!("{} {}-{}", &code[..4], &code[4..8], &code[8..]);
    let by_code = "query($code: String!) { lotByCode(code: $code) { id url } }";
    let found = yard.app.expect_data(None, by_code, json!({ "code": typed })).await;
    assert_eq!(found["lotByCode"]["id"], first);
    assert!(found["lotByCode"]["url"].as_str().unwrap().ends_with(&format!("/trace/{}", code.to_uppercase())));
    for forged in ["", "ZZZZZZZZZZZZ", "' OR 1=1 --", "000000000000000000000000"] {
        let none = yard.app.expect_data(None, by_code, json!({ "code": forged })).await;
        assert_eq!(none["lotByCode"], Value::Null, "{forged}");
    }
}
