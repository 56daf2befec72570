//! Keeping searches: what is taken, what is refused, and that they are hers alone.

use db_test::db_test;
use futures_util::future::join_all;
use serde_json::{Value, json};

use super::{DELETE, SAVE, UPDATE, save};
use crate::harness::TestApp;

const SHOWN: &str = "query($id: ID!) { savedSearch(id: $id) { id name query active channels version summary matchCount \
    lastMatchedAt filter { productCodes placeCodes kinds schemes womenOwned { definition atLeastEvidence } grades seasons \
    pricePerKilogram { min max } availableOn near { latitude longitude radiusKilometres } } } }";

fn at(code: &str, path: &str) -> (String, String) {
    (code.to_owned(), path.to_owned())
}

#[db_test]
async fn a_search_is_given_back_as_it_was_understood(app: TestApp) {
    let token = app.sign_up("awa@example.org").await;
    let id = save(
        &app,
        &token,
        json!({
            "name": "  Karité de Ségou ", "query": "karite \"pressé à froid\"", "channels": ["SMS", "SMS"],
            "filter": {
                "productCodes": ["Beurre de karité"], "placeCodes": ["ségou"], "kinds": ["COOPERATIVE"],
                "schemes": ["ORGANIC_EU"], "grades": ["I"], "seasons": ["2026"], "availableOn": "2026-12-01",
                "womenOwned": { "definition": "UN_WOMEN_OWNED", "atLeastEvidence": "DOCUMENT_VERIFIED" },
                "pricePerKilogram": { "min": "1000", "max": "1500.5" },
                "near": { "latitude": 13.4317, "longitude": -6.2157, "radiusKilometres": 50.0 },
            },
        }),
    )
    .await;

    let shown = app.expect_data(Some(&token), SHOWN, json!({ "id": id })).await["savedSearch"].take();
    assert_eq!((&shown["name"], &shown["channels"]), (&json!("Karité de Ségou"), &json!(["SMS"])));
    assert_eq!(
        shown["filter"],
        json!({
            "productCodes": ["shea-butter"], "placeCodes": ["segou"], "kinds": ["COOPERATIVE"],
            "schemes": ["ORGANIC_EU"], "grades": ["I"], "seasons": ["2026"], "availableOn": "2026-12-01",
            "womenOwned": { "definition": "UN_WOMEN_OWNED", "atLeastEvidence": "DOCUMENT_VERIFIED" },
            "pricePerKilogram": { "min": "1000", "max": "1500.5" },
            "near": { "latitude": 13.4317, "longitude": -6.2157, "radiusKilometres": 50.0 },
        })
    );
    let summary = shown["summary"].as_str().unwrap();
    assert!(summary.starts_with("karite \"pressé à froid\" · Beurre de karité · Ségou · Coopérative"), "{summary}");
    assert_eq!((&shown["matchCount"], &shown["lastMatchedAt"]), (&json!(0), &Value::Null));
}

