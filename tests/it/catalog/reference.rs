//! Products and conversions in the tables, and the taxonomy on the wire.

use db_test::db_test;
use serde_json::json;

use super::room::{Room, Who};

#[db_test]
async fn the_tables_hold_the_embedded_products_and_starting_again_changes_nothing(room: Room) {
    let products = i64::try_from(room.catalog.taxonomy().products().len()).unwrap();
    let conversions = i64::try_from(room.catalog.taxonomy().data().conversions.len()).unwrap();
    assert_eq!(room.number("SELECT COUNT(*) FROM product").await, products);
    assert_eq!(room.number("SELECT COUNT(*) FROM unit_conversion").await, conversions);

    let (statements, synced) = room.statements(room.catalog.sync_reference()).await;
    synced.unwrap();
    assert_eq!(statements, 3, "three digests are looked at, nothing is written");
}

#[db_test]
async fn tables_of_an_older_program_are_brought_up_to_date(room: Room) {
    room.execute("UPDATE reference_data SET digest = 'old' WHERE name IN ('products', 'conversions')", vec![]).await;
    room.execute("UPDATE product SET hs_code = '0000' WHERE code = 'shea-butter'", vec![]).await;
    room.execute("UPDATE unit_conversion SET grams = 1", vec![]).await;
    room.published(json!({})).await;
    room.catalog.sync_reference().await.unwrap();
    assert_eq!(room.number("SELECT COUNT(*) FROM product WHERE hs_code = '0000'").await, 0);
    assert!(
        room.number("SELECT CAST(SUM(grams) AS BIGINT) FROM unit_conversion WHERE unit_code = 'KGM'").await >= 1_000
    );
}

#[db_test]
async fn what_listings_show_is_derived_anew_where_the_reference_data_changed(room: Room) {
    let stale = room.published(json!({})).await;
    room.published(json!({})).await;
    let derived = "SELECT price_per_kilogram + quantity_grams FROM listing WHERE region_code = 'segou'";
    let right = room.number(&format!("{derived} AND title = title LIMIT 1")).await;
    let id = stale.parse::<bfw::catalog::ListingId>().unwrap().uuid();
    room.execute(
        "UPDATE listing SET price_per_kilogram = 1, quantity_grams = 2, region_code = NULL WHERE id = $1",
        vec![id.into()],
    )
    .await;
    let waiting = room.number("SELECT COUNT(*) FROM outbox").await;

    room.catalog.sync_reference().await.unwrap();
    assert_eq!(room.number("SELECT COUNT(*) FROM listing WHERE region_code = 'segou'").await, 1, "nothing has changed");
    room.execute("UPDATE reference_data SET digest = 'old' WHERE name = 'listing-derived'", vec![]).await;
    room.catalog.sync_reference().await.unwrap();

    let same = format!("SELECT COUNT(*) FROM ({derived} AND price_per_kilogram + quantity_grams = {right}) AS same");
    assert_eq!(room.number(&same).await, 2);
    assert_eq!(room.number("SELECT COUNT(*) FROM outbox").await, waiting + 1, "only what changed is indexed");
    assert_eq!(room.number("SELECT MAX(version) FROM listing").await, 2, "nobody changed what is offered");
}

#[db_test]
async fn a_product_is_found_by_what_people_call_it(room: Room) {
    let query =
        "query($text: String) { products(text: $text, first: 1) { edges { node { code name(language: FR) } } } }";
    for (text, code) in
        [("karite", "shea-butter"), ("Situlu", "shea-butter"), ("mil", "millet"), ("sheabuter", "shea-butter")]
    {
        let found = room.ask(Who::Nobody, query, json!({ "text": text })).await;
        assert_eq!(found["products"]["edges"][0]["node"]["code"], code, "{text}");
    }
}

