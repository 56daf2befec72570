//! Who wants to hear nothing of whom.

use db_test::db_test;
use serde_json::json;

use super::{BLOCK, Market, REPLY, START, UNBLOCK, at};

#[db_test]
async fn while_a_block_stands_nothing_is_sent_and_everything_is_read(market: Market) {
    // given
    let started = market.asks("Bonjour").await;
    let id = &started["inquiry"]["id"];
    let block = json!({
        "organizationId": market.cooperative, "blockedOrganizationId": market.canteen, "reason": "Insiste trop",
    });

    // when
    let blocked = market.app.expect_payload(Some(&market.seller), BLOCK, block.clone()).await;
    let again = market.app.expect_payload(Some(&market.seller), BLOCK, block).await;

    // then
    assert_eq!(blocked["blocked"]["organization"]["id"], market.canteen);
    assert_eq!(again["blocked"]["reason"], "Insiste trop");
    let reply = json!({ "inquiryId": id, "text": "Pourquoi ?" });
    for token in [&market.buyer, &market.seller] {
        let answer = market.app.graphql(Some(token), REPLY, json!({ "input": reply })).await;
        let errors = &answer["data"]["replyToInquiry"]["userErrors"];
        assert_eq!((&errors[0]["code"], &errors[0]["path"]), (&json!("BLOCKED"), &json!([])));
        let message = errors[0]["message"].as_str().unwrap();
        assert_eq!(message, "Aucun message ne peut être envoyé entre ces deux organisations.", "not who, nor why");
        assert!(market.seen(token, id).await.is_some(), "what was written can be read");
    }
    let refused = market.app.user_errors(Some(&market.buyer), START, market.asking("Ohé")).await;
    assert_eq!(refused, [at("BLOCKED", "")]);

    let unblock = json!({ "organizationId": market.cooperative, "blockedOrganizationId": market.canteen });
    market.app.expect_payload(Some(&market.seller), UNBLOCK, unblock.clone()).await;
    let none = market.app.user_errors(Some(&market.seller), UNBLOCK, unblock).await;
    assert_eq!(none, [at("NOT_FOUND", "input.blockedOrganizationId")]);
    market.answers(&market.buyer, id, "Merci").await;
}

#[db_test]
async fn owners_and_managers_block_and_only_their_people_see_whom(market: Market) {
    let agent = market.joins(&market.seller, &market.cooperative, "agent@example.org", "AGENT").await;
    let block = json!({ "organizationId": market.cooperative, "blockedOrganizationId": market.canteen });
    let refused = market.app.user_errors(Some(&agent), BLOCK, block.clone()).await;
    assert_eq!(refused, [at("FORBIDDEN", "")]);
    let wrong = json!({
        "organizationId": market.cooperative, "blockedOrganizationId": market.cooperative, "reason": "",
    });
    let refused = market.app.user_errors(Some(&market.seller), BLOCK, wrong).await;
    assert_eq!(refused, [at("REQUIRED", "input.reason"), at("OWN_ORGANIZATION", "input.blockedOrganizationId")]);
    market.app.expect_payload(Some(&market.seller), BLOCK, block).await;

    let query = "query($id: ID!) { blockedOrganizations(organizationId: $id) { totalCount edges { node { organizationId \
                 blockedAt blockedBy { name } } } } }";
    let listed = market.app.expect_data(Some(&agent), query, json!({ "id": market.cooperative })).await;
    let listed = &listed["blockedOrganizations"];
    assert_eq!(
        (&listed["totalCount"], &listed["edges"][0]["node"]["organizationId"]),
        (&json!(1), &json!(market.canteen))
    );
    let hidden = market.app.graphql(Some(&market.buyer), query, json!({ "id": market.cooperative })).await;
    assert_eq!(hidden["errors"][0]["extensions"]["code"], "FORBIDDEN", "{hidden}");
}