#[db_test]
async fn what_cannot_be_searched_for_is_not_saved(app: TestApp) {
    let token = app.sign_up("awa@example.org").await;
    let filter = json!({
        "productCodes": ["no such thing"], "placeCodes": ["atlantis"], "schemes": ["NONE"], "grades": ["a\u{0}b"],
        "pricePerKilogram": { "min": "x", "max": "2" },
        "near": { "latitude": 99.0, "longitude": 0.0, "radiusKilometres": 0.0 },
    });
    let search = "query($filter: ListingSearchFilter) { searchListings(filter: $filter) { totalCount } }";
    let answer = app.graphql(Some(&token), search, json!({ "filter": filter })).await;
    let errors = answer["errors"][0]["extensions"]["userErrors"].as_array().unwrap();
    let of_search: Vec<(String, String)> = errors
        .iter()
        .map(|error| {
            let path: Vec<&str> = error["path"].as_array().unwrap().iter().map(|step| step.as_str().unwrap()).collect();
            (error["code"].as_str().unwrap().to_owned(), format!("input.{}", path.join(".")))
        })
        .collect();
    let mut of_saving = app.user_errors(Some(&token), SAVE, json!({ "name": "x", "filter": filter })).await;
    // A search may hold signs that cannot be kept.
    assert!(of_saving.contains(&at("INVALID_CHARACTERS", "input.filter.grades")), "{of_saving:?}");
    of_saving.retain(|error| error.0 != "INVALID_CHARACTERS");
    let sorted = |mut errors: Vec<(String, String)>| {
        errors.sort();
        errors
    };
    assert_eq!(sorted(of_saving), sorted(of_search));

    for nothing in [json!({}), json!({ "query": "  " }), json!({ "query": "?!" }), json!({ "filter": { "kinds": [] } })]
    {
        let mut input = nothing;
        input["name"] = json!("x");
        assert_eq!(app.user_errors(Some(&token), SAVE, input).await, [at("EMPTY_SEARCH", "input.query")]);
    }
    let long = json!({ "name": "n".repeat(101), "query": "q".repeat(201) });
    let errors = app.user_errors(Some(&token), SAVE, long).await;
    assert_eq!(errors, [at("TOO_LONG", "input.name"), at("TOO_LONG", "input.query")]);
    let blank = json!({ "name": " ", "query": "a\u{7}b" });
    let errors = app.user_errors(Some(&token), SAVE, blank).await;
    assert_eq!(errors, [at("REQUIRED", "input.name"), at("INVALID_CHARACTERS", "input.query")]);
    let errors = app.user_errors(None, SAVE, json!({ "name": "x", "query": "karité" })).await;
    assert_eq!(errors, [at("UNAUTHENTICATED", "")]);
}

#[db_test]
async fn a_person_keeps_fifty_searches_and_a_repeated_request_saves_one(app: TestApp) {
    let token = app.sign_up("awa@example.org").await;
    let input = json!({ "name": "un", "query": "karité", "idempotencyKey": "k1" });
    let first = save(&app, &token, input.clone()).await;
    assert_eq!(save(&app, &token, input).await, first);
    let other = json!({ "name": "deux", "query": "karité", "idempotencyKey": "k1" });
    let conflict = app.user_errors(Some(&token), SAVE, other).await;
    assert_eq!(conflict, [at("IDEMPOTENCY_CONFLICT", "input.idempotencyKey")]);

    for number in 2..=47 {
        save(&app, &token, json!({ "name": format!("{number}"), "query": "karité" })).await;
    }
    let more = (0..6).map(|number| {
        let input = json!({ "input": { "name": format!("more {number}"), "query": "sésame" } });
        app.graphql(Some(&token), SAVE, input)
    });
    let refused = join_all(more)
        .await
        .into_iter()
        .filter(|answer| answer["data"]["saveSearch"]["userErrors"][0]["code"] == "LIMIT_REACHED")
        .count();
    assert_eq!(refused, 3);
    let data = app.expect_data(Some(&token), "{ savedSearches { totalCount } }", json!({})).await;
    assert_eq!(data["savedSearches"]["totalCount"], 50);
}

#[db_test]
async fn a_search_is_changed_field_by_field(app: TestApp) {
    let token = app.sign_up("awa@example.org").await;
    let filter = json!({ "placeCodes": ["segou"] });
    let id = save(&app, &token, json!({ "name": "un", "query": "karité", "filter": filter })).await;
    app.clock.advance(chrono::TimeDelta::minutes(1));
    let change = |mut input: Value| {
        input["savedSearchId"] = json!(id);
        app.expect_payload(Some(&token), UPDATE, input)
    };
    let renamed = change(json!({ "name": "deux", "expectedVersion": 1 })).await["savedSearch"].take();
    assert_eq!(
        (&renamed["name"], &renamed["query"], &renamed["version"]),
        (&json!("deux"), &json!("karité"), &json!(2))
    );
    assert_eq!(renamed["filter"]["placeCodes"], json!(["segou"]));
    assert_eq!(renamed["listensSince"], "2026-11-02T08:00:00+00:00");
    let wordless = change(json!({ "query": null, "channels": [] })).await["savedSearch"].take();
    assert_eq!((&wordless["query"], &wordless["channels"]), (&Value::Null, &json!([])));
    assert_eq!(wordless["listensSince"], "2026-11-02T08:01:00+00:00");

    let refused = async |mut input: Value| {
        input["savedSearchId"] = json!(id);
        app.user_errors(Some(&token), UPDATE, input).await
    };
    assert_eq!(refused(json!({ "filter": null })).await, [at("EMPTY_SEARCH", "input.query")]);
    assert_eq!(refused(json!({ "expectedVersion": 1 })).await, [at("VERSION_CONFLICT", "input.expectedVersion")]);
    let wrong = refused(json!({ "name": "", "filter": { "placeCodes": ["atlantis"] } })).await;
    assert_eq!(wrong, [at("REQUIRED", "input.name"), at("UNKNOWN_PLACE", "input.filter.placeCodes")]);
    let strange = app.user_errors(Some(&token), UPDATE, json!({ "savedSearchId": "listing_x" })).await;
    assert_eq!(strange, [at("INVALID_ID", "input.savedSearchId")]);

    let deleted = app.expect_payload(Some(&token), DELETE, json!({ "savedSearchId": id, "idempotencyKey": "d" })).await;
    assert_eq!(deleted["deletedId"], json!(id));
    let again = app.expect_payload(Some(&token), DELETE, json!({ "savedSearchId": id, "idempotencyKey": "d" })).await;
    assert_eq!(again["deletedId"], json!(id));
    assert_eq!(refused(json!({ "name": "x" })).await, [at("NOT_FOUND", "input.savedSearchId")]);
}

