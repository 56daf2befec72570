//! Saved searches, and what they tell of.

mod finding;
mod percolating;
mod saving;

use serde_json::{Value, json};

use crate::harness::TestApp;

pub(crate) const SAVE: &str = "mutation($input: SaveSearchInput!) { saveSearch(input: $input) { savedSearch { id version } \
                               userErrors { code message path } } }";
pub(crate) const UPDATE: &str = "mutation($input: UpdateSavedSearchInput!) { updateSavedSearch(input: $input) { \
                                 savedSearch { id name query active version channels filter { placeCodes } listensSince } \
                                 userErrors { code message path } } }";
pub(crate) const DELETE: &str = "mutation($input: DeleteSavedSearchInput!) { deleteSavedSearch(input: $input) { deletedId \
                                 userErrors { code message path } } }";

/// Saves a search, and gives its id.
pub(crate) async fn save(app: &TestApp, token: &str, input: Value) -> String {
    let mut input = input;
    if input["name"].is_null() {
        input["name"] = json!("Ce que je cherche");
    }
    app.expect_payload(Some(token), SAVE, input).await["savedSearch"]["id"].as_str().unwrap().to_owned()
}

/// The titles of what she was told, the newest first.
pub(crate) async fn told(app: &TestApp, token: &str) -> Vec<String> {
    app.settle().await;
    let data = app.expect_data(Some(token), "{ notifications { edges { node { title } } } }", json!({})).await;
    let edges = data["notifications"]["edges"].as_array().unwrap();
    let title = |edge: &Value| {
        let title = edge["node"]["title"].as_str().unwrap();
        title.strip_prefix("Nouvelle annonce : ").unwrap().to_owned()
    };
    edges.iter().map(title).collect()
}
