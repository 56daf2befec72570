//! Producers confirm what was recorded of them, by a code that comes to them and to nobody else.

use std::sync::Arc;

use bfw::{
    notifications::ports::SendError,
    traceability::{AskConfirmation, Traceability, model::confirmation::Told},
};
use chrono::TimeDelta;
use db_test::db_test;
use futures_util::future::join_all;
use serde_json::{Value, json};

use super::{add, cooperative, corrected, delivered, id, kept, member, with};
use crate::{
    harness::TestApp,
    notifications::{Outgoing, stay_signed_in},
};

const PAY: &str = "mutation($input: RecordProducerPaymentInput!) { recordProducerPayment(input: $input) {
    payment { id deliveryEventId amount { amount currency } paidAt confirmedAt producer { name } } confirmationCode
    userErrors { code message path } } }";

const CONFIRM: &str = "mutation($input: ConfirmDeliveryInput!) { confirmDelivery(input: $input) {
    confirmed { kind deliveryEventId paymentId confirmedAt } userErrors { code message path } } }";

fn at(code: &str, path: &str) -> (String, String) {
    (code.to_owned(), path.to_owned())
}

fn payment(delivery: &str, changes: Value) -> Value {
    let amount = json!({ "amount": "15000", "currency": "XOF" });
    with(json!({ "deliveryEventId": delivery, "amount": amount, "paidAt": "2026-11-02T07:30:00Z" }), changes)
}

/// A cooperative's owner and id, a producer, and a delivery of hers.
async fn delivery(app: &TestApp, changes: Value) -> (String, String, String, String) {
    let (owner, house) = cooperative(app, "awa@exemple.ml").await;
    let producer = id(&add(app, &owner, &house, changes).await);
    let delivery = delivered(app, &house, &producer, 120).await;
    (owner, house, producer, delivery)
}

/// The room whose messages leave this way.
fn room(app: &TestApp, outgoing: &Arc<Outgoing>) -> Traceability {
    app.app.traceability.with_notifications(outgoing.of(app))
}

/// Asks a producer to confirm a delivery, as whoever records it does.
async fn ask(app: &TestApp, producer: &str, phone: Option<&str>, delivery: &str) -> Option<String> {
    let asked = AskConfirmation {
        producer: producer.parse().unwrap(),
        phone: phone.map(str::to_owned),
        delivery: delivery.parse().unwrap(),
        payment: None,
        organization: "Benkadi".to_owned(),
        language: bfw::kernel::locale::Locale::Bm,
        told: Told::Delivery { grams: 120_000, product: "Beurre de karité".to_owned() },
        day: "2026-11-02".parse().unwrap(),
    };
    let tx = app.app.services.db.begin().await.unwrap();
    let code = app.app.traceability.ask_confirmation(&tx, asked).await.unwrap();
    tx.commit().await.unwrap();
    code
}

/// The code in a message that left: its last word.
fn code_in(outgoing: &Outgoing) -> String {
    let sms = outgoing.sms.lock().unwrap();
    sms.last().unwrap().text.rsplit(' ').next().unwrap().to_owned()
}

async fn messages(app: &TestApp) -> String {
    kept(app, "CAST(COUNT(*) AS TEXT)", "producer_message").await.trim().to_owned()
}

