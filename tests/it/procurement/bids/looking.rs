//! What an opening finds, and what the buyer makes of it.

use db_test::db_test;
use serde_json::json;

use super::{DISQUALIFY, VALIDATE, asked, bidder, close, join, member, offer, one, opened, sealed, seen};
use crate::harness::app::TestApp;

#[db_test]
async fn what_somebody_has_to_look_at_is_found_told_to_the_bidder_before_and_kept(app: TestApp) {
    // given
    let lots = json!([{ "title": "Beurre", "productCode": "shea-butter", "quantity": { "value": "500", "unit": "KGM" },
                        "requiredSchemes": ["ORGANIC_EU"] }]);
    let asked = asked(&app, json!({ "lots": lots })).await;
    let (awa, benkadi) = bidder(&app, "benkadi").await;
    let part =
        json!({ "lots": [{ "requestLotId": asked.lots[0], "unitPrice": { "amount": "1250" }, "quantity": "100" }] });
    let bid = sealed(&app, &awa, offer(&asked, &benkadi, part)).await;
    let kinds = |bid: &serde_json::Value| {
        let findings = bid["findings"].as_array().unwrap();
        findings.iter().map(|found| found["kind"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    let before = seen(&app, Some(&awa), &bid["id"]).await;
    assert_eq!(kinds(&before), ["PARTIAL_QUANTITY", "CERTIFICATE_MISSING"]);

    // when
    close(&app);
    opened(&app, &asked).await;

    // then
    let after = seen(&app, Some(&asked.officer), &bid["id"]).await;
    assert_eq!((after["status"].as_str().unwrap(), kinds(&after)), ("OPENED", kinds(&before)));
    assert_eq!(after["findings"][1]["schemeCode"], "ORGANIC_EU");
    assert_eq!(kinds(&seen(&app, None, &bid["id"]).await), Vec::<String>::new(), "what was found is not for everybody");
    let payload = app.expect_payload(Some(&asked.officer), VALIDATE, json!({ "bidId": bid["id"] })).await;
    assert_eq!(payload["bid"]["status"], "VALID");
    let twice = app.user_errors(Some(&asked.officer), VALIDATE, json!({ "bidId": bid["id"] })).await;
    assert_eq!(twice, one("INVALID_TRANSITION", "input.bidId"));
}

#[db_test]
async fn a_bid_is_excluded_with_a_reason_by_whoever_does_not_bid_herself(app: TestApp) {
    // given
    let asked = asked(&app, json!({})).await;
    let (awa, benkadi) = bidder(&app, "benkadi").await;
    let bid = sealed(&app, &awa, offer(&asked, &benkadi, json!({}))).await;
    let both = member(&app, &asked.officer, &asked.buyer, "double", "PROCUREMENT_OFFICER").await;
    let input = json!({ "bidId": bid["id"], "reason": "ABNORMALLY_LOW", "note": "Moins que le beurre brut" });
    let sealed_still = app.user_errors(Some(&asked.officer), DISQUALIFY, input.clone()).await;
    assert_eq!(sealed_still, one("NOT_FOUND", "input.bidId"), "nobody is told that there is one");
    close(&app);
    opened(&app, &asked).await;

    // when, then
    assert_eq!(app.user_errors(Some(&awa), DISQUALIFY, input.clone()).await[0].0, "FORBIDDEN");
    join(&app, &awa, &benkadi, &both, "AGENT").await;
    let told = app.user_errors(Some(&both), DISQUALIFY, input.clone()).await;
    assert_eq!(told, one("CONFLICT_OF_INTEREST", "input.bidId"));
    let wordless = json!({ "bidId": bid["id"], "reason": "OTHER" });
    assert_eq!(app.user_errors(Some(&asked.officer), DISQUALIFY, wordless).await, one("REQUIRED", "input.note"));
    let payload = app.expect_payload(Some(&asked.officer), DISQUALIFY, input).await;
    assert_eq!(payload["bid"]["status"], "DISQUALIFIED");
    let own = seen(&app, Some(&awa), &bid["id"]).await;
    assert_eq!(own["disqualified"], json!({ "reason": "ABNORMALLY_LOW", "note": "Moins que le beurre brut" }));
    let public = seen(&app, None, &bid["id"]).await;
    assert_eq!(public["disqualified"], json!({ "reason": "ABNORMALLY_LOW", "note": null }));
}
