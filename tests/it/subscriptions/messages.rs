//! Messages as they are sent.

use db_test::db_test;
use serde_json::{Value, json};

use super::{Client, MESSAGES, quick};
use crate::{
    harness::served::Served,
    inquiries::{Market, REPORT},
    procurement::bids::overseer,
};

async fn text(client: &mut Client, id: &str) -> Value {
    client.next(id).await["inquiryMessageSent"]["message"]["text"].take()
}

#[db_test]
async fn both_sides_hear_each_message_with_what_each_may_see(market: Market) {
    let served = Served::with(&market.app.app, quick()).await;
    let mut seller = Client::connected(&served, Some(&market.seller)).await;
    let mut buyer = Client::connected(&served, Some(&market.buyer)).await;
    seller.subscribe("1", MESSAGES, json!({})).await;
    buyer.subscribe("1", MESSAGES, json!({})).await;
    let started = market.asks("Combien en avez-vous ?").await;
    let inquiry = &started["inquiry"]["id"];
    let told = |unread: i64| {
        json!({ "inquiryMessageSent": { "message": { "text": "Combien en avez-vous ?",
            "author": { "organization": { "name": "Cantine de Ségou" } } },
            "inquiry": { "id": inquiry, "unreadCount": unread } } })
    };
    assert_eq!(seller.next("1").await, told(1));
    assert_eq!(buyer.next("1").await, told(0), "for her other windows");
    market.answers(&market.seller, inquiry, "Cinq cents kilos.").await;
    assert_eq!(text(&mut buyer, "1").await, "Cinq cents kilos.");
    assert_eq!(text(&mut seller, "1").await, "Cinq cents kilos.");
}

#[db_test]
async fn only_the_thread_or_the_organization_that_was_asked_for_is_told_of(market: Market) {
    let served = Served::with(&market.app.app, quick()).await;
    let other = market.app.register(&market.seller, "COOPERATIVE", "Sigida").await;
    let first = market.asks("Le premier").await["inquiry"]["id"].take();
    let mut seller = Client::connected(&served, Some(&market.seller)).await;
    seller.subscribe("thread", MESSAGES, json!({ "inquiry": first })).await;
    seller.subscribe("house", MESSAGES, json!({ "organization": other })).await;
    let to_other = json!({ "organizationId": other, "fromOrganizationId": market.canteen, "text": "Au second" });
    market.app.expect_payload(Some(&market.buyer), crate::inquiries::START, to_other).await;
    assert_eq!(text(&mut seller, "house").await, "Au second");
    market.answers(&market.buyer, &first, "Encore au premier").await;
    assert_eq!(text(&mut seller, "thread").await, "Encore au premier");
}

#[db_test]
async fn nobody_listens_to_what_she_does_not_read(market: Market) {
    let served = Served::with(&market.app.app, quick()).await;
    let inquiry = market.asks("Bonjour").await["inquiry"]["id"].take();
    let never = "inquiry_01h455vb4pex5vsknk084sn02q";
    let stranger = market.app.sign_up("stranger@example.org").await;
    let scorer = market.joins(&market.seller, &market.cooperative, "scorer@example.org", "EVALUATOR").await;
    let admin = overseer(&market.app, "admin", bfw::accounts::PlatformRole::Admin).await;
    // A report lets the administrator read the thread, not listen to it.
    let report = json!({ "inquiryId": inquiry, "reason": "SPAM" });
    market.app.expect_payload(Some(&market.seller), REPORT, report).await;
    for (who, token) in [("stranger", &stranger), ("scorer", &scorer), ("admin", &admin)] {
        let mut client = Client::connected(&served, Some(token)).await;
        for (id, variables) in [("theirs", json!({ "inquiry": inquiry })), ("nothing", json!({ "inquiry": never }))] {
            client.begin(id, MESSAGES, variables).await;
            let heard = client.hear_of(id).await;
            let error = &heard["payload"][0]["extensions"]["userErrors"][0];
            assert_eq!(
                (&error["code"], &error["path"]),
                (&json!("NOT_FOUND"), &json!(["inquiryId"])),
                "{who}: {heard}"
            );
        }
        client.begin("house", MESSAGES, json!({ "organization": market.cooperative })).await;
        assert_eq!(client.refused("house").await, "FORBIDDEN", "{who}");
    }
}
