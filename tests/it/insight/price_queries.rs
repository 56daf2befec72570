//! Asking for market prices.

use db_test::db_test;
use serde_json::{Value, json};

use super::prices::{MONTHLY, import, import_by, series};
use crate::harness::{app::TestApp, foreign_file};

const PRICES: &str = "query($product: String!, $place: String, $currency: String, $from: Date, $to: Date, $first: Int, $after: String) {
    marketPrices(productCode: $product, placeCode: $place, currency: $currency, from: $from, to: $to) {
        product { code } place { code } currency median
        latest { month median lowest highest observations markets }
        trend { months month medianThen medianNow change markets }
        observations(first: $first, after: $after) { totalCount pageInfo { hasNextPage endCursor }
            edges { node { market regionName place { code } commodity month priceType price unit pricePerKilogram currency
                outlier source } } } } }";

async fn ask(app: &TestApp, mut variables: Value) -> Value {
    if variables.get("currency").is_none() {
        variables["currency"] = json!("XOF");
    }
    app.expect_data(None, PRICES, variables).await["marketPrices"].take()
}

fn markets(prices: &Value) -> Vec<&str> {
    let edges = prices["observations"]["edges"].as_array().unwrap();
    edges.iter().map(|edge| edge["node"]["market"].as_str().unwrap()).collect()
}

#[db_test]
async fn anybody_sees_the_newest_month_how_it_stands_to_earlier_ones_and_each_price(app: TestApp) {
    // Given a year of prices on two markets of Gao, and one price elsewhere
    let file = MONTHLY.to_owned()
        + &series("Gao", "Gao", "Millet", (2025, 9), &["200"; 12])
        + &series("Gao", "Gao", "Millet", (2026, 9), &["250"])
        + &series("Gao", "Ansongo", "Millet", (2025, 9), &["220"; 12])
        + &series("Gao", "Ansongo", "Millet", (2026, 9), &["253.65"])
        + &series("Kidal", "Kidal", "Millet", (2026, 9), &["400"]);
    import(&app, &file).await;

    // When somebody asks for the region
    let prices = ask(&app, json!({ "product": "millet", "place": "gao", "first": 2 })).await;

    // Then its markets count, and months are compared on the markets that both have
    assert_eq!(prices["product"]["code"], "millet");
    assert_eq!(prices["place"]["code"], "gao");
    assert_eq!(prices["median"], "220");
    let latest = json!({ "month": "2026-09-01", "median": "251.825", "lowest": "250", "highest": "253.65",
        "observations": 2, "markets": 2 });
    assert_eq!(prices["latest"], latest);
    let trend = |months: i32, month: &str| {
        json!({ "months": months, "month": month, "medianThen": "210", "medianNow": "251.825", "change": "0.199",
            "markets": 2 })
    };
    assert_eq!(prices["trend"], json!([trend(3, "2026-06-01"), trend(12, "2025-09-01")]));
    assert_eq!(prices["observations"]["totalCount"], 26);
    let node = &prices["observations"]["edges"][0]["node"];
    assert_eq!((&node["regionName"], &node["unit"], &node["source"]), (&json!("Gao"), &json!("KG"), &json!("test")));
    assert_eq!((&node["priceType"], &node["outlier"]), (&json!("RETAIL"), &json!(false)));
}

#[db_test]
async fn pages_go_on_where_the_last_one_ended(app: TestApp) {
    let file = MONTHLY.to_owned()
        + &series("Gao", "Gao", "Millet", (2026, 1), &["200", "210", "220"])
        + &series("Gao", "Ansongo", "Millet", (2026, 1), &["200", "210", "220"]);
    import(&app, &file).await;
    let (mut seen, mut after) = (Vec::new(), Value::Null);
    loop {
        let page = ask(&app, json!({ "product": "millet", "place": "ml", "first": 4, "after": after })).await;
        for edge in page["observations"]["edges"].as_array().unwrap() {
            seen.push((edge["node"]["month"].clone(), edge["node"]["market"].clone()));
        }
        after = page["observations"]["pageInfo"]["endCursor"].clone();
        if page["observations"]["pageInfo"]["hasNextPage"] == false {
            break;
        }
    }
    assert_eq!(seen.len(), 6);
    assert!(seen.windows(2).all(|pair| pair[0].0.as_str() >= pair[1].0.as_str() && pair[0] != pair[1]), "{seen:?}");
}

#[db_test]
async fn a_region_of_today_has_the_markets_that_lie_in_it_now_under_whatever_region_they_were_published(app: TestApp) {
    // Given prices of Koutiala from when it lay in the region of Sikasso
    let file = MONTHLY.to_owned()
        + &series("Sikasso", "Koutiala", "Maize", (2015, 1), &["120"])
        + &series("Sikasso", "Sikasso Centre", "Maize", (2015, 1), &["140"])
        + &series("Sikasso", "Nowhere", "Maize", (2015, 1), &["999"]);
    import(&app, &file).await;

    let of = async |place: &str| ask(&app, json!({ "product": "maize", "place": place })).await;
    assert_eq!(markets(&of("koutiala").await), ["Koutiala"]);
    assert_eq!(markets(&of("cercle-koutiala").await), ["Koutiala"]);
    assert_eq!(markets(&of("sikasso").await), ["Sikasso Centre"]);
    // And a market that nobody knows counts for the country, since the region then was larger than it is
    assert_eq!(markets(&of("ml").await).len(), 3);
    assert_eq!(of("kayes").await["latest"], Value::Null);
}

