//! The index follows the database: what can no longer be had is neither found nor suggested.

use bfw::kernel::worker::{self, WorkError};
use chrono::TimeDelta;
use db_test::db_test;
use sea_orm::ConnectionTrait;
use serde_json::{Value, json};

use crate::harness::TestApp;

async fn mutate(app: &TestApp, token: &str, name: &str, input: Value) -> Value {
    let kind = format!("{}{}", name[..1].to_uppercase(), &name[1..]);
    let shown = if name == "reserveStock" { "reservation { id }" } else { "" };
    let mutation = format!(
        "mutation($input: {kind}Input!) {{ {name}(input: $input) {{ {shown} userErrors {{ code message path }} }} }}"
    );
    let payload = app.expect_payload(Some(token), &mutation, input).await;
    app.settle().await;
    payload
}

/// How many listings, and how many organizations that offer shea butter, are found.
async fn found(app: &TestApp) -> (i64, i64) {
    let query = "{ listings: searchListings { totalCount }
                   sellers: searchOrganizations(filter: { productCodes: [\"shea-butter\"] }) { totalCount } }";
    let data = app.expect_data(None, query, json!({})).await;
    (data["listings"]["totalCount"].as_i64().unwrap(), data["sellers"]["totalCount"].as_i64().unwrap())
}

/// What is suggested, with the documents behind it.
async fn suggested(app: &TestApp, typed: &str) -> Vec<(String, i64)> {
    let query = "query($typed: String!) { searchSuggestions(query: $typed) { text count } }";
    let data = app.expect_data(None, query, json!({ "typed": typed })).await;
    let suggestions = data["searchSuggestions"].as_array().unwrap();
    let read = |one: &Value| (one["text"].as_str().unwrap().to_owned(), one["count"].as_i64().unwrap());
    suggestions.iter().map(read).collect()
}

#[db_test]
async fn a_seller_whose_last_listing_is_paused_no_longer_offers_its_product(app: TestApp) {
    let token = app.sign_up("awa@example.org").await;
    let seller = app.register(&token, "COOPERATIVE", "Benkadi").await;
    let listing = app.published(&token, &seller, json!({})).await;
    app.settle().await;
    assert_eq!(found(&app).await, (1, 1));

    mutate(&app, &token, "pauseListing", json!({ "listingId": listing })).await;

    assert_eq!(found(&app).await, (0, 0));
}

#[db_test]
async fn what_is_sold_out_is_not_found_until_some_of_it_is_free_again(app: TestApp) {
    let token = app.sign_up("awa@example.org").await;
    let seller = app.register(&token, "COOPERATIVE", "Benkadi").await;
    let listing = app.published(&token, &seller, json!({})).await;
    let fanta = app.sign_up("fanta@example.org").await;
    let buyer = app.register(&fanta, "COMPANY", "Sahel Achats").await;
    app.settle().await;
    let hold = |kilograms: &str| {
        json!({
            "listingId": listing, "organizationId": buyer, "quantity": { "value": kilograms, "unit": "KGM" },
        })
    };

    mutate(&app, &fanta, "reserveStock", hold("499")).await;
    assert_eq!(found(&app).await, (1, 1));
    let held = mutate(&app, &fanta, "reserveStock", hold("1")).await;
    assert_eq!(found(&app).await, (0, 0));
    let rebuilt = app.app.search.rebuild(|_, _| {}).await.unwrap();
    assert_eq!(rebuilt.listings, 0);
    mutate(&app, &fanta, "releaseReservation", json!({ "reservationId": held["reservation"]["id"] })).await;
    assert_eq!(found(&app).await, (1, 1));
}

#[db_test]
async fn suggestions_show_and_count_only_what_is_there(app: TestApp) {
    let token = app.sign_up("awa@example.org").await;
    let seller = app.register(&token, "COOPERATIVE", "Benkadi").await;
    let mut listings = Vec::new();
    for title in ["Zamblé doré", "Zamblé doré", "Zamblé doré", "Zamblé secret"] {
        listings.push(app.published(&token, &seller, json!({ "title": title })).await);
    }
    app.settle().await;
    assert_eq!(suggested(&app, "zamb").await, [("Zamblé doré".to_owned(), 3), ("Zamblé secret".to_owned(), 1)]);

    mutate(&app, &token, "pauseListing", json!({ "listingId": listings[0] })).await;
    mutate(&app, &token, "archiveListing", json!({ "listingId": listings[3] })).await;

    assert_eq!(suggested(&app, "zamb").await, [("Zamblé doré".to_owned(), 2)]);
}

#[db_test]
async fn what_an_index_built_elsewhere_lacks_is_fed_again_until_that_succeeds(app: TestApp) {
    let token = app.sign_up("awa@example.org").await;
    let seller = app.register(&token, "COOPERATIVE", "Benkadi").await;
    let listing = app.published(&token, &seller, json!({})).await;
    app.settle().await;
    app.app.search.close().await.unwrap();
    // Another process builds the index anew and goes on writing to it.
    let other = app.another_process().await;
    other.search.rebuild(|_, _| {}).await.unwrap();
    worker::drain(&other.services, &other.follow_up(), "other").await.unwrap();
    let connection = app.database.connect().await;
    connection.execute_unprepared("UPDATE listing SET title = 'Zamblé doré'").await.unwrap();

    app.app.search.refresh().await.unwrap();
    let held = worker::drain(&app.app.services, &app.app.follow_up(), "test").await;
    assert!(matches!(&held, Err(WorkError::Unable(_))), "the other process writes: {held:?}");
    assert_eq!(suggested(&app, "zamb").await, []);
    other.close().await;
    app.settle().await;

    assert_eq!(suggested(&app, "zamb").await, [("Zamblé doré".to_owned(), 1)], "{listing}");
}

#[db_test]
async fn what_was_sold_out_while_an_index_was_built_elsewhere_is_not_found_in_it(app: TestApp) {
    let token = app.sign_up("awa@example.org").await;
    let seller = app.register(&token, "COOPERATIVE", "Benkadi").await;
    let listing = app.published(&token, &seller, json!({})).await;
    app.settle().await;
    app.clock.advance(TimeDelta::hours(1));
    let fanta = app.sign_up("fanta@example.org").await;
    let buyer = app.register(&fanta, "COMPANY", "Sahel Achats").await;
    app.settle().await;
    app.app.search.close().await.unwrap();
    let other = app.another_process().await;
    other.search.rebuild(|_, _| {}).await.unwrap();
    other.close().await;

    // Carried to the old index, and so no longer in the outbox.
    let all = json!({
        "listingId": listing, "organizationId": buyer, "quantity": { "value": "500", "unit": "KGM" },
    });
    mutate(&app, &fanta, "reserveStock", all).await;
    app.app.search.refresh().await.unwrap();
    app.settle().await;

    assert_eq!(found(&app).await, (0, 0));
}
