//! Searching through the API: what is published is found, what is taken back is not, and what is wrong with a question is said.

use std::collections::BTreeSet;

use bfw::{
    demo,
    kernel::page::{CursorKey, SortValue, encode_cursor},
};
use db_test::db_test;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::harness::TestApp;

const LISTINGS: &str = "query($query: String, $filter: ListingSearchFilter, $sort: ListingSearchSort! = RELEVANCE, \
    $first: Int, $after: String) { searchListings(query: $query, filter: $filter, sort: $sort, first: $first, after: $after) { \
    totalCount pageInfo { hasNextPage hasPreviousPage endCursor } facets { field values { value count } } \
    edges { cursor distanceKilometres highlights { field html } node { id title product { code } place { region { code } } } } } }";

const ORGANIZATIONS: &str = "query($query: String, $filter: OrganizationSearchFilter, $first: Int, $after: String) { \
    searchOrganizations(query: $query, filter: $filter, first: $first, after: $after) { totalCount \
    edges { cursor node { id name } } } }";

const SUGGESTIONS: &str =
    "query($query: String!, $first: Int) { searchSuggestions(query: $query, first: $first) { kind text count } }";

async fn listings(app: &TestApp, variables: Value) -> Value {
    app.expect_data(None, LISTINGS, variables).await["searchListings"].take()
}

async fn titles(app: &TestApp, variables: Value) -> Vec<String> {
    let found = listings(app, variables).await;
    let edges = found["edges"].as_array().unwrap().iter();
    edges.map(|edge| edge["node"]["title"].as_str().unwrap().to_owned()).collect()
}

async fn names(app: &TestApp, variables: Value) -> Vec<String> {
    let found = app.expect_data(None, ORGANIZATIONS, variables).await;
    let edges = found["searchOrganizations"]["edges"].as_array().unwrap().iter();
    edges.map(|edge| edge["node"]["name"].as_str().unwrap().to_owned()).collect()
}

async fn suggested(app: &TestApp, typed: &str) -> BTreeSet<String> {
    let found = app.expect_data(None, SUGGESTIONS, json!({ "query": typed })).await;
    let all = found["searchSuggestions"].as_array().unwrap().iter();
    all.map(|one| format!("{} {}", one["kind"].as_str().unwrap(), one["text"].as_str().unwrap())).collect()
}

/// The code and the path of each thing that is wrong with a query, which must be refused as a whole.
async fn refused(app: &TestApp, query: &str, variables: Value) -> Vec<String> {
    let answer = app.graphql(None, query, variables).await;
    assert!(answer["data"].is_null(), "{answer:#}");
    assert_eq!(answer["errors"][0]["extensions"]["code"], "BAD_USER_INPUT", "{answer:#}");
    let Some(errors) = answer["errors"][0]["extensions"]["userErrors"].as_array() else {
        return vec!["BAD_USER_INPUT".to_owned()];
    };
    let path = |error: &Value| -> String {
        let steps = error["path"].as_array().unwrap().iter();
        steps.map(|step| step.as_str().unwrap()).collect::<Vec<_>>().join(".")
    };
    errors.iter().map(|error| format!("{} {}", error["code"].as_str().unwrap(), path(error))).collect()
}

async fn change(app: &TestApp, token: &str, mutation: &str, listing: &str) {
    let mut kind = mutation.to_owned();
    kind[..1].make_ascii_uppercase();
    let text = format!(
        "mutation($input: {kind}ListingInput!) {{ {mutation}Listing(input: $input) {{ userErrors {{ code message path }} }} }}"
    );
    app.expect_payload(Some(token), &text, json!({ "listingId": listing })).await;
}

