//! Totals and counts of values, held against the database's own count by statements of this test's own.

mod oracle;

use std::collections::BTreeMap;

use db_test::db_test;
use rand::{SeedableRng as _, rngs::StdRng};
use serde_json::{Map, Value, json};

use super::{engines::on_server, market::Market};
use crate::harness::{TestApp, TestDatabase, say_once, seed, setting};
use oracle::{Counted, Of, Oracle};

const ORGANIZATIONS: u32 = 90;
const LISTINGS: u32 = 320;
const FILTERS: usize = 120;

const LISTING_COUNTS: &str = "query($filter: ListingSearchFilter) { found: searchListings(filter: $filter, first: 1) {
    totalCount degraded facets { field values { value count } } } }";
const ORGANIZATION_COUNTS: &str = "query($filter: OrganizationSearchFilter) {
    found: searchOrganizations(filter: $filter, first: 1) { totalCount degraded facets { field values { value count } } } }";

/// What the application counts.
async fn counted(app: &TestApp, query: &str, filter: &Map<String, Value>) -> Counted {
    let found = app.expect_data(None, query, json!({ "filter": filter })).await["found"].take();
    assert_eq!(found["degraded"], false);
    let values = |facet: &Value| -> BTreeMap<String, i64> {
        let values = facet["values"].as_array().unwrap().iter();
        values.map(|one| (one["value"].as_str().unwrap().to_owned(), one["count"].as_i64().unwrap())).collect()
    };
    let facets = found["facets"].as_array().unwrap().iter();
    Counted {
        total: found["totalCount"].as_i64().unwrap(),
        facets: facets.map(|facet| (facet["field"].as_str().unwrap().to_owned(), values(facet))).collect(),
    }
}

#[db_test]
async fn totals_and_facets_are_those_of_the_database(app: TestApp) {
    compare(&app).await;
}

#[db_test]
async fn totals_and_facets_of_a_search_server_are_those_of_the_database(database: TestDatabase) {
    let Some(url) = setting("BFW_TEST_MEILISEARCH_URL") else {
        say_once("counts of a search server beside the database's; BFW_TEST_MEILISEARCH_URL names one");
        return;
    };
    compare(&on_server(database, &url).await).await;
}

async fn compare(app: &TestApp) {
    let mut random = StdRng::seed_from_u64(seed(20_261_124));
    let market = Market::open(app, &mut random, ORGANIZATIONS, LISTINGS).await;
    let oracle = Oracle::open(app).await;
    let (mut telling, mut empty) = (0, 0);
    for round in 0..FILTERS {
        let filter = if round == 0 { Map::new() } else { market.any_listing_filter(&mut random) };
        let expected = oracle.count(Of::Listings, &filter).await;
        assert_eq!(counted(app, LISTING_COUNTS, &filter).await, expected, "round {round}: {filter:?}");
        telling += usize::from(expected.total > 0);
        empty += usize::from(expected.total == 0);

        let filter = if round == 0 { Map::new() } else { market.any_filter(&mut random) };
        let expected = oracle.count(Of::Organizations, &filter).await;
        assert_eq!(counted(app, ORGANIZATION_COUNTS, &filter).await, expected, "round {round}: {filter:?}");
        telling += usize::from(expected.total > 0);
        empty += usize::from(expected.total == 0);
    }
    assert!(telling > FILTERS / 2, "{telling} filters found something, {empty} nothing");
}
