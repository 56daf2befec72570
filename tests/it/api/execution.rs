//! What the library and the engine around it do with a request that runs.

use axum::http::StatusCode;
use bfw::api::engine::Options;
use serde_json::json;

use super::{
    client::{post, query, query_with},
    schema::{app, limited},
};

#[tokio::test]
async fn a_failed_non_null_field_nulls_the_nearest_parent_that_may_be_null() {
    let app = app(Options::default());
    let answer = query(&app, "{ item(number: 1) { number fragile } hello }").await;
    assert_eq!(answer.status, StatusCode::OK);
    assert_eq!(answer.json()["data"], json!({ "item": null, "hello": "hello world" }));
    assert_eq!(answer.json()["errors"][0]["path"], json!(["item", "fragile"]));

    let whole = query(&app, "{ hello items { fragile } }").await;
    assert_eq!((whole.status, &whole.json()["data"]), (StatusCode::OK, &json!(null)));
    // The library names the item of the list where the specification would name the field in it as well.
    assert_eq!(whole.json()["errors"][0]["path"], json!(["items", 1]));
}

#[tokio::test]
async fn keys_come_in_the_order_of_the_request_however_late_each_is() {
    let app = app(Options::default());
    let answer = query(&app, "{ z: item(number: 0) { late number } items { late } a: hello }").await;
    assert_eq!(
        answer.text,
        r#"{"data":{"z":{"late":0,"number":0},"items":[{"late":0},{"late":1},{"late":2}],"a":"hello world"}}"#
    );
}

#[tokio::test]
async fn left_out_null_and_given_are_three_things() {
    let app = app(Options::default());
    let text = "query($n: String) { optional(name: $n) }";
    for _ in 0..2 {
        assert_eq!(query(&app, "{ optional }").await.json()["data"]["optional"], "left out");
        assert_eq!(query(&app, "{ optional(name: null) }").await.json()["data"]["optional"], "null");
        assert_eq!(query_with(&app, text, json!({})).await.json()["data"]["optional"], "left out");
        assert_eq!(query_with(&app, text, json!({ "n": null })).await.json()["data"]["optional"], "null");
        assert_eq!(query_with(&app, text, json!({ "n": "x" })).await.json()["data"]["optional"], "value x");
    }
}

#[tokio::test]
async fn left_out_members_of_an_input_are_not_null_and_defaults_apply() {
    let app = app(Options::default());
    let text = "mutation($i: Patch!) { patch(input: $i) }";
    for (input, expected) in [
        (json!({}), "left out 3"),
        (json!({ "name": null }), "null 3"),
        (json!({ "name": "x", "count": 5 }), "value x 5"),
    ] {
        assert_eq!(query_with(&app, text, json!({ "i": input })).await.json()["data"]["patch"], expected);
    }
    let nested = "mutation($n: String) { patch(input: { name: $n }) }";
    assert_eq!(query_with(&app, nested, json!({})).await.json()["data"]["patch"], "left out 3");
    assert_eq!(query_with(&app, nested, json!({ "n": null })).await.json()["data"]["patch"], "null 3");
}

#[tokio::test]
async fn a_document_fares_the_same_the_first_and_every_later_time() {
    let app = app(Options::default());
    let fresh = || super::schema::app(limited(|_| {}));
    let text = "query Q($n: Int!, $c: Colour!, $s: Boolean = false) { add(left: 1, right: $n) paint(colour: $c) hello @skip(if: $s) }";
    for variables in [
        json!({ "n": 1, "c": "RED" }),
        json!({ "n": 1, "c": "RED", "s": true }),
        json!({ "n": 1, "c": "BLUE" }),
        json!({ "n": "1", "c": "RED" }),
        json!({ "n": null, "c": "GREEN" }),
        json!({ "c": "GREEN" }),
        json!({ "n": 1, "c": "GREEN", "s": null }),
        json!({ "n": 1, "c": "GREEN", "s": 0 }),
    ] {
        let first = query_with(&fresh(), text, variables.clone()).await;
        let mut later = query_with(&app, text, variables.clone()).await;
        for _ in 0..2 {
            later = query_with(&app, text, variables.clone()).await;
        }
        assert_eq!((first.status, first.text), (later.status, later.text), "{variables}");
    }
}

#[tokio::test]
async fn a_mutation_written_twice_runs_once() {
    let app = app(Options::default());
    let answer = query(&app, "mutation { count count again: count count }").await;
    assert_eq!(answer.json()["data"], json!({ "count": 0, "again": 1 }));
    let hidden = query(&app, "mutation { count ...F } fragment F on Mutation { count }").await;
    assert_eq!(hidden.codes(), ["GRAPHQL_VALIDATION_FAILED"]);
    assert_eq!(query(&app, "mutation { count }").await.json()["data"]["count"], 2);
}

