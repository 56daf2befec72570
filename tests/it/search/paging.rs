//! Pages of search results: their cursors, their bounds, and filters that say nothing.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use chrono::TimeDelta;
use db_test::db_test;
use serde_json::{Value, json};

use crate::harness::TestApp;

const PAGE: &str = "query($after: String, $first: Int) { searchListings(first: $first, after: $after) {
    edges { cursor node { id } } pageInfo { hasNextPage endCursor } totalCount } }";

async fn three_listings(app: &TestApp) -> Vec<String> {
    let token = app.sign_up("awa@example.org").await;
    let seller = app.register(&token, "COOPERATIVE", "Benkadi").await;
    let mut ids = Vec::new();
    for _ in 0..3 {
        ids.push(app.published(&token, &seller, json!({})).await);
    }
    app.settle().await;
    ids
}

async fn page(app: &TestApp, first: i32, after: Option<&str>) -> Value {
    app.expect_data(None, PAGE, json!({ "first": first, "after": after })).await["searchListings"].take()
}

#[db_test]
async fn a_cursor_of_yesterday_goes_on_where_it_stood(app: TestApp) {
    let mut ids = three_listings(&app).await;
    let begun = page(&app, 2, None).await;
    app.clock.advance(TimeDelta::days(1));

    let rest = page(&app, 2, begun["pageInfo"]["endCursor"].as_str()).await;

    let mut seen: Vec<_> = [&begun, &rest]
        .iter()
        .flat_map(|page| page["edges"].as_array().unwrap())
        .map(|edge| edge["node"]["id"].as_str().unwrap().to_owned())
        .collect();
    seen.sort_unstable();
    ids.sort_unstable();
    assert_eq!(seen, ids);
}

#[db_test]
async fn the_last_page_that_can_be_shown_is_short_and_promises_no_other(app: TestApp) {
    three_listings(&app).await;
    let cursor = page(&app, 1, None).await["pageInfo"]["endCursor"].as_str().unwrap().to_owned();
    // The same search's cursor, further on.
    let at = |position: i64| {
        let mut parts: Value = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(&cursor).unwrap()).unwrap();
        assert_eq!(parts[2], json!({ "i": 1 }));
        parts[2] = json!({ "i": position });
        URL_SAFE_NO_PAD.encode(parts.to_string())
    };

    for position in [9_990, 10_000] {
        let last = page(&app, 20, Some(&at(position))).await;
        assert_eq!((&last["edges"], &last["pageInfo"]["hasNextPage"]), (&json!([]), &json!(false)), "{position}");
    }
    let beyond = app.graphql(None, PAGE, json!({ "first": 20, "after": at(10_001) })).await;
    assert!(beyond["errors"].is_array(), "{beyond}");
}

#[db_test]
async fn a_list_that_is_null_filters_nothing(app: TestApp) {
    three_listings(&app).await;
    let query = "query($listings: ListingSearchFilter, $organizations: OrganizationSearchFilter) {
        searchListings(filter: $listings) { totalCount } searchOrganizations(filter: $organizations) { totalCount } }";
    let organizations = json!({ "productCodes": null, "placeCodes": null, "kinds": null, "schemes": null });
    let mut listings = organizations.clone();
    listings["grades"] = Value::Null;
    listings["seasons"] = Value::Null;

    let data = app.expect_data(None, query, json!({ "listings": listings, "organizations": organizations })).await;

    assert_eq!(data["searchListings"]["totalCount"], 3);
    assert_eq!(data["searchOrganizations"]["totalCount"], 1);
}
