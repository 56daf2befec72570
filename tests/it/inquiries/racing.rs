//! Several write at once.

use db_test::db_test;
use futures_util::future::join_all;
use serde_json::{Value, json};

use super::{BLOCK, CLOSE, Market, READ, REPLY, START};
use crate::harness::{TestApp, TestDatabase};

#[db_test]
async fn first_messages_at_once_make_one_inquiry(market: Market) {
    let writes = (0..12).map(|number| {
        let input = json!({ "input": market.asking(&format!("Message {number}")) });
        market.app.graphql(Some(&market.buyer), START, input)
    });
    let answers = join_all(writes).await;
    let mut ids: Vec<&Value> = answers.iter().map(|answer| &answer["data"]["startInquiry"]["inquiry"]["id"]).collect();
    assert!(ids.iter().all(|id| id.is_string()), "{answers:?}");
    ids.dedup();
    assert_eq!(ids.len(), 1, "{ids:?}");
    let (unread, texts) = market.seen(&market.seller, ids[0]).await.unwrap();
    assert_eq!((unread, texts.len()), (json!(12), 12), "none is lost");
    assert_eq!(market.told(&market.seller).await.len(), 1, "and she is told once");
}

#[db_test]
async fn both_sides_write_and_read_at_once_and_every_count_is_right(market: Market) {
    let started = market.asks("Bonjour").await;
    let id = &started["inquiry"]["id"];
    let work = (0..24).map(|number| {
        let token = if number % 2 == 0 { &market.buyer } else { &market.seller };
        let (mutation, input) = match number % 3 {
            0 => (READ, json!({ "inquiryId": id })),
            _ => (REPLY, json!({ "inquiryId": id, "text": format!("Message {number}") })),
        };
        market.app.graphql(Some(token), mutation, json!({ "input": input }))
    });
    for answer in join_all(work).await {
        assert!(answer["errors"].is_null(), "{answer}");
    }
    let (_, texts) = market.seen(&market.buyer, id).await.unwrap();
    assert_eq!(texts.len(), 17);
    // Whoever reads all has nothing left to read, whatever was counted on the way.
    for token in [&market.buyer, &market.seller] {
        let read = market.app.expect_payload(Some(token), READ, json!({ "inquiryId": id })).await;
        assert_eq!(read["inquiry"]["unreadCount"], 0);
    }
    market.answers(&market.buyer, id, "Fin").await;
    assert_eq!(market.seen(&market.seller, id).await.unwrap().0, 1);
}

#[db_test]
async fn a_limit_holds_for_whoever_writes_at_once(database: TestDatabase) {
    let limits = [("inquiries_per_day", "3")];
    let market = Box::pin(Market::open(TestApp::with_settings(database, &limits).await)).await;
    let mut listings = Vec::new();
    for _ in 0..6 {
        listings.push(market.app.published(&market.seller, &market.cooperative, json!({})).await);
    }
    let writes = listings.iter().map(|listing| {
        let input = json!({ "listingId": listing, "fromOrganizationId": market.canteen, "text": "Bonjour" });
        market.app.graphql(Some(&market.buyer), START, json!({ "input": input }))
    });
    let answers = join_all(writes).await;
    let begun = answers.iter().filter(|answer| answer["data"]["startInquiry"]["inquiry"].is_object()).count();
    let refused = answers
        .iter()
        .filter(|answer| answer["data"]["startInquiry"]["userErrors"][0]["code"] == "SENT_TOO_MUCH")
        .count();
    assert_eq!((begun, refused), (3, 3), "{answers:?}");
}

#[db_test]
async fn closing_blocking_and_writing_at_once_wait_for_each_other_and_not_in_a_circle(market: Market) {
    let started = market.asks("Bonjour").await;
    let id = &started["inquiry"]["id"];
    let block = json!({ "organizationId": market.cooperative, "blockedOrganizationId": market.canteen });
    let work = (0..16).map(|number| {
        let (token, mutation, input) = match number % 4 {
            0 => (&market.buyer, START, market.asking("Encore")),
            1 => (&market.seller, REPLY, json!({ "inquiryId": id, "text": "Oui" })),
            2 => (&market.seller, CLOSE, json!({ "inquiryId": id })),
            _ => (&market.seller, BLOCK, block.clone()),
        };
        market.app.graphql(Some(token), mutation, json!({ "input": input }))
    });
    for answer in join_all(work).await {
        assert!(answer["errors"].is_null(), "{answer}");
    }
    let refused = market.app.user_errors(Some(&market.buyer), START, market.asking("Encore")).await;
    assert_eq!(refused, [super::at("BLOCKED", "")]);
    assert!(bfw::kernel::audit::verify(&market.app.app.services.db).await.unwrap().broken.is_empty());
}