#[db_test]
async fn the_tree_is_walked_and_says_what_a_sack_weighs(room: Room) {
    let query = "query($place: String) { product(code: \"millet\") { name(language: EN) hsCode tradable parent { code tradable
                 children { code } } units(placeCode: $place) { code kilograms } qualityAttributes { code unit maximum } } }";
    let millet = room.ask(Who::Nobody, query, json!({ "place": "Mopti" })).await["product"].take();
    assert_eq!(
        (&millet["name"], &millet["hsCode"], &millet["tradable"]),
        (&json!("Millet"), &json!("1008.29"), &json!(true))
    );
    assert_eq!((&millet["parent"]["code"], &millet["parent"]["tradable"]), (&json!("cereals"), &json!(false)));
    assert!(millet["parent"]["children"].as_array().unwrap().contains(&json!({ "code": "millet" })));
    let tin = |product: &serde_json::Value| {
        let units = product["units"].as_array().unwrap().clone();
        units.into_iter().find(|unit| unit["code"] == "TINE").unwrap()["kilograms"].clone()
    };
    assert_eq!(tin(&millet), "17");
    assert_eq!(tin(&room.ask(Who::Nobody, query, json!({})).await["product"]), "16");
    assert!(millet["qualityAttributes"].as_array().unwrap().iter().any(|attribute| attribute["code"] == "moisture"));
    let answer = room.answer(Who::Nobody, query, json!({ "place": "atlantis" })).await;
    assert_eq!(answer["errors"][0]["extensions"]["userErrors"][0]["code"], "UNKNOWN_PLACE");
}

#[db_test]
async fn products_are_a_connection_like_any_other(room: Room) {
    let query =
        "query($first: Int, $after: String, $last: Int, $before: String) { products(first: $first, after: $after, last:
                 $last, before: $before) { totalCount edges { node { code } cursor } pageInfo { hasNextPage
                 hasPreviousPage endCursor } } }";
    let all: Vec<String> = room.catalog.taxonomy().products().iter().map(|product| product.code.clone()).collect();
    let (mut walked, mut after) = (Vec::new(), json!(null));
    loop {
        let page = room.ask(Who::Nobody, query, json!({ "first": 30, "after": after })).await["products"].take();
        assert_eq!(page["totalCount"].as_u64().unwrap() as usize, all.len());
        walked.extend(
            page["edges"].as_array().unwrap().iter().map(|edge| edge["node"]["code"].as_str().unwrap().to_owned()),
        );
        after = page["pageInfo"]["endCursor"].clone();
        if page["pageInfo"]["hasNextPage"] == false {
            break;
        }
    }
    assert_eq!(walked, all);
    let end = room.ask(Who::Nobody, query, json!({ "last": 2 })).await["products"].take();
    assert_eq!(end["edges"][1]["node"]["code"], all[all.len() - 1].as_str());
    assert_eq!(end["pageInfo"]["hasPreviousPage"], true);
    let before = room.ask(Who::Nobody, query, json!({ "last": 2, "before": end["edges"][0]["cursor"] })).await;
    assert_eq!(before["products"]["edges"][1]["node"]["code"], all[all.len() - 3].as_str());
}

#[db_test]
async fn what_is_known_of_a_product_says_where_from_and_how_surely(room: Room) {
    let query = "{ product(code: \"millet\") { source certainty qualityAttributes { source certainty } \
                 units { code kilograms weigher validFrom source certainty } } }";
    let product = room.ask(Who::Nobody, query, json!({})).await["product"].take();
    assert!(!product["source"].as_str().unwrap().is_empty());
    let certainties = ["VERIFIED", "INFERRED", "REMEMBERED", "CONFIGURED"];
    assert!(certainties.contains(&product["certainty"].as_str().unwrap()));
    let units = product["units"].as_array().unwrap();
    let kilogram = units.iter().find(|unit| unit["code"] == "KGM").unwrap();
    assert_eq!(
        (&kilogram["weigher"], &kilogram["validFrom"], &kilogram["certainty"]),
        (&json!("by definition"), &json!("1960-09-22"), &json!("VERIFIED"))
    );
    assert!(units.iter().all(|unit| unit["kilograms"].is_null() == unit["source"].is_null()), "{units:?}");
}
