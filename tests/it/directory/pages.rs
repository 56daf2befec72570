//! Walking the list of organizations.

use db_test::db_test;
use serde_json::{Value, json};

use super::{REGISTER, cooperative};
use crate::harness::app::TestApp;

const FORWARD: &str = "query($first: Int, $after: String, $order: OrganizationOrderBy) {
    organizations(first: $first, after: $after, orderBy: $order) {
        edges { cursor node { name } } pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } }";

const BACKWARD: &str = "query($last: Int, $before: String) { organizations(last: $last, before: $before) {
    edges { node { name } } pageInfo { hasNextPage hasPreviousPage startCursor } } }";

fn names(page: &Value) -> Vec<String> {
    let edges = page["organizations"]["edges"].as_array().unwrap();
    edges.iter().map(|edge| edge["node"]["name"].as_str().unwrap().to_owned()).collect()
}

/// Seven organizations whose names sort by accents in no obvious way, two of them alike.
async fn seven(app: &TestApp) -> String {
    let token = app.sign_up("awa@exemple.ml").await;
    for name in ["Éclat", "benkadi", "Zeguéné", "Ɛlan", "Benkadi", "Djigui", "émeraude"] {
        app.register(&token, "SME", name).await;
    }
    token
}

const SORTED: [&str; 7] = ["benkadi", "Benkadi", "Djigui", "Éclat", "Ɛlan", "émeraude", "Zeguéné"];

#[db_test]
async fn the_list_is_walked_in_both_directions_without_gaps_while_others_register(app: TestApp) {
    let token = seven(&app).await;

    let first = app.expect_data(None, FORWARD, json!({ "first": 3 })).await;
    assert_eq!(names(&first), SORTED[..3]);
    assert_eq!(first["organizations"]["pageInfo"]["hasPreviousPage"], false);
    let end = &first["organizations"]["pageInfo"]["endCursor"];
    app.register(&token, "SME", "Ajoutée avant").await;
    app.register(&token, "SME", "Zzz après").await;
    let second = app.expect_data(None, FORWARD, json!({ "first": 3, "after": end })).await;
    assert_eq!(names(&second), SORTED[3..6], "what is added before moves nothing");
    assert_eq!(second["organizations"]["pageInfo"]["hasNextPage"], true);

    let start = &second["organizations"]["pageInfo"]["startCursor"];
    let back = app.expect_data(None, BACKWARD, json!({ "last": 2, "before": start })).await;
    assert_eq!(names(&back), SORTED[1..3]);
    assert_eq!(back["organizations"]["pageInfo"]["hasPreviousPage"], true);
    let end = app.expect_data(None, BACKWARD, json!({ "last": 2 })).await;
    assert_eq!(names(&end), ["Zeguéné", "Zzz après"]);
    assert_eq!(end["organizations"]["pageInfo"]["hasNextPage"], false);
}

#[db_test]
async fn the_newest_can_come_first(app: TestApp) {
    let token = app.sign_up("awa@exemple.ml").await;
    for name in ["première", "deuxième", "troisième"] {
        app.register(&token, "SME", name).await;
        app.clock.advance(chrono::TimeDelta::seconds(1));
    }
    let order = json!({ "field": "CREATED_AT", "direction": "DESC" });
    let page = app.expect_data(None, FORWARD, json!({ "first": 2, "order": order })).await;
    assert_eq!(names(&page), ["troisième", "deuxième"]);
    let after = &page["organizations"]["pageInfo"]["endCursor"];
    let rest = app.expect_data(None, FORWARD, json!({ "first": 2, "order": order, "after": after })).await;
    assert_eq!(names(&rest), ["première"]);

    let other_order = app.graphql(None, FORWARD, json!({ "first": 2, "after": after })).await;
    assert_eq!(other_order["errors"][0]["extensions"]["userErrors"][0]["code"], "INVALID_CURSOR", "{other_order}");
    for forged in ["", "x", "AAAA", "b3JnYW5pemF0aW9ucw"] {
        let answer = app.graphql(None, FORWARD, json!({ "after": forged })).await;
        assert_eq!(answer["errors"][0]["extensions"]["code"], "BAD_USER_INPUT", "{forged:?}: {answer}");
    }
    let both = "{ organizations(first: 1, last: 1) { edges { cursor } } }";
    let both = app.graphql(None, both, json!({})).await;
    assert_eq!(both["errors"][0]["extensions"]["userErrors"][0]["code"], "INVALID_PAGE_SIZE");
}

#[db_test]
async fn a_place_includes_what_lies_in_it(app: TestApp) {
    let token = app.sign_up("awa@exemple.ml").await;
    for (name, place) in [("Région", "segou"), ("Cercle", "cercle-segou"), ("Ailleurs", "kayes"), ("Bamako", "ML-BKO")]
    {
        app.expect_payload(Some(&token), REGISTER, cooperative(json!({ "name": name, "placeCode": place }))).await;
    }
    let query = "query($place: String, $kind: OrganizationKind) {
        organizations(filter: { placeCode: $place, kind: $kind }) { edges { node { name } } totalCount } }";
    let found = async |place: &str| names(&app.expect_data(None, query, json!({ "place": place })).await);
    assert_eq!(found("Ségou").await, ["Cercle", "Région"]);
    assert_eq!(found("cercle-segou").await, ["Cercle"]);
    assert_eq!(found("bamako").await, ["Bamako"]);
    assert_eq!(found("ml").await.len(), 4);
    let none = app.expect_data(None, query, json!({ "place": "segou", "kind": "CERTIFIER" })).await;
    assert_eq!(none["organizations"]["totalCount"], 0);
    let unknown = app.graphql(None, query, json!({ "place": "Atlantide" })).await;
    let error = &unknown["errors"][0]["extensions"]["userErrors"][0];
    assert_eq!((&error["code"], &error["path"]), (&json!("UNKNOWN_PLACE"), &json!(["filter", "placeCode"])));
}

#[db_test]
async fn what_belongs_to_many_organizations_comes_in_as_many_statements_as_for_one(app: TestApp) {
    let token = seven(&app).await;
    let query = "query($first: Int) { organizations(first: $first) { edges { node {
        name place { name parent { name } } registrations { value } ownershipProfile { totalMembers }
        ownership(definition: IFC_WOMEN_OWNED) { status } certificates(first: 3) { totalCount edges { node { number } } }
        listings(first: 2) { edges { node { title } } } } } } }";
    let (one, for_one) = app.statements_of(app.expect_data(Some(&token), query, json!({ "first": 1 }))).await;
    let (all, for_all) = app.statements_of(app.expect_data(Some(&token), query, json!({ "first": 7 }))).await;
    assert_eq!((names(&one).len(), names(&all).len()), (1, 7));
    assert_eq!(for_one, for_all);
    let counting = "query($first: Int) { organizations(first: $first) { edges { node { name } } totalCount } }";
    let plain = "query($first: Int) { organizations(first: $first) { edges { node { name } } } }";
    let (_, with_total) = app.statements_of(app.expect_data(None, counting, json!({ "first": 3 }))).await;
    let (_, without) = app.statements_of(app.expect_data(None, plain, json!({ "first": 3 }))).await;
    assert_eq!(with_total, without + 1, "a total is counted only when it is asked for");
}
