//! Holding offers against the market.

use db_test::db_test;
use serde_json::{Value, json};

use super::prices::{MONTHLY, import, import_by, series};
use crate::harness::{app::TestApp, foreign_file};

const FAIRNESS: &str = "query($product: String!, $place: String!, $price: MoneyInput!, $unit: String!, $asOf: Date) {
    priceFairness(productCode: $product, placeCode: $place, price: $price, unit: $unit, asOf: $asOf) {
        verdict unknownReason price { amount currency } pricePerKilogram priceType median ratio
        band { lower upper lowerPercentile upperPercentile } observations markets outliersLeftOut area { code }
        periodFrom periodTo rule { below above months observationsMinimum marketsMinimum source certainty } } }";

async fn judged(app: &TestApp, place: &str, amount: &str, unit: &str) -> Value {
    let price = json!({ "amount": amount, "currency": "XOF" });
    ask(app, json!({ "product": "millet", "place": place, "price": price, "unit": unit })).await
}

async fn ask(app: &TestApp, variables: Value) -> Value {
    app.expect_data(None, FAIRNESS, variables).await["priceFairness"].take()
}

fn verdict(fairness: &Value) -> (&str, &str) {
    let text = |value: &'_ Value| value.as_str().map(str::to_owned);
    let area = &fairness["area"]["code"];
    assert_eq!(text(area).is_some(), fairness["verdict"] != "UNKNOWN", "{fairness:#}");
    (fairness["verdict"].as_str().unwrap(), area.as_str().or(fairness["unknownReason"].as_str()).unwrap())
}

/// Half a year of millet at about 200 francs in Gao, and dearer in Kidal.
async fn market(app: &TestApp) {
    let file = MONTHLY.to_owned()
        + &series("Gao", "Gao", "Millet", (2026, 1), &["190", "195", "200", "200", "200", "205", "210", "200", "2000"])
        + &series("Gao", "Ansongo", "Millet", (2026, 8), &["220"])
        + &series("Kidal", "Kidal", "Millet", (2026, 6), &["400", "400", "400"]);
    import(app, &file).await;
}

#[db_test]
async fn an_offer_is_held_against_the_median_of_the_place_outliers_left_out(app: TestApp) {
    market(&app).await;
    // A sack of a hundred kilograms at 20 000 francs is 200 a kilogram
    let fair = judged(&app, "cercle-gao", "20000", "SAC100").await;
    assert_eq!(verdict(&fair), ("FAIR", "cercle-gao"));
    assert_eq!((&fair["pricePerKilogram"], &fair["median"], &fair["ratio"]), (&json!("200"), &json!("200"), &json!("1")));
    assert_eq!((&fair["observations"], &fair["outliersLeftOut"], &fair["markets"]), (&json!(8), &json!(1), &json!(1)));
    let band = json!({ "lower": "195", "upper": "200", "lowerPercentile": 25, "upperPercentile": 75 });
    assert_eq!(fair["band"], band);
    assert_eq!((&fair["periodFrom"], &fair["periodTo"]), (&json!("2025-12-01"), &json!("2026-11-30")));
    assert_eq!((&fair["rule"]["below"], &fair["rule"]["certainty"]), (&json!("0.85"), &json!("MEMORY")));

    assert_eq!(verdict(&judged(&app, "cercle-gao", "169", "KGM").await), ("BELOW", "cercle-gao"));
    assert_eq!(verdict(&judged(&app, "cercle-gao", "170", "kg").await), ("FAIR", "cercle-gao"));
    assert_eq!(verdict(&judged(&app, "cercle-gao", "230", "KGM").await), ("FAIR", "cercle-gao"));
    assert_eq!(verdict(&judged(&app, "cercle-gao", "231", "KGM").await), ("ABOVE", "cercle-gao"));
}

#[db_test]
async fn where_a_place_has_too_few_prices_the_nearest_area_around_it_is_asked(app: TestApp) {
    market(&app).await;
    // Ansongo has one price, its region nine
    assert_eq!(verdict(&judged(&app, "cercle-ansongo", "200", "KGM").await), ("FAIR", "gao"));
    // Kidal has three, and so has its region: the country decides
    let kidal = judged(&app, "cercle-kidal", "400", "KGM").await;
    assert_eq!(verdict(&kidal), ("ABOVE", "ml"));
    assert_eq!((&kidal["observations"], &kidal["markets"], &kidal["median"]), (&json!(12), &json!(3), &json!("202.5")));
}

