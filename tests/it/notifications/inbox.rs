//! What stands in the product, for her alone.

use chrono::TimeDelta;
use db_test::db_test;
use sea_orm::ConnectionTrait;
use serde_json::{Value, json};

use super::{deliveries, reachable, tell, wish};
use crate::harness::TestApp;

const PAGE: &str = "query($first: Int, $after: String, $unreadOnly: Boolean! = false) { \
    notifications(first: $first, after: $after, unreadOnly: $unreadOnly) { totalCount unreadCount \
    pageInfo { hasNextPage endCursor } edges { node { id kind title text createdAt readAt listing { id } savedSearch { id } } } } }";
const MARK: &str = "mutation($input: MarkNotificationsReadInput!) { markNotificationsRead(input: $input) { marked \
                    userErrors { code message path } } }";

async fn page(app: &TestApp, token: &str, variables: Value) -> Value {
    app.expect_data(Some(token), PAGE, variables).await["notifications"].take()
}

fn titles(page: &Value) -> Vec<String> {
    let edges = page["edges"].as_array().unwrap();
    edges.iter().map(|edge| edge["node"]["title"].as_str().unwrap().to_owned()).collect()
}

#[db_test]
async fn she_pages_through_what_she_was_told_and_marks_it_as_read(app: TestApp) {
    let token = app.sign_up("awa@example.org").await;
    for title in ["un", "deux", "trois"] {
        tell(&app, &token, &[title]).await;
        app.clock.advance(TimeDelta::minutes(1));
    }
    let first = page(&app, &token, json!({ "first": 2 })).await;
    assert_eq!(titles(&first), ["Nouvelle annonce : trois", "Nouvelle annonce : deux"]);
    assert_eq!((first["totalCount"].as_i64(), first["unreadCount"].as_i64()), (Some(3), Some(3)));
    let node = &first["edges"][0]["node"];
    assert_eq!(node["text"], "trois, par Benkadi, répond à votre recherche « Karité ».");
    assert_eq!(
        (&node["kind"], &node["readAt"], &node["listing"]),
        (&json!("SEARCH_MATCH"), &Value::Null, &Value::Null)
    );
    let rest = page(&app, &token, json!({ "after": first["pageInfo"]["endCursor"] })).await;
    assert_eq!(titles(&rest), ["Nouvelle annonce : un"]);

    let id = &first["edges"][0]["node"]["id"];
    let payload = app.expect_payload(Some(&token), MARK, json!({ "notificationIds": [id] })).await;
    assert_eq!(payload["marked"], 1);
    let again = app.expect_payload(Some(&token), MARK, json!({ "notificationIds": [id] })).await;
    assert_eq!(again["marked"], 0);
    let unread = page(&app, &token, json!({ "unreadOnly": true })).await;
    assert_eq!(titles(&unread), ["Nouvelle annonce : deux", "Nouvelle annonce : un"]);
    assert_eq!((unread["totalCount"].as_i64(), unread["unreadCount"].as_i64()), (Some(2), Some(2)));
    assert_eq!(app.expect_payload(Some(&token), MARK, json!({ "all": true })).await["marked"], 2);
    let node = "query($id: ID!) { node(id: $id) { ... on Notification { readAt } } }";
    assert!(app.expect_data(Some(&token), node, json!({ "id": id })).await["node"]["readAt"].is_string());
}

#[db_test]
async fn nobody_else_sees_or_marks_it(app: TestApp) {
    let token = app.sign_up("awa@example.org").await;
    let other = app.sign_up("fanta@example.org").await;
    tell(&app, &token, &["un"]).await;
    let id = page(&app, &token, json!({})).await["edges"][0]["node"]["id"].take();

    assert_eq!(page(&app, &other, json!({})).await["totalCount"], 0);
    let node = "query($id: ID!) { node(id: $id) { id } }";
    for stranger in [Some(other.as_str()), None] {
        assert_eq!(app.expect_data(stranger, node, json!({ "id": id })).await["node"], Value::Null);
    }
    let not_found = vec![("NOT_FOUND".to_owned(), "input.notificationIds.0".to_owned())];
    assert_eq!(app.user_errors(Some(&other), MARK, json!({ "notificationIds": [id] })).await, not_found);
    assert_eq!(page(&app, &token, json!({})).await["unreadCount"], 1);
    let answer = app.graphql(None, "{ notifications { totalCount } }", json!({})).await;
    assert_eq!(answer["errors"][0]["extensions"]["code"], "UNAUTHENTICATED");
    let answer = app.graphql(None, "{ notificationPreferences { email } }", json!({})).await;
    assert_eq!(answer["errors"][0]["extensions"]["code"], "UNAUTHENTICATED");
}

