//! Asking for a report.

use bfw::{
    accounts::Actor,
    demo::{self, SeedPlan},
    directory::model::ownership::{Definition, EvidenceLevel},
    insight::{
        AskReport,
        model::report::{figure::Figure, told::Report},
    },
    kernel::Outcome,
};
use db_test::db_test;
use futures_util::{future::join_all, poll};
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

fn everything() -> AskReport {
    AskReport {
        buyer: None,
        from: "2025-01-01".parse().unwrap(),
        to: "2026-12-31".parse().unwrap(),
        definition: Definition::Iwa34WomenOwned,
        at_least: EvidenceLevel::SelfDeclared,
        group_by: None,
    }
}

fn figures(told: Outcome<Report>) -> Vec<Vec<Figure>> {
    told.unwrap().indicators.into_iter().map(|told| told.all.figures).collect()
}

#[db_test]
async fn a_report_is_finished_though_nobody_waits_and_is_there_for_whoever_asks_again(app: TestApp) {
    make(&app).await;
    let (actor, room) = (Actor::system("test"), &app.app.insight);
    let (before, once) = app.statements_of(room.gender_report(&actor, everything(), false)).await;

    let again = async {
        {
            let mut gone = Box::pin(room.gender_report(&actor, everything(), false));
            assert!(poll!(&mut gone).is_pending());
        }
        room.gender_report(&actor, everything(), false).await
    };
    let (told, statements) = app.statements_of(again).await;

    assert_eq!(figures(told), figures(before));
    assert_eq!(statements, once);
}

#[db_test]
async fn a_report_that_many_ask_for_at_once_is_made_once_and_later_anew(app: TestApp) {
    make(&app).await;
    let (actor, room) = (Actor::system("test"), &app.app.insight);
    let (before, once) = app.statements_of(room.gender_report(&actor, everything(), false)).await;
    let before = figures(before);

    let many = join_all((0..5).map(|_| room.gender_report(&actor, everything(), false)));
    let (told, statements) = app.statements_of(many).await;
    assert!(told.into_iter().all(|report| figures(report) == before));
    assert_eq!(statements, once);

    let plan = SeedPlan { organizations: 60, listings: 50, contracts: 60, seed: 2 };
    demo::seed(&app.app, &plan, |_| {}).await.unwrap();
    assert_ne!(figures(room.gender_report(&actor, everything(), false).await), before);
}
