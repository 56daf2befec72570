//! The way of a lot, back and forward, complete and part by part.

use std::collections::BTreeSet;

use db_test::db_test;
use serde_json::{Value, json};

use super::{Yard, id};

const BACK: &str = "query($id: ID!, $first: Int, $after: String, $depth: Int) { lot(id: $id) {
    way: traceBack(first: $first, after: $after, maxDepth: $depth) {
        nodes { lot { id } depth } edges { from { id } to { id } quantity { value } } totalLots hasMore endCursor truncated } } }";

fn edges(way: &Value) -> BTreeSet<(String, String, String)> {
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let edge = |edge: &Value| (text(&edge["from"]["id"]), text(&edge["to"]["id"]), text(&edge["quantity"]["value"]));
    way["edges"].as_array().unwrap().iter().map(edge).collect()
}

#[db_test]
async fn a_way_is_complete_over_every_input_and_its_parts_are_the_whole(yard: Yard) {
    // Two deliveries, blended twice, the second time with a remnant of the first blend's own input.
    let (hers, his) = (yard.delivered(&yard.woman, "100").await, yard.delivered(&yard.man, "100").await);
    let first = yard.together(&[Yard::portion(&hers, "40"), Yard::portion(&his, "60")]).await;
    let second = yard.together(&[Yard::portion(&first, "50"), Yard::portion(&hers, "10")]).await;
    let outputs = json!([
        { "productCode": "shea-butter", "quantity": { "value": "20", "unit": "KGM" } },
        { "productCode": "shea-cake", "quantity": { "value": "40", "unit": "KGM" } },
    ]);
    let made = yard.step(&[Yard::portion(&second, "60")], json!({ "outputs": outputs }));
    let made = yard.done("recordTransformation", made).await;
    let butter = id(&made["lots"][0]);

    let whole = yard.app.expect_data(None, BACK, json!({ "id": butter })).await["lot"]["way"].take();
    let node = |number: usize| (&whole["nodes"][number]["lot"]["id"], &whole["nodes"][number]["depth"]);
    assert_eq!((node(0), node(1)), ((&json!(butter), &json!(0)), (&json!(second), &json!(1))));
    assert_eq!(
        (&whole["totalLots"], &whole["hasMore"], &whole["truncated"]),
        (&json!(5), &json!(false), &json!(false))
    );
    let owned = |from: &str, to: &str, kilograms: &str| (from.to_owned(), to.to_owned(), kilograms.to_owned());
    let expected = BTreeSet::from([
        owned(&second, &butter, "20"),
        owned(&first, &second, "50"),
        owned(&hers, &second, "10"),
        owned(&hers, &first, "40"),
        owned(&his, &first, "60"),
    ]);
    assert_eq!(edges(&whole), expected);

    let (mut together, mut after, mut lots) = (BTreeSet::new(), Value::Null, 0);
    loop {
        let part = yard.app.expect_data(None, BACK, json!({ "id": butter, "first": 2, "after": after })).await;
        let part = &part["lot"]["way"];
        together.extend(edges(part));
        lots += part["nodes"].as_array().unwrap().len();
        after = part["endCursor"].clone();
        if part["hasMore"] == false {
            break;
        }
    }
    assert_eq!((together, lots), (expected, 5));
    let near = yard.app.expect_data(None, BACK, json!({ "id": butter, "depth": 1 })).await;
    assert_eq!(near["lot"]["way"]["totalLots"], 2);

    let forward = "traceForward { totalLots nodes { lot { id } depth } edges { quantity { value } } }";
    let forward = yard.lot_as(None, &his, forward).await;
    assert_eq!(forward["traceForward"]["totalLots"], 5);
}

#[db_test]
async fn what_cannot_be_asked_of_a_way_is_told(yard: Yard) {
    let lot = yard.delivered(&yard.woman, "100").await;
    let other = yard.together(&[Yard::portion(&lot, "10")]).await;
    let third = yard.together(&[Yard::portion(&other, "10")]).await;
    let code = async |variables: Value| {
        let answer = yard.app.graphql(None, BACK, variables).await;
        answer["errors"][0]["extensions"]["userErrors"][0]["code"].as_str().unwrap().to_owned()
    };
    assert_eq!(code(json!({ "id": lot, "first": 0 })).await, "INVALID_PAGE_SIZE");
    assert_eq!(code(json!({ "id": lot, "first": 1001 })).await, "INVALID_PAGE_SIZE");
    assert_eq!(code(json!({ "id": lot, "depth": -1 })).await, "OUT_OF_RANGE");
    assert_eq!(code(json!({ "id": lot, "after": "x" })).await, "INVALID_CURSOR");
    let part = yard.app.expect_data(None, BACK, json!({ "id": third, "first": 1 })).await;
    let cursor = &part["lot"]["way"]["endCursor"];
    assert_eq!(
        code(json!({ "id": other, "after": cursor })).await,
        "INVALID_CURSOR",
        "it belongs to another lot's way"
    );
}

#[db_test]
async fn the_remnants_of_a_season_are_traced_to_the_end(yard: Yard) {
    // Each lot is blended into the next: a long chain with an input at every step.
    const STEPS: usize = 60;
    let mut last = yard.delivered(&yard.woman, "100").await;
    for step in 0..STEPS {
        let producer = if step % 2 == 0 { &yard.man } else { &yard.woman };
        let fresh = yard.delivered(producer, "100").await;
        last = yard.together(&[Yard::portion(&last, "50"), Yard::portion(&fresh, "50")]).await;
    }
    let query = "query($id: ID!) { lot(id: $id) { womenGrownShare growers { women others unknown }
        traceBack(first: 1000) { totalLots nodes { depth } } } }";
    let (answer, statements) = yard.app.statements_of(yard.app.expect_data(None, query, json!({ "id": last }))).await;
    let lot = &answer["lot"];
    assert_eq!(lot["traceBack"]["totalLots"], 2 * STEPS + 1);
    assert_eq!(lot["traceBack"]["nodes"][2 * STEPS]["depth"], STEPS);
    let women: f64 = lot["womenGrownShare"].as_str().unwrap().parse().unwrap();
    assert!((women - 2.0 / 3.0).abs() < 1e-6, "halves of halves: {women}");
    assert!(statements <= 6, "{statements} statements for one way");
}
