//! Who delivers: recorded, seen by few, changed, and forgotten.

use chrono::TimeDelta;
use db_test::db_test;
use futures_util::future::join_all;
use serde_json::{Value, json};

use super::{ADD, add, cooperative, corrected, delivered, id, kept, member, with};
use crate::harness::TestApp;

const LIST: &str = "query($organization: ID!, $text: String, $village: String, $gender: Gender, $first: Int, $after: String) {
    producers(organizationId: $organization, text: $text, villageCode: $village, gender: $gender, first: $first, after: $after) {
        totalCount pageInfo { hasNextPage endCursor } edges { node { name code } } } }";

const SHOWN: &str = "query($id: ID!) { producer(id: $id) { name gender birthYear phone village { code } pseudonym
    nameIsPublic namePublicSince forgottenAt version deliveredKilograms plots { name geometry hectares centre { latitude } }
    memberships { validFrom } } }";

const UPDATE: &str = "mutation($input: UpdateProducerInput!) { updateProducer(input: $input) {
    producer { name phone birthYear code village { code } gender nameIsPublic namePublicSince version }
    userErrors { code message path } } }";

const FORGET: &str = "mutation($input: ForgetProducerInput!) { forgetProducer(input: $input) {
    producer { name forgottenAt version } userErrors { code message path } } }";

async fn names(app: &TestApp, owner: &str, variables: Value) -> Vec<String> {
    let listed = app.expect_data(Some(owner), LIST, variables).await;
    let edges = listed["producers"]["edges"].as_array().unwrap();
    edges.iter().map(|edge| edge["node"]["name"].as_str().unwrap_or("-").to_owned()).collect()
}

fn at(code: &str, path: &str) -> (String, String) {
    (code.to_owned(), path.to_owned())
}

#[db_test]
async fn a_producer_is_recorded_with_a_number_of_her_own(app: TestApp) {
    let (owner, house) = cooperative(&app, "awa@exemple.ml").await;
    let changes = json!({ "birthYear": 1984, "phone": "76 12 34 56", "villageCode": "Ségou", "nameIsPublic": true,
                          "memberSince": "2020-01-01", "idempotencyKey": "1",
                          "plots": [{ "name": "Au fleuve", "hectares": "1.25",
                                      "geometry": { "type": "Point", "coordinates": [-6.27, 13.43] } }] });
    let first = add(&app, &owner, &house, changes.clone()).await;
    assert_eq!(
        (&first["code"], &first["phone"], &first["village"]["code"]),
        (&json!("P-0001"), &json!("+22376123456"), &json!("segou"))
    );
    assert_eq!((&first["birthYear"], &first["nameIsPublic"]), (&json!(1984), &json!(true)));
    assert_eq!(first["plots"][0]["hectares"], "1.25");
    assert_eq!(first["memberships"][0]["validFrom"], "2020-01-01");
    assert_eq!(first["pseudonym"].as_str().unwrap().len(), 32);
    assert_eq!(add(&app, &owner, &house, changes).await, first, "the network dropped");

    // Numbers that were given by hand are passed over, and taken ones refused.
    add(&app, &owner, &house, json!({ "name": "Kadia", "code": "P-0003" })).await;
    assert_eq!(add(&app, &owner, &house, json!({ "name": "Fanta" })).await["code"], "P-0004");
    let taken = json!({ "organizationId": house, "name": "Sira", "gender": "FEMALE", "code": " P-0003 " });
    assert_eq!(app.user_errors(Some(&owner), ADD, taken).await, [at("MEMBER_CODE_TAKEN", "input.code")]);

    let node = "query($ids: [ID!]!) { nodes(ids: $ids) { __typename id } }";
    let ids = json!([first["id"], first["plots"][0]["id"], first["memberships"][0]["id"]]);
    let shown = app.expect_data(Some(&owner), node, json!({ "ids": ids })).await;
    let types: Vec<&Value> = shown["nodes"].as_array().unwrap().iter().map(|node| &node["__typename"]).collect();
    assert_eq!(types, ["Producer", "Plot", "ProducerMembership"]);
}

