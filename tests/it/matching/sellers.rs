//! Sellers held against lots.

use db_test::db_test;
use serde_json::{Value, json};

use super::{Market, lot, market};
use crate::{harness::app::TestApp, procurement::request};

const SELLERS: &str = "query($id: ID!, $lot: ID, $passing: Boolean, $first: Int, $after: String) { \
    matchingSellers(requestId: $id, requestLotId: $lot, onlyPassing: $passing, first: $first, after: $after) { totalCount \
    pageInfo { endCursor hasNextPage } \
    edges { node { organization { id } passed capacityKilograms criteria { criterion about passed actual required fix } } } } }";

/// The ids, and whether they pass, in the order in which they come.
fn told(found: &Value) -> Vec<(String, bool)> {
    let edges = found["matchingSellers"]["edges"].as_array().unwrap();
    let node = |edge: &Value| {
        let id = edge["node"]["organization"]["id"].as_str().unwrap().to_owned();
        (id, edge["node"]["passed"].as_bool().unwrap())
    };
    edges.iter().map(node).collect()
}

#[db_test]
async fn each_seller_is_told_what_she_lacks_and_the_nearest_way_to_mend_it(app: TestApp) {
    let Market { officer, buyer, sellers } = market(&app).await;
    let id = request(&app, &officer, &buyer, json!({ "lots": [lot("1000", json!({}))] })).await;

    let found = app.expect_data(Some(&officer), SELLERS, json!({ "id": id })).await;

    let order: Vec<(String, bool)> =
        sellers.iter().enumerate().map(|(place, (_, id))| (id.clone(), place == 0)).collect();
    assert_eq!(told(&found), order, "who can deliver all of it first, then who has most");
    let second = &found["matchingSellers"]["edges"][1]["node"];
    assert_eq!(second["capacityKilograms"], "600");
    let lacks = json!([{ "criterion": "QUANTITY", "about": null, "passed": false, "actual": "600 kg",
                         "required": "1000 kg", "fix": "Ajoutez 400 kg, seule ou en groupement." }]);
    assert_eq!(second["criteria"], lacks);
    let passing = app.expect_data(Some(&officer), SELLERS, json!({ "id": id, "passing": true })).await;
    assert_eq!(told(&passing), [(sellers[0].1.clone(), true)]);
}

#[db_test]
async fn pages_go_on_where_the_one_before_ended(app: TestApp) {
    let Market { officer, buyer, sellers } = market(&app).await;
    let id = request(&app, &officer, &buyer, json!({ "lots": [lot("1000", json!({}))] })).await;
    let mut seen = Vec::new();
    let mut after = Value::Null;
    loop {
        let page = app.expect_data(Some(&officer), SELLERS, json!({ "id": id, "first": 1, "after": after })).await;
        assert_eq!(page["matchingSellers"]["totalCount"], 3);
        seen.extend(told(&page).into_iter().map(|(id, _)| id));
        after = page["matchingSellers"]["pageInfo"]["endCursor"].clone();
        if page["matchingSellers"]["pageInfo"]["hasNextPage"] == false {
            break;
        }
    }
    assert_eq!(seen, sellers.iter().map(|(_, id)| id.clone()).collect::<Vec<_>>());
}

#[db_test]
async fn only_those_who_keep_the_buyers_requests_see_who_could_answer(app: TestApp) {
    let Market { officer, buyer, sellers } = market(&app).await;
    let id = request(&app, &officer, &buyer, json!({ "lots": [lot("1000", json!({}))] })).await;

    for token in [None, Some(sellers[0].0.as_str())] {
        let answer = app.graphql(token, SELLERS, json!({ "id": id })).await;
        let code = &answer["errors"][0]["extensions"]["code"];
        let expected = if token.is_none() { "UNAUTHENTICATED" } else { "BAD_USER_INPUT" };
        assert_eq!(code, expected, "{answer:#}");
    }
}

#[db_test]
async fn partners_are_suggested_who_fill_the_quantity_together(app: TestApp) {
    let Market { officer, buyer, sellers } = market(&app).await;
    let id = request(&app, &officer, &buyer, json!({ "lots": [lot("1600", json!({}))] })).await;
    let query = "query($id: ID!) { procurementRequest(id: $id) { lots { id } } }";
    let lot = app.expect_data(None, query, json!({ "id": id })).await["procurementRequest"]["lots"][0]["id"].take();
    let suggestions = "query($id: ID!, $lot: ID!, $lead: ID) { consortiumSuggestions(requestId: $id, requestLotId: $lot, \
                       leadOrganizationId: $lead) { regionCode parts { organization { id } kilograms sharePercent } } }";

    let found = app.expect_data(Some(&officer), suggestions, json!({ "id": id, "lot": lot })).await;
    let parts = json!([
        { "organization": { "id": sellers[0].1 }, "kilograms": "1200", "sharePercent": "75" },
        { "organization": { "id": sellers[1].1 }, "kilograms": "400", "sharePercent": "25" },
    ]);
    assert_eq!(found["consortiumSuggestions"], json!([{ "regionCode": null, "parts": parts }]));

    // Whoever would lead may ask for herself, and is among them.
    let asked = json!({ "id": id, "lot": lot, "lead": sellers[2].1 });
    let led = app.expect_data(Some(&sellers[2].0), suggestions, asked.clone()).await;
    let parts = led["consortiumSuggestions"][0]["parts"].as_array().unwrap();
    assert_eq!(
        parts.iter().map(|part| part["kilograms"].as_str().unwrap()).collect::<Vec<_>>(),
        ["300", "1200", "100"]
    );
    let stranger = app.sign_up("passante@exemple.ml").await;
    let refused = app.graphql(Some(&stranger), suggestions, asked).await;
    assert_eq!(refused["errors"][0]["extensions"]["code"], "BAD_USER_INPUT");
}
