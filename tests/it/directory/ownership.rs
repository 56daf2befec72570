//! What follows from declared facts, on which day, on which evidence.

use chrono::{NaiveDate, TimeDelta};
use db_test::db_test;
use serde_json::{Value, json};

use super::{DECLARE, UPDATE, evidence, ownership};
use crate::harness::app::TestApp;

async fn declare(app: &TestApp, token: &str, id: &str, facts: Value) -> Value {
    let mut input = facts;
    input["organizationId"] = json!(id);
    app.expect_payload(Some(token), DECLARE, input).await["ownershipProfile"].take()
}

async fn refused(app: &TestApp, token: &str, id: &str, facts: Value) -> Vec<(String, String)> {
    let mut input = facts;
    input["organizationId"] = json!(id);
    app.user_errors(Some(token), DECLARE, input).await
}

fn women_owned() -> Value {
    json!({
        "womenOwnedPercent": 60, "womenManagementPercent": "75", "womenBoardPercent": 55.5, "womanSignatory": true,
        "operatedIndependently": true,
    })
}

#[db_test]
async fn nothing_declared_is_unknown_and_never_no(app: TestApp) {
    let token = app.sign_up("awa@exemple.ml").await;
    let id = app.register(&token, "SME", "Karité du Mandé").await;
    for definition in ["IWA34_WOMEN_OWNED", "IWA34_WOMEN_LED", "UN_WOMEN_OWNED", "IFC_WOMEN_OWNED"] {
        let unknown = ownership(&app, &id, definition, None).await;
        assert_eq!(unknown["status"], "UNKNOWN", "{definition}");
        assert_eq!(unknown["evidenceLevel"], Value::Null);
        assert_eq!(unknown["failingCriteria"], json!([]));
        assert!(unknown["missingFacts"].as_array().unwrap().contains(&json!("WOMEN_OWNED_PERCENT")), "{unknown}");
    }
}

#[db_test]
async fn declared_facts_decide_and_a_failure_comes_with_the_nearest_fix(app: TestApp) {
    // given
    let token = app.sign_up("awa@exemple.ml").await;
    let id = app.register(&token, "SME", "Karité du Mandé").await;

    // when
    let profile = declare(&app, &token, &id, women_owned()).await;

    // then
    assert_eq!(profile["womenOwnedPercent"], 60);
    assert_eq!(profile["womenBoardPercent"], 55.5);
    let yes = ownership(&app, &id, "IWA34_WOMEN_OWNED", None).await;
    assert_eq!((&yes["status"], &yes["evidenceLevel"]), (&json!("YES"), &json!("SELF_DECLARED")));
    assert_eq!(yes["rulesVersion"], "IWA34_WOMEN_OWNED/2021-03");

    // when a share is sold
    declare(&app, &token, &id, json!({ "womenOwnedPercent": 49 })).await;

    // then
    let no = ownership(&app, &id, "IFC_WOMEN_OWNED", None).await;
    assert_eq!(no["status"], "UNKNOWN", "she may still be led by a woman: {no}");
    declare(&app, &token, &id, json!({ "womanChiefExecutive": false })).await;
    let no = ownership(&app, &id, "IFC_WOMEN_OWNED", None).await;
    assert_eq!(no["status"], "NO");
    let failing = &no["failingCriteria"][0];
    assert_eq!(failing["criterion"], "WOMEN_OWNED_PERCENT");
    assert_eq!(failing["actual"], "49 %");
    assert_eq!(failing["required"], "au moins 51 %");
    assert_eq!(failing["fix"], "Transférez 2 % de la propriété à des femmes.");
}

#[db_test]
async fn a_day_is_assessed_by_what_was_known_on_it(app: TestApp) {
    // given a declaration on the first day and another on the eleventh
    let token = app.sign_up("awa@exemple.ml").await;
    let id = app.register(&token, "SME", "Karité du Mandé").await;
    declare(&app, &token, &id, women_owned()).await;
    app.clock.advance(TimeDelta::days(10));
    let token = super::sign_in(&app, "awa@exemple.ml").await;
    let profile = declare(&app, &token, &id, json!({ "womenOwnedPercent": 10 })).await;
    assert_eq!(profile["declarations"]["totalCount"], 2);
    assert_eq!(profile["declarations"]["edges"][0]["node"]["sequence"], 2);

    // then each day keeps its answer
    let status = async |day: &str| ownership(&app, &id, "IWA34_WOMEN_OWNED", Some(day)).await["status"].take();
    assert_eq!(status("2026-11-01").await, "UNKNOWN");
    assert_eq!(status("2026-11-02").await, "YES");
    assert_eq!(status("2026-11-11").await, "YES");
    assert_eq!(status("2026-11-12").await, "NO");
    assert_eq!(ownership(&app, &id, "IWA34_WOMEN_OWNED", None).await["status"], "NO");
    let variables = json!({ "id": id, "definition": "IWA34_WOMEN_OWNED", "asOf": "2027-01-01" });
    let future = app.graphql(None, super::OWNERSHIP, variables).await;
    assert_eq!(future["errors"][0]["extensions"]["code"], "BAD_USER_INPUT", "{future}");
    let said = future["errors"][0]["message"].as_str().unwrap();
    assert!(said.contains("0000-01-01") && !said.contains("1970"), "no day of the past is refused: {said}");
}