#[db_test]
async fn an_outlier_is_shown_marked_and_moves_nothing(app: TestApp) {
    let file = MONTHLY.to_owned()
        + &series("Gao", "Gao", "Millet", (2025, 11), &["200", "205", "210", "215", "220", "215", "210", "205", "200", "2050"]);
    import(&app, &file).await;
    let prices = ask(&app, json!({ "product": "millet", "place": "gao", "first": 1 })).await;
    let newest = &prices["observations"]["edges"][0]["node"];
    assert_eq!((&newest["price"], &newest["outlier"]), (&json!("2050"), &json!(true)));
    assert_eq!(prices["latest"]["month"], "2026-07-01");
    assert_eq!(prices["median"], "210");
}

#[db_test]
async fn a_period_bounds_what_is_told_but_not_what_it_is_compared_with(app: TestApp) {
    let file = MONTHLY.to_owned() + &series("Gao", "Gao", "Millet", (2026, 1), &["200", "210", "220", "230", "240", "250"]);
    import(&app, &file).await;
    let asked = json!({ "product": "millet", "place": "gao", "from": "2026-03-31", "to": "2026-05-01" });
    let prices = ask(&app, asked).await;
    assert_eq!(prices["observations"]["totalCount"], 3);
    assert_eq!((&prices["median"], &prices["latest"]["month"]), (&json!("230"), &json!("2026-05-01")));
    assert_eq!(prices["trend"][0]["month"], "2026-02-01");
    assert_eq!(prices["trend"][0]["change"], "0.143");
}

#[db_test]
async fn currencies_are_never_mixed(app: TestApp) {
    let francs = series("Gao", "Gao", "Millet", (2026, 1), &["200"]);
    let euros = "2026-02,Gao,Gao,,,Millet - Retail,KG,EUR,0.35\n";
    import(&app, &format!("{MONTHLY}{francs}{euros}")).await;
    let prices = ask(&app, json!({ "product": "millet", "place": "gao" })).await;
    assert_eq!((&prices["median"], &prices["observations"]["totalCount"]), (&json!("200"), &json!(1)));
    let prices = ask(&app, json!({ "product": "millet", "place": "gao", "currency": "EUR" })).await;
    assert_eq!((&prices["median"], &prices["currency"]), (&json!("0.35"), &json!("EUR")));
}

#[db_test]
async fn everything_that_is_wrong_with_a_question_is_told_at_once(app: TestApp) {
    let asked = json!({ "product": "gold", "place": "atlantis", "currency": "CFA", "from": "2026-03-01", "to": "2026-02-01" });
    let answer = app.graphql(None, PRICES, asked).await;
    let text = answer["errors"].to_string();
    for code in ["UNKNOWN_PRODUCT", "UNKNOWN_PLACE", "UNKNOWN_CURRENCY", "INVALID_PERIOD"] {
        assert!(text.contains(code), "{code} in {answer:#}");
    }
    // A cursor of another list
    let forged = json!({ "product": "millet", "currency": "XOF", "after": "abc" });
    let answer = app.graphql(None, PRICES, forged).await;
    assert!(answer["errors"].to_string().contains("INVALID_CURSOR"), "{answer:#}");
}

#[db_test]
async fn the_number_of_statements_does_not_grow_with_the_page(app: TestApp) {
    let file = MONTHLY.to_owned() + &series("Gao", "Gao", "Millet", (2020, 1), &["200"; 70]);
    import(&app, &file).await;
    let asked = |first: i32| ask(&app, json!({ "product": "millet", "place": "ml", "first": first }));
    let (_, of_one) = app.statements_of(asked(1)).await;
    let (prices, of_many) = app.statements_of(asked(70)).await;
    assert_eq!(markets(&prices).len(), 70);
    assert_eq!(of_one, of_many);
}

#[db_test]
async fn real_prices_of_a_region_come_to_what_the_file_says(app: TestApp) {
    let Some(file) = foreign_file("prices/mali_retail_2003_2018.csv") else { return };
    import_by(&app, &bfw::accounts::Actor::system("test"), &file, false).await.unwrap();
    let asked = json!({ "product": "millet", "place": "gao", "from": "2017-01-01", "to": "2017-12-31", "first": 100 });
    let prices = ask(&app, asked).await;

    // Reckoned here from the file's own rows
    let text = String::from_utf8(file).unwrap();
    let rows = text.lines().map(|line| line.split(',').collect::<Vec<_>>());
    let of_gao = rows.filter(|row| row[0].starts_with("2017") && row[1] == "Gao" && row[5] == "Millet - Retail");
    let mut figures: Vec<f64> = of_gao.map(|row| row[8].parse().unwrap()).collect();
    figures.sort_by(f64::total_cmp);
    let marked = prices["observations"]["edges"].as_array().unwrap().iter().filter(|edge| edge["node"]["outlier"] == true);
    assert_eq!(marked.count(), 0);
    assert_eq!(prices["observations"]["totalCount"], figures.len());
    let middle = (figures[(figures.len() - 1) / 2] + figures[figures.len() / 2]) / 2.0;
    let told: f64 = prices["median"].as_str().unwrap().parse().unwrap();
    assert!((told - middle).abs() < 0.001, "{told} {middle}");
}
