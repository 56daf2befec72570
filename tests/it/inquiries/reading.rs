//! Read state, lists, and what people are told.

use chrono::TimeDelta;
use db_test::db_test;
use serde_json::{Value, json};

use super::{Market, READ, START, at};
use crate::harness::app::PASSWORD;

#[db_test]
async fn an_organization_has_read_when_one_of_its_people_has(market: Market) {
    // given
    let started = market.asks("Un").await;
    let id = &started["inquiry"]["id"];
    let second = market.asks("Deux").await;
    market.asks("Trois").await;
    let agent = market.joins(&market.seller, &market.cooperative, "binta@example.org", "AGENT").await;
    assert_eq!(market.seen(&market.seller, id).await.unwrap().0, 3);

    // when
    market.app.clock.advance(TimeDelta::minutes(5));
    let input = json!({ "inquiryId": id, "upTo": second["message"]["id"] });
    let read = market.app.expect_payload(Some(&agent), READ, input).await;

    // then
    assert_eq!(read["inquiry"]["unreadCount"], 1);
    assert_eq!(read["inquiry"]["readAt"], "2026-11-02T08:05:00+00:00");
    assert_eq!(read["inquiry"]["readBy"]["name"], "Awa Traoré");
    assert_eq!(market.seen(&market.seller, id).await.unwrap().0, 1, "it is the organization's");
    let back = json!({ "inquiryId": id, "upTo": started["message"]["id"] });
    let back = market.app.expect_payload(Some(&market.seller), READ, back).await;
    assert_eq!(back["inquiry"]["unreadCount"], 1, "what was read stays read");
    let query = "query($id: ID!) { inquiry(id: $id) { readByOtherAt readBy { name } } }";
    let other =
        async || market.app.expect_data(Some(&market.buyer), query, json!({ "id": id })).await["inquiry"].take();
    assert_eq!(other().await["readByOtherAt"], Value::Null, "not all of it yet");
    market.app.expect_payload(Some(&market.seller), READ, json!({ "inquiryId": id })).await;
    assert_eq!(other().await["readByOtherAt"], "2026-11-02T08:05:00+00:00");
    assert_eq!(market.seen(&market.seller, id).await.unwrap().0, 0);

    let elsewhere = json!({ "inquiryId": id, "upTo": "inquiry_message_01h455vb4pex5vsknk084sn02q" });
    let refused = market.app.user_errors(Some(&market.seller), READ, elsewhere).await;
    assert_eq!(refused, [at("NOT_FOUND", "input.upTo")]);
}

#[db_test]
async fn who_sees_and_who_marks_follows_from_roles(market: Market) {
    let started = market.asks("Bonjour").await;
    let id = &started["inquiry"]["id"];
    let viewer = market.joins(&market.seller, &market.cooperative, "viewer@example.org", "VIEWER").await;
    let evaluator = market.joins(&market.seller, &market.cooperative, "evaluator@example.org", "EVALUATOR").await;
    assert!(market.seen(&viewer, id).await.is_some());
    assert_eq!(market.seen(&evaluator, id).await, None, "who scores bids does not read what bidders write");
    let mark = |token: &str| {
        let (app, token) = (&market.app, token.to_owned());
        async move { app.user_errors(Some(&token), READ, json!({ "inquiryId": id })).await }
    };
    assert_eq!(mark(&viewer).await, [at("FORBIDDEN", "")]);
    assert_eq!(mark(&evaluator).await, [at("NOT_FOUND", "input.inquiryId")]);
    let query = "query($id: ID!) { inquiries(filter: { organizationId: $id }) { edges { node { id } } } }";
    let refused = market.app.graphql(Some(&evaluator), query, json!({ "id": market.cooperative })).await;
    assert_eq!(refused["errors"][0]["extensions"]["code"], "FORBIDDEN", "{refused}");
    let own = market.app.expect_data(Some(&evaluator), "{ inquiries { totalCount } }", json!({})).await;
    assert_eq!(own["inquiries"]["totalCount"], 0);
}

