//! How many statements a query costs: a number that does not depend on how many rows it shows.

use db_test::db_test;
use serde_json::{Value, json};

use crate::harness::TestApp;

const ORGANIZATIONS: usize = 6;
const LISTINGS: usize = 4;

/// A cooperative's market: six sellers with four listings each.
async fn market(app: &TestApp) -> String {
    let mut listing = String::new();
    for number in 0..ORGANIZATIONS {
        let token = app.sign_up(&format!("seller-{number}@example.org")).await;
        let organization = app.register(&token, "SME", &format!("Karité {number}")).await;
        for _ in 0..LISTINGS {
            listing = app.published(&token, &organization, json!({})).await;
        }
    }
    app.settle().await;
    listing
}

/// Asks for pages of 1 and of 20, and gives what the larger one showed and cost.
async fn cost(app: &TestApp, query: &str, mut variables: Value) -> (Value, u64) {
    variables["first"] = json!(1);
    // The first time, the caches of the process are filled.
    app.expect_data(None, query, variables.clone()).await;
    let (_, small) = app.statements_of(app.expect_data(None, query, variables.clone())).await;
    variables["first"] = json!(20);
    let (shown, large) = app.statements_of(app.expect_data(None, query, variables)).await;
    assert_eq!(small, large, "a page of 1 costs {small} statements, a page of 20 costs {large}: {query}");
    (shown, large)
}

#[db_test]
async fn a_listing_with_its_organization_and_certificates(app: TestApp) {
    let id = market(&app).await;
    let query = "query($id: ID!, $first: Int) { listing(id: $id) { title product { code } place { code } \
                 organization { name certificates(first: $first) { edges { node { number } } } } } }";

    let (shown, statements) = cost(&app, query, json!({ "id": id })).await;

    assert_eq!(shown["listing"]["organization"]["name"], format!("Karité {}", ORGANIZATIONS - 1));
    assert!(statements <= 3, "{statements}");
}

#[db_test]
async fn a_page_of_listings_with_their_organizations(app: TestApp) {
    market(&app).await;
    let query = "query($first: Int) { listings(filter: { productCode: \"shea-butter\" }, first: $first) { \
                 edges { node { title place { code } organization { name place { code } } } } } }";

    let (shown, statements) = cost(&app, query, json!({})).await;

    assert_eq!(shown["listings"]["edges"].as_array().unwrap().len(), 20);
    assert!(statements <= 2, "{statements}");
}

#[db_test]
async fn counting_a_page_costs_one_statement_and_only_when_it_is_asked(app: TestApp) {
    market(&app).await;
    let page = "query($first: Int) { listings(first: $first) { edges { node { id } } } }";
    let counted = "query($first: Int) { listings(first: $first) { totalCount edges { node { id } } } }";

    let (_, without) = cost(&app, page, json!({})).await;
    let (shown, with) = cost(&app, counted, json!({})).await;

    assert_eq!(shown["listings"]["totalCount"], ORGANIZATIONS * LISTINGS);
    assert_eq!(with, without + 1);
}

#[db_test]
async fn organizations_with_listings_and_certificates_of_each(app: TestApp) {
    market(&app).await;
    let query = "query($first: Int) { organizations(first: $first) { edges { node { name \
                 listings(first: 3) { edges { node { title organization { name } } } } \
                 certificates(first: 3) { edges { node { number } } } } } } }";

    let (shown, statements) = cost(&app, query, json!({})).await;

    let organizations = shown["organizations"]["edges"].as_array().unwrap();
    assert_eq!(organizations.len(), ORGANIZATIONS);
    assert!(organizations.iter().all(|edge| edge["node"]["listings"]["edges"].as_array().unwrap().len() == 3));
    assert!(statements <= 4, "{statements}");
}

#[db_test]
async fn a_search_with_facets_and_the_organizations_of_its_hits(app: TestApp) {
    market(&app).await;
    let query = "query($first: Int) { searchListings(query: \"karite\", first: $first) { totalCount \
                 edges { node { title organization { name } } } facets { field values { value count } } } }";

    let (shown, statements) = cost(&app, query, json!({})).await;

    assert_eq!(shown["searchListings"]["edges"].as_array().unwrap().len(), 20);
    assert!(statements <= 2, "{statements}");
}
