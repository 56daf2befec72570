//! Listings that are published or changed, and who is told of them.

use async_trait::async_trait;
use bfw::{
    catalog::ListingId,
    kernel::{
        outbox::Topic,
        worker::{self, HandleError, Handler},
    },
};
use chrono::TimeDelta;
use db_test::db_test;
use futures_util::future::join_all;
use sea_orm::ConnectionTrait;
use serde_json::{Value, json};
use uuid::Uuid;

use super::{DELETE, UPDATE, save, told};
use crate::{harness::TestApp, notifications::stay_signed_in};

/// A seller's token and organization.
async fn seller(app: &TestApp) -> (String, String) {
    let token = app.sign_up("seller@example.org").await;
    let organization = app.register(&token, "COOPERATIVE", "Benkadi").await;
    (token, organization)
}

async fn change(app: &TestApp, token: &str, listing: &str, input: Value) {
    let mutation =
        "mutation($input: UpdateListingInput!) { updateListing(input: $input) { userErrors { code message path } } }";
    let mut input = input;
    input["listingId"] = json!(listing);
    app.expect_payload(Some(token), mutation, input).await;
}

#[db_test]
async fn a_listing_that_answers_is_told_once_with_what_leads_to_it(app: TestApp) {
    let (seller, house) = seller(&app).await;
    let buyer = app.sign_up("buyer@example.org").await;
    let id = save(&app, &buyer, json!({ "name": "Karité", "query": "karite segou" })).await;
    let deaf = save(&app, &buyer, json!({ "query": "karite bamako" })).await;
    app.clock.advance(TimeDelta::minutes(1));

    let listing = app.published(&seller, &house, json!({})).await;
    assert_eq!(told(&app, &buyer).await, ["Beurre de karité de la saison"]);
    change(&app, &seller, &listing, json!({ "title": "Beurre de karité, sacs neufs" })).await;
    assert_eq!(told(&app, &buyer).await, ["Beurre de karité de la saison"], "what matched before is not told again");

    let query = "query($id: ID!) { savedSearch(id: $id) { matchCount lastMatchedAt matches { totalCount edges { node { \
                 matchedAt listing { id title } } } } } \
                 notifications { edges { node { listing { id } savedSearch { id } deliveries { channel state reason } } } } }";
    let data = app.expect_data(Some(&buyer), query, json!({ "id": id })).await;
    assert_eq!(data["savedSearch"]["matchCount"], 1);
    assert_eq!(data["savedSearch"]["lastMatchedAt"], "2026-11-02T08:01:00+00:00");
    let matches = &data["savedSearch"]["matches"];
    assert_eq!((&matches["totalCount"], matches["edges"].as_array().unwrap().len()), (&json!(1), 1));
    assert_eq!(
        matches["edges"][0]["node"]["listing"],
        json!({ "id": listing, "title": "Beurre de karité, sacs neufs" })
    );
    let node = &data["notifications"]["edges"][0]["node"];
    assert_eq!((&node["listing"]["id"], &node["savedSearch"]["id"]), (&json!(listing), &json!(id)));
    let by_mail = json!({ "channel": "EMAIL", "state": "QUEUED", "reason": null });
    let by_sms = json!({ "channel": "SMS", "state": "SUPPRESSED", "reason": "NO_ADDRESS" });
    assert_eq!(node["deliveries"], json!([by_mail, by_sms]));
    let data = app.expect_data(Some(&buyer), query, json!({ "id": deaf })).await;
    assert_eq!(data["savedSearch"]["matchCount"], 0);
}

#[db_test]
async fn a_change_that_makes_a_listing_answer_is_told(app: TestApp) {
    let (seller, house) = seller(&app).await;
    let buyer = app.sign_up("buyer@example.org").await;
    save(&app, &buyer, json!({ "query": "karité", "filter": { "pricePerKilogram": { "max": "1000" } } })).await;
    let listing = app.published(&seller, &house, json!({})).await;
    assert_eq!(told(&app, &buyer).await, [""; 0]);

    app.clock.advance(TimeDelta::minutes(1));
    change(&app, &seller, &listing, json!({ "price": { "amount": "990" } })).await;

    assert_eq!(told(&app, &buyer).await, ["Beurre de karité de la saison"]);
}

#[db_test]
async fn what_was_there_before_is_told_only_once_it_changes(app: TestApp) {
    let (seller, house) = seller(&app).await;
    let buyer = app.sign_up("buyer@example.org").await;
    let listing = app.published(&seller, &house, json!({})).await;
    app.clock.advance(TimeDelta::minutes(1));
    save(&app, &buyer, json!({ "query": "karité" })).await;
    // The message comes late, and an index is built anew: neither makes the listing new.
    assert_eq!(told(&app, &buyer).await, [""; 0]);
    app.app.search.rebuild(|_, _| {}).await.unwrap();
    assert_eq!(told(&app, &buyer).await, [""; 0]);

    app.clock.advance(TimeDelta::minutes(1));
    change(&app, &seller, &listing, json!({ "title": "Beurre de karité, sacs neufs" })).await;

    assert_eq!(told(&app, &buyer).await, ["Beurre de karité, sacs neufs"]);
    app.app.search.rebuild(|_, _| {}).await.unwrap();
    assert_eq!(told(&app, &buyer).await.len(), 1);
}

