//! Finding requests, and what reading them costs.

use db_test::db_test;
use serde_json::{Value, json};

use super::{draft, in_days, instant_in, office, request};
use crate::{harness::TestApp, notifications::stay_signed_in};

const LIST: &str = "query($filter: ProcurementRequestFilter, $orderBy: ProcurementRequestOrderBy, $first: Int,
        $after: String) {
    procurementRequests(filter: $filter, orderBy: $orderBy, first: $first, after: $after) { totalCount
        pageInfo { hasNextPage endCursor } edges { node { title status } } } }";

async fn titles(app: &TestApp, token: Option<&str>, variables: Value) -> Vec<String> {
    let data = app.expect_data(token, LIST, variables).await;
    let list = &data["procurementRequests"];
    let edges = list["edges"].as_array().unwrap();
    if list["pageInfo"]["hasNextPage"] == false {
        assert!(list["totalCount"].as_u64().unwrap() >= edges.len() as u64);
    }
    edges.iter().map(|edge| edge["node"]["title"].as_str().unwrap().to_owned()).collect()
}

/// A lot of one product for one place.
fn lot(product: &str, place: &str) -> Value {
    json!([{ "productCode": product, "placeCode": place, "quantity": { "value": "10", "unit": "KGM" } }])
}

#[db_test]
async fn requests_are_found_by_what_they_ask_for_where_and_until_when(app: TestApp) {
    let (officer, ministry) = office(&app, "sante").await;
    let (other, school) = office(&app, "ecole").await;
    let closing = |days: i64| in_days(&app, days);
    request(&app, &officer, &ministry, json!({ "title": "Beurre de karité", "bidDeadline": closing(40) })).await;
    let rice = json!({ "title": "Riz étuvé 100%", "lots": lot("fonio", "sikasso"), "bidDeadline": closing(20) });
    request(&app, &other, &school, rice).await;
    let onion = json!({ "title": "Échalotes", "lots": lot("onion", "segou"), "bidDeadline": closing(30) });
    request(&app, &other, &school, onion).await;
    draft(&app, &officer, &ministry, json!({ "title": "Brouillon" })).await;
    let filtered = async |token: Option<&str>, filter: Value| titles(&app, token, json!({ "filter": filter })).await;

    assert_eq!(filtered(None, json!({})).await, ["Échalotes", "Riz étuvé 100%", "Beurre de karité"]);
    assert_eq!(filtered(None, json!({ "productCode": "shea" })).await, ["Beurre de karité"]);
    assert_eq!(filtered(None, json!({ "placeCode": "segou" })).await, ["Échalotes", "Beurre de karité"]);
    let both = json!({ "placeCode": "sikasso", "productCode": "onion" });
    assert_eq!(filtered(None, both).await, [""; 0], "one lot has to be of the product and for the place");
    assert_eq!(filtered(None, json!({ "text": "ECHALOTE" })).await, ["Échalotes"]);
    assert_eq!(filtered(None, json!({ "text": "%" })).await, ["Riz étuvé 100%"]);
    assert_eq!(filtered(None, json!({ "buyerId": ministry })).await, ["Beurre de karité"]);
    assert_eq!(filtered(Some(&officer), json!({ "buyerId": ministry })).await, ["Brouillon", "Beurre de karité"]);
    assert_eq!(filtered(Some(&officer), json!({ "status": "DRAFT" })).await, ["Brouillon"]);
    assert_eq!(filtered(Some(&other), json!({ "status": "DRAFT" })).await, [""; 0]);
    let soon = json!({ "deadlineBefore": closing(30), "deadlineAfter": closing(20) });
    assert_eq!(filtered(None, soon).await, ["Riz étuvé 100%"]);
    assert_eq!(filtered(None, json!({ "method": "DIRECT" })).await, [""; 0]);
    let unknown = app.graphql(None, LIST, json!({ "filter": { "productCode": "moon-butter" } })).await;
    assert_eq!(unknown["errors"][0]["extensions"]["userErrors"][0]["code"], "UNKNOWN_PRODUCT", "{unknown}");

    stay_signed_in(&app).await;
    app.clock.set(instant_in(&app, 25));

    assert_eq!(filtered(None, json!({ "status": "CLOSED" })).await, ["Riz étuvé 100%"]);
    assert_eq!(filtered(None, json!({ "status": "PUBLISHED" })).await, ["Échalotes", "Beurre de karité"]);
}