#[db_test]
async fn facts_that_cannot_be_true_are_told_at_their_fields(app: TestApp) {
    let token = app.sign_up("awa@exemple.ml").await;
    let input = super::cooperative(json!({}));
    let registered = app.expect_payload(Some(&token), super::REGISTER, input).await;
    let id = registered["organization"]["id"].as_str().unwrap();
    let told = |pairs: &[(&str, &str)]| -> Vec<(String, String)> {
        pairs.iter().map(|(code, field)| ((*code).to_owned(), format!("input.{field}"))).collect()
    };
    let numbers = json!({ "womenOwnedPercent": 100.001, "womenBoardPercent": -1, "womenManagementPercent": "half" });
    assert_eq!(
        refused(&app, &token, id, numbers).await,
        told(&[
            ("OUT_OF_RANGE", "womenOwnedPercent"),
            ("OUT_OF_RANGE", "womenBoardPercent"),
            ("MALFORMED_NUMBER", "womenManagementPercent"),
        ])
    );
    let counts = json!({ "womenMembers": 31, "totalMembers": 30, "womenEmployees": -4 });
    assert_eq!(
        refused(&app, &token, id, counts).await,
        told(&[("OUT_OF_RANGE", "womenEmployees"), ("INCONSISTENT", "womenMembers")])
    );
    let board = json!({ "hasBoard": false, "womenBoardPercent": 40 });
    assert_eq!(refused(&app, &token, id, board).await, told(&[("INCONSISTENT", "womenBoardPercent")]));
    let three = json!({ "totalMembers": 3, "womenMembers": 3 });
    assert_eq!(refused(&app, &token, id, three).await, told(&[("TOO_FEW_MEMBERS", "totalMembers")]));
    let profile = "query($id: ID!) { organization(id: $id) { ownershipProfile { declaredAt } } }";
    let profile = app.expect_data(None, profile, json!({ "id": id })).await;
    assert_eq!(profile["organization"]["ownershipProfile"]["declaredAt"], Value::Null, "nothing was kept");
}

#[db_test]
async fn what_is_left_out_stays_declared_and_null_takes_it_back(app: TestApp) {
    let token = app.sign_up("awa@exemple.ml").await;
    let id = app.register(&token, "COOPERATIVE", "Benkadi").await;
    declare(&app, &token, &id, json!({ "womenMembers": 20, "totalMembers": 30, "womanSignatory": false })).await;
    let profile = declare(&app, &token, &id, json!({ "womenMembers": 25, "womanSignatory": null })).await;
    assert_eq!((&profile["womenMembers"], &profile["totalMembers"]), (&json!(25), &json!(30)));
    assert_eq!(profile["womanSignatory"], Value::Null);
    let again = declare(&app, &token, &id, json!({ "womenMembers": 25 })).await;
    assert_eq!(again["declarations"]["totalCount"], 2, "declaring what stands adds nothing");
}

#[db_test]
async fn a_womens_cooperative_is_told_how_many_women_to_admit(app: TestApp) {
    let token = app.sign_up("awa@exemple.ml").await;
    let id = app.register(&token, "COOPERATIVE", "Benkadi").await;
    let facts = json!({ "womenMembers": 14, "totalMembers": 30, "womenManagementPercent": 60 });
    declare(&app, &token, &id, facts).await;
    let no = ownership(&app, &id, "WOMENS_COOPERATIVE", None).await;
    assert_eq!(no["status"], "NO");
    assert_eq!(no["failingCriteria"][0]["actual"], "14 membres sur 30 (46.666 %)");
    assert_eq!(no["failingCriteria"][0]["fix"], "Admettez 3 femmes de plus comme membres.");
    declare(&app, &token, &id, json!({ "womenMembers": 17, "totalMembers": 33 })).await;
    assert_eq!(ownership(&app, &id, "WOMENS_COOPERATIVE", None).await["status"], "YES");
}

