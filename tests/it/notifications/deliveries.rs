//! When messages leave, and that each leaves once.

use bfw::notifications::ports::SendError;
use chrono::TimeDelta;
use db_test::db_test;
use futures_util::future::join_all;
use sea_orm::ConnectionTrait;
use serde_json::json;

use super::{Outgoing, deliveries, reachable, tell, wish};
use crate::harness::TestApp;

#[db_test]
async fn what_is_told_leaves_by_both_ways_once(app: TestApp) {
    let token = reachable(&app, "awa@example.org", "76 12 34 56").await;
    let outgoing = Outgoing::answering(vec![]);
    tell(&app, &token, &["Beurre de karité"]).await;
    assert_eq!(deliveries(&app, &token).await, ["EMAIL QUEUED -", "SMS QUEUED -"]);

    let rooms: Vec<_> = (0..8).map(|_| outgoing.of(&app)).collect();
    for done in join_all(rooms.iter().map(|room| room.deliver())).await {
        done.unwrap();
    }

    assert_eq!(deliveries(&app, &token).await, ["EMAIL SENT -", "SMS SENT -"]);
    assert_eq!(outgoing.counts(), (1, 1));
    let mail = outgoing.mails.lock().unwrap()[0].clone();
    assert_eq!((mail.to.as_str(), mail.subject.as_str()), ("awa@example.org", "Nouvelle annonce : Beurre de karité"));
    assert!(mail.text.contains("Benkadi") && mail.text.contains(&mail.stop), "{}", mail.text);
    let sms = outgoing.sms.lock().unwrap()[0].clone();
    assert!(sms.to.as_str() == "+22376123456" && sms.text.contains("/notifications/stop?token="), "{}", sms.text);
}

#[db_test]
async fn at_night_a_message_waits_for_the_morning(app: TestApp) {
    let token = reachable(&app, "awa@example.org", "76 12 34 56").await;
    wish(&app, &token, json!({ "quietHours": { "from": "20:00", "until": "06:30" } })).await;
    app.clock.set("2026-11-02T22:00:00Z".parse().unwrap());
    let outgoing = Outgoing::answering(vec![]);
    tell(&app, &token, &["Fonio"]).await;
    assert_eq!(deliveries(&app, &token).await, ["EMAIL QUEUED QUIET_HOURS", "SMS QUEUED QUIET_HOURS"]);

    app.clock.set("2026-11-03T06:29:59Z".parse().unwrap());
    outgoing.of(&app).deliver().await.unwrap();
    assert_eq!(outgoing.counts(), (0, 0));
    app.clock.set("2026-11-03T06:30:00Z".parse().unwrap());
    outgoing.of(&app).deliver().await.unwrap();
    assert_eq!(outgoing.counts(), (1, 1));
}

#[db_test]
async fn a_message_whose_time_comes_in_new_quiet_hours_waits_again(app: TestApp) {
    let token = reachable(&app, "awa@example.org", "76 12 34 56").await;
    let outgoing = Outgoing::answering(vec![]);
    tell(&app, &token, &["Fonio"]).await;
    wish(&app, &token, json!({ "quietHours": { "from": "07:00", "until": "09:00" } })).await;

    outgoing.of(&app).deliver().await.unwrap();
    assert_eq!(outgoing.counts(), (0, 0));
    assert_eq!(deliveries(&app, &token).await, ["EMAIL QUEUED QUIET_HOURS", "SMS QUEUED QUIET_HOURS"]);
    app.clock.advance(TimeDelta::hours(1));
    outgoing.of(&app).deliver().await.unwrap();
    assert_eq!(outgoing.counts(), (1, 1));
}

#[db_test]
async fn beyond_the_days_number_a_message_stands_in_the_product_only(app: TestApp) {
    let token = reachable(&app, "awa@example.org", "76 12 34 56").await;
    wish(&app, &token, json!({ "emailDailyMax": 2, "smsDailyMax": 0 })).await;
    let outgoing = Outgoing::answering(vec![]);
    tell(&app, &token, &["1", "2", "3"]).await;

    let rooms: Vec<_> = (0..4).map(|_| outgoing.of(&app)).collect();
    for done in join_all(rooms.iter().map(|room| room.deliver())).await {
        done.unwrap();
    }
    assert_eq!(outgoing.counts(), (2, 0));
    let mut stand = deliveries(&app, &token).await;
    stand.sort();
    let none = "SMS SUPPRESSED DAILY_LIMIT";
    assert_eq!(stand, ["EMAIL SENT -", "EMAIL SENT -", "EMAIL SUPPRESSED DAILY_LIMIT", none, none, none]);

    // The next day counts anew.
    app.clock.set("2026-11-03T10:00:00Z".parse().unwrap());
    tell(&app, &token, &["4"]).await;
    outgoing.of(&app).deliver().await.unwrap();
    assert_eq!(outgoing.counts(), (3, 0));
}