#[db_test]
async fn she_is_not_told_of_what_her_own_organization_offers(app: TestApp) {
    let (seller, house) = seller(&app).await;
    save(&app, &seller, json!({ "query": "karité" })).await;
    app.published(&seller, &house, json!({})).await;
    assert_eq!(told(&app, &seller).await, [""; 0]);

    let other = app.sign_up("other@example.org").await;
    let theirs = app.register(&other, "COOPERATIVE", "Jigiya").await;
    app.published(&other, &theirs, json!({ "title": "Karité de Jigiya" })).await;
    assert_eq!(told(&app, &seller).await, ["Karité de Jigiya"]);
}

#[db_test]
async fn whose_account_is_blocked_is_not_found_for(app: TestApp) {
    let (seller, house) = seller(&app).await;
    let buyer = app.sign_up("buyer@example.org").await;
    save(&app, &buyer, json!({ "query": "karité" })).await;
    let connection = app.database.connect().await;
    let block = "UPDATE user_account SET status = 'BLOCKED' WHERE email = 'buyer@example.org'";
    connection.execute_unprepared(block).await.unwrap();
    app.published(&seller, &house, json!({})).await;
    app.settle().await;
    connection.execute_unprepared("UPDATE user_account SET status = 'ACTIVE'").await.unwrap();
    assert_eq!(told(&app, &buyer).await, [""; 0]);
}

#[db_test]
async fn a_paused_search_tells_nothing_and_goes_on_from_where_it_is_set_going(app: TestApp) {
    let (seller, house) = seller(&app).await;
    let buyer = app.sign_up("buyer@example.org").await;
    let id = save(&app, &buyer, json!({ "query": "karité" })).await;
    app.expect_payload(Some(&buyer), UPDATE, json!({ "savedSearchId": id, "active": false })).await;
    app.published(&seller, &house, json!({ "title": "Karité pendant la pause" })).await;
    assert_eq!(told(&app, &buyer).await, [""; 0]);
    app.clock.advance(TimeDelta::minutes(1));
    app.expect_payload(Some(&buyer), UPDATE, json!({ "savedSearchId": id, "active": true })).await;
    assert_eq!(told(&app, &buyer).await, [""; 0]);
    app.published(&seller, &house, json!({ "title": "Karité après la pause" })).await;
    assert_eq!(told(&app, &buyer).await, ["Karité après la pause"]);

    // Asking for something else counts as new, too.
    app.expect_payload(Some(&buyer), UPDATE, json!({ "savedSearchId": id, "query": "sésame" })).await;
    app.published(&seller, &house, json!({ "title": "Karité de trop" })).await;
    app.published(&seller, &house, json!({ "title": "Sésame blanc", "productCode": "sesame" })).await;
    assert_eq!(told(&app, &buyer).await[0], "Sésame blanc");
    app.expect_payload(Some(&buyer), DELETE, json!({ "savedSearchId": id })).await;
    app.published(&seller, &house, json!({ "title": "Sésame roux", "productCode": "sesame" })).await;
    assert_eq!(told(&app, &buyer).await.len(), 2, "and what was told stays");
}

#[db_test]
async fn every_part_of_a_filter_counts(app: TestApp) {
    let (seller, house) = seller(&app).await;
    let buyer = app.sign_up("buyer@example.org").await;
    stay_signed_in(&app).await;
    let near = |radius: f64| json!({ "near": { "latitude": 13.45, "longitude": -6.26, "radiusKilometres": radius } });
    let owned = json!({ "womenOwned": { "definition": "IFC_WOMEN_OWNED" } });
    for (name, filter) in [
        ("product", json!({ "productCodes": ["shea"] })),
        ("other product", json!({ "productCodes": ["sesame"] })),
        ("place", json!({ "placeCodes": ["segou"] })),
        ("other place", json!({ "placeCodes": ["mopti"] })),
        ("kind", json!({ "kinds": ["COOPERATIVE", "SME"] })),
        ("other kind", json!({ "kinds": ["SME"] })),
        ("season", json!({ "seasons": ["2026"] })),
        ("other season", json!({ "seasons": ["2025"] })),
        ("price", json!({ "pricePerKilogram": { "min": "1250", "max": "1250" } })),
        ("other price", json!({ "pricePerKilogram": { "min": "1251" } })),
        ("near", near(100.0)),
        ("elsewhere", json!({ "near": { "latitude": 18.0, "longitude": 1.0, "radiusKilometres": 20.0 } })),
        ("day", json!({ "availableOn": "2026-12-01" })),
        ("other day", json!({ "availableOn": "2027-02-01" })),
        ("owned", owned.clone()),
        ("certified", json!({ "schemes": ["ORGANIC_EU"] })),
    ] {
        save(&app, &buyer, json!({ "name": name, "filter": filter })).await;
    }
    let until = json!({ "season": "2026", "availableFrom": "2026-11-10", "availableUntil": "2026-12-31" });
    app.published(&seller, &house, until).await;
    app.settle().await;
    let matched = async || {
        let query = "{ savedSearches(last: 100) { edges { node { name matchCount } } } }";
        let data = app.expect_data(Some(&buyer), query, json!({})).await;
        let edges = data["savedSearches"]["edges"].as_array().unwrap().clone();
        let hit = |edge: &&Value| edge["node"]["matchCount"] == 1;
        let mut names: Vec<String> =
            edges.iter().filter(hit).map(|edge| edge["node"]["name"].as_str().unwrap().to_owned()).collect();
        names.sort();
        names
    };
    assert_eq!(matched().await, ["day", "kind", "near", "place", "price", "product", "season"]);

    // What the seller proves of herself makes her listings answer.
    let declare = "mutation($input: DeclareOwnershipInput!) { declareOwnership(input: $input) { userErrors { code message path } } }";
    let facts = json!({ "organizationId": house, "womenOwnedPercent": "100", "womenManagementPercent": "100",
                        "womenBoardPercent": "100", "womanChiefExecutive": true });
    app.expect_payload(Some(&seller), declare, facts).await;
    app.settle().await;
    assert_eq!(matched().await, ["day", "kind", "near", "owned", "place", "price", "product", "season"]);
}