#[db_test]
async fn what_is_published_is_found_and_what_is_taken_back_is_not(app: TestApp) {
    // given
    let token = app.sign_up("awa@example.org").await;
    let organization = app.register(&token, "COOPERATIVE", "Sinignasigi").await;
    let paused = app.draft(&token, &organization, json!({ "title": "Karité doré de la saison" })).await;
    app.settle().await;
    let asked = || json!({ "query": "karite dore" });
    assert_eq!(titles(&app, asked()).await, Vec::<String>::new(), "a draft is nobody's business");

    // when
    app.publish(&token, &paused).await;
    let archived = app.published(&token, &organization, json!({ "title": "Karité doré en bidons" })).await;
    app.settle().await;

    // then
    let found: BTreeSet<String> = titles(&app, asked()).await.into_iter().collect();
    assert_eq!(found, ["Karité doré de la saison", "Karité doré en bidons"].map(str::to_owned).into());
    assert_eq!(names(&app, json!({ "query": "sinignasigui" })).await, ["Sinignasigi"]);
    assert_eq!(names(&app, json!({ "query": "karité" })).await, ["Sinignasigi"], "by what it offers");
    let texts = suggested(&app, "sinig").await;
    assert_eq!(texts, BTreeSet::from(["ORGANIZATION Sinignasigi".to_owned()]));
    assert!(suggested(&app, "doré").await.iter().any(|text| text.starts_with("LISTING Karité doré")));

    // when
    change(&app, &token, "pause", &paused).await;
    change(&app, &token, "archive", &archived).await;
    app.settle().await;

    // then
    assert_eq!(titles(&app, asked()).await, Vec::<String>::new());
    assert_eq!(names(&app, json!({ "query": "karité" })).await, Vec::<String>::new());
    assert!(!suggested(&app, "doré").await.iter().any(|text| text.starts_with("LISTING")));

    // when
    app.publish(&token, &paused).await;
    app.settle().await;

    // then
    assert_eq!(titles(&app, asked()).await, ["Karité doré de la saison"]);
}

/// Three offers: the nearest the dearest.
async fn market(app: &TestApp) -> String {
    let token = app.sign_up("awa@example.org").await;
    let organization = app.register(&token, "COOPERATIVE", "Sinignasigi").await;
    let price = |amount: &str| json!({ "amount": amount, "currency": "XOF" });
    let offers = [
        json!({ "title": "Beurre de Ségou", "placeCode": "segou", "price": price("2000"), "season": "2026" }),
        json!({ "title": "Beurre de Bamako", "placeCode": "bamako", "price": price("1500") }),
        json!({
            "title": "Mil de Mopti", "placeCode": "mopti", "price": price("300"), "productCode": "millet",
            "description": "Du mil nettoyé, <b>sans sable</b>.",
        }),
    ];
    for offer in offers {
        app.published(&token, &organization, offer).await;
        app.clock.advance(chrono::TimeDelta::seconds(1));
    }
    app.settle().await;
    organization
}

#[db_test]
async fn filters_orders_and_circles_narrow_what_is_found(app: TestApp) {
    market(&app).await;
    let near = |radius: f64| json!({ "latitude": 13.43, "longitude": -6.26, "radiusKilometres": radius });
    let found = [
        (json!({ "filter": { "productCodes": ["shea-butter"] }, "sort": "NEWEST" }), vec!["Bamako", "Ségou"]),
        (json!({ "filter": { "productCodes": ["Mil"] } }), vec!["Mopti"]),
        (
            json!({ "filter": { "placeCodes": ["Ségou", "mopti"] }, "sort": "PRICE_PER_KILOGRAM_ASC" }),
            vec!["Mopti", "Ségou"],
        ),
        (json!({ "sort": "PRICE_PER_KILOGRAM_DESC" }), vec!["Ségou", "Bamako", "Mopti"]),
        (
            json!({ "filter": { "pricePerKilogram": { "min": "300", "max": "1500" } }, "sort": "NEWEST" }),
            vec!["Mopti", "Bamako"],
        ),
        (json!({ "filter": { "seasons": ["2026"] } }), vec!["Ségou"]),
        (json!({ "filter": { "kinds": ["SME"] } }), vec![]),
        (json!({ "filter": { "schemes": ["FAIRTRADE"] } }), vec![]),
        (json!({ "filter": { "near": near(3000.0) }, "sort": "DISTANCE" }), vec!["Ségou", "Bamako", "Mopti"]),
        (json!({ "filter": { "near": near(20.0) } }), vec!["Ségou"]),
        (json!({ "query": "beurre", "filter": { "placeCodes": ["mopti"] } }), vec![]),
    ];
    for (variables, expected) in found {
        let titles = titles(&app, variables.clone()).await;
        let places: Vec<&str> = titles.iter().map(|title| title.rsplit(' ').next().unwrap()).collect();
        assert_eq!(places, expected, "{variables}");
    }

    let close = listings(&app, json!({ "filter": { "near": near(3000.0) }, "sort": "DISTANCE" })).await;
    let distances: Vec<f64> =
        close["edges"].as_array().unwrap().iter().map(|edge| edge["distanceKilometres"].as_f64().unwrap()).collect();
    assert!(distances[0] < 20.0 && distances.is_sorted(), "{distances:?}");
}