#[db_test]
async fn what_cannot_be_told_is_unknown_and_says_why(app: TestApp) {
    assert_eq!(verdict(&judged(&app, "gao", "200", "KGM").await), ("UNKNOWN", "NO_RECENT_PRICES"));
    import(&app, &format!("{MONTHLY}2026-10,Gao,Gao,,,Millet - Retail,KG,EUR,0.35\n")).await;
    assert_eq!(verdict(&judged(&app, "gao", "200", "KGM").await), ("UNKNOWN", "OTHER_CURRENCIES"));
    import(&app, &format!("{MONTHLY}{}", series("Gao", "Gao", "Millet", (2026, 1), &["190", "195"]))).await;
    let few = judged(&app, "gao", "200", "KGM").await;
    assert_eq!(verdict(&few), ("UNKNOWN", "TOO_FEW_PRICES"));
    assert_eq!((&few["median"], &few["band"], &few["observations"]), (&Value::Null, &Value::Null, &json!(0)));
    // Nobody has weighed a metre of millet
    let metres = judged(&app, "gao", "200", "MTR").await;
    assert_eq!(verdict(&metres), ("UNKNOWN", "UNIT_NOT_WEIGHED"));
    assert_eq!(metres["pricePerKilogram"], Value::Null);
}

#[db_test]
async fn prices_of_another_year_are_not_recent_but_a_day_of_then_may_be_asked_about(app: TestApp) {
    import(&app, &format!("{MONTHLY}{}", series("Gao", "Gao", "Millet", (2015, 1), &["200"; 12]))).await;
    assert_eq!(verdict(&judged(&app, "gao", "200", "KGM").await), ("UNKNOWN", "NO_RECENT_PRICES"));
    let price = json!({ "amount": "200" });
    let then = json!({ "product": "millet", "place": "gao", "price": price, "unit": "KGM", "asOf": "2015-12-31" });
    assert_eq!(verdict(&ask(&app, then).await), ("FAIR", "gao"));
}

#[db_test]
async fn everything_that_is_wrong_with_an_offer_is_told_at_once(app: TestApp) {
    let offer = json!({ "product": "gold", "place": "atlantis", "price": { "amount": "0" }, "unit": "carat" });
    let answer = app.graphql(None, FAIRNESS, offer).await;
    let text = answer["errors"].to_string();
    for code in ["UNKNOWN_PRODUCT", "UNKNOWN_PLACE", "UNKNOWN_UNIT", "OUT_OF_RANGE"] {
        assert!(text.contains(code), "{code} in {answer:#}");
    }
    let offer = json!({ "product": "millet", "place": "gao", "price": { "amount": "1.5" }, "unit": "KGM" });
    let answer = app.graphql(None, FAIRNESS, offer).await;
    assert!(answer["errors"].to_string().contains("TOO_PRECISE"), "{answer:#}");
}

#[db_test]
async fn real_prices_judge_an_offer_of_their_time(app: TestApp) {
    let Some(file) = foreign_file("prices/mali_retail_2003_2018.csv") else { return };
    import_by(&app, &bfw::accounts::Actor::system("test"), &file, false).await.unwrap();
    let offer = |amount: &str, place: &str| {
        json!({ "product": "millet", "place": place, "price": { "amount": amount }, "unit": "SAC100", "asOf": "2018-06-30" })
    };
    // A sack of millet at 1 000 francs would be a gift, at 100 000 a robbery
    assert_eq!(verdict(&ask(&app, offer("1000", "cercle-mopti")).await).0, "BELOW");
    assert_eq!(verdict(&ask(&app, offer("100000", "cercle-mopti")).await).0, "ABOVE");
    let fair = ask(&app, offer("1000", "cercle-mopti")).await;
    let median: f64 = fair["median"].as_str().unwrap().parse().unwrap();
    let at_median = format!("{}", (median * 100.0).round());
    assert_eq!(verdict(&ask(&app, offer(&at_median, "cercle-mopti")).await).0, "FAIR");
}