#[db_test]
async fn a_list_is_walked_page_by_page_in_each_order(app: TestApp) {
    let (officer, ministry) = office(&app, "sante").await;
    for (number, days) in [(1, 30), (2, 20), (3, 40), (4, 20), (5, 25)] {
        let changes = json!({ "title": format!("Demande {number}"), "bidDeadline": in_days(&app, days) });
        request(&app, &officer, &ministry, changes).await;
    }
    let walked = async |field: &str, direction: &str| {
        let (mut found, mut after) = (Vec::new(), Value::Null);
        loop {
            let order = json!({ "field": field, "direction": direction });
            let variables = json!({ "orderBy": order, "first": 2, "after": after });
            let data = app.expect_data(None, LIST, variables).await;
            let list = &data["procurementRequests"];
            assert_eq!(list["totalCount"], 5);
            let edges = list["edges"].as_array().unwrap();
            found.extend(edges.iter().map(|edge| edge["node"]["title"].as_str().unwrap()[8..].to_owned()));
            if list["pageInfo"]["hasNextPage"] == false {
                return found.concat();
            }
            after = list["pageInfo"]["endCursor"].clone();
        }
    };

    assert_eq!(walked("CREATED_AT", "DESC").await, "54321");
    assert_eq!(walked("CREATED_AT", "ASC").await, "12345");
    assert_eq!(walked("BID_DEADLINE", "ASC").await, "24513");
    assert_eq!(walked("BID_DEADLINE", "DESC").await, "31542");
}

#[db_test]
async fn a_page_of_requests_costs_as_many_statements_as_one_request(app: TestApp) {
    const EVERYTHING: &str = "query($first: Int) { procurementRequests(first: $first) { edges { node { title ocid
        buyer { name } lots { title product { code } place { code } } criteria { name }
        genderMeasures { kind lot { title } } questions(first: 3) { edges { node { question asker { name } } } }
        versions(first: 3) { edges { node { version } } } invited(first: 3) { edges { node { organization { name } } } }
        documents { id } } } } }";
    let (officer, ministry) = office(&app, "sante").await;
    let (bidder, _) = office(&app, "ecole").await;
    let house = app.register(&bidder, "COOPERATIVE", "Benkadi").await;
    for _ in 0..4 {
        let measures = json!([{ "kind": "RESERVED_PARTICIPATION", "definition": "UN_WOMEN_OWNED", "lotPosition": 1 }]);
        let changes = json!({ "genderMeasures": measures, "invitedOrganizationIds": [house] });
        let id = request(&app, &officer, &ministry, changes).await;
        let ask = "mutation($input: AskQuestionInput!) { askQuestion(input: $input) { question { id }
            userErrors { code message path } } }";
        let input = json!({ "requestId": id, "organizationId": house, "question": "Quand payez-vous ?" });
        app.expect_payload(Some(&bidder), ask, input).await;
    }
    let cost = async |first: i32| {
        let variables = json!({ "first": first });
        let (data, statements) = app.statements_of(app.expect_data(Some(&officer), EVERYTHING, variables)).await;
        (data["procurementRequests"]["edges"].as_array().unwrap().clone(), statements)
    };
    cost(1).await;

    let (one, small) = cost(1).await;
    let (all, large) = cost(20).await;

    assert_eq!((one.len(), all.len()), (1, 4));
    assert_eq!(all[3]["node"]["genderMeasures"][0]["lot"]["title"], "Beurre de karité, Sikasso");
    assert_eq!(all[3]["node"]["questions"]["edges"][0]["node"]["question"], "Quand payez-vous ?");
    assert_eq!(all[3]["node"]["invited"]["edges"][0]["node"]["organization"]["name"], "Benkadi");
    assert_eq!(small, large, "a page of 1 costs {small} statements, a page of 20 costs {large}");
    assert!(large <= 13, "{large}");
}

#[db_test]
async fn every_part_of_a_request_is_found_by_its_id(app: TestApp) {
    const PARTS: &str = "query($id: ID!) { procurementRequest(id: $id) { id lots { id } criteria { id }
        genderMeasures { id } } }";
    let (officer, ministry) = office(&app, "sante").await;
    let measures = json!([{ "kind": "TARGET", "definition": "UN_WOMEN_OWNED", "percent": "30" }]);
    let id = draft(&app, &officer, &ministry, json!({ "genderMeasures": measures })).await;
    let parts = app.expect_data(Some(&officer), PARTS, json!({ "id": id })).await["procurementRequest"].take();
    let ids = [&parts["id"], &parts["lots"][1]["id"], &parts["criteria"][0]["id"], &parts["genderMeasures"][0]["id"]];
    let nodes = "query($ids: [ID!]!) { nodes(ids: $ids) { __typename id } }";

    let found = app.expect_data(Some(&officer), nodes, json!({ "ids": ids })).await;

    let types = ["ProcurementRequest", "RequestLot", "RequestCriterion", "GenderMeasure"];
    let expected: Vec<Value> =
        types.iter().zip(ids).map(|(name, id)| json!({ "__typename": name, "id": id })).collect();
    assert_eq!(found["nodes"], json!(expected));
    let hidden = app.expect_data(None, nodes, json!({ "ids": ids })).await;
    assert_eq!(hidden["nodes"], json!([null, null, null, null]));
}