#[db_test]
async fn what_was_found_is_marked_and_counted(app: TestApp) {
    market(&app).await;

    let marked = listings(&app, json!({ "query": "sable" })).await;
    let highlights = marked["edges"][0]["highlights"].as_array().unwrap();
    let html = highlights.iter().find(|text| text["field"] == "DESCRIPTION").unwrap()["html"].as_str().unwrap();
    assert!(html.contains("<mark>sable</mark>"), "{html}");
    assert!(html.contains("&lt;b&gt;sans"), "what sellers write is text: {html}");

    let all = listings(&app, json!({})).await;
    let count = |field: &str, value: &str| {
        let facets = all["facets"].as_array().unwrap();
        let values = facets.iter().find(|facet| facet["field"] == field).unwrap()["values"].as_array().unwrap();
        values.iter().find(|one| one["value"] == value).map_or(0, |one| one["count"].as_i64().unwrap())
    };
    assert_eq!(all["totalCount"], 3);
    assert_eq!((count("PRODUCT", "shea-butter"), count("PRODUCT", "millet")), (2, 1));
    assert_eq!((count("REGION", "bamako"), count("KIND", "COOPERATIVE"), count("SEASON", "2026")), (1, 3, 1));
    for (field, value, filter) in
        [("PRODUCT", "shea-butter", "productCodes"), ("REGION", "bamako", "placeCodes"), ("SEASON", "2026", "seasons")]
    {
        let narrowed = listings(&app, json!({ "filter": { filter: [value] } })).await;
        assert_eq!(narrowed["totalCount"], count(field, value), "{field} {value}");
    }
}

#[db_test]
async fn pages_follow_each_other_and_a_cursor_belongs_to_its_search(app: TestApp) {
    market(&app).await;
    let mut seen = Vec::new();
    let mut after = Value::Null;
    loop {
        let variables = json!({ "first": 1, "sort": "NEWEST", "after": after });
        let page = listings(&app, variables).await;
        assert_eq!(page["pageInfo"]["hasPreviousPage"], !after.is_null());
        seen.extend(page["edges"].as_array().unwrap().iter().map(|edge| edge["node"]["id"].clone()));
        after = page["pageInfo"]["endCursor"].clone();
        if page["pageInfo"]["hasNextPage"] == false {
            break;
        }
    }
    let distinct: BTreeSet<String> = seen.iter().map(Value::to_string).collect();
    assert_eq!((seen.len(), distinct.len()), (3, 3));

    let own = listings(&app, json!({ "query": "beurre", "first": 1 })).await["edges"][0]["cursor"].take();
    let forged = |list: &str, sort: SortValue| encode_cursor(list, &CursorKey { sort, id: Uuid::nil() });
    let wrong = [
        own.as_str().unwrap().to_owned(),
        forged("search-listings", SortValue::Integer(5)),
        forged("search-listings", SortValue::Integer(i64::MAX)),
        forged("search-listings", SortValue::Integer(-1)),
        forged("search-listings", SortValue::Missing),
        forged("listings:created_at:desc", SortValue::Missing),
        "not a cursor".to_owned(),
        String::new(),
    ];
    for cursor in wrong {
        let refusal = refused(&app, LISTINGS, json!({ "query": "mil", "after": cursor })).await;
        assert_eq!(refusal, ["INVALID_CURSOR after"], "{cursor}");
        let refusal = refused(&app, ORGANIZATIONS, json!({ "query": "mil", "after": cursor })).await;
        assert_eq!(refusal, ["INVALID_CURSOR after"], "{cursor}");
    }
}

