//! At the same time.

use db_test::db_test;
use serde_json::{Value, json};

use super::{OPEN, SUBMIT, asked, bidder, close, offer, sealed};
use crate::harness::app::TestApp;

/// How many of these answers were accepted, and the codes of the others.
fn outcomes(answers: &[Value], field: &str) -> (usize, Vec<String>) {
    let payloads = answers.iter().map(|answer| {
        assert!(answer["errors"].is_null(), "{answer:#}");
        &answer["data"][field]["userErrors"]
    });
    let codes: Vec<Option<&str>> = payloads.map(|errors| errors[0]["code"].as_str()).collect();
    let refused = codes.iter().flatten().map(|code| (*code).to_owned()).collect();
    (codes.iter().filter(|code| code.is_none()).count(), refused)
}

#[db_test]
async fn of_two_bids_sealed_at_once_by_one_bidder_one_stands(app: TestApp) {
    let asked = asked(&app, json!({})).await;
    let (awa, benkadi) = bidder(&app, "benkadi").await;
    let input = json!({ "input": offer(&asked, &benkadi, json!({})) });
    let submit = || app.graphql(Some(&awa), SUBMIT, input.clone());

    let answers = futures_util::future::join_all([submit(), submit(), submit()]).await;

    let (accepted, refused) = outcomes(&answers, "submitBid");
    assert_eq!((accepted, refused), (1, vec!["SEALED_BEFORE".to_owned(); 2]));
}

#[db_test]
async fn two_officers_who_open_at_once_open_once(app: TestApp) {
    let asked = asked(&app, json!({})).await;
    let (awa, benkadi) = bidder(&app, "benkadi").await;
    let bid = sealed(&app, &awa, offer(&asked, &benkadi, json!({}))).await;
    close(&app);
    let input = json!({ "input": { "requestId": asked.request } });
    let open = || app.graphql(Some(&asked.officer), OPEN, input.clone());

    let answers = futures_util::future::join_all([open(), open()]).await;

    assert_eq!(outcomes(&answers, "openBids"), (1, vec!["INVALID_TRANSITION".to_owned()]));
    let trail = "query($id: ID!) { auditTrail(subjectId: $id) { totalCount } }";
    let data = app.expect_data(Some(&asked.officer), trail, json!({ "id": bid["id"] })).await;
    assert_eq!(data["auditTrail"]["totalCount"], 2);
}

#[db_test]
async fn a_bid_that_comes_while_bids_are_opened_is_refused_or_opened_with_them(app: TestApp) {
    let asked = asked(&app, json!({})).await;
    let (awa, benkadi) = bidder(&app, "benkadi").await;
    let (fatou, jigiya) = bidder(&app, "jigiya").await;
    sealed(&app, &awa, offer(&asked, &benkadi, json!({}))).await;
    close(&app);
    let late = json!({ "input": offer(&asked, &jigiya, json!({})) });

    let (late, opened) = tokio::join!(
        app.graphql(Some(&fatou), SUBMIT, late),
        app.graphql(Some(&asked.officer), OPEN, json!({ "input": { "requestId": asked.request } })),
    );

    assert_eq!(outcomes(&[late], "submitBid"), (0, vec!["DEADLINE_PASSED".to_owned()]));
    assert_eq!(opened["data"]["openBids"]["bids"].as_array().unwrap().len(), 1);
}
