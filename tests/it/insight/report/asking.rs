//! Asking for a report.

use bfw::demo::{self, SeedPlan};
use db_test::db_test;
use serde_json::json;

use super::by_hand::{ask, make};
use crate::harness::TestApp;

#[db_test]
async fn names_are_told_in_the_language_asked_for_and_groups_by_their_names(app: TestApp) {
    let hands = make(&app).await;
    let query = "query($buyer: ID) { genderResponsiveReport(buyerId: $buyer, from: \"2026-07-01\", to: \"2026-09-30\",
        definition: IWA34_WOMEN_OWNED, groupBy: REGION) { from to asOf definition atLeastEvidence groupBy
        indicators { id formula fr: name(language: FR) en: name(language: EN) groups { key label } } } }";
    let told = app.expect_data(Some(&hands.owner), query, json!({ "buyer": hands.buyer.to_string() })).await;
    let told = &told["genderResponsiveReport"];

    assert_eq!(told["asOf"], "2026-11-02");
    assert_eq!(told["groupBy"], "REGION");
    let first = &told["indicators"][0];
    assert_eq!([&first["id"], &first["formula"]], ["GRP-01", "GRP-01@1"]);
    assert_eq!(first["en"], "Share of awards to women, by number");
    assert_eq!(first["fr"], "Part des marchés attribués aux femmes, en nombre");
    assert_eq!(first["groups"][0]["label"], "Ségou");
    // Releases are of no region.
    assert_eq!(told["indicators"][22]["groups"][0]["key"], "");
}

#[db_test]
async fn digests_cost_nothing_where_nobody_asks_for_them_and_statements_do_not_grow_with_what_is_counted(app: TestApp) {
    let hands = make(&app).await;
    let query = "query($buyer: ID) { genderResponsiveReport(buyerId: $buyer, from: \"2025-01-01\", to: \"2026-12-31\",
        definition: IWA34_WOMEN_OWNED) { indicators { value } } }";
    let variables = || json!({ "buyer": hands.buyer.to_string() });
    let (_, few) = app.statements_of(app.expect_data(Some(&hands.owner), query, variables())).await;
    let plan = SeedPlan { organizations: 60, listings: 50, contracts: 60, seed: 2 };
    demo::seed(&app.app, &plan, |_| {}).await.unwrap();
    let (_, many) = app.statements_of(app.expect_data(Some(&hands.owner), query, variables())).await;
    let with_digests = ask(&app, &hands.owner, json!({ "from": "2025-01-01", "to": "2026-12-31" }));
    let (_, with_digests) = app.statements_of(with_digests).await;

    assert_eq!(few, many);
    assert!(with_digests > many, "{with_digests} {many}");
}
