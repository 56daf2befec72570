//! Searches while the index is away: answered by the database, said so, and in time; and everything else works.

use std::time::{Duration, Instant};

use axum::{body::Body, http::Request};
use db_test::db_test;
use rand::{SeedableRng as _, rngs::StdRng};
use serde_json::{Map, Value, json};

use super::{
    faulty::{Control, Mood},
    market::Market,
};
use crate::harness::{TestApp, TestDatabase, seed};

const LISTINGS: &str = "query($query: String, $filter: ListingSearchFilter, $sort: ListingSearchSort! = NEWEST,
    $first: Int! = 100, $after: String) { found: searchListings(query: $query, filter: $filter, sort: $sort, first: $first,
    after: $after) { degraded totalCount facets { field } pageInfo { hasNextPage endCursor }
    edges { cursor distanceKilometres highlights { field } node { id title } } } }";
const ORGANIZATIONS: &str = "query($query: String, $filter: OrganizationSearchFilter) {
    found: searchOrganizations(query: $query, filter: $filter, first: 100) { degraded totalCount
    edges { distanceKilometres node { id } } } }";

async fn found(app: &TestApp, query: &str, variables: Value) -> Value {
    app.expect_data(None, query, variables).await["found"].take()
}

fn ids(found: &Value) -> Vec<String> {
    let edges = found["edges"].as_array().unwrap().iter();
    edges.map(|edge| edge["node"]["id"].as_str().unwrap().to_owned()).collect()
}

