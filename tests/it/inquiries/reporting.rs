//! What is reported, who reads it, and what follows.

use bfw::accounts::{Actor, PlatformRole};
use db_test::db_test;
use serde_json::{Value, json};

use super::{BLOCK, DECIDE, Market, REPLY, REPORT, UNBLOCK, at};

async fn admin(market: &Market, email: &str) -> String {
    let token = market.app.sign_up(email).await;
    market.app.app.accounts.grant_platform_role(&Actor::system("test"), email, PlatformRole::Admin).await.unwrap();
    token
}

#[db_test]
async fn an_administrator_reads_one_inquiry_while_its_report_waits(market: Market) {
    // given
    let admin = admin(&market, "admin@example.org").await;
    let started = market.asks("Envoyez l'argent d'abord").await;
    let (id, message) = (&started["inquiry"]["id"], &started["message"]["id"]);
    assert_eq!(market.seen(&admin, id).await, None, "nobody reads without a reason");
    let general =
        json!({ "organizationId": market.cooperative, "fromOrganizationId": market.canteen, "text": "Autre" });
    let other = market.app.expect_payload(Some(&market.buyer), super::START, general).await["inquiry"]["id"].take();

    // when
    let input = json!({ "inquiryId": id, "messageId": message, "reason": "FRAUD", "text": "Une arnaque", "idempotencyKey": "r" });
    let reported = market.app.expect_payload(Some(&market.seller), REPORT, input.clone()).await;
    let again = market.app.expect_payload(Some(&market.seller), REPORT, input).await;

    // then
    let report = &reported["report"]["id"];
    assert_eq!((&again["report"]["id"], &reported["report"]["reported"]["id"]), (report, &json!(market.canteen)));
    assert_eq!(market.seen(&admin, id).await, Some((Value::Null, vec!["Envoyez l'argent d'abord".to_owned()])));
    assert_eq!(market.seen(&admin, &other).await, None, "that one only");
    let reply = market.app.user_errors(Some(&admin), REPLY, json!({ "inquiryId": id, "text": "Ici la police" })).await;
    assert_eq!(reply, [at("FORBIDDEN", "")]);
    let query = "query($filter: InquiryReportFilter) { inquiryReports(filter: $filter) { totalCount edges { node { id reason \
                 text message { text } organization { id } inquiry { id } reportedBy { name } } } } }";
    let listed = market.app.expect_data(Some(&admin), query, json!({ "filter": { "status": "OPEN" } })).await;
    let node = &listed["inquiryReports"]["edges"][0]["node"];
    assert_eq!((&node["id"], &node["message"]["text"]), (report, &json!("Envoyez l'argent d'abord")));
    assert_eq!((&node["reason"], &node["organization"]["id"]), (&json!("FRAUD"), &json!(market.cooperative)));
    for stranger in [&market.buyer, &market.seller] {
        let refused = market.app.graphql(Some(stranger), query, json!({})).await;
        assert_eq!(refused["errors"][0]["extensions"]["code"], "FORBIDDEN", "{refused}");
    }
    let by_id = "query($id: ID!) { node(id: $id) { id ... on InquiryReport { status note } } }";
    let seen =
        async |token: &str| market.app.expect_data(Some(token), by_id, json!({ "id": report })).await["node"].take();
    assert_eq!(seen(&market.buyer).await, Value::Null, "the reported one is not told");
    assert_eq!(seen(&market.seller).await["status"], "OPEN");
    assert!(market.told(&market.buyer).await.is_empty());

    let decide = json!({ "reportId": report, "outcome": "UPHELD", "note": "C'en est une." });
    let refused = market.app.user_errors(Some(&market.seller), DECIDE, decide.clone()).await;
    assert_eq!(refused, [at("FORBIDDEN", "")]);
    let decided = market.app.expect_payload(Some(&admin), DECIDE, decide.clone()).await;
    assert_eq!((&decided["report"]["status"], &decided["report"]["inquiry"]), (&json!("UPHELD"), &Value::Null));
    assert_eq!(market.seen(&admin, id).await, None, "it is the parties' alone again");
    let refused = market.app.user_errors(Some(&admin), DECIDE, decide).await;
    assert_eq!(refused, [at("INVALID_TRANSITION", "input.reportId")]);
    assert_eq!(seen(&market.seller).await["note"], "C'en est une.");
    let reply = json!({ "inquiryId": id, "text": "Quoi ?" });
    assert_eq!(market.app.user_errors(Some(&market.buyer), REPLY, reply).await, [at("BLOCKED", "")]);
    let unblock = json!({ "organizationId": market.cooperative, "blockedOrganizationId": market.canteen });
    market.app.expect_payload(Some(&market.seller), UNBLOCK, unblock).await;
    market.answers(&market.buyer, id, "Pardon").await;
}

