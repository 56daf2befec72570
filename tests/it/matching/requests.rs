//! Requests held against a seller.

use chrono::TimeDelta;
use db_test::db_test;
use serde_json::{Value, json};

use super::{Market, lot, market};
use crate::{harness::app::TestApp, notifications::stay_signed_in, procurement::request};

const REQUESTS: &str = "query($id: ID!, $first: Int) { matchingRequests(organizationId: $id, first: $first) { totalCount \
    edges { node { passed request { id } requestLot { title } criteria { criterion passed fix } } } } }";

fn titles(found: &Value) -> Vec<(String, bool)> {
    let edges = found["matchingRequests"]["edges"].as_array().unwrap();
    let node = |edge: &Value| {
        let title = edge["node"]["requestLot"]["title"].as_str().unwrap().to_owned();
        (title, edge["node"]["passed"].as_bool().unwrap())
    };
    edges.iter().map(node).collect()
}

#[db_test]
async fn a_seller_finds_the_lots_that_she_can_answer_first(app: TestApp) {
    let Market { officer, buyer, sellers } = market(&app).await;
    let lots = json!([
        lot("5000", json!({ "title": "trop grand" })),
        lot("500", json!({ "title": "à sa mesure" })),
        lot("100", json!({ "title": "autre produit", "productCode": "fonio" })),
    ]);
    request(&app, &officer, &buyer, json!({ "lots": lots })).await;
    let (token, seller) = &sellers[1];

    let found = app.expect_data(Some(token), REQUESTS, json!({ "id": seller })).await;

    assert_eq!(titles(&found), [("à sa mesure".to_owned(), true), ("trop grand".to_owned(), false)]);
    assert_eq!(found["matchingRequests"]["totalCount"], 2);
    let other = app.graphql(Some(&sellers[0].0), REQUESTS, json!({ "id": seller })).await;
    assert_eq!(other["errors"][0]["extensions"]["code"], "BAD_USER_INPUT", "{other:#}");
}

#[db_test]
async fn what_takes_no_more_bids_is_not_found(app: TestApp) {
    let Market { officer, buyer, sellers } = market(&app).await;
    stay_signed_in(&app).await;
    request(&app, &officer, &buyer, json!({ "lots": [lot("500", json!({}))] })).await;
    let (token, seller) = &sellers[0];
    let count = async || {
        app.expect_data(Some(token), REQUESTS, json!({ "id": seller })).await["matchingRequests"]["totalCount"].take()
    };
    assert_eq!(count().await, 1);

    app.clock.advance(TimeDelta::days(60));

    assert_eq!(count().await, 0);
}

#[db_test]
async fn the_number_of_statements_does_not_depend_on_how_many_lots_there_are(app: TestApp) {
    let Market { officer, buyer, sellers } = market(&app).await;
    let (token, seller) = &sellers[0];
    request(&app, &officer, &buyer, json!({ "lots": [lot("500", json!({}))] })).await;
    let ask = || app.expect_data(Some(token), REQUESTS, json!({ "id": seller, "first": 100 }));
    ask().await;
    let (_, few) = app.statements_of(ask()).await;
    for number in 0..4 {
        let lots: Vec<Value> =
            (0..5).map(|lot_number| lot(&format!("{}", 100 + number * 10 + lot_number), json!({}))).collect();
        request(&app, &officer, &buyer, json!({ "lots": lots })).await;
    }

    let (found, many) = app.statements_of(ask()).await;

    assert_eq!(found["matchingRequests"]["totalCount"], 21);
    assert_eq!(few, many);
}