#[db_test]
async fn what_is_wrong_with_a_question_is_said_at_its_place(app: TestApp) {
    let near = |latitude: f64, longitude: f64, radius: f64| json!({ "filter": { "near": { "latitude": latitude, "longitude": longitude, "radiusKilometres": radius } } });
    let of_both = [
        (near(13.0, -6.0, 0.0), vec!["OUT_OF_RANGE filter.near.radiusKilometres"]),
        (near(13.0, -6.0, -5.0), vec!["OUT_OF_RANGE filter.near.radiusKilometres"]),
        (near(13.0, -6.0, 1e300), vec!["OUT_OF_RANGE filter.near.radiusKilometres"]),
        (near(91.0, -181.0, 5.0), vec!["OUT_OF_RANGE filter.near.latitude", "OUT_OF_RANGE filter.near.longitude"]),
        (json!({ "filter": { "productCodes": ["rien-de-tel"] } }), vec!["UNKNOWN_PRODUCT filter.productCodes"]),
        (json!({ "filter": { "placeCodes": ["rien-de-tel"] } }), vec!["UNKNOWN_PLACE filter.placeCodes"]),
        (json!({ "filter": { "schemes": ["RIEN"] } }), vec!["UNKNOWN_SCHEME filter.schemes"]),
        (json!({ "filter": { "schemes": vec!["FAIRTRADE"; 1_000] } }), vec!["TOO_LONG filter.schemes"]),
        (json!({ "query": "a".repeat(201) }), vec!["TOO_LONG query"]),
        (json!({ "first": -1 }), vec!["INVALID_PAGE_SIZE first"]),
        (json!({ "first": 101 }), vec!["INVALID_PAGE_SIZE first"]),
    ];
    for (variables, expected) in &of_both {
        assert_eq!(refused(&app, LISTINGS, variables.clone()).await, *expected, "{variables}");
        assert_eq!(refused(&app, ORGANIZATIONS, variables.clone()).await, *expected, "{variables}");
    }
    let price = |min: &str, max: &str| json!({ "filter": { "pricePerKilogram": { "min": min, "max": max } } });
    let of_listings = [
        (price("20", "10"), vec!["OUT_OF_RANGE filter.pricePerKilogram.max"]),
        (price("dear", "10"), vec!["MALFORMED_NUMBER filter.pricePerKilogram.min"]),
        (json!({ "sort": "DISTANCE" }), vec!["REQUIRED filter.near"]),
    ];
    for (variables, expected) in of_listings {
        assert_eq!(refused(&app, LISTINGS, variables.clone()).await, expected, "{variables}");
    }
    assert_eq!(refused(&app, SUGGESTIONS, json!({ "query": "a".repeat(201) })).await, ["TOO_LONG query"]);
    assert_eq!(refused(&app, SUGGESTIONS, json!({ "query": "a", "first": 101 })).await, ["INVALID_PAGE_SIZE first"]);
    // What is no word finds nothing, and breaks nothing.
    for typed in ["\0", "kar\0ité", "\"", "AND OR NOT", "*:*", "title:(", "\u{202e}étirak"] {
        listings(&app, json!({ "query": typed })).await;
        names(&app, json!({ "query": typed })).await;
        suggested(&app, typed).await;
    }
}

#[db_test]
async fn the_demo_marketplace_is_searched_as_people_type(app: TestApp) {
    demo::load(&app.app, |_, _| ()).await.unwrap();
    app.settle().await;
    let judged = [
        ("beure karite", "shea-butter", None),
        ("situlu", "shea-butter", None),
        ("echalotte", "shallot", None),
        ("oignon Ségou", "onion", Some("segou")),
        ("savon noir", "black-soap", None),
    ];
    for (query, product, region) in judged {
        let found = listings(&app, json!({ "query": query, "first": 3 })).await;
        let best = &found["edges"][0]["node"];
        assert_eq!(best["product"]["code"], product, "{query}: {found:#}");
        if let Some(region) = region {
            assert_eq!(best["place"]["region"]["code"], region, "{query}: {found:#}");
        }
    }
    assert!(suggested(&app, "kari").await.iter().any(|text| text.starts_with("PRODUCT")));
}
