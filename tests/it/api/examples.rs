//! The explorer's examples, tried in their order by somebody who has never seen the service.

use bfw::demo;
use db_test::db_test;
use serde_json::{Value, json};

use crate::{harness::TestApp, schema::examples};

/// The operations of a document that holds one or several.
fn operations(document: &str) -> Vec<String> {
    let named = |line: &&str| line.starts_with("query ") || line.starts_with("mutation ");
    let name = |line: &str| line.split([' ', '(', '{']).nth(1).unwrap().to_owned();
    document.lines().filter(named).map(name).collect()
}

async fn run(app: &TestApp, token: Option<&str>, document: &str, operation: &str, variables: &Value) -> Value {
    let mut request = axum::http::Request::post("/graphql").header("content-type", "application/json");
    if let Some(token) = token {
        request = request.header("authorization", format!("Bearer {token}"));
    }
    let body = json!({ "query": document, "operationName": operation, "variables": variables });
    let response = app.send(request.body(body.to_string().into()).unwrap()).await;
    let body = axum::body::to_bytes(response.into_body(), usize::MAX).await.unwrap();
    let mut answer: Value = serde_json::from_slice(&body).unwrap();
    assert!(answer["errors"].is_null(), "{operation}: {answer:#}");
    for (field, payload) in answer["data"].as_object().unwrap() {
        let errors = &payload["userErrors"];
        assert!(errors.is_null() || *errors == json!([]), "{operation}.{field}: {errors:#}");
    }
    answer["data"].take()
}

#[db_test]
async fn every_example_succeeds_at_the_first_try(app: TestApp) {
    demo::load(&app.app, |_, _| ()).await.unwrap();
    app.settle().await;
    let (mut token, mut organization) = (None, None);
    let mut tried = 0;
    for (title, document, mut variables) in examples() {
        // What a person fills in from the answers before.
        if let Some(create) = variables.get_mut("create") {
            create["organizationId"] = organization.clone().expect("\"Who am I?\" comes first");
        }
        for operation in operations(&document) {
            let data = run(&app, token.as_deref(), &document, &operation, &variables).await;
            tried += 1;
            match operation.as_str() {
                "Search" => assert_ne!(data["searchListings"]["totalCount"], 0, "{title}"),
                "Listings" => {
                    let edges = data["listings"]["edges"].as_array().unwrap().iter();
                    let price = |edge: &Value| edge["node"]["pricePerKilogram"].as_str()?.parse::<f64>().ok();
                    let prices: Vec<f64> = edges.filter_map(price).collect();
                    assert!(prices.len() > 5 && prices.is_sorted(), "{title}: {prices:?}");
                }
                "WomenOwned" => {
                    let edges = data["organizations"]["edges"].as_array().unwrap();
                    assert!(!edges.is_empty(), "{title}");
                    assert!(edges.iter().all(|edge| edge["node"]["ownership"]["status"] == "YES"), "{title}");
                }
                "SignIn" => {
                    token = data["signIn"]["session"]["accessToken"].as_str().map(str::to_owned);
                    assert!(token.is_some(), "{title}: {data:#}");
                }
                "Viewer" => {
                    let own = &data["viewer"]["memberships"][0]["organization"]["id"];
                    assert!(own.is_string(), "{title}: {data:#}");
                    organization = Some(own.clone());
                }
                "CreateListing" => variables["publish"]["listingId"] = data["createListing"]["listing"]["id"].clone(),
                "PublishListing" => assert_eq!(data["publishListing"]["listing"]["status"], "PUBLISHED", "{title}"),
                _ => {}
            }
        }
    }
    assert!(tried >= 8, "only {tried} operations were tried");
}
