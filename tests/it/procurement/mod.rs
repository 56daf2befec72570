//! Requests and what becomes of them, as buyers, bidders and the public see them.

mod amendments;
mod awards;
pub(crate) mod bids;
mod complaints;
mod evaluation;
mod lists;
mod personal;
mod questions;
mod requests;
pub(crate) mod scene;
mod trails;
mod whole;

use bfw::kernel::clock::{Clock as _, Timestamp, rfc3339};
use chrono::TimeDelta;
use serde_json::{Value, json};

use crate::harness::app::TestApp;

/// Creates a draft.
pub(crate) const CREATE: &str = "mutation($input: CreateProcurementRequestInput!) {
    createProcurementRequest(input: $input) { procurementRequest { id status version title lots { id title } }
        userErrors { code message path } } }";

/// Publishes a draft.
pub(crate) const PUBLISH: &str = "mutation($input: PublishProcurementRequestInput!) {
    publishProcurementRequest(input: $input) { procurementRequest { id status version publishedAt }
        userErrors { code message path } } }";

/// Amends what is published.
pub(crate) const AMEND: &str = "mutation($input: AmendProcurementRequestInput!) {
    amendProcurementRequest(input: $input) { procurementRequest { id status version bidDeadline
        lots { id title status quantity { value unit } } } userErrors { code message path } } }";

/// An officer's token and the id of her ministry, which buys. `name` tells several apart.
pub(crate) async fn office(app: &TestApp, name: &str) -> (String, String) {
    let token = app.sign_up(&format!("{name}@achats.exemple.ml")).await;
    let buyer = app.register(&token, "PUBLIC_BODY", &format!("Direction des achats {name}")).await;
    (token, buyer)
}

/// The instant so many days from now, as an input takes it.
pub(crate) fn in_days(app: &TestApp, days: i64) -> String {
    rfc3339(instant_in(app, days))
}

/// The instant so many days from now.
pub(crate) fn instant_in(app: &TestApp, days: i64) -> Timestamp {
    app.clock.now() + TimeDelta::days(days)
}

/// The input of an open request of shea butter in two lots, of 500 kg and of 20 tins, closing in 30 days, judged by price (70)
/// and quality (30). `changes` replaces fields of it.
pub(crate) fn shea_butter(app: &TestApp, buyer: &str, changes: &Value) -> Value {
    let mut input = json!({
        "buyerId": buyer, "title": "Beurre de karité pour les cantines", "method": "OPEN",
        "lots": [
            { "title": "Beurre de karité, Ségou", "productCode": "shea-butter", "placeCode": "segou",
              "quantity": { "value": "500", "unit": "KGM" } },
            { "title": "Beurre de karité, Sikasso", "productCode": "shea-butter", "placeCode": "sikasso",
              "quantity": { "value": "200", "unit": "KGM" } },
        ],
        "criteria": [
            { "name": "Prix", "kind": "PRICE", "weightPercent": "70" },
            { "name": "Qualité", "kind": "QUALITY", "weightPercent": "30" },
        ],
        "bidDeadline": in_days(app, 30),
    });
    for (field, value) in changes.as_object().unwrap() {
        input[field] = value.clone();
    }
    input
}

/// Writes a draft of [`shea_butter`], and gives its id.
pub(crate) async fn draft(app: &TestApp, token: &str, buyer: &str, changes: Value) -> String {
    let payload = app.expect_payload(Some(token), CREATE, shea_butter(app, buyer, &changes)).await;
    payload["procurementRequest"]["id"].as_str().unwrap().to_owned()
}

/// Publishes a draft.
pub(crate) async fn publish(app: &TestApp, token: &str, request: &str) {
    let payload = app.expect_payload(Some(token), PUBLISH, json!({ "requestId": request })).await;
    assert_eq!(payload["procurementRequest"]["status"], "PUBLISHED");
}

/// Writes and publishes a request of [`shea_butter`], and gives its id.
pub(crate) async fn request(app: &TestApp, token: &str, buyer: &str, changes: Value) -> String {
    let id = draft(app, token, buyer, changes).await;
    publish(app, token, &id).await;
    id
}

/// The ids of a request's lots, in their order.
pub(crate) async fn lots(app: &TestApp, token: &str, request: &str) -> Vec<String> {
    let query = "query($id: ID!) { procurementRequest(id: $id) { lots { id } } }";
    let data = app.expect_data(Some(token), query, json!({ "id": request })).await;
    let lots = data["procurementRequest"]["lots"].as_array().unwrap();
    lots.iter().map(|lot| lot["id"].as_str().unwrap().to_owned()).collect()
}
