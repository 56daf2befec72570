//! One purchase, from the request to the last payment, by everybody who has a part in it.

use bfw::kernel::{audit, clock::Clock as _};
use chrono::{Days, TimeDelta};
use db_test::db_test;
use serde_json::{Value, json};

use super::{
    AMEND, lots,
    scene::{ACTIVATE, Offer, Person, declared_womens, preferring_womens_cooperatives, published},
};
use crate::{
    contracts::{CONTRACT, INVOICE, done, kilos, text},
    harness::TestApp,
    notifications::stay_signed_in,
};

const ASK: &str = "mutation($input: AskQuestionInput!) { askQuestion(input: $input) {
    question { id } userErrors { code message path } } }";

const ANSWER: &str = "mutation($input: AnswerQuestionInput!) { answerQuestion(input: $input) {
    question { answer } userErrors { code message path } } }";

const EVALUATION: &str = "query($id: ID!) { evaluation(requestId: $id) { lots { ranking {
    bid { id } amount { amount } comparedAmount { amount } } } } }";

const ADD_PRODUCER: &str = "mutation($input: AddProducerInput!) { addProducer(input: $input) {
    producer { id } userErrors { code message path } } }";

const RECORD_DELIVERY: &str = "mutation($input: RecordDeliveryInput!) { recordDelivery(input: $input) {
    lot { id } userErrors { code message path } } }";

const REPORT: &str =
    "query($buyer: ID, $from: Date!, $to: Date!) { genderResponsiveReport(buyerId: $buyer, from: $from, to: $to,
    definition: WOMENS_COOPERATIVE) { indicators { id value numerator denominator unit suppressed } } }";

/// The contracts that somebody is a party to.
async fn contracts(app: &TestApp, person: &Person) -> Vec<Value> {
    let query = format!("{{ contracts(first: 10) {{ edges {{ node {{ {CONTRACT} }} }} }} }}");
    let data = app.expect_data(Some(&person.token), &query, json!({})).await;
    data["contracts"]["edges"].as_array().unwrap().iter().map(|edge| edge["node"].clone()).collect()
}

/// What a cooperative collected of its members, as a lot.
async fn collected(app: &TestApp, seller: &Person, kilograms: &str) -> String {
    let today = app.clock.today();
    let input = json!({ "organizationId": seller.organization, "name": "Fanta Coulibaly", "gender": "FEMALE",
        "memberSince": today });
    let producer = app.expect_payload(Some(&seller.token), ADD_PRODUCER, input).await["producer"]["id"].take();
    let input = json!({ "organizationId": seller.organization, "producerId": producer, "productCode": "shea-butter",
        "quantity": kilos(kilograms), "deliveredAt": app.clock.now() });
    text(&app.expect_payload(Some(&seller.token), RECORD_DELIVERY, input).await["lot"]["id"])
}

