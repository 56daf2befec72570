//! Groups of producers that are certified together.

use db_test::db_test;
use serde_json::{Value, json};

use super::{SUBMIT, decide, decided, organic, people, submit};
use crate::harness::app::TestApp;

fn member(code: usize, changes: Value) -> Value {
    let mut member = json!({
        "memberCode": format!("M{code}"), "identifier": format!("7{code:07}"), "hectares": "1.5",
    });
    for (field, value) in changes.as_object().unwrap() {
        member[field] = value.clone();
    }
    member
}

fn group(count: usize) -> Value {
    json!((0..count).map(|code| member(code, json!({}))).collect::<Vec<_>>())
}

#[db_test]
async fn a_group_of_two_thousand_is_certified_and_one_more_is_too_many(app: TestApp) {
    let (owner, house, verifier) = people(&app).await;

    let too_many = organic(&house, json!({ "groupMembers": group(2_001) }));
    let refused = app.user_errors(Some(&owner), SUBMIT, too_many).await;
    assert_eq!(refused, [("TOO_LONG".to_owned(), "input.groupMembers".to_owned())]);

    let id = submit(&app, &owner, organic(&house, json!({ "groupMembers": group(2_000) }))).await;
    assert_eq!(decided(&app, &verifier, "verifyCertificate", &id, json!({})).await, "VERIFIED");
    let query = "query($id: ID!) { certificate(id: $id) { scope { groupMembers } } }";
    let shown = app.expect_data(None, query, json!({ "id": id })).await;
    assert_eq!(shown["certificate"]["scope"]["groupMembers"], 2_000);
}

#[db_test]
async fn members_are_small_and_in_the_group_once(app: TestApp) {
    let (owner, house, _) = people(&app).await;
    let members = json!([
        member(0, json!({ "hectares": "5" })),
        member(1, json!({ "hectares": "5.001" })),
        member(2, json!({ "hectares": "60", "annualTurnover": { "amount": "16398925" } })),
        member(3, json!({ "hectares": "60", "annualTurnover": { "amount": "16398926" } })),
        // The same phone, written another way.
        member(4, json!({ "identifier": "+223 70 00 00 00" })),
        member(5, json!({ "memberCode": "M0" })),
    ]);
    let refused = app.user_errors(Some(&owner), SUBMIT, organic(&house, json!({ "groupMembers": members }))).await;
    let at = |code: &str, path: &str| (code.to_owned(), format!("input.groupMembers.{path}"));
    assert_eq!(
        refused,
        [
            at("GROUP_MEMBER_TOO_LARGE", "1.hectares"),
            at("GROUP_MEMBER_TOO_LARGE", "3.hectares"),
            at("DUPLICATE_GROUP_MEMBER", "4.identifier"),
            at("DUPLICATE_GROUP_MEMBER", "5.memberCode"),
        ]
    );
    let broken = json!([
        member(0, json!({ "hectares": "-1", "identifier": "1" })),
        member(1, json!({ "annualTurnover": { "amount": "1", "currency": "EUR" } })),
    ]);
    let refused = app.user_errors(Some(&owner), SUBMIT, organic(&house, json!({ "groupMembers": broken }))).await;
    assert_eq!(
        refused,
        [
            at("TOO_SHORT", "0.identifier"),
            at("OUT_OF_RANGE", "0.hectares"),
            at("INVALID_VALUE", "1.annualTurnover.currency"),
        ]
    );
}

#[db_test]
async fn nobody_is_in_two_groups_at_a_time(app: TestApp) {
    let (owner, house, verifier) = people(&app).await;
    let other = app.sign_up("fatou@exemple.ml").await;
    let theirs = app.register(&other, "COOPERATIVE", "Jigiya").await;
    let first = submit(&app, &owner, organic(&house, json!({ "groupMembers": group(3) }))).await;
    decided(&app, &verifier, "verifyCertificate", &first, json!({})).await;
    let shared = json!([member(7, json!({})), member(2, json!({ "memberCode": "Kadia" }))]);
    let input = json!({ "number": "J-1", "groupMembers": shared });
    let second = submit(&app, &other, organic(&theirs, input.clone())).await;

    let (verify, variables) = (decide("verifyCertificate"), json!({ "input": { "certificateId": second } }));
    let mut refused = app.graphql(Some(&verifier), &verify, variables).await;
    let refused = refused["data"]["verifyCertificate"]["userErrors"].take();
    assert_eq!(refused[0]["code"], "MEMBER_OF_ANOTHER_GROUP");
    assert!(refused[0]["message"].as_str().unwrap().contains("Kadia"), "{refused}");

    // A year later the first group is no more.
    let mut later = organic(&theirs, input);
    later["number"] = json!("J-2");
    later["validFrom"] = json!("2027-01-01");
    later["validUntil"] = json!("2027-12-31");
    let later = submit(&app, &other, later).await;
    assert_eq!(decided(&app, &verifier, "verifyCertificate", &later, json!({})).await, "NOT_YET_VALID");
    // Of a group that is refused nothing personal is kept.
    let because = json!({ "reason": "Membres d'un autre groupe." });
    decided(&app, &verifier, "rejectCertificate", &second, because).await;
    let query = "query($id: ID!) { certificate(id: $id) { scope { groupMembers } } }";
    let shown = app.expect_data(Some(&other), query, json!({ "id": second })).await;
    assert_eq!(shown["certificate"]["scope"]["groupMembers"], Value::Null);
}