#[db_test]
async fn nobody_else_sees_changes_or_deletes_it(app: TestApp) {
    let token = app.sign_up("awa@example.org").await;
    let other = app.sign_up("fanta@example.org").await;
    let id = save(&app, &token, json!({ "query": "karité" })).await;
    let node = "query($id: ID!) { node(id: $id) { id } savedSearch(id: $id) { id } }";
    for stranger in [Some(other.as_str()), None] {
        let data = app.expect_data(stranger, node, json!({ "id": id })).await;
        assert_eq!(data, json!({ "node": null, "savedSearch": null }));
    }
    assert_eq!(app.expect_data(Some(&token), node, json!({ "id": id })).await["node"]["id"], json!(id));
    let data = app.expect_data(Some(&other), "{ savedSearches { totalCount edges { cursor } } }", json!({})).await;
    assert_eq!(data["savedSearches"], json!({ "totalCount": 0, "edges": [] }));
    let not_found = [at("NOT_FOUND", "input.savedSearchId")];
    assert_eq!(app.user_errors(Some(&other), UPDATE, json!({ "savedSearchId": id, "name": "x" })).await, not_found);
    assert_eq!(app.user_errors(Some(&other), DELETE, json!({ "savedSearchId": id })).await, not_found);
    let answer = app.graphql(None, "{ savedSearches { totalCount } }", json!({})).await;
    assert_eq!(answer["errors"][0]["extensions"]["code"], "UNAUTHENTICATED");
}

#[db_test]
async fn what_is_done_to_a_search_stands_in_her_audit_log_without_its_words(app: TestApp) {
    let token = app.sign_up("awa@example.org").await;
    let id = save(&app, &token, json!({ "name": "Secret", "query": "karité" })).await;
    app.expect_payload(Some(&token), UPDATE, json!({ "savedSearchId": id, "active": false })).await;
    app.expect_payload(Some(&token), DELETE, json!({ "savedSearchId": id })).await;

    use sea_orm::ConnectionTrait;
    let connection = app.database.connect().await;
    let sql = "SELECT action, CAST(before AS TEXT) AS before, CAST(after AS TEXT) AS after FROM audit_entry
               WHERE subject_kind = 'saved_search' ORDER BY sequence";
    let statement = sea_orm::Statement::from_string(connection.get_database_backend(), sql);
    let rows = connection.query_all_raw(statement).await.unwrap();
    let mut actions = Vec::new();
    for row in &rows {
        actions.push(row.try_get::<String>("", "action").unwrap());
        for side in ["before", "after"] {
            let text: Option<String> = row.try_get("", side).unwrap();
            assert!(!text.unwrap_or_default().to_lowercase().contains("secret"));
        }
    }
    assert_eq!(actions, ["saved_search.save", "saved_search.update", "saved_search.delete"]);
    assert!(bfw::kernel::audit::verify(&app.app.services.db).await.unwrap().broken.is_empty());
}
