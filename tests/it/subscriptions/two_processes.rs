//! What one process writes is heard by the clients of another, on one database.

use bfw::api::subscriptions::Options;
use db_test::db_test;
use serde_json::json;

use super::{Client, LISTINGS, MESSAGES, quick};
use crate::{
    harness::{TestApp, served::Served},
    inquiries::Market,
};

#[db_test]
async fn an_event_of_one_process_is_heard_in_the_other(app: TestApp) {
    let other = app.another_process().await;
    let (here, there) = (Served::with(&app.app, quick()).await, Served::with(&other, quick()).await);
    let awa = app.sign_up("awa@example.org").await;
    let cooperative = app.register(&awa, "COOPERATIVE", "Benkadi").await;
    let (mut near, mut far) = (Client::connected(&here, None).await, Client::connected(&there, Some(&awa)).await);
    near.subscribe("1", LISTINGS, json!({})).await;
    far.subscribe("1", LISTINGS, json!({})).await;
    for title in ["Un", "Deux", "Trois"] {
        let listing = app.published(&awa, &cooperative, json!({ "title": title })).await;
        for client in [&mut near, &mut far] {
            assert_eq!(client.next("1").await["listingPublished"]["listing"]["id"], listing, "{title}");
        }
    }
    // And the other way round, written over the far connection itself.
    let draft = app.draft(&awa, &cooperative, json!({ "title": "Quatre" })).await;
    let publish = "mutation($input: PublishListingInput!) { publishListing(input: $input) { listing { id } userErrors { code } } }";
    far.begin("publish", publish, json!({ "input": { "listingId": draft } })).await;
    assert_eq!(near.next("1").await["listingPublished"]["listing"]["id"], draft);
    assert_eq!(far.hear_of("1").await["payload"]["data"]["listingPublished"]["listing"]["id"], draft);
    near.leave().await;
    far.leave().await;
    there.stopped().await;
    other.close().await;
}

#[db_test]
async fn signing_out_in_one_process_ends_connections_of_the_other(market: Market) {
    let other = market.app.another_process().await;
    let there = Served::with(&other, quick()).await;
    let mut client = Client::connected(&there, Some(&market.seller)).await;
    client.subscribe("1", MESSAGES, json!({})).await;
    market.asks("Bonjour").await;
    assert_eq!(client.next("1").await["inquiryMessageSent"]["message"]["text"], "Bonjour");
    let sign_out = "mutation($input: SignOutInput!) { signOut(input: $input) { userErrors { code message path } } }";
    market.app.expect_payload(Some(&market.seller), sign_out, json!({})).await;
    assert_eq!(client.closed().await.0, 4403);
    there.stopped().await;
    other.close().await;
}

/// The clock that only helps where nobody says that something came.
#[db_test]
async fn without_a_word_from_this_process_the_source_is_asked_regularly(app: TestApp) {
    let served = Served::with(&app.app, Options::default()).await;
    let awa = app.sign_up("awa@example.org").await;
    let cooperative = app.register(&awa, "COOPERATIVE", "Benkadi").await;
    let mut client = Client::connected(&served, None).await;
    client.subscribe("1", LISTINGS, json!({})).await;
    // Another process has signals of its own.
    let other = app.another_process().await;
    let listing = app.draft(&awa, &cooperative, json!({})).await;
    let user = other.accounts.authenticate(&awa).await.unwrap().unwrap();
    let actor = bfw::accounts::Actor {
        principal: bfw::accounts::Principal::User(user),
        ..bfw::accounts::Actor::system("test")
    };
    let command = bfw::catalog::PublishListing {
        listing: listing.parse().unwrap(),
        expected_version: None,
        idempotency_key: None,
    };
    other.catalog.publish_listing(&actor, command).await.unwrap();
    assert_eq!(client.next("1").await["listingPublished"]["listing"]["id"], listing);
    other.close().await;
}