#[db_test]
async fn what_has_run_out_is_not_told(app: TestApp) {
    let (seller, house) = seller(&app).await;
    let buyer = app.sign_up("buyer@example.org").await;
    stay_signed_in(&app).await;
    save(&app, &buyer, json!({ "query": "karité" })).await;
    app.published(&seller, &house, json!({ "availableUntil": "2026-11-05" })).await;
    // The worker was down for a week.
    app.clock.advance(TimeDelta::days(7));
    assert_eq!(told(&app, &buyer).await, [""; 0]);
}

#[db_test]
async fn sixty_four_workers_tell_of_a_listing_once(app: TestApp) {
    let (seller, house) = seller(&app).await;
    let buyer = app.sign_up("buyer@example.org").await;
    for name in ["un", "deux", "trois"] {
        save(&app, &buyer, json!({ "name": name, "query": "karité" })).await;
    }
    let listing: ListingId = app.published(&seller, &house, json!({})).await.parse().unwrap();

    let subjects = [listing.uuid()];
    let handled = join_all((0..64).map(|_| app.app.alerts.percolate_listings(&subjects))).await;

    for done in handled {
        done.unwrap();
    }
    assert_eq!(told(&app, &buyer).await.len(), 3, "one for each search");
}

/// Does what the application does, but for some topics.
struct Failing(bfw::app::FollowUp, [Topic; 2], HandleError);

#[async_trait]
impl Handler for Failing {
    async fn handle(&self, topic: Topic, subjects: &[Uuid]) -> Result<(), HandleError> {
        if self.1.contains(&topic) { Err(self.2.clone()) } else { self.0.handle(topic, subjects).await }
    }

    async fn sweep(&self) {}
}

#[db_test]
async fn an_index_that_fails_holds_up_no_alert_and_an_alert_that_fails_no_index(app: TestApp) {
    let (seller, house) = seller(&app).await;
    let buyer = app.sign_up("buyer@example.org").await;
    save(&app, &buyer, json!({ "query": "karité" })).await;
    app.published(&seller, &house, json!({})).await;
    let seen = async || {
        let query = "{ notifications { totalCount } searchListings { totalCount } }";
        let data = app.expect_data(Some(&buyer), query, json!({})).await;
        (data["notifications"]["totalCount"].as_i64().unwrap(), data["searchListings"]["totalCount"].as_i64().unwrap())
    };
    let drain = async |topics, error| {
        let handler = Failing(app.app.follow_up(), topics, error);
        worker::drain(&app.app.services, &handler, "test").await
    };

    let away = HandleError::Unable("away".to_owned());
    assert!(drain([Topic::Listing, Topic::Organization], away).await.is_err());
    assert_eq!(seen().await, (1, 0));
    app.settle().await;
    assert_eq!(seen().await, (1, 1));

    app.published(&seller, &house, json!({ "title": "Karité, encore" })).await;
    let poisoned = HandleError::Failed("poisoned".to_owned());
    drain([Topic::ListingAlert, Topic::OrganizationAlert], poisoned).await.unwrap();
    assert_eq!(seen().await, (1, 2));
    // An index that is built anew forgets what was set aside of it, and no alert.
    let connection = app.database.connect().await;
    connection.execute_unprepared("UPDATE outbox SET parked_at = available_at").await.unwrap();
    app.clock.advance(TimeDelta::minutes(1));
    app.app.search.rebuild(|_, _| {}).await.unwrap();
    connection.execute_unprepared("UPDATE outbox SET parked_at = NULL").await.unwrap();
    app.settle().await;
    assert_eq!(seen().await, (2, 2));
}
