//! Land that producers farm.

use db_test::db_test;
use serde_json::{Value, json};

use super::{ADD, add, cooperative, id, with};
use crate::harness::TestApp;

const PLOT: &str = "{ plot { id name hectares geometry centre { latitude longitude } validFrom validUntil version
    producer { name } } userErrors { code message path } }";

fn mutation(name: &str) -> String {
    let input = format!("{}{}Input", name[..1].to_uppercase(), &name[1..]);
    format!("mutation($input: {input}!) {{ {name}(input: $input) {PLOT} }}")
}

/// A square of so many degrees at Ségou, its corners in this order.
fn square(side: f64) -> Value {
    let (west, south) = (-6.27, 13.43);
    // A ten-millionth of a degree is kept.
    let kept = |degrees: f64| (degrees * 1e7).round() / 1e7;
    let (east, north) = (kept(west + side), kept(south + side));
    json!([[west, south], [east, south], [east, north], [west, north], [west, south]])
}

fn polygon(ring: &Value) -> Value {
    json!({ "type": "Polygon", "coordinates": [ring] })
}

/// A cooperative's owner with a producer.
async fn producer(app: &TestApp) -> (String, String) {
    let (owner, house) = cooperative(app, "awa@exemple.ml").await;
    let producer = id(&add(app, &owner, &house, json!({})).await);
    (owner, producer)
}

#[db_test]
async fn a_polygon_is_measured_and_a_point_is_declared(app: TestApp) {
    let (owner, producer) = producer(&app).await;
    let add = async |changes: Value| {
        let input = with(json!({ "producerId": producer, "name": "Au fleuve" }), changes);
        app.expect_payload(Some(&owner), &mutation("addPlot"), input).await["plot"].take()
    };
    let measured = add(json!({ "geometry": polygon(&square(0.001)), "idempotencyKey": "1" })).await;
    // A thousandth of a degree each way: 108.3 m by 110.6 m.
    let hectares: f64 = measured["hectares"].as_str().unwrap().parse().unwrap();
    assert!((hectares - 1.198).abs() < 0.01, "{hectares}");
    assert_eq!((&measured["validFrom"], &measured["validUntil"]), (&json!("2026-11-02"), &Value::Null));
    assert_eq!(measured["geometry"], polygon(&square(0.001)));
    let as_text = polygon(&square(0.001)).to_string();
    assert_eq!(add(json!({ "geometry": as_text })).await["hectares"], measured["hectares"]);
    let again = add(json!({ "geometry": polygon(&square(0.001)), "idempotencyKey": "1" })).await;
    assert_eq!(again, measured, "the network dropped");

    let point = json!({ "type": "Point", "coordinates": [-6.27, 13.43] });
    let declared = add(json!({ "geometry": point, "hectares": "0.75", "validFrom": "2020-05-01" })).await;
    assert_eq!((&declared["hectares"], &declared["validFrom"]), (&json!("0.75"), &json!("2020-05-01")));
    assert_eq!(declared["centre"], json!({ "latitude": 13.43, "longitude": -6.27 }));
    let shown = app.expect_data(
        Some(&owner),
        "query($id: ID!) { producer(id: $id) { plots { id } } }",
        json!({ "id": producer }),
    );
    assert_eq!(shown.await["producer"]["plots"].as_array().unwrap().len(), 3);
}

#[db_test]
async fn what_is_no_plot_is_refused_with_the_reason(app: TestApp) {
    let (owner, producer) = producer(&app).await;
    let refusal = async |geometry: Value| {
        let variables = json!({ "input": { "producerId": producer, "name": "1", "geometry": geometry } });
        let mut refused = app.graphql(Some(&owner), &mutation("addPlot"), variables).await;
        let error = refused["data"]["addPlot"]["userErrors"][0].take();
        let text = |value: &Value| value.as_str().unwrap_or_else(|| panic!("{refused}")).to_owned();
        (text(&error["code"]), text(&error["message"]), error["path"].clone())
    };
    let corners = square(0.01);
    let three = json!([corners[0], corners[1], corners[0]]);
    let (code, message, path) = refusal(polygon(&three)).await;
    assert_eq!((code.as_str(), path), ("INVALID_GEOMETRY", json!(["input", "geometry"])));
    assert!(message.contains("quatre positions"), "{message}");
    let (_, message, _) = refusal(polygon(&json!([corners[0], corners[1], corners[2]]))).await;
    assert!(message.contains("quatre positions"), "{message}");
    let bow = json!([corners[0], corners[2], corners[1], corners[3], corners[0]]);
    let (_, message, _) = refusal(polygon(&bow)).await;
    assert!(message.contains("se croise"), "{message}");
    let swapped = json!([[13.43, -6.27], [13.44, -6.27], [13.44, -6.26], [13.43, -6.27]]);
    let (_, message, _) = refusal(polygon(&swapped)).await;
    assert!(message.contains("inversées"), "{message}");
    let paris = json!({ "type": "Point", "coordinates": [2.35, 48.85] });
    assert_eq!(refusal(paris).await.0, "LOCATION_OUT_OF_BOUNDS");
    assert_eq!(refusal(polygon(&square(0.1))).await.0, "OUT_OF_RANGE");
    let point = json!({ "type": "Point", "coordinates": [-6.27, 13.43] });
    let (code, _, path) = refusal(point).await;
    assert_eq!((code.as_str(), path), ("REQUIRED", json!(["input", "hectares"])));
}