#[db_test]
async fn a_payment_is_confirmed_by_the_code_that_came_by_sms(app: TestApp) {
    let (owner, _, _, event) = delivery(&app, json!({ "phone": "76123456" })).await;
    let input = payment(&event, json!({ "idempotencyKey": "1" }));
    let paid = app.expect_payload(Some(&owner), PAY, input.clone()).await;
    assert_eq!(paid["confirmationCode"], Value::Null, "whoever paid does not learn it");
    assert_eq!(
        (&paid["payment"]["amount"]["amount"], &paid["payment"]["confirmedAt"]),
        (&json!("15000"), &Value::Null)
    );
    assert_eq!(app.expect_payload(Some(&owner), PAY, input).await, paid, "the network dropped");

    let outgoing = Outgoing::answering(vec![]);
    assert_eq!(room(&app, &outgoing).send_messages().await.unwrap(), 1);
    let sms = outgoing.sms.lock().unwrap()[0].clone();
    assert_eq!(sms.to.as_str(), "+22376123456");
    for part in ["Benkadi", "15 000 F CFA", "02/11/2026", "karité"] {
        assert!(sms.text.contains(part), "{}", sms.text);
    }
    assert!(sms.text.chars().count() <= 160, "{}", sms.text);
    let code = code_in(&outgoing);
    let kept_of_it = kept(&app, "channel", "producer_confirmation").await + &messages(&app).await;
    assert_eq!(kept_of_it, "SMS\n0", "what was sent is gone");

    app.clock.advance(TimeDelta::minutes(5));
    let typed = format!(" {}-{} ", code[..4].to_lowercase(), code[4..].replace('0', "o").replace('1', "L"));
    let confirmed = app.expect_payload(None, CONFIRM, json!({ "code": typed })).await["confirmed"].take();
    let expected = json!({ "kind": "PAYMENT", "deliveryEventId": event, "paymentId": paid["payment"]["id"],
                           "confirmedAt": "2026-11-02T08:05:00+00:00" });
    assert_eq!(confirmed, expected);
    let node = "query($id: ID!) { node(id: $id) { ... on ProducerPayment { confirmedAt producer { name } } } }";
    let shown = app.expect_data(Some(&owner), node, json!({ "id": paid["payment"]["id"] })).await;
    assert_eq!(shown["node"]["confirmedAt"], confirmed["confirmedAt"]);
    assert_eq!(app.expect_data(None, node, json!({ "id": paid["payment"]["id"] })).await["node"], Value::Null);

    let invalid = [at("INVALID_CONFIRMATION_CODE", "input.code")];
    assert_eq!(app.user_errors(None, CONFIRM, json!({ "code": code })).await, invalid, "it was used");
    let log = kept(&app, "action || COALESCE(CAST(after AS TEXT), '')", "audit_entry").await;
    assert!(log.contains("payment.record") && log.contains("payment.confirm") && !log.contains("15000"), "{log}");
}

#[db_test]
async fn a_delivery_is_confirmed_by_the_code_on_a_slip(app: TestApp) {
    let (owner, _, producer, event) = delivery(&app, json!({})).await;
    let code = ask(&app, &producer, None, &event).await.unwrap();
    let keyed = json!({ "code": code, "idempotencyKey": "1" });
    let confirmed = app.expect_payload(None, CONFIRM, keyed.clone()).await;
    assert_eq!(
        (&confirmed["confirmed"]["kind"], &confirmed["confirmed"]["paymentId"]),
        (&json!("DELIVERY"), &Value::Null)
    );
    assert_eq!(app.expect_payload(None, CONFIRM, keyed).await, confirmed, "the network dropped");
    let delivery = event.parse().unwrap();
    let when = app.app.traceability.confirmed_at(&[delivery]).await.unwrap();
    assert_eq!(when.len(), 1);

    // Of a payment that is recorded twice, the second slip counts.
    let input = payment(&event, json!({ "idempotencyKey": "2" }));
    let first = app.expect_payload(Some(&owner), PAY, input.clone()).await;
    let second = app.expect_payload(Some(&owner), PAY, input).await;
    assert_eq!(first["payment"], second["payment"]);
    let invalid = [at("INVALID_CONFIRMATION_CODE", "input.code")];
    let used = app.user_errors(None, CONFIRM, json!({ "code": first["confirmationCode"] })).await;
    assert_eq!(used, invalid);
    app.expect_payload(None, CONFIRM, json!({ "code": second["confirmationCode"] })).await;
}

#[db_test]
async fn unknown_used_and_old_codes_are_refused_alike(app: TestApp) {
    let (owner, house, producer, event) = delivery(&app, json!({})).await;
    let agent = member(&app, &owner, &house, "AGENT").await;
    stay_signed_in(&app).await;
    let code = ask(&app, &producer, None, &event).await.unwrap();
    let refused =
        async |token: Option<&str>, code: &str| app.user_errors(token, CONFIRM, json!({ "code": code })).await;
    let invalid = [at("INVALID_CONFIRMATION_CODE", "input.code")];
    for unknown in ["", "0", "00000000", "UUUUUUUU", &"7".repeat(10_000)] {
        assert_eq!(refused(None, unknown).await, invalid, "{}", unknown.len());
    }
    // Whoever recorded it does not confirm it.
    assert_eq!(refused(Some(&agent), &code).await, [at("CONFLICT_OF_INTEREST", "input.code")]);
    app.clock.advance(TimeDelta::days(30));
    assert_eq!(refused(None, &code).await, invalid);
    assert_eq!(refused(Some(&agent), &code).await, invalid);

    let code = ask(&app, &producer, None, &event).await.unwrap();
    app.clock.advance(TimeDelta::days(30) - TimeDelta::seconds(1));
    let neighbour = app.sign_up("fatou@exemple.ml").await;
    app.expect_payload(Some(&neighbour), CONFIRM, json!({ "code": code })).await;
    assert_eq!(refused(None, &code).await, invalid);
}

