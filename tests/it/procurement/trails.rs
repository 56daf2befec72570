//! Suppliers read what was done under their own contract, and nothing else of the process.

use bfw::{accounts::PlatformRole, kernel::clock::Clock as _};
use chrono::Days;
use db_test::db_test;
use serde_json::{Value, json};

use super::scene::{ACTIVATE, Offer, Person, member, overseer, published};
use crate::{
    contracts::{CONTRACT, done, kilos, text},
    harness::TestApp,
    notifications::stay_signed_in,
};

const TRAIL: &str = "query($id: ID!) { auditTrail(subjectId: $id) { totalCount edges { node {
    action before after actor { name phone email } } } } }";

/// What was done to something, the first thing first, as somebody reads it; none where it is not found.
async fn trail(app: &TestApp, token: Option<&str>, subject: &str) -> Option<Vec<Value>> {
    let answer = app.graphql(token, TRAIL, json!({ "id": subject })).await;
    if !answer["errors"].is_null() {
        assert_eq!(answer["errors"][0]["extensions"]["userErrors"][0]["code"], "NOT_FOUND", "{answer}");
        return None;
    }
    let edges = answer["data"]["auditTrail"]["edges"].as_array().unwrap();
    Some(edges.iter().rev().map(|edge| edge["node"].clone()).collect())
}

fn actions(trail: Option<Vec<Value>>) -> Vec<String> {
    trail.unwrap().iter().map(|entry| text(&entry["action"])).collect()
}

#[db_test]
async fn suppliers_read_the_trail_of_their_contract_from_the_award_on(app: TestApp) {
    // Given a consortium that won against another, after both were scored, and its contract.
    let mut scene = published(&app, 3, json!({})).await;
    let bids = scene
        .opened(&app, |sellers| {
            let together =
                Offer { partners: vec![(&sellers[0], 70), (&sellers[1], 30)], ..Offer::for_lot(&sellers[0], 0, 900) };
            vec![together, Offer::for_lot(&sellers[2], 0, 1_000)]
        })
        .await;
    scene.scored(&app, &scene.officer, &bids[0], "80").await;
    scene.scored(&app, &scene.officer, &bids[1], "70").await;
    let award = scene.awarded(&app, &bids[0]).await.remove(0);
    scene.later(&app, 30).await;
    stay_signed_in(&app).await;
    app.expect_payload(Some(&scene.officer.token), ACTIVATE, json!({ "awardId": award })).await;
    let [lead, partner, loser] = [&scene.sellers[0], &scene.sellers[1], &scene.sellers[2]];
    let query = format!("{{ contracts(first: 1) {{ edges {{ node {{ {CONTRACT} }} }} }} }}");
    let found = app.expect_data(Some(&lead.token), &query, json!({})).await;
    let contract = found["contracts"]["edges"][0]["node"].clone();
    let id = text(&contract["id"]);
    let sign = async |person: &Person| {
        let input = json!({ "contractId": id, "organizationId": person.organization });
        done(&app, &person.token, "signContract", input).await;
    };
    for person in [&scene.officer, lead, partner] {
        sign(person).await;
    }
    let plan = json!({ "contractId": id, "contractLineId": contract["lines"][0]["id"], "quantity": kilos("100"),
        "dueOn": app.clock.today() + Days::new(5) });
    let delivery = text(&done(&app, &lead.token, "scheduleDelivery", plan).await["id"]);
    let auditor = overseer(&app, "controle@exemple.ml", PlatformRole::Auditor).await;
    let stranger = app.sign_up("passante@exemple.ml").await;
    let helper = member(&app, lead, "aide@exemple.ml", "VIEWER").await;
    stay_signed_in(&app).await;

    // Then all of its parties and the auditor read what was done under it, and nobody else does.
    for token in [&scene.officer.token, &lead.token, &partner.token, &auditor] {
        let signed = ["contract.award", "contract.sign", "contract.sign", "contract.sign"];
        assert_eq!(actions(trail(&app, Some(token), &id).await), signed);
        assert_eq!(actions(trail(&app, Some(token), &delivery).await), ["delivery.schedule"]);
        assert_eq!(actions(trail(&app, Some(token), &award).await), ["award.make", "award.activate"]);
    }
    for subject in [&id, &delivery, &award] {
        for token in [Some(&loser.token), Some(&stranger), Some(&helper.token), None] {
            assert_eq!(trail(&app, token.map(String::as_str), subject).await, None, "{subject}");
        }
    }

    // Suppliers are not told how bids compared, nor anybody's number.
    let made = trail(&app, Some(&scene.officer.token), &award).await.unwrap().remove(0);
    assert_eq!(made["after"]["comparison"].as_array().map(Vec::len), Some(2), "{made}");
    for token in [&lead.token, &partner.token] {
        let made = trail(&app, Some(token), &award).await.unwrap().remove(0);
        assert_eq!(made["after"]["amount_minor"], 450_000);
        assert!(made["after"].get("comparison").is_none() && made["after"].get("rationale").is_none(), "{made}");
        assert!(!made.to_string().contains(&bids[1]), "{made}");
        assert_eq!((&made["actor"]["phone"], &made["actor"]["email"]), (&Value::Null, &Value::Null));
    }

    // Nor of what stands before the award: the request, scores of their own bid, other bids.
    for subject in [&scene.request, &bids[0], &bids[1]] {
        assert!(!trail(&app, Some(&scene.officer.token), subject).await.unwrap().is_empty(), "{subject}");
        for token in [&lead.token, &partner.token, &loser.token] {
            assert_eq!(trail(&app, Some(token), subject).await, None, "{subject}");
        }
    }
}