#[db_test]
async fn a_request_is_amended_bid_on_awarded_contracted_delivered_paid_and_counted(app: TestApp) {
    // Given a ministry that prefers women's cooperatives by ten percent, two of them, and somebody of whom nothing is known.
    let mut scene = published(&app, 3, preferring_womens_cooperatives()).await;
    for seller in &scene.sellers[..2] {
        declared_womens(&app, seller).await;
    }

    // When one of them asks and the ministry answers, and takes the second lot out.
    let ask = json!({ "requestId": scene.request, "organizationId": scene.sellers[0].organization,
        "question": "Livrez-vous les emballages ?" });
    let question = app.expect_payload(Some(&scene.sellers[0].token), ASK, ask).await["question"]["id"].take();
    let answer = json!({ "questionId": question, "answer": "Non, ils sont à la charge du fournisseur." });
    app.expect_payload(Some(&scene.officer.token), ANSWER, answer).await;
    let had = lots(&app, &scene.officer.token, &scene.request).await;
    let amend = json!({ "requestId": scene.request, "rationale": "Sikasso est couvert.", "lots": [{ "id": had[0],
        "title": "Beurre de karité, Ségou", "productCode": "shea-butter", "placeCode": "segou", "quantity": kilos("500") }] });
    let amended = app.expect_payload(Some(&scene.officer.token), AMEND, amend).await;
    assert_eq!(amended["procurementRequest"]["version"], 2);

    // And the two bid together, and the third bids less.
    let bids = scene
        .opened(&app, |sellers| {
            let together =
                Offer { partners: vec![(&sellers[0], 70), (&sellers[1], 30)], ..Offer::for_lot(&sellers[0], 0, 1_050) };
            vec![together, Offer::for_lot(&sellers[2], 0, 1_000)]
        })
        .await;

    // Then they rank first, as was published, and are to be paid what they asked for.
    let seen = app.expect_data(Some(&scene.officer.token), EVALUATION, json!({ "id": scene.request })).await;
    let ranking = &seen["evaluation"]["lots"][0]["ranking"];
    assert_eq!((&ranking[0]["bid"]["id"], &ranking[0]["amount"]["amount"]), (&json!(bids[0]), &json!("525000")));
    assert_eq!(
        (&ranking[1]["amount"]["amount"], &ranking[1]["comparedAmount"]["amount"]),
        (&json!("500000"), &json!("550000"))
    );
    let awards = scene.awarded(&app, &bids[0]).await;
    assert_eq!(awards.len(), 1);
    scene.later(&app, 30).await;
    stay_signed_in(&app).await;
    app.expect_payload(Some(&scene.officer.token), ACTIVATE, json!({ "awardId": awards[0] })).await;
    assert_eq!(scene.status(&app).await, "COMPLETE");

    // When all have signed, and signed again that fifty kilograms less are needed.
    let [lead, partner] = [&scene.sellers[0], &scene.sellers[1]];
    let contract = contracts(&app, lead).await.remove(0);
    assert_eq!((&contract["status"], &contract["amount"]["amount"]), (&json!("PENDING"), &json!("525000")));
    let id = text(&contract["id"]);
    let sign = async |person: &Person| {
        let input = json!({ "contractId": id, "organizationId": person.organization });
        done(&app, &person.token, "signContract", input).await
    };
    sign(&scene.officer).await;
    sign(lead).await;
    assert_eq!(sign(partner).await["status"], "ACTIVE");
    let line = text(&contract["lines"][0]["id"]);
    let change = json!({ "contractId": id, "organizationId": scene.officer.organization, "rationale": "Une école ferme.",
        "lines": [{ "contractLineId": line, "quantity": kilos("450") }] });
    done(&app, &scene.officer.token, "changeContract", change).await;
    sign(lead).await;
    let changed = sign(partner).await;
    assert_eq!((&changed["versionInForce"], &changed["amount"]["amount"]), (&json!(2), &json!("472500")));

    // And what the members brought is delivered, in two parts, and accepted.
    for (seller, kilograms) in [(lead, "300"), (partner, "150")] {
        let lot = collected(&app, seller, kilograms).await;
        let due = app.clock.today() + Days::new(5);
        let input = json!({ "contractId": id, "contractLineId": line, "quantity": kilos(kilograms), "dueOn": due });
        let delivery = done(&app, &seller.token, "scheduleDelivery", input).await["id"].take();
        let input = json!({ "deliveryId": delivery, "lots": [{ "lotId": lot, "quantity": kilos(kilograms) }] });
        done(&app, &seller.token, "dispatchDelivery", input).await;
        app.clock.advance(TimeDelta::minutes(10));
        let input = json!({ "deliveryId": delivery, "receivedQuantity": kilos(kilograms), "acceptedQuantity": kilos(kilograms) });
        let received = done(&app, &scene.officer.token, "receiveDelivery", input).await;
        assert_eq!(
            (&received["status"], &received["lots"][0]["lot"]["status"]),
            (&json!("ACCEPTED"), &json!("AVAILABLE"))
        );
    }

    // And billed, approved, paid to each her share, and confirmed by each.
    let bill =
        json!({ "contractId": id, "number": "F-1", "lines": [{ "contractLineId": line, "quantity": kilos("450") }] });
    let invoice = done(&app, &lead.token, "submitInvoice", bill).await["id"].take();
    done(&app, &scene.officer.token, "approveInvoice", json!({ "invoiceId": invoice })).await;
    for (payee, francs) in [(lead, "330750"), (partner, "141750")] {
        let pay = json!({ "invoiceId": invoice, "payeeId": payee.organization, "amount": { "amount": francs },
            "paidOn": app.clock.today(), "reference": format!("OM-{francs}") });
        let payment = done(&app, &scene.officer.token, "recordPayment", pay).await;
        let confirm = json!({ "paymentId": payment["id"], "received": true });
        done(&app, &payee.token, "confirmPayment", confirm).await;
    }

    // Then the contract is complete, in whole and in part.
    let query = format!("query($id: ID!) {{ contract(id: $id) {{ {CONTRACT} invoices {{ {INVOICE} }} }} }}");
    let whole = app.expect_data(Some(&scene.officer.token), &query, json!({ "id": id })).await["contract"].take();
    assert_eq!((&whole["status"], &whole["arrears"]["amount"]), (&json!("COMPLETE"), &json!("0")));
    assert_eq!(whole["invoices"][0]["status"], "PAID");

    // And all of it was published under one identifier, in order.
    app.settle().await;
    let record = crate::ocds::json(&app, &format!("/ocds/records/{}", text(&whole["ocid"]))).await;
    let compiled = &record["records"][0]["compiledRelease"];
    assert_eq!(compiled["awards"][0]["suppliers"].as_array().unwrap().len(), 2);
    assert_eq!(compiled["contracts"][0]["value"]["amount"], 472_500);
    assert_eq!(compiled["contracts"][0]["implementation"]["transactions"].as_array().unwrap().len(), 2);

    // And counted: all that the ministry awarded went to women's cooperatives.
    let today = app.clock.today();
    let period = json!({ "buyer": scene.officer.organization, "from": today - Days::new(90), "to": today });
    let report = app.expect_data(Some(&scene.officer.token), REPORT, period).await;
    let share = &report["genderResponsiveReport"]["indicators"][0];
    assert_eq!((&share["value"], &share["suppressed"]), (&json!("1"), &json!(false)));

    // And nothing contradicts itself, or was altered.
    let examined = bfw::contracts::examine(&app.app.services.db).await.unwrap();
    assert_eq!((examined.processes, examined.found), (1, Vec::<String>::new()));
    let checked = audit::verify(&app.app.services.db).await.unwrap();
    assert!(checked.broken.is_empty() && checked.entries > 20, "{checked:?}");
}