#[db_test]
async fn a_list_is_filtered_by_definition_and_evidence(app: TestApp) {
    // given one that satisfies, one that does not, and one of which nothing is known
    let token = app.sign_up("awa@exemple.ml").await;
    let women = app.register(&token, "SME", "Awa et sœurs").await;
    let men = app.register(&token, "SME", "Bakary frères").await;
    app.register(&token, "SME", "Coulibaly et fils").await;
    declare(&app, &token, &women, women_owned()).await;
    declare(&app, &token, &men, json!({ "womenOwnedPercent": 0 })).await;
    let query = "query($level: EvidenceLevel!) { organizations(filter: {
        womenOwned: { definition: IWA34_WOMEN_OWNED, atLeastEvidence: $level } }) { edges { node { id } } totalCount } }";
    let listed = async |level: &str| {
        let data = app.expect_data(None, query, json!({ "level": level })).await;
        let edges = data["organizations"]["edges"].as_array().unwrap();
        edges.iter().map(|edge| edge["node"]["id"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(listed("SELF_DECLARED").await, std::slice::from_ref(&women));
    assert_eq!(listed("DOCUMENT_VERIFIED").await, Vec::<String>::new());

    // when every fact that decides is verified, and a new declaration derives the read model anew
    attest(&app, &token, &women, None).await;
    let verified = ownership(&app, &women, "IWA34_WOMEN_OWNED", None).await;
    assert_eq!(verified["evidenceLevel"], "DOCUMENT_VERIFIED");
    declare(&app, &token, &women, json!({ "womenEmployees": 4 })).await;
    assert_eq!(listed("DOCUMENT_VERIFIED").await, std::slice::from_ref(&women));

    // then a share that was never attested stands on its own again
    declare(&app, &token, &women, json!({ "womenOwnedPercent": 61 })).await;
    assert_eq!(ownership(&app, &women, "IWA34_WOMEN_OWNED", None).await["evidenceLevel"], "SELF_DECLARED");
    assert_eq!(listed("DOCUMENT_VERIFIED").await, Vec::<String>::new());
    let evidence = "query($id: ID!) { organization(id: $id) { ownershipProfile { evidence(first: 5) { totalCount
        edges { node { level verdict issuer facts { fact value } } } } } } }";
    let evidence = app.expect_data(None, evidence, json!({ "id": women })).await;
    let evidence = &evidence["organization"]["ownershipProfile"]["evidence"];
    assert_eq!(evidence["totalCount"], 1);
    let node = &evidence["edges"][0]["node"];
    assert_eq!((&node["level"], &node["verdict"]), (&json!("DOCUMENT_VERIFIED"), &json!("ACCEPTED")));
    assert_eq!(node["facts"][0], json!({ "fact": "WOMEN_OWNED_PERCENT", "value": "60 %" }));
}

/// Something that a verifier accepted today: the share, the board, the signature and the independence, as they are declared.
async fn attest(app: &TestApp, token: &str, organization: &str, until: Option<NaiveDate>) {
    let facts = [
        "WOMEN_OWNED_PERCENT",
        "WOMEN_MANAGEMENT_PERCENT",
        "WOMEN_BOARD_PERCENT",
        "WOMAN_SIGNATORY",
        "OPERATED_INDEPENDENTLY",
    ];
    let submitted = json!({
        "organizationId": organization, "facts": facts, "issuer": "Chambre de commerce", "validUntil": until,
    });
    let submitted = app.expect_payload(Some(token), evidence::SUBMIT, submitted).await;
    let accepted = json!({ "evidenceId": submitted["ownershipEvidence"]["id"], "verdict": "ACCEPTED" });
    let verifier = app.verifier("verifier@exemple.ml").await;
    app.expect_payload(Some(&verifier), evidence::REVIEW, accepted).await;
}

#[db_test]
async fn one_person_is_nobodys_board(app: TestApp) {
    let token = app.sign_up("awa@exemple.ml").await;
    let id = app.register(&token, "MARKET_SELLER", "Chez Awa").await;
    let facts = json!({
        "womenOwnedPercent": 100, "womenManagementPercent": 100, "womanSignatory": true, "operatedIndependently": true,
    });
    declare(&app, &token, &id, facts).await;
    assert_eq!(ownership(&app, &id, "IWA34_WOMEN_OWNED", None).await["status"], "UNKNOWN", "is there a board?");
    let filter = "{ organizations(filter: { womenOwned: { definition: IWA34_WOMEN_OWNED } }) { totalCount } }";
    assert_eq!(app.expect_data(None, filter, json!({})).await["organizations"]["totalCount"], 0);

    let form = json!({ "organizationId": id, "legalForm": "SOLE_TRADER" });
    app.expect_payload(Some(&token), UPDATE, form).await;

    assert_eq!(ownership(&app, &id, "IWA34_WOMEN_OWNED", None).await["status"], "YES");
    assert_eq!(app.expect_data(None, filter, json!({})).await["organizations"]["totalCount"], 1);
    assert_eq!(
        refused(&app, &token, &id, json!({ "womenBoardPercent": 100 })).await,
        [("INCONSISTENT".to_owned(), "input.womenBoardPercent".to_owned())]
    );
}