#[db_test]
async fn everything_that_is_wrong_with_a_producer_is_told_at_its_field(app: TestApp) {
    let (owner, house) = cooperative(&app, "awa@exemple.ml").await;
    let input = json!({ "organizationId": house, "name": " ", "gender": "FEMALE", "birthYear": 2017, "phone": "1234",
                        "nationalId": "1", "villageCode": "segouu", "code": "", "memberSince": "1800-01-01",
                        "plots": [{ "name": "", "geometry": "no" }] });
    let expected = [
        at("REQUIRED", "input.name"),
        at("OUT_OF_RANGE", "input.birthYear"),
        at("INVALID_PHONE", "input.phone"),
        at("TOO_SHORT", "input.nationalId"),
        at("UNKNOWN_PLACE", "input.villageCode"),
        at("REQUIRED", "input.code"),
        at("OUT_OF_RANGE", "input.memberSince"),
        at("REQUIRED", "input.plots.0.name"),
        at("INVALID_GEOMETRY", "input.plots.0.geometry"),
    ];
    assert_eq!(app.user_errors(Some(&owner), ADD, input).await, expected);
    let young = json!({ "organizationId": house, "name": "Awa", "gender": "FEMALE", "birthYear": 2016 });
    assert_eq!(app.expect_payload(Some(&owner), ADD, young).await["producer"]["birthYear"], 2016);
}

#[db_test]
async fn at_the_same_time_each_is_given_a_number_of_her_own(app: TestApp) {
    let (owner, house) = cooperative(&app, "awa@exemple.ml").await;
    let added = join_all((0..8).map(|_| add(&app, &owner, &house, json!({})))).await;
    let mut codes: Vec<&str> = added.iter().map(|producer| producer["code"].as_str().unwrap()).collect();
    codes.sort_unstable();
    let expected: Vec<String> = (1..=8).map(|number| format!("P-000{number}")).collect();
    assert_eq!(codes, expected);
}

#[db_test]
async fn producers_are_for_those_who_work_with_them(app: TestApp) {
    let (owner, house) = cooperative(&app, "awa@exemple.ml").await;
    let producer = id(&add(&app, &owner, &house, json!({ "phone": "76123456" })).await);
    let agent = member(&app, &owner, &house, "AGENT").await;
    let viewer = member(&app, &owner, &house, "VIEWER").await;
    let stranger = app.sign_up("fatou@exemple.ml").await;
    let name = async |token: Option<&str>| {
        app.expect_data(token, SHOWN, json!({ "id": producer })).await["producer"]["name"].clone()
    };
    assert_eq!(name(Some(&agent)).await, "Awa Diarra");
    for unseen in [Some(viewer.as_str()), Some(stranger.as_str()), None] {
        assert_eq!(name(unseen).await, Value::Null);
    }
    let list = async |token: Option<&str>| {
        app.graphql(token, LIST, json!({ "organization": house })).await["errors"][0]["extensions"]["code"].clone()
    };
    assert_eq!(list(Some(&agent)).await, Value::Null);
    assert_eq!(list(Some(&viewer)).await, "FORBIDDEN");
    assert_eq!(list(None).await, "UNAUTHENTICATED");

    let input = json!({ "producerId": producer, "name": "Autre" });
    for unseen in [&viewer, &stranger] {
        let refused = app.user_errors(Some(unseen), UPDATE, input.clone()).await;
        assert_eq!(refused, [at("NOT_FOUND", "input.producerId")]);
    }
    assert_eq!(app.user_errors(None, UPDATE, input).await, [at("UNAUTHENTICATED", "")]);
    let input = json!({ "organizationId": house, "name": "Sira", "gender": "FEMALE" });
    assert_eq!(app.user_errors(Some(&viewer), ADD, input).await, [at("FORBIDDEN", "")]);
    let forget = json!({ "producerId": producer });
    assert_eq!(app.user_errors(Some(&agent), FORGET, forget).await, [at("FORBIDDEN", "")]);
}