#[tokio::test]
async fn causes_are_hidden_unless_they_are_meant_for_the_client() {
    let app = app(Options::default());
    let answer = query(&app, "{ marked broken }").await;
    assert_eq!(answer.json()["data"], json!({ "marked": null, "broken": null }));
    let mut codes = answer.codes();
    codes.sort();
    assert_eq!(codes, ["FORBIDDEN", "INTERNAL"]);
    assert!(answer.text.contains("not yours") && !answer.text.contains("hunter2"));
    assert!(answer.text.contains(answer.header("x-request-id")));
}

#[tokio::test]
async fn a_panic_is_masked_and_the_process_lives_on() {
    let app = app(Options::default());
    for _ in 0..3 {
        let answer = query(&app, "{ hello panics }").await;
        assert_eq!((answer.status, answer.codes()), (StatusCode::INTERNAL_SERVER_ERROR, vec!["INTERNAL".to_owned()]));
        assert!(!answer.text.contains("out of bounds"));
        assert_eq!(answer.json()["errors"][0]["extensions"]["requestId"], answer.header("x-request-id"));
    }
    assert_eq!(query(&app, "{ hello }").await.json()["data"]["hello"], "hello world");
}

#[tokio::test]
async fn an_operation_that_takes_too_long_is_stopped() {
    let app = app(limited(|limits| limits.execution_ms_max = 50));
    let answer = query(&app, "{ slow }").await;
    assert_eq!((answer.status, answer.codes()), (StatusCode::SERVICE_UNAVAILABLE, vec!["TIMEOUT".to_owned()]));
}

#[tokio::test]
async fn limits_of_the_library_are_told_apart() {
    let app = app(limited(|limits| {
        limits.depth_max = 4;
        limits.complexity_max = 500;
    }));
    let deep = "{ item(number: 0) { itself { itself { itself { number } } } } }";
    let wide = "query($n: Int!) { items(first: $n) { number late } }";
    for _ in 0..2 {
        assert_eq!(query(&app, deep).await.codes(), ["QUERY_LIMIT_EXCEEDED"]);
        assert!(query(&app, deep).await.text.contains("deeper than 4"));
        assert_eq!(query_with(&app, wide, json!({ "n": 100 })).await.status, StatusCode::OK);
        let refused = query_with(&app, wide, json!({ "n": 1_000 })).await;
        assert_eq!(
            (refused.status, refused.codes()),
            (StatusCode::BAD_REQUEST, vec!["QUERY_LIMIT_EXCEEDED".to_owned()])
        );
        assert!(refused.text.contains("costs more than 500"));
    }
    let nested =
        format!("{}number{}", "{ item(number: 0) ".to_owned() + &"{ itself ".repeat(35) + "{ ", " }".repeat(37));
    assert_eq!(query(&app, &nested).await.codes(), ["QUERY_LIMIT_EXCEEDED"]);
}

#[tokio::test]
async fn introspection_and_suggestions_can_be_switched_off() {
    let open = app(Options::default());
    assert!(query(&open, "{ __schema { queryType { name } } }").await.text.contains("Query"));
    assert!(query(&open, "{ helo }").await.text.contains("hello"));
    let closed = app(Options { introspection: false, suggestions: false, ..Options::default() });
    for text in [
        "{ __schema { queryType { name } } }",
        "{ hello ...F } fragment F on Query { __type(name: \"Item\") { name } }",
    ] {
        let answer = query(&closed, text).await;
        assert_eq!(
            (answer.status, answer.codes()),
            (StatusCode::BAD_REQUEST, vec!["GRAPHQL_VALIDATION_FAILED".to_owned()])
        );
        assert!(answer.text.contains("introspection is switched off"));
    }
    assert!(!query(&closed, "{ helo }").await.text.contains("hello"));
    assert_eq!(
        query(&closed, "{ __typename item(number: 1) { __typename } }").await.json()["data"]["item"]["__typename"],
        "Item"
    );
}

#[tokio::test]
async fn an_answer_lists_a_bounded_number_of_errors() {
    let app = app(limited(|limits| limits.errors_max = 5));
    let unknown = format!("{{ {} }}", (0..200).map(|index| format!("x{index} ")).collect::<String>());
    let answer = post(&app, json!({ "query": unknown })).await;
    assert!(answer.codes().len() <= 5, "{}", answer.text);
}