#[db_test]
async fn the_list_has_the_latest_first_and_is_narrowed(market: Market) {
    let app = &market.app;
    let first = market.asks("Un").await["inquiry"]["id"].clone();
    app.clock.advance(TimeDelta::minutes(1));
    let other = app.published(&market.seller, &market.cooperative, json!({})).await;
    let input = json!({ "listingId": other, "fromOrganizationId": market.canteen, "text": "Deux" });
    let second = app.expect_payload(Some(&market.buyer), START, input).await["inquiry"]["id"].clone();
    app.clock.advance(TimeDelta::minutes(1));
    // This one the cooperative begins.
    let input = json!({ "organizationId": market.canteen, "fromOrganizationId": market.cooperative, "text": "Trois" });
    let third = app.expect_payload(Some(&market.seller), START, input).await["inquiry"]["id"].clone();
    app.clock.advance(TimeDelta::minutes(1));
    market.answers(&market.seller, &first, "Oui").await;

    let query = "query($filter: InquiryFilter, $first: Int, $after: String, $last: Int, $before: String) { \
                 inquiries(filter: $filter, first: $first, after: $after, last: $last, before: $before) { totalCount \
                 edges { node { id } } pageInfo { hasNextPage endCursor startCursor hasPreviousPage } } }";
    let list = async |token: &str, variables: Value| {
        let mut data = app.expect_data(Some(token), query, variables).await;
        let connection = data["inquiries"].take();
        let ids: Vec<Value> =
            connection["edges"].as_array().unwrap().iter().map(|edge| edge["node"]["id"].clone()).collect();
        (ids, connection)
    };
    let (all, _) = list(&market.seller, json!({})).await;
    assert_eq!(all, [first.clone(), third.clone(), second.clone()]);
    let (page, connection) = list(&market.buyer, json!({ "first": 2 })).await;
    assert_eq!((page.as_slice(), &connection["totalCount"]), (&all[..2], &json!(3)));
    let after = &connection["pageInfo"]["endCursor"];
    let (rest, connection) = list(&market.buyer, json!({ "first": 2, "after": after })).await;
    assert_eq!((rest, &connection["pageInfo"]["hasNextPage"]), (vec![second.clone()], &json!(false)));
    let before = &connection["pageInfo"]["startCursor"];
    let (back, connection) = list(&market.buyer, json!({ "last": 1, "before": before })).await;
    assert_eq!((back, &connection["pageInfo"]["hasPreviousPage"]), (vec![third.clone()], &json!(true)));

    let narrowed = async |token: &str, filter: Value| {
        let (ids, connection) = list(token, json!({ "filter": filter })).await;
        assert_eq!(connection["totalCount"], ids.len());
        ids
    };
    assert_eq!(narrowed(&market.seller, json!({ "unread": true })).await, std::slice::from_ref(&second));
    assert_eq!(narrowed(&market.buyer, json!({ "unread": true })).await, [first.clone(), third.clone()]);
    assert_eq!(narrowed(&market.buyer, json!({ "unread": false })).await, std::slice::from_ref(&second));
    assert_eq!(narrowed(&market.buyer, json!({ "listingId": other })).await, std::slice::from_ref(&second));
    assert_eq!(narrowed(&market.buyer, json!({ "status": "CLOSED" })).await, Vec::<Value>::new());
    assert_eq!(narrowed(&market.buyer, json!({ "organizationId": market.canteen })).await.len(), 3);
}

#[db_test]
async fn who_may_answer_is_told_once_until_she_has_looked(market: Market) {
    let viewer = market.joins(&market.seller, &market.cooperative, "viewer@example.org", "VIEWER").await;
    let agent = market.joins(&market.seller, &market.cooperative, "agent@example.org", "AGENT").await;
    let started = market.asks("Un").await;
    let id = &started["inquiry"]["id"];
    for number in 0..3 {
        market.asks(&format!("Encore {number}")).await;
    }
    let told = market.told(&market.seller).await;
    assert_eq!(told.len(), 1, "{told:?}");
    assert_eq!((&told[0]["kind"], &told[0]["inquiry"]["id"]), (&json!("INQUIRY_MESSAGE"), id));
    assert_eq!(told[0]["title"], "Cantine de Ségou vous a écrit");
    let text = told[0]["text"].as_str().unwrap();
    assert!(text.contains("Beurre de karité de la saison") && !text.contains("Un"), "{text}");
    assert_eq!((market.told(&agent).await.len(), market.told(&viewer).await.len()), (1, 0));
    assert_eq!(market.told(&market.buyer).await.len(), 0, "nobody is told what she wrote");

    market.app.expect_payload(Some(&market.seller), READ, json!({ "inquiryId": id })).await;
    assert_eq!(market.told(&market.seller).await.len(), 0, "she has looked");
    market.asks("Et encore").await;
    assert_eq!((market.told(&market.seller).await.len(), market.told(&agent).await.len()), (1, 1));
    market.answers(&agent, id, "Oui").await;
    assert_eq!((market.told(&agent).await.len(), market.told(&market.buyer).await.len()), (0, 1));
}

#[db_test]
async fn who_is_forgotten_leaves_what_she_wrote_to_her_organization(market: Market) {
    let agent = market.joins(&market.buyer, &market.canteen, "agent@example.org", "AGENT").await;
    let started = market.app.expect_payload(Some(&agent), START, market.asking("Bonjour")).await;
    let id = &started["inquiry"]["id"];
    market.answers(&market.seller, id, "Oui").await;
    market.app.expect_payload(Some(&agent), READ, json!({ "inquiryId": id })).await;
    let data = market.app.expect_data(Some(&agent), "{ personalData }", json!({})).await;
    let hers = &data["personalData"]["inquiries"];
    assert_eq!((hers.as_array().unwrap().len(), &hers[0]["text"]), (1, &json!("Bonjour")));

    let erase = "mutation($input: EraseAccountInput!) { eraseAccount(input: $input) { erasedId userErrors { code message path } } }";
    market.app.expect_payload(Some(&agent), erase, json!({ "password": PASSWORD })).await;

    let query = "query($id: ID!) { inquiry(id: $id) { readBy { name } readAt messages { edges { node { text author { \
                 organization { id } person { name } } } } } } }";
    let data = market.app.expect_data(Some(&market.buyer), query, json!({ "id": id })).await;
    let message = &data["inquiry"]["messages"]["edges"][0]["node"];
    assert_eq!((&message["text"], &message["author"]["person"]), (&json!("Bonjour"), &Value::Null));
    assert_eq!(message["author"]["organization"]["id"], market.canteen);
    assert_eq!(data["inquiry"]["readBy"], Value::Null);
    assert!(data["inquiry"]["readAt"].is_string());
}