#[db_test]
async fn a_change_keeps_what_it_does_not_mention(app: TestApp) {
    let (owner, house) = cooperative(&app, "awa@exemple.ml").await;
    let changes = json!({ "birthYear": 1984, "phone": "76123456", "villageCode": "segou" });
    let producer = id(&add(&app, &owner, &house, changes).await);
    let update = async |input: Value| {
        let input = with(json!({ "producerId": producer }), input);
        app.expect_payload(Some(&owner), UPDATE, input).await["producer"].clone()
    };
    app.clock.advance(TimeDelta::minutes(1));
    let changed = update(json!({ "phone": null, "nameIsPublic": true, "expectedVersion": 1 })).await;
    let since = "2026-11-02T08:01:00+00:00";
    assert_eq!(
        (&changed["phone"], &changed["birthYear"], &changed["village"]["code"], &changed["version"]),
        (&Value::Null, &json!(1984), &json!("segou"), &json!(2))
    );
    assert_eq!(changed["namePublicSince"], since);
    app.clock.advance(TimeDelta::minutes(1));
    let again = update(json!({ "nameIsPublic": true })).await;
    assert_eq!((&again["version"], &again["namePublicSince"]), (&json!(2), &json!(since)), "nothing changed");
    let changed =
        update(json!({ "nameIsPublic": false, "villageCode": null, "gender": "UNDISCLOSED", "code": "12" })).await;
    assert_eq!((&changed["namePublicSince"], &changed["village"]), (&Value::Null, &Value::Null));
    assert_eq!((&changed["gender"], &changed["code"]), (&json!("UNDISCLOSED"), &json!("12")));

    let late = json!({ "producerId": producer, "name": "Kadia", "expectedVersion": 2 });
    let refused = app.user_errors(Some(&owner), UPDATE, late).await;
    assert_eq!(refused, [at("VERSION_CONFLICT", "input.expectedVersion")]);
    add(&app, &owner, &house, json!({ "code": "13" })).await;
    let taken = json!({ "producerId": producer, "code": "13" });
    assert_eq!(app.user_errors(Some(&owner), UPDATE, taken).await, [at("MEMBER_CODE_TAKEN", "input.code")]);
    let wrong = json!({ "producerId": producer, "phone": "1", "birthYear": 1850, "villageCode": "?" });
    let refused = app.user_errors(Some(&owner), UPDATE, wrong).await;
    let expected = [("OUT_OF_RANGE", "birthYear"), ("INVALID_PHONE", "phone"), ("UNKNOWN_PLACE", "villageCode")];
    assert_eq!(refused, expected.map(|(code, field)| at(code, &format!("input.{field}"))));
}

#[db_test]
async fn a_list_is_sorted_by_name_and_narrowed(app: TestApp) {
    let (owner, house) = cooperative(&app, "awa@exemple.ml").await;
    for (name, gender, village) in [
        ("Ténin Coulibaly", "FEMALE", "cercle-segou"),
        ("awa Diarra", "FEMALE", "segou"),
        ("Érica", "OTHER", "sikasso"),
        ("Bakary Coulibaly", "MALE", "sikasso"),
        ("100%", "UNDISCLOSED", "ml"),
    ] {
        add(&app, &owner, &house, json!({ "name": name, "gender": gender, "villageCode": village })).await;
    }
    let all = ["100%", "awa Diarra", "Bakary Coulibaly", "Érica", "Ténin Coulibaly"];
    let list = async |changes: Value| names(&app, &owner, with(json!({ "organization": house }), changes)).await;
    assert_eq!(list(json!({})).await, all);
    assert_eq!(list(json!({ "village": "ml" })).await, all);
    assert_eq!(list(json!({ "text": "COULIBALY" })).await, ["Bakary Coulibaly", "Ténin Coulibaly"]);
    assert_eq!(list(json!({ "text": "coulibaly tenin" })).await, ["Ténin Coulibaly"]);
    assert_eq!(list(json!({ "text": "%" })).await, ["100%"]);
    assert_eq!(list(json!({ "text": " " })).await, all);
    assert_eq!(list(json!({ "village": "Ségou" })).await, ["awa Diarra", "Ténin Coulibaly"]);
    assert_eq!(list(json!({ "gender": "MALE" })).await, ["Bakary Coulibaly"]);

    let mut walked = Vec::new();
    let mut after = Value::Null;
    loop {
        let page = json!({ "organization": house, "first": 2, "after": after });
        let mut page = app.expect_data(Some(&owner), LIST, page).await["producers"].take();
        assert_eq!(page["totalCount"], 5);
        walked.extend(page["edges"].as_array().unwrap().iter().map(|edge| edge["node"]["name"].clone()));
        if page["pageInfo"]["hasNextPage"] == false {
            break;
        }
        after = page["pageInfo"]["endCursor"].take();
    }
    assert_eq!(walked, all);
    let unknown = app.graphql(Some(&owner), LIST, json!({ "organization": house, "village": "?" })).await;
    assert_eq!(unknown["errors"][0]["extensions"]["userErrors"][0]["code"], "UNKNOWN_PLACE");
}

