//! What is not shown to everybody.

use bfw::{
    accounts::{Actor, PlatformRole},
    demo::{self, SeedPlan},
};
use db_test::db_test;
use serde_json::{Value, json};

use super::by_hand::{ask, make};
use crate::harness::TestApp;

async fn auditor(app: &TestApp) -> String {
    let token = app.sign_up("auditrice@exemple.ml").await;
    let operator = Actor::system("test");
    app.app.accounts.grant_platform_role(&operator, "auditrice@exemple.ml", PlatformRole::Auditor).await.unwrap();
    token
}

async fn codes(app: &TestApp, token: Option<&str>, variables: Value) -> Vec<String> {
    let query =
        "query($buyer: ID, $from: Date!, $to: Date!, $groupBy: ReportGroupBy) { genderResponsiveReport(buyerId: $buyer,
        from: $from, to: $to, definition: IWA34_WOMEN_OWNED, groupBy: $groupBy) { indicators { id } } }";
    let answer = app.graphql(token, query, variables).await;
    let errors = answer["errors"].as_array().cloned().unwrap_or_default();
    errors.iter().map(|error| error["extensions"]["code"].as_str().unwrap().to_owned()).collect()
}

fn days() -> Value {
    json!({ "from": "2025-01-01", "to": "2026-12-31" })
}

fn with(name: &str, value: &str) -> Value {
    let mut days = days();
    days[name] = value.into();
    days
}

#[db_test]
async fn who_may_have_which_report(app: TestApp) {
    let hands = make(&app).await;
    let stranger = app.sign_up("passante@exemple.ml").await;
    let auditor = auditor(&app).await;
    let of_buyer = with("buyer", &hands.buyer.to_string());

    for (token, variables, expected) in [
        (None, days(), vec!["UNAUTHENTICATED"]),
        (None, of_buyer.clone(), vec!["UNAUTHENTICATED"]),
        (Some(&stranger), days(), vec![]),
        (Some(&stranger), of_buyer.clone(), vec!["FORBIDDEN"]),
        (Some(&stranger), with("groupBy", "BUYER"), vec!["FORBIDDEN"]),
        (Some(&hands.owner), of_buyer.clone(), vec![]),
        (Some(&auditor), of_buyer.clone(), vec![]),
        (Some(&auditor), with("groupBy", "BUYER"), vec![]),
        (Some(&auditor), json!({ "from": "2026-02-01", "to": "2026-01-31" }), vec!["BAD_USER_INPUT"]),
        (Some(&auditor), json!({ "from": "2015-01-01", "to": "2026-01-31" }), vec!["BAD_USER_INPUT"]),
    ] {
        assert_eq!(codes(&app, token.map(String::as_str), variables.clone()).await, expected, "{variables}");
    }
}

#[db_test]
async fn few_are_not_shown_but_to_whom_they_concern(app: TestApp) {
    let hands = make(&app).await;
    let stranger = app.sign_up("passante@exemple.ml").await;

    let public = ask(&app, &stranger, days()).await;
    let own = ask(&app, &hands.owner, with("buyer", &hands.buyer.to_string())).await;

    // Four awards, to four organizations.
    assert_eq!(public[0]["suppressed"], true);
    for name in ["value", "numerator", "denominator", "women", "nonWomen", "unknown", "digest"] {
        assert_eq!(public[0][name], Value::Null, "{name}");
    }
    assert_eq!(public[0]["parts"], json!([]));
    assert_eq!(own[0]["suppressed"], false);
    assert_eq!(own[0]["value"], "0.5");
}

#[db_test]
async fn what_is_withheld_does_not_follow_from_what_is_shown(app: TestApp) {
    let plan = SeedPlan { organizations: 60, listings: 50, contracts: 60, seed: 4 };
    demo::seed(&app.app, &plan, |_| {}).await.unwrap();
    let stranger = app.sign_up("passante@exemple.ml").await;
    let auditor = auditor(&app).await;

    let public = ask(&app, &stranger, with("groupBy", "PRODUCT")).await;
    let whole = ask(&app, &auditor, with("groupBy", "PRODUCT")).await;

    let mut hidden = 0;
    for (shown, known) in public.as_array().unwrap().iter().zip(whole.as_array().unwrap()) {
        let groups: Vec<_> =
            shown["groups"].as_array().unwrap().iter().zip(known["groups"].as_array().unwrap()).collect();
        let withheld: Vec<_> = groups.iter().filter(|(shown, _)| shown["suppressed"] == true).collect();
        assert_ne!(withheld.len(), 1, "{}", shown["id"]);
        assert!(groups.iter().all(|(_, known)| known["suppressed"] == false), "{}", shown["id"]);
        hidden += withheld.len();
        for (shown, known) in groups.iter().filter(|(shown, _)| shown["suppressed"] == false) {
            assert_eq!(shown["value"], known["value"]);
            assert_eq!(shown["digest"], known["digest"]);
        }
    }
    assert!(hidden > 20, "{hidden}");
}
