//! What a request would keep out, asked before it is published.

use db_test::db_test;
use serde_json::{Value, json};

use super::{Market, lot, market};
use crate::harness::app::TestApp;

const PREVIEW: &str = "query($input: BarrierPreviewInput!) { barrierPreview(input: $input) {
    preview { summary suppliers qualifying complete lots { position product { code } suppliers qualifying
        barriers { criterion about failing failingOnlyThis } splits { lots qualifying } } }
    userErrors { code message path } } }";

const DECLARE: &str = "mutation($input: DeclareOwnershipInput!) { declareOwnership(input: $input) {
    ownershipProfile { version } userErrors { code message path } } }";

/// Has the sellers declare that most of their members and leaders are women.
async fn all_declare(app: &TestApp, market: &Market) {
    for (token, seller) in &market.sellers {
        let input = json!({ "organizationId": seller, "totalMembers": 20, "womenMembers": 18,
            "womenManagementPercent": "100" });
        app.expect_payload(Some(token), DECLARE, input).await;
    }
}

fn asked(market: &Market, lots: Vec<Value>, evidence: &str) -> Value {
    json!({ "buyerId": market.buyer, "definition": "WOMENS_COOPERATIVE", "atLeastEvidence": evidence, "lots": lots })
}

#[db_test]
async fn a_buyer_sees_how_many_she_would_keep_out_and_what_smaller_lots_would_change(app: TestApp) {
    let market = market(&app).await;
    all_declare(&app, &market).await;
    let lots = vec![lot("1000", json!({})), lot("1000", json!({ "requiredSchemes": ["ORGANIC_EU"] }))];
    let input = asked(&market, lots, "SELF_DECLARED");

    let found = app.expect_data(Some(&market.officer), PREVIEW, json!({ "input": input })).await;

    assert_eq!(found["barrierPreview"]["userErrors"], json!([]));
    let preview = &found["barrierPreview"]["preview"];
    assert_eq!(
        (&preview["suppliers"], &preview["qualifying"], &preview["complete"]),
        (&json!(3), &json!(1), &json!(true))
    );
    let quantity = json!({ "criterion": "QUANTITY", "about": null, "failing": 2, "failingOnlyThis": 2 });
    let splits = json!([{ "lots": 2, "qualifying": 2 }, { "lots": 4, "qualifying": 3 }]);
    assert_eq!(
        preview["lots"][0],
        json!({ "position": 0, "product": { "code": "shea-butter" }, "suppliers": 3, "qualifying": 1,
                "barriers": [quantity], "splits": splits })
    );
    // Nobody holds the certificate, which smaller lots do not change.
    let second = &preview["lots"][1];
    assert_eq!((&second["qualifying"], &second["splits"]), (&json!(0), &json!([])));
    let certificate = json!({ "criterion": "CERTIFICATE", "about": "ORGANIC_EU", "failing": 3, "failingOnlyThis": 1 });
    assert_eq!(second["barriers"][0], certificate);
    let summary = preview["summary"].as_str().unwrap();
    assert!(summary.contains("1") && summary.contains("3") && summary.contains("4"), "{summary}");
    // Nothing of it stays.
    let list = "{ procurementRequests(first: 5) { totalCount } }";
    assert_eq!(app.expect_data(Some(&market.officer), list, json!({})).await["procurementRequests"]["totalCount"], 0);
}

#[db_test]
async fn only_those_whose_evidence_suffices_are_looked_for(app: TestApp) {
    let market = market(&app).await;
    all_declare(&app, &market).await;
    let input = asked(&market, vec![lot("100", json!({}))], "DOCUMENT_VERIFIED");

    let found = app.expect_data(Some(&market.officer), PREVIEW, json!({ "input": input })).await;

    let preview = &found["barrierPreview"]["preview"];
    assert_eq!(
        (&preview["suppliers"], &preview["qualifying"]),
        (&json!(0), &json!(0)),
        "nobody's papers were looked at"
    );
}

#[db_test]
async fn whoever_does_not_buy_for_her_and_what_is_wrong_is_refused(app: TestApp) {
    let market = market(&app).await;
    let asks = async |token: Option<&str>, lots: Vec<Value>| {
        let input = asked(&market, lots, "SELF_DECLARED");
        app.user_errors(token, PREVIEW, input).await
    };
    let error = |code: &str, path: &str| (code.to_owned(), path.to_owned());

    let fine = || vec![lot("100", json!({}))];
    assert_eq!(asks(None, fine()).await, [error("UNAUTHENTICATED", "")]);
    assert_eq!(asks(Some(&market.sellers[0].0), fine()).await, [error("FORBIDDEN", "")]);
    let wrong = vec![lot("0", json!({})), lot("10", json!({ "productCode": "gold" }))];
    let expected =
        [error("OUT_OF_RANGE", "input.lots.0.quantity.value"), error("UNKNOWN_PRODUCT", "input.lots.1.productCode")];
    assert_eq!(asks(Some(&market.officer), wrong).await, expected);
}