#[db_test]
async fn of_many_who_use_a_code_at_the_same_time_one_succeeds(app: TestApp) {
    let (_, _, producer, event) = delivery(&app, json!({})).await;
    let code = ask(&app, &producer, None, &event).await.unwrap();
    let input = json!({ "input": { "code": code } });
    let answers = join_all((0..16).map(|_| app.graphql(None, CONFIRM, input.clone()))).await;
    let confirmed = answers.iter().filter(|answer| !answer["data"]["confirmDelivery"]["confirmed"].is_null()).count();
    let refused =
        |answer: &&Value| answer["data"]["confirmDelivery"]["userErrors"][0]["code"] == "INVALID_CONFIRMATION_CODE";
    assert_eq!((confirmed, answers.iter().filter(refused).count()), (1, 15));
}

#[db_test]
async fn an_address_tries_a_hundred_codes_and_no_more(app: TestApp) {
    let (_, _, producer, event) = delivery(&app, json!({})).await;
    let code = ask(&app, &producer, None, &event).await.unwrap();
    for _ in 0..100 {
        app.user_errors(None, CONFIRM, json!({ "code": "00000000" })).await;
    }
    let refused = app.user_errors(None, CONFIRM, json!({ "code": code })).await;
    assert_eq!(refused, [at("TOO_MANY_ATTEMPTS", "")]);
    app.clock.advance(TimeDelta::minutes(15));
    app.expect_payload(None, CONFIRM, json!({ "code": code })).await;
}

#[db_test]
async fn a_payment_is_of_a_delivery_that_stands(app: TestApp) {
    let (owner, house, _, event) = delivery(&app, json!({})).await;
    let refused = async |token: Option<&str>, input: Value| app.user_errors(token, PAY, input).await;
    let nothing = json!({ "amount": { "amount": "0" } });
    assert_eq!(refused(Some(&owner), payment(&event, nothing)).await, [at("OUT_OF_RANGE", "input.amount.amount")]);
    let cents = json!({ "amount": { "amount": "1.5" } });
    assert_eq!(refused(Some(&owner), payment(&event, cents)).await, [at("TOO_PRECISE", "input.amount.amount")]);
    let tomorrow = json!({ "paidAt": "2026-11-03T08:00:00Z" });
    assert_eq!(refused(Some(&owner), payment(&event, tomorrow)).await, [at("OUT_OF_RANGE", "input.paidAt")]);
    let stranger = app.sign_up("fatou@exemple.ml").await;
    let unseen = [at("NOT_FOUND", "input.deliveryEventId")];
    assert_eq!(refused(Some(&stranger), payment(&event, json!({}))).await, unseen);
    assert_eq!(refused(None, payment(&event, json!({}))).await, [at("UNAUTHENTICATED", "")]);
    let none = "event_01h455vb4pex5vsknk084sn02q";
    assert_eq!(refused(Some(&owner), payment(none, json!({}))).await, unseen);
    corrected(&app, &house, &event).await;
    let void = refused(Some(&owner), payment(&event, json!({}))).await;
    assert_eq!(void, [at("INVALID_TRANSITION", "input.deliveryEventId")]);
}

#[db_test]
async fn each_message_leaves_once_whoever_sends(app: TestApp) {
    let (_, _, producer, event) = delivery(&app, json!({ "phone": "76123456" })).await;
    for _ in 0..20 {
        assert_eq!(ask(&app, &producer, Some("+22376123456"), &event).await, None);
    }
    let outgoing = Outgoing::answering(vec![]);
    let rooms: Vec<_> = (0..8).map(|_| room(&app, &outgoing)).collect();
    for sent in join_all(rooms.iter().map(Traceability::send_messages)).await {
        sent.unwrap();
    }
    // What another held while it was looked for is sent in the next round.
    room(&app, &outgoing).send_messages().await.unwrap();
    let sms = outgoing.sms.lock().unwrap();
    let mut texts: Vec<&str> = sms.iter().map(|sms| sms.text.as_str()).collect();
    texts.sort_unstable();
    texts.dedup();
    assert_eq!((sms.len(), texts.len()), (20, 20));
}