#[db_test]
async fn what_is_wrong_with_an_input_is_said_where_it_is(app: TestApp) {
    let token = app.sign_up("awa@example.org").await;
    let at = |code: &str, path: &str| (code.to_owned(), path.to_owned());
    let errors = app.user_errors(Some(&token), MARK, json!({})).await;
    assert_eq!(errors, [at("REQUIRED", "input.notificationIds")]);
    let errors = app.user_errors(Some(&token), MARK, json!({ "notificationIds": ["listing_x", "x"] })).await;
    assert_eq!(errors, [at("INVALID_ID", "input.notificationIds.0"), at("INVALID_ID", "input.notificationIds.1")]);
    let set = "mutation($input: SetNotificationPreferencesInput!) { setNotificationPreferences(input: $input) { \
               userErrors { code message path } } }";
    let wrong = json!({ "quietHours": { "from": "25:00", "until": "7" }, "emailDailyMax": -1, "smsDailyMax": 101 });
    assert_eq!(
        app.user_errors(Some(&token), set, wrong).await,
        [
            at("INVALID_VALUE", "input.quietHours.from"),
            at("INVALID_VALUE", "input.quietHours.until"),
            at("OUT_OF_RANGE", "input.emailDailyMax"),
            at("OUT_OF_RANGE", "input.smsDailyMax"),
        ]
    );
    let always = json!({ "quietHours": { "from": "08:00", "until": "08:00" } });
    assert_eq!(app.user_errors(Some(&token), set, always).await, [at("INVALID_PERIOD", "input.quietHours.until")]);
    assert_eq!(app.user_errors(None, set, json!({ "email": false })).await, [at("UNAUTHENTICATED", "")]);
}

#[db_test]
async fn wishes_are_kept_field_by_field_and_written_to_her_audit_log(app: TestApp) {
    let token = app.sign_up("awa@example.org").await;
    let query = "{ notificationPreferences { email sms quietHours { from until } emailDailyMax smsDailyMax } }";
    let before = app.expect_data(Some(&token), query, json!({})).await;
    let default = json!({
        "email": true, "sms": true, "quietHours": { "from": "21:00", "until": "07:00" },
        "emailDailyMax": 10, "smsDailyMax": 3,
    });
    assert_eq!(before["notificationPreferences"], default);

    wish(&app, &token, json!({ "sms": false, "quietHours": { "from": "22:15", "until": "05:00" } })).await;
    wish(&app, &token, json!({ "emailDailyMax": 4 })).await;
    let after = wish(&app, &token, json!({})).await;
    let expected = json!({
        "email": true, "sms": false, "quietHours": { "from": "22:15", "until": "05:00" },
        "emailDailyMax": 4, "smsDailyMax": 3,
    });
    assert_eq!(after, expected);
    assert_eq!(wish(&app, &token, json!({ "quietHours": null })).await["quietHours"], Value::Null);
    let entries = bfw::kernel::audit::verify(&app.app.services.db).await.unwrap();
    assert!(entries.broken.is_empty());
    let connection = app.database.connect().await;
    let sql = "SELECT COUNT(*) AS entries FROM audit_entry WHERE action = 'notifications.set_preferences'";
    let statement = sea_orm::Statement::from_string(connection.get_database_backend(), sql);
    let row = connection.query_one_raw(statement).await.unwrap().unwrap();
    assert_eq!(row.try_get::<i64>("", "entries").unwrap(), 3, "nothing is written of what changed nothing");
}

#[db_test]
async fn old_notifications_are_forgotten_with_their_deliveries(app: TestApp) {
    let token = reachable(&app, "awa@example.org", "76 12 34 56").await;
    tell(&app, &token, &["old"]).await;
    app.clock.advance(TimeDelta::days(100));
    tell(&app, &token, &["new"]).await;
    app.clock.advance(TimeDelta::days(81));

    assert_eq!(app.app.notifications.sweep().await.unwrap(), 1);
    assert_eq!(titles(&page(&app, &token, json!({})).await), ["Nouvelle annonce : new"]);
    assert_eq!(deliveries(&app, &token).await.len(), 2);
    assert_eq!(app.app.notifications.sweep().await.unwrap(), 0);
}
