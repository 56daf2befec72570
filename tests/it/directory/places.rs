//! Looking places up, and bringing communes in.

use bfw::{
    accounts::Actor,
    directory::{
        Directory, ImportPlaces,
        model::place_import::{ImportPlan, LineOutcome},
    },
};
use db_test::db_test;
use serde_json::{Value, json};

use crate::harness::{app::TestApp, foreign_file};

const PLACES: &str = "query($text: String, $parent: String, $first: Int) {
    places(text: $text, parentCode: $parent, first: $first) { totalCount edges { node { code } } } }";

fn codes(data: &Value) -> Vec<&str> {
    let edges = data["places"]["edges"].as_array().unwrap();
    edges.iter().map(|edge| edge["node"]["code"].as_str().unwrap()).collect()
}

#[db_test]
async fn places_are_found_however_they_are_written(app: TestApp) {
    for (text, code) in [
        ("segou", "segou"),
        ("Ségou", "segou"),
        ("SÉGOU", "segou"),
        ("tombouctou", "tombouctou"),
        ("Timbuktu", "tombouctou"),
        ("tombouktou", "tombouctou"),
        ("ML-8", "kidal"),
        ("Dioila", "dioila"),
    ] {
        let found = app.expect_data(None, PLACES, json!({ "text": text, "first": 1 })).await;
        assert_eq!(codes(&found), [code], "{text}");
        let query = "query($code: String!) { place(code: $code) { code } }";
        let exact = app.expect_data(None, query, json!({ "code": text })).await;
        if text != "tombouktou" {
            assert_eq!(exact["place"]["code"], code, "{text}");
        }
    }
    let nowhere = app.expect_data(None, PLACES, json!({ "text": "Atlantide" })).await;
    assert_eq!(nowhere["places"]["totalCount"], 0);
    let odd = app.expect_data(None, PLACES, json!({ "text": "\u{0}🌾ߖߌ".repeat(500) })).await;
    assert_eq!(odd["places"]["totalCount"], 0);
}

#[db_test]
async fn the_division_is_walked_from_the_country_down(app: TestApp) {
    let regions = app.expect_data(None, PLACES, json!({ "first": 100 })).await;
    assert_eq!(regions["places"]["totalCount"], 20, "19 regions and the District of Bamako");
    let query = "{ place(code: \"cercle-segou\") { name kind region { code } parent { code name(language: BM) codes { scheme value } }
        parentOfParent: parent { parent { code parent { code } } } certainty source } }";
    let place = app.expect_data(None, query, json!({})).await;
    let place = &place["place"];
    assert_eq!(place["region"]["code"], "segou");
    assert_eq!(place["parent"]["name"], "Segu");
    assert!(
        place["parent"]["codes"].as_array().unwrap().contains(&json!({ "scheme": "ISO_3166_2", "value": "ML-4" })),
        "{place}"
    );
    assert_eq!(place["parentOfParent"], json!({ "parent": { "code": "ml", "parent": null } }));
    let children = "query($after: String) { place(code: \"segou\") { children(first: 2, after: $after) { totalCount
        edges { node { name } cursor } pageInfo { hasNextPage endCursor } } } }";
    let first = app.expect_data(None, children, json!({})).await;
    let first = &first["place"]["children"];
    assert_eq!(first["pageInfo"]["hasNextPage"], true);
    let next = app.expect_data(None, children, json!({ "after": first["pageInfo"]["endCursor"] })).await;
    assert_ne!(next["place"]["children"]["edges"][0], first["edges"][0]);
    assert_eq!(next["place"]["children"]["totalCount"], first["totalCount"]);
}

fn file(content: &[u8], dry_run: bool) -> ImportPlaces {
    ImportPlaces { file: content.to_vec(), source: "test".into(), dry_run }
}

fn added(plan: &ImportPlan) -> usize {
    plan.count(|outcome| *outcome == LineOutcome::Added)
}

#[db_test]
async fn communes_are_imported_once(app: TestApp) {
    // given: ten communes and a quarter
    let content = include_bytes!("communes.csv");
    let directory = &app.app.directory;
    let operator = Actor::system("test");
    let before = directory.gazetteer().places().len();

    // when it is tried
    let tried = directory.import_places(&operator, file(content, true)).await.unwrap();
    assert_eq!(directory.gazetteer().places().len(), before, "a trial changes nothing");

    // when it is done
    let done = directory.import_places(&operator, file(content, false)).await.unwrap();

    // then
    assert_eq!((added(&tried), added(&done)), (10, 10));
    assert_eq!(directory.gazetteer().places().len(), before + 10);
    assert_eq!(done.count(|outcome| matches!(outcome, LineOutcome::PassedOver(_))), 1, "a quarter is no commune");
    let again = directory.import_places(&operator, file(content, false)).await.unwrap();
    assert_eq!((added(&again), again.places.len()), (0, 0), "the same file again changes nothing");
    let token = app.sign_up("awa@exemple.ml").await;
    let input = super::cooperative(json!({ "placeCode": "Pélengana" }));
    let registered = app.expect_payload(Some(&token), super::REGISTER, input).await;
    assert_eq!(registered["organization"]["place"]["kind"], "COMMUNE");
    let restarted = Directory::start(app.app.services.clone(), app.below(), 1).await.unwrap();
    assert_eq!(restarted.gazetteer().places(), directory.gazetteer().places(), "another process knows them too");
}

#[db_test]
async fn nearly_all_communes_of_the_former_division_find_their_cercle(app: TestApp) {
    let Some(content) = foreign_file("places/former_regions_cercles_communes.csv") else { return };
    let directory = &app.app.directory;
    let done = directory.import_places(&Actor::system("test"), file(&content, false)).await.unwrap();
    assert!(added(&done) >= 650, "{} of 702 communes", added(&done));
    let quarters = done.count(|outcome| matches!(outcome, LineOutcome::PassedOver(_)));
    assert!(quarters >= 70, "{quarters}");
}

#[db_test]
async fn only_the_operator_and_administrators_import(app: TestApp) {
    let content = b"name,cercle\nPelengana,cercle-segou\n";
    let mut stranger = Actor::system("test");
    stranger.principal = bfw::accounts::Principal::Anonymous;
    assert!(app.app.directory.import_places(&stranger, file(content, false)).await.is_err());
    assert_eq!(app.app.directory.gazetteer().place("commune-segou-pelengana"), None);
}