#[db_test]
async fn every_definition_says_where_it_comes_from(app: TestApp) {
    let query = "{ ownershipDefinitions { totalCount edges { node { definition version validFrom source certainty
        criteria { criterion required } } } } }";
    let data = app.expect_data(None, query, json!({})).await;
    let edges = data["ownershipDefinitions"]["edges"].as_array().unwrap();
    assert_eq!(data["ownershipDefinitions"]["totalCount"], 5);
    let named: Vec<&str> = edges.iter().map(|edge| edge["node"]["definition"].as_str().unwrap()).collect();
    assert_eq!(
        named,
        ["IWA34_WOMEN_OWNED", "IWA34_WOMEN_LED", "UN_WOMEN_OWNED", "IFC_WOMEN_OWNED", "WOMENS_COOPERATIVE"]
    );
    assert!(edges.iter().all(|edge| !edge["node"]["source"].as_str().unwrap().is_empty()), "{data}");
    assert_eq!(
        edges[0]["node"]["criteria"][0],
        json!({ "criterion": "WOMEN_OWNED_PERCENT", "required": "plus de 50 %" })
    );
}

#[db_test]
async fn evidence_that_expires_overnight_is_followed_by_lists_and_search(app: TestApp) {
    // given: every fact that decides is attested until tomorrow
    let token = app.sign_up("awa@exemple.ml").await;
    let women = app.register(&token, "SME", "Awa et sœurs").await;
    declare(&app, &token, &women, women_owned()).await;
    let tomorrow = app.app.services.clock.today().succ_opt().unwrap();
    attest(&app, &token, &women, Some(tomorrow)).await;
    declare(&app, &token, &women, json!({ "womenEmployees": 4 })).await;
    app.settle().await;
    let query =
        "{ organizations(filter: { womenOwned: { definition: IWA34_WOMEN_OWNED, atLeastEvidence: DOCUMENT_VERIFIED } })
        { totalCount }
        searchOrganizations(query: \"soeurs\", filter: { womenOwned: { definition: IWA34_WOMEN_OWNED,
            atLeastEvidence: DOCUMENT_VERIFIED } }) { totalCount } }";
    let counted = async || {
        let data = app.expect_data(None, query, json!({})).await;
        (data["organizations"]["totalCount"].clone(), data["searchOrganizations"]["totalCount"].clone())
    };
    assert_eq!(counted().await, (json!(1), json!(1)));
    assert_eq!(app.app.directory.follow_the_day().await.unwrap(), 0, "today was assessed at the start");

    // when: the last day is over
    app.clock.advance(TimeDelta::days(1));
    app.app.directory.follow_the_day().await.unwrap();
    app.settle().await;
    assert_eq!(counted().await, (json!(1), json!(1)), "on its last day it holds");
    app.clock.advance(TimeDelta::days(1));
    assert_eq!(app.app.directory.follow_the_day().await.unwrap(), 1);
    app.settle().await;

    // then
    assert_eq!(counted().await, (json!(0), json!(0)));
}

#[db_test]
async fn a_declaration_on_an_older_reading_is_refused(app: TestApp) {
    let token = app.sign_up("awa@exemple.ml").await;
    let id = app.register(&token, "SME", "Awa et sœurs").await;
    let first = declare(&app, &token, &id, json!({ "womenOwnedPercent": 60, "expectedVersion": 0 })).await;
    assert_eq!(first["version"], 1);

    let late = refused(&app, &token, &id, json!({ "womenOwnedPercent": 10, "expectedVersion": 0 })).await;

    assert_eq!(late, [("VERSION_CONFLICT".to_owned(), "input.expectedVersion".to_owned())]);
    let second = declare(&app, &token, &id, json!({ "womenOwnedPercent": 70, "expectedVersion": 1 })).await;
    assert_eq!(second["version"], 2);
}

#[db_test]
async fn a_declared_board_keeps_a_firm_from_becoming_one_person(app: TestApp) {
    let token = app.sign_up("awa@exemple.ml").await;
    let id = app.register(&token, "MARKET_SELLER", "Chez Awa").await;
    declare(&app, &token, &id, json!({ "womenBoardPercent": 50 })).await;

    let form = json!({ "organizationId": id, "legalForm": "SOLE_TRADER" });
    let told = app.user_errors(Some(&token), UPDATE, form.clone()).await;

    assert_eq!(told, [("INCONSISTENT".to_owned(), "input.legalForm".to_owned())]);
    declare(&app, &token, &id, json!({ "hasBoard": false })).await;
    app.expect_payload(Some(&token), UPDATE, form).await;
}