#[db_test]
async fn what_was_not_taken_is_tried_again_and_given_up_after_six_times(app: TestApp) {
    let (_, _, producer, event) = delivery(&app, json!({ "phone": "76123456" })).await;
    ask(&app, &producer, Some("+22376123456"), &event).await;
    let outgoing = Outgoing::answering((0..6).map(|_| SendError::NotNow("away".to_owned())).collect());
    let room = room(&app, &outgoing);
    room.send_messages().await.unwrap();
    for (minutes, tries) in [(1, 2), (5, 3), (25, 4), (125, 5)] {
        app.clock.advance(TimeDelta::minutes(minutes) - TimeDelta::seconds(1));
        room.send_messages().await.unwrap();
        assert_eq!(outgoing.counts().1, tries - 1, "too early after {minutes} minutes");
        app.clock.advance(TimeDelta::seconds(1));
        room.send_messages().await.unwrap();
        assert_eq!(outgoing.counts().1, tries);
    }
    // The sixth would come at nine in the evening.
    app.clock.advance(TimeDelta::minutes(625));
    room.send_messages().await.unwrap();
    assert_eq!((outgoing.counts().1, messages(&app).await.as_str()), (5, "1"));
    app.clock.set("2026-11-03T07:00:00Z".parse().unwrap());
    room.send_messages().await.unwrap();
    assert_eq!((outgoing.counts().1, messages(&app).await.as_str()), (6, "0"));
}

#[db_test]
async fn what_may_have_been_taken_is_not_sent_again(app: TestApp) {
    let (_, _, producer, event) = delivery(&app, json!({ "phone": "76123456" })).await;
    for answer in [SendError::Unknown("broken off".to_owned()), SendError::Never("no such number".to_owned())] {
        ask(&app, &producer, Some("+22376123456"), &event).await;
        let outgoing = Outgoing::answering(vec![answer]);
        room(&app, &outgoing).send_messages().await.unwrap();
        assert_eq!((outgoing.counts().1, messages(&app).await.as_str()), (1, "0"));
    }
    // A process ended while it sent.
    ask(&app, &producer, Some("+22376123456"), &event).await;
    let connection = app.database.connect().await;
    let taken = "UPDATE producer_message SET attempts = 1, taken_until = '2026-11-02T08:10:00+00:00'";
    sea_orm::ConnectionTrait::execute_unprepared(&connection, taken).await.unwrap();
    let outgoing = Outgoing::answering(vec![]);
    let room = room(&app, &outgoing);
    room.send_messages().await.unwrap();
    assert_eq!(messages(&app).await, "1", "it may still be at work");
    app.clock.advance(TimeDelta::minutes(11));
    room.send_messages().await.unwrap();
    assert_eq!((outgoing.counts().1, messages(&app).await.as_str()), (0, "0"));
}

#[db_test]
async fn at_night_nobody_is_woken_and_who_was_forgotten_is_told_nothing(app: TestApp) {
    let (owner, _, producer, event) = delivery(&app, json!({ "phone": "76123456" })).await;
    app.clock.set("2026-11-02T22:00:00Z".parse().unwrap());
    ask(&app, &producer, Some("+22376123456"), &event).await;
    let outgoing = Outgoing::answering(vec![]);
    let room = room(&app, &outgoing);
    app.clock.set("2026-11-03T06:59:59Z".parse().unwrap());
    room.send_messages().await.unwrap();
    assert_eq!(outgoing.counts().1, 0);
    app.clock.set("2026-11-03T07:00:00Z".parse().unwrap());
    room.send_messages().await.unwrap();
    assert_eq!(outgoing.counts().1, 1);

    ask(&app, &producer, Some("+22376123456"), &event).await;
    stay_signed_in(&app).await;
    let forget = "mutation($input: ForgetProducerInput!) { forgetProducer(input: $input) { producer { id }
        userErrors { code message path } } }";
    app.expect_payload(Some(&owner), forget, json!({ "producerId": producer })).await;
    assert_eq!(messages(&app).await, "0");
    // What was queued meanwhile finds no phone any more.
    ask(&app, &producer, Some("+22376123456"), &event).await;
    room.send_messages().await.unwrap();
    assert_eq!((outgoing.counts().1, messages(&app).await.as_str()), (1, "0"));
}