#[db_test]
async fn a_page_costs_as_many_statements_as_one_producer(app: TestApp) {
    let (owner, house) = cooperative(&app, "awa@exemple.ml").await;
    let plot =
        json!([{ "name": "1", "hectares": "1", "geometry": { "type": "Point", "coordinates": [-6.27, 13.43] } }]);
    for _ in 0..5 {
        add(&app, &owner, &house, json!({ "plots": plot, "memberSince": "2020-01-01", "villageCode": "segou" })).await;
    }
    let query =
        "query($organization: ID!, $first: Int) { producers(organizationId: $organization, first: $first) { totalCount
        edges { node { village { name } organization { name } deliveredKilograms plots { name producer { name } }
            memberships { validFrom scheme { code } } } } } }";
    let ask = async |first: i32| {
        let variables = json!({ "organization": house, "first": first });
        app.statements_of(app.expect_data(Some(&owner), query, variables)).await
    };
    ask(1).await;
    let ((_, one), (shown, five)) = (ask(1).await, ask(5).await);
    assert_eq!(one, five);
    assert_eq!(shown["producers"]["edges"].as_array().unwrap().len(), 5);
    assert_eq!(shown["producers"]["edges"][4]["node"]["plots"][0]["name"], "1");
}

#[db_test]
async fn who_is_forgotten_leaves_a_pseudonym_and_her_deliveries(app: TestApp) {
    let (owner, house) = cooperative(&app, "awa@exemple.ml").await;
    let changes = json!({ "name": "Kadiatou Sangaré", "birthYear": 1984, "phone": "76123456", "villageCode": "segou",
                          "nameIsPublic": true, "memberSince": "2020-01-01",
                          "plots": [{ "name": "Champ de Kadiatou", "hectares": "2",
                                      "geometry": { "type": "Point", "coordinates": [-6.27, 13.43] } }] });
    let added = add(&app, &owner, &house, changes).await;
    let producer = id(&added);
    delivered(&app, &house, &producer, 120).await;
    let wrong = delivered(&app, &house, &producer, 7).await;
    corrected(&app, &house, &wrong).await;
    let update = json!({ "producerId": producer, "name": "Kadiatou Diallo", "phone": "76654321" });
    app.expect_payload(Some(&owner), UPDATE, update.clone()).await;

    let input = json!({ "producerId": producer, "reason": "ASKED" });
    let forgotten = app.expect_payload(Some(&owner), FORGET, input.clone()).await["producer"].clone();
    assert_eq!((&forgotten["name"], &forgotten["version"]), (&Value::Null, &json!(3)));
    app.clock.advance(TimeDelta::minutes(5));
    let again = app.expect_payload(Some(&owner), FORGET, input).await["producer"].clone();
    assert_eq!(again, forgotten, "who was forgotten stays so");

    let shown = app.expect_data(Some(&owner), SHOWN, json!({ "id": producer })).await["producer"].take();
    for field in ["name", "birthYear", "phone", "village", "namePublicSince"] {
        assert_eq!(shown[field], Value::Null, "{field}");
    }
    assert_eq!((&shown["gender"], &shown["pseudonym"]), (&json!("FEMALE"), &added["pseudonym"]));
    assert_eq!(shown["deliveredKilograms"], "120");
    let plot = &shown["plots"][0];
    assert_eq!((&plot["geometry"], &plot["centre"], &plot["hectares"]), (&Value::Null, &Value::Null, &json!("2")));

    let row = "COALESCE(name, '') || name_folded || COALESCE(phone, '') || COALESCE(village_code, '')";
    assert_eq!(kept(&app, row, "producer").await, "\n");
    assert_eq!(kept(&app, "CAST(COUNT(person_digest) AS TEXT)", "producer").await, "0\n");
    let log =
        kept(&app, "CAST(COALESCE(before, '{}') AS TEXT) || CAST(COALESCE(after, '{}') AS TEXT)", "audit_entry").await;
    assert!(log.contains("\"ASKED\"") && log.contains("P-0001"), "{log}");
    for personal in ["Kadiatou", "76123456", "76654321", "1984", "13.43"] {
        assert!(!log.contains(personal) && !kept(&app, "name", "plot").await.contains(personal), "{personal}");
    }

    let refused = app.user_errors(Some(&owner), UPDATE, update).await;
    assert_eq!(refused, [at("INVALID_TRANSITION", "input.producerId")]);
    assert_eq!(names(&app, &owner, json!({ "organization": house })).await, ["-"]);
}