#[db_test]
async fn a_plot_changes_and_ends(app: TestApp) {
    let (owner, producer) = producer(&app).await;
    let input = json!({ "producerId": producer, "name": "Au fleuve", "hectares": "1", "validFrom": "2020-01-01",
                        "geometry": { "type": "Point", "coordinates": [-6.27, 13.43] } });
    let plot = id(&app.expect_payload(Some(&owner), &mutation("addPlot"), input).await["plot"]);
    let change = async |name: &str, changes: Value| {
        let input = with(json!({ "plotId": plot }), changes);
        app.expect_payload(Some(&owner), &mutation(name), input).await["plot"].take()
    };
    let refused = async |name: &str, changes: Value| {
        app.user_errors(Some(&owner), &mutation(name), with(json!({ "plotId": plot }), changes)).await
    };
    let larger = change("updatePlot", json!({ "hectares": "2.5", "expectedVersion": 1 })).await;
    assert_eq!((&larger["hectares"], &larger["version"]), (&json!("2.5"), &json!(2)));
    assert_eq!(larger["geometry"]["type"], "Point");
    let outlined = change("updatePlot", json!({ "name": "Rive", "geometry": polygon(&square(0.001)) })).await;
    assert!(outlined["hectares"].as_str().unwrap().starts_with("1.19"), "{outlined}");
    assert_eq!(change("updatePlot", json!({ "name": "Rive" })).await["version"], 3, "nothing changed");
    let at = |code: &str, field: &str| [(code.to_owned(), format!("input.{field}"))];
    assert_eq!(refused("updatePlot", json!({ "expectedVersion": 1 })).await, at("VERSION_CONFLICT", "expectedVersion"));
    assert_eq!(refused("updatePlot", json!({ "validUntil": "2019-01-01" })).await, at("INVALID_PERIOD", "validUntil"));

    let ended = change("endPlot", json!({ "validUntil": "2025-12-31" })).await;
    assert_eq!((&ended["validUntil"], &ended["version"]), (&json!("2025-12-31"), &json!(4)));
    assert_eq!(refused("endPlot", json!({ "validUntil": "2026-01-01" })).await, at("OUT_OF_RANGE", "validUntil"));
    assert_eq!(change("updatePlot", json!({ "validUntil": null })).await["validUntil"], Value::Null);

    let stranger = app.sign_up("fatou@exemple.ml").await;
    let input = json!({ "plotId": plot, "name": "Mien" });
    let unseen = app.user_errors(Some(&stranger), &mutation("updatePlot"), input).await;
    assert_eq!(unseen, at("NOT_FOUND", "plotId"));
}

#[db_test]
async fn a_producer_has_at_most_fifty_plots(app: TestApp) {
    let (owner, house) = cooperative(&app, "awa@exemple.ml").await;
    let plot = json!({ "name": "1", "hectares": "1", "geometry": { "type": "Point", "coordinates": [-6.27, 13.43] } });
    let input = |count: usize| json!({ "organizationId": house, "name": "Sira", "gender": "FEMALE", "plots": vec![&plot; count] });
    let refused = app.user_errors(Some(&owner), ADD, input(51)).await;
    assert_eq!(refused, [("TOO_LONG".to_owned(), "input.plots".to_owned())]);
    let producer = id(&app.expect_payload(Some(&owner), ADD, input(50)).await["producer"]);
    let one_more = with(plot, json!({ "producerId": producer }));
    let refused = app.user_errors(Some(&owner), &mutation("addPlot"), one_more).await;
    assert_eq!(refused, [("LIMIT_REACHED".to_owned(), "input".to_owned())]);
}