/// Searches until the index answers again.
async fn recovered(app: &TestApp) {
    for _ in 0..200 {
        if found(app, LISTINGS, json!({})).await["degraded"] == false {
            return;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    panic!("the index is back, and the database still answers");
}

async fn three_sellers(app: &TestApp) -> String {
    let token = app.sign_up("awa@example.org").await;
    for (name, title) in [("Benkadi", "Beurre doré"), ("Jigiya", "Beurre de karité"), ("Sinignasigi", "Oignons 100 %_")]
    {
        let seller = app.register(&token, "COOPERATIVE", name).await;
        let product = if title.starts_with("Oignon") { "onion" } else { "shea-butter" };
        app.published(&token, &seller, json!({ "title": title, "productCode": product })).await;
    }
    app.settle().await;
    token
}

#[db_test]
async fn while_the_index_is_away_the_database_answers_in_time_and_the_rest_works(database: TestDatabase) {
    let control = Control::new();
    let app = control.app(database).await;
    let token = three_sellers(&app).await;
    for mood in [Mood::Refuses, Mood::Hangs, Mood::Late(Duration::from_secs(20))] {
        control.set(mood);
        let began = Instant::now();
        for _ in 0..5 {
            let listings = found(&app, LISTINGS, json!({ "filter": { "placeCodes": ["segou"] } })).await;
            assert_eq!((&listings["degraded"], &listings["totalCount"]), (&json!(true), &json!(3)), "{mood:?}");
            assert_eq!(listings["facets"], json!([]));
            let organizations = found(&app, ORGANIZATIONS, json!({ "query": "jigi" })).await;
            assert_eq!((&organizations["degraded"], &organizations["totalCount"]), (&json!(true), &json!(1)));
        }
        assert!(began.elapsed() < Duration::from_secs(15), "{mood:?}: {:?}", began.elapsed());

        let named = format!("Étal {mood:?}");
        app.register(&token, "MARKET_SELLER", &named).await;
        let ready = app.send(Request::get("/health/ready").body(Body::empty()).unwrap()).await;
        assert_eq!(ready.status().as_u16(), 200);
        let body = axum::body::to_bytes(ready.into_body(), usize::MAX).await.unwrap();
        let body: Value = serde_json::from_slice(&body).unwrap();
        let checks = body["checks"].as_array().unwrap();
        let search = checks.iter().find(|check| check["name"] == "search").unwrap();
        assert!(search["detail"].as_str().unwrap().starts_with("degraded"), "{body}");

        control.set(Mood::Well);
        recovered(&app).await;
        app.settle().await;
        assert_eq!(found(&app, ORGANIZATIONS, json!({ "query": named })).await["degraded"], false);
    }
    app.app.search.close().await.unwrap();
}

#[db_test]
async fn every_filter_and_order_holds_as_in_the_index(database: TestDatabase) {
    let mut random = StdRng::seed_from_u64(seed(41));
    let control = Control::new();
    let app = control.app(database).await;
    let market = Market::open(&app, &mut random, 60, 200).await;
    let sorts = ["NEWEST", "PRICE_PER_KILOGRAM_ASC", "PRICE_PER_KILOGRAM_DESC", "DISTANCE", "RELEVANCE"];
    let mut asked: Vec<(&str, Value)> = Vec::new();
    for round in 0..60 {
        let filter = if round == 0 { Map::new() } else { market.any_listing_filter(&mut random) };
        let sort = sorts[round % sorts.len()];
        let sort = if sort == "DISTANCE" && !filter.contains_key("near") { "NEWEST" } else { sort };
        asked.push((LISTINGS, json!({ "filter": filter, "sort": sort })));
        asked.push((ORGANIZATIONS, json!({ "filter": market.any_filter(&mut random) })));
    }
    let mut by_the_index = Vec::new();
    for (query, variables) in &asked {
        by_the_index.push(found(&app, query, variables.clone()).await);
    }
    control.set(Mood::Refuses);
    let mut telling = 0;
    for ((query, variables), expected) in asked.iter().zip(by_the_index) {
        let plain = found(&app, query, variables.clone()).await;
        assert_eq!((&expected["degraded"], &plain["degraded"]), (&json!(false), &json!(true)));
        assert_eq!(plain["totalCount"], expected["totalCount"], "{variables}");
        let (mut expected_ids, mut plain_ids) = (ids(&expected), ids(&plain));
        if expected["totalCount"].as_i64().unwrap() <= 100 {
            // Those without a comparable price come in any order after the others.
            if variables["sort"].as_str().is_some_and(|sort| sort.starts_with("PRICE")) {
                expected_ids.sort_unstable();
                plain_ids.sort_unstable();
            }
            assert_eq!(plain_ids, expected_ids, "{variables}");
        }
        telling += usize::from(expected["totalCount"] != 0);
    }
    assert!(telling > 40, "{telling}");
}

#[db_test]
async fn words_are_found_in_titles_and_names_and_as_products_and_places(database: TestDatabase) {
    let control = Control::new();
    let app = control.app(database).await;
    three_sellers(&app).await;
    control.set(Mood::Refuses);
    for (query, count) in [
        ("", 3),
        ("dore", 1),
        ("BEURRE segou", 2),
        ("situlu", 2),
        ("karité", 2),
        ("jigiya beurre", 1),
        ("\"beurre doré\"", 1),
        ("beurre oignons", 0),
        ("100 %_", 1),
        ("%", 3),
        ("_", 3),
        ("mopti", 0),
    ] {
        let listings = found(&app, LISTINGS, json!({ "query": query })).await;
        assert_eq!(listings["totalCount"], count, "{query}: {listings:#}");
    }
    let organizations = found(&app, ORGANIZATIONS, json!({ "query": "oignon segou" })).await;
    assert_eq!(organizations["totalCount"], 1);
}

#[db_test]
async fn a_page_begun_by_one_is_gone_on_with_by_the_other(database: TestDatabase) {
    let control = Control::new();
    let app = control.app(database).await;
    three_sellers(&app).await;
    let all = ids(&found(&app, LISTINGS, json!({})).await);
    let mut seen = Vec::new();
    let mut after = Value::Null;
    for mood in [Mood::Well, Mood::Refuses, Mood::Well] {
        control.set(mood);
        if mood == Mood::Well {
            recovered(&app).await;
        }
        let page = found(&app, LISTINGS, json!({ "first": 1, "after": after })).await;
        assert_eq!(page["degraded"], mood != Mood::Well);
        seen.extend(ids(&page));
        after = page["pageInfo"]["endCursor"].clone();
    }
    assert_eq!(seen, all);
}

#[db_test]
async fn suggestions_come_from_products_and_names(database: TestDatabase) {
    let control = Control::new();
    let app = control.app(database).await;
    three_sellers(&app).await;
    control.set(Mood::Refuses);
    let query = "query($typed: String!) { searchSuggestions(query: $typed) { kind text count } }";

    let named = app.expect_data(None, query, json!({ "typed": "jig" })).await;
    let products = app.expect_data(None, query, json!({ "typed": "beurre" })).await;
    let nothing = app.expect_data(None, query, json!({ "typed": " " })).await;

    let organization = json!({ "kind": "ORGANIZATION", "text": "Jigiya", "count": 0 });
    assert!(named["searchSuggestions"].as_array().unwrap().contains(&organization), "{named}");
    assert_eq!(products["searchSuggestions"][0]["kind"], "PRODUCT", "{products}");
    assert_eq!(nothing["searchSuggestions"], json!([]));
}
