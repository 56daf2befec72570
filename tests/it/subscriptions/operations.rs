//! Queries and mutations over a connection, and what is wrong with what is asked.

use bfw::api::subscriptions::Options;
use db_test::db_test;
use serde_json::json;

use super::{Client, LISTINGS, quick};
use crate::harness::{TestApp, served::Served};

#[db_test]
async fn queries_and_mutations_are_served_as_over_http(app: TestApp) {
    let served = Served::with(&app.app, quick()).await;
    let awa = app.sign_up("awa@example.org").await;
    let mut client = Client::connected(&served, Some(&awa)).await;
    client.begin("who", "{ viewer { user { email } } }", json!({})).await;
    assert_eq!(client.next("who").await, json!({ "viewer": { "user": { "email": "awa@example.org" } } }));
    assert_eq!(client.hear().await, json!({ "id": "who", "type": "complete" }));
    let register = "mutation($input: RegisterOrganizationInput!) { registerOrganization(input: $input) {
        organization { name } userErrors { code } } }";
    let input = json!({ "kind": "COOPERATIVE", "name": "Benkadi", "placeCode": "segou" });
    client.begin("register", register, json!({ "input": input })).await;
    assert_eq!(client.next("register").await["registerOrganization"]["organization"]["name"], "Benkadi");
    assert_eq!(client.hear().await, json!({ "id": "register", "type": "complete" }));
    // What she gained by it counts, and the connection goes on.
    client.begin("role", "{ viewer { memberships { role } } }", json!({})).await;
    let role = client.next("role").await;
    assert_eq!(role["viewer"]["memberships"][0]["role"], "OWNER", "{role}");
}

#[db_test]
async fn what_cannot_run_is_an_error_and_nothing_more(app: TestApp) {
    let served = Served::with(&app.app, quick()).await;
    let mut client = Client::connected(&served, None).await;
    let deep = format!("subscription {{ listingPublished {} }}", "{ a ".repeat(41) + &"}".repeat(41));
    for (query, variables, code) in [
        ("subscription {", json!({}), "GRAPHQL_PARSE_FAILED"),
        ("subscription { nothing }", json!({}), "GRAPHQL_VALIDATION_FAILED"),
        ("subscription { __typename }", json!({}), "GRAPHQL_VALIDATION_FAILED"),
        (
            "subscription { a: listingPublished { at } b: listingPublished { at } }",
            json!({}),
            "GRAPHQL_VALIDATION_FAILED",
        ),
        ("subscription { ... { listingPublished { at } } }", json!({}), "GRAPHQL_VALIDATION_FAILED"),
        (&deep, json!({}), "QUERY_LIMIT_EXCEEDED"),
        (LISTINGS, json!({ "filter": 7 }), "BAD_USER_INPUT"),
        (LISTINGS, json!({ "filter": { "productCodes": ["no such thing"] } }), "BAD_USER_INPUT"),
        ("subscription { bidChanged(requestId: \"x\") { kind } }", json!({}), "BAD_USER_INPUT"),
        ("subscription { inquiryMessageSent { message { text } } }", json!({}), "UNAUTHENTICATED"),
    ] {
        client.begin("1", query, variables).await;
        assert_eq!(client.refused("1").await, code, "{query}");
    }
    client.ping().await;
}

#[db_test]
async fn a_subscription_costs_what_a_query_does(app: TestApp) {
    let served = Served::with(&app.app, quick()).await;
    let mut client = Client::connected(&served, None).await;
    let dear = "subscription { listingPublished { listing { organization { listings(first: 100) { edges { node {
        organization { listings(first: 100) { edges { node { organization { listings(first: 100) { edges { node { id } } } }
        } } } } } } } } } } }";
    client.begin("1", dear, json!({})).await;
    assert_eq!(client.refused("1").await, "QUERY_LIMIT_EXCEEDED");
}

#[db_test]
async fn more_than_may_run_at_a_time_are_refused_one_by_one(app: TestApp) {
    let served = Served::with(&app.app, Options { operations_max: 2, ..quick() }).await;
    let mut client = Client::connected(&served, None).await;
    client.subscribe("1", LISTINGS, json!({})).await;
    client.subscribe("2", LISTINGS, json!({})).await;
    client.begin("3", LISTINGS, json!({})).await;
    assert_eq!(client.refused("3").await, "QUERY_LIMIT_EXCEEDED");
    client.say(json!({ "id": "1", "type": "complete" })).await;
    client.subscribe("3", LISTINGS, json!({})).await;
    client.begin("4", LISTINGS, json!({})).await;
    assert_eq!(client.refused("4").await, "QUERY_LIMIT_EXCEEDED");
}

#[db_test]
async fn subscriptions_are_not_served_over_http(app: TestApp) {
    let answer = app.graphql(None, LISTINGS, json!({})).await;
    assert_eq!(answer["errors"][0]["extensions"]["code"], "OPERATION_RESOLUTION_FAILURE", "{answer}");
}

#[db_test]
async fn whoever_completes_a_subscription_hears_no_more_of_it(app: TestApp) {
    let served = Served::with(&app.app, quick()).await;
    let awa = app.sign_up("awa@example.org").await;
    let cooperative = app.register(&awa, "COOPERATIVE", "Benkadi").await;
    let mut client = Client::connected(&served, None).await;
    client.subscribe("over", LISTINGS, json!({})).await;
    client.subscribe("stays", LISTINGS, json!({})).await;
    client.say(json!({ "id": "over", "type": "complete" })).await;
    client.ping().await;
    for title in ["Beurre de karité", "Noix de karité"] {
        app.published(&awa, &cooperative, json!({ "title": title })).await;
        assert_eq!(client.next("stays").await["listingPublished"]["listing"]["title"], title);
    }
}
