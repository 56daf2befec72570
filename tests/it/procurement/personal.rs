//! What a person did in procurement is among what is kept of her, once it may be told.

use db_test::db_test;
use serde_json::{Value, json};

use super::scene::{Offer, published};
use crate::harness::TestApp;

const FILE: &str = "mutation($input: FileComplaintInput!) { fileComplaint(input: $input) {
    complaint { id } userErrors { code message path } } }";

async fn kept(app: &TestApp, token: &str) -> Value {
    app.expect_data(Some(token), "{ personalData }", json!({})).await["personalData"]["procurement"].take()
}

#[db_test]
async fn a_person_is_told_what_she_bid_scored_awarded_and_appealed_against(app: TestApp) {
    let mut scene = published(&app, 2, json!({})).await;
    let bids = [
        scene.seal(&app, &Offer::for_lot(&scene.sellers[0], 0, 900)).await,
        scene.seal(&app, &Offer::for_lot(&scene.sellers[1], 0, 1_000)).await,
    ];
    // Before the opening no row tells whose a bid is, so it is not told here either.
    assert_eq!(kept(&app, &scene.sellers[0].token).await["bids"], json!([]));

    scene.open(&app).await;
    scene.scored(&app, &scene.officer, &bids[0], "80.5").await;
    scene.scored(&app, &scene.officer, &bids[1], "70").await;
    let award = scene.awarded(&app, &bids[0]).await.remove(0);
    let appeal = json!({ "requestId": scene.request, "awardId": award, "level": "GRACIOUS",
        "organizationId": scene.sellers[1].organization, "grounds": "Notre offre a été mal notée." });
    let appeal = app.expect_payload(Some(&scene.sellers[1].token), FILE, appeal).await["complaint"]["id"].take();

    let [first, second] = [kept(&app, &scene.sellers[0].token).await, kept(&app, &scene.sellers[1].token).await];
    for (hers, bid, seller) in [(&first, &bids[0], &scene.sellers[0]), (&second, &bids[1], &scene.sellers[1])] {
        assert_eq!(hers["bids"].as_array().map(Vec::len), Some(1), "{hers}");
        let told = &hers["bids"][0];
        assert_eq!(
            (&told["id"], &told["request"], &told["for"]),
            (&json!(bid), &json!(scene.request), &json!(seller.organization))
        );
        assert_eq!(told["status"], "VALID");
        assert_eq!((&hers["requests"], &hers["scores"], &hers["awards"]), (&json!([]), &json!([]), &json!([])));
    }
    assert_eq!(first["complaints"], json!([]));
    assert_eq!(
        (&second["complaints"][0]["id"], &second["complaints"][0]["grounds"]),
        (&appeal, &json!("Notre offre a été mal notée."))
    );

    let officer = kept(&app, &scene.officer.token).await;
    assert_eq!((&officer["requests"][0]["request"], &officer["bids"]), (&json!(scene.request), &json!([])));
    assert_eq!(officer["openings"][0]["request"], scene.request);
    assert_eq!(officer["conflictDeclarations"][0]["hasConflict"], false);
    let scores = officer["scores"].as_array().unwrap();
    let of = |bid: &str| scores.iter().find(|score| score["bid"] == bid).map(|score| score["points"].clone());
    assert_eq!((of(&bids[0]), of(&bids[1])), (Some(json!("80.5")), Some(json!("70"))));
    assert_eq!(officer["awards"][0]["id"], award);
}