#[db_test]
async fn what_is_dismissed_blocks_nobody_and_may_be_reported_anew(market: Market) {
    let admin = admin(&market, "admin@example.org").await;
    let started = market.asks("Bonjour").await;
    let id = &started["inquiry"]["id"];
    let input = json!({ "inquiryId": id, "reason": "OTHER" });
    let report = market.app.expect_payload(Some(&market.seller), REPORT, input.clone()).await["report"]["id"].take();
    let refused = market.app.user_errors(Some(&market.seller), REPORT, input.clone()).await;
    assert_eq!(refused, [at("ALREADY_REPORTED", "input.inquiryId")]);
    // The other party may report, too.
    market.app.expect_payload(Some(&market.buyer), REPORT, input.clone()).await;
    let decide = json!({ "reportId": report, "outcome": "DISMISSED", "idempotencyKey": "d" });
    for _ in 0..2 {
        let decided = market.app.expect_payload(Some(&admin), DECIDE, decide.clone()).await;
        assert_eq!(decided["report"]["status"], "DISMISSED");
        assert_eq!(decided["report"]["inquiry"]["id"], *id, "another report waits");
    }
    market.answers(&market.buyer, id, "Ça va").await;
    market.app.expect_payload(Some(&market.seller), REPORT, input).await;
    let own = json!({ "inquiryId": id, "messageId": started["message"]["id"], "reason": "SPAM" });
    let refused = market.app.user_errors(Some(&market.buyer), REPORT, own).await;
    assert_eq!(refused, [at("NOT_FOUND", "input.messageId")], "one's own message is nothing to report");
}

#[db_test]
async fn whoever_belongs_to_a_party_decides_nothing(market: Market) {
    let partial = market.joins(&market.buyer, &market.canteen, "partial@example.org", "VIEWER").await;
    let system = Actor::system("test");
    let granted =
        market.app.app.accounts.grant_platform_role(&system, "partial@example.org", PlatformRole::Admin).await;
    granted.unwrap();
    let started = market.asks("Bonjour").await;
    let input = json!({ "inquiryId": started["inquiry"]["id"], "reason": "ABUSE" });
    let report = market.app.expect_payload(Some(&market.seller), REPORT, input).await["report"]["id"].take();
    let decide = json!({ "reportId": report, "outcome": "DISMISSED" });
    let refused = market.app.user_errors(Some(&partial), DECIDE, decide).await;
    assert_eq!(refused, [at("CONFLICT_OF_INTEREST", "")]);
    // A block in one's own name stays one's own, whatever is decided.
    let block =
        json!({ "organizationId": market.cooperative, "blockedOrganizationId": market.canteen, "reason": "Assez" });
    market.app.expect_payload(Some(&market.seller), BLOCK, block).await;
    let admin = admin(&market, "admin@example.org").await;
    market.app.expect_payload(Some(&admin), DECIDE, json!({ "reportId": report, "outcome": "UPHELD" })).await;
    let query = "query($id: ID!) { blockedOrganizations(organizationId: $id) { edges { node { reason } } } }";
    let listed = market.app.expect_data(Some(&market.seller), query, json!({ "id": market.cooperative })).await;
    assert_eq!(listed["blockedOrganizations"]["edges"][0]["node"]["reason"], "Assez");
}