#[db_test]
async fn who_gave_no_number_or_wants_no_mail_is_told_in_the_product(app: TestApp) {
    let token = app.sign_up("awa@example.org").await;
    wish(&app, &token, json!({ "email": false })).await;
    tell(&app, &token, &["Fonio"]).await;
    assert_eq!(deliveries(&app, &token).await, ["EMAIL SUPPRESSED OPTED_OUT", "SMS SUPPRESSED NO_ADDRESS"]);
}

#[db_test]
async fn whose_account_is_blocked_is_told_nothing(app: TestApp) {
    let token = reachable(&app, "awa@example.org", "76 12 34 56").await;
    let outgoing = Outgoing::answering(vec![]);
    tell(&app, &token, &["before"]).await;
    let connection = app.database.connect().await;
    let recipient = super::user_id(&app, &token).await;
    connection.execute_unprepared("UPDATE user_account SET status = 'BLOCKED'").await.unwrap();
    tell_by_id(&app, recipient).await;
    outgoing.of(&app).deliver().await.unwrap();
    assert_eq!(outgoing.counts(), (0, 0));
    connection.execute_unprepared("UPDATE user_account SET status = 'ACTIVE'").await.unwrap();
    let gone = ["EMAIL SUPPRESSED RECIPIENT_GONE", "SMS SUPPRESSED RECIPIENT_GONE"];
    assert_eq!(deliveries(&app, &token).await, gone, "and what was told meanwhile is not there");
}

async fn tell_by_id(app: &TestApp, recipient: bfw::accounts::UserId) {
    let notice = bfw::notifications::Notice {
        recipient,
        kind: bfw::notifications::NoticeKind::SearchMatch,
        subject: String::new(),
        cause: None,
        arguments: std::collections::BTreeMap::new(),
        channels: vec![],
    };
    let tx = app.app.services.db.begin().await.unwrap();
    app.app.notifications.tell(&tx, vec![notice]).await.unwrap();
    tx.commit().await.unwrap();
}

#[db_test]
async fn what_a_process_was_sending_when_it_ended_is_not_sent_again(app: TestApp) {
    let token = reachable(&app, "awa@example.org", "76 12 34 56").await;
    let outgoing = Outgoing::answering(vec![]);
    tell(&app, &token, &["Fonio"]).await;
    let connection = app.database.connect().await;
    let begun = "UPDATE notification_delivery SET state = 'SENDING', attempts = 1, attempted_at = due_at";
    connection.execute_unprepared(begun).await.unwrap();

    outgoing.of(&app).deliver().await.unwrap();
    assert_eq!(deliveries(&app, &token).await, ["EMAIL SENDING -", "SMS SENDING -"], "it may still be at it");
    app.clock.advance(TimeDelta::minutes(11));
    outgoing.of(&app).deliver().await.unwrap();

    assert_eq!(deliveries(&app, &token).await, ["EMAIL UNKNOWN INTERRUPTED", "SMS UNKNOWN INTERRUPTED"]);
    app.clock.advance(TimeDelta::hours(5));
    outgoing.of(&app).deliver().await.unwrap();
    assert_eq!(outgoing.counts(), (0, 0));
}

#[db_test]
async fn only_what_was_surely_not_taken_is_tried_again(app: TestApp) {
    let token = reachable(&app, "awa@example.org", "76 12 34 56").await;
    wish(&app, &token, json!({ "sms": false, "quietHours": null })).await;
    for (answer, stands) in [
        (SendError::Unknown("cut".into()), "EMAIL UNKNOWN NO_ANSWER"),
        (SendError::Never("no such box".into()), "EMAIL FAILED REFUSED"),
    ] {
        let outgoing = Outgoing::answering(vec![answer]);
        tell(&app, &token, &["Fonio"]).await;
        outgoing.of(&app).deliver().await.unwrap();
        app.clock.advance(TimeDelta::days(2));
        outgoing.of(&app).deliver().await.unwrap();
        assert_eq!(outgoing.counts(), (1, 0), "{stands}");
        let stand = deliveries(&app, &token).await;
        assert!(stand.contains(&stands.to_owned()), "{stand:?}");
    }
}

#[db_test]
async fn a_refusal_for_now_is_tried_later_each_time_and_given_up(app: TestApp) {
    let token = reachable(&app, "awa@example.org", "76 12 34 56").await;
    wish(&app, &token, json!({ "sms": false, "quietHours": null })).await;
    let outgoing = Outgoing::answering(vec![SendError::NotNow("busy".into()); 20]);
    tell(&app, &token, &["Fonio"]).await;

    let mut tried_at = Vec::new();
    for minute in 0..2_000 {
        let before = outgoing.counts().0;
        outgoing.of(&app).deliver().await.unwrap();
        if outgoing.counts().0 > before {
            tried_at.push(minute);
        }
        app.clock.advance(TimeDelta::minutes(1));
    }

    assert_eq!(tried_at, [0, 1, 6, 31, 156, 781]);
    assert_eq!(deliveries(&app, &token).await, ["EMAIL FAILED UNREACHABLE", "SMS SUPPRESSED OPTED_OUT"]);
}
