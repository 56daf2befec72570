//! Another wording of what was published, and giving it up.

use bfw::kernel::clock::Clock as _;
use chrono::TimeDelta;
use db_test::db_test;
use futures_util::future::join_all;
use serde_json::{Value, json};

use super::{AMEND, PUBLISH, draft, in_days, instant_in, lots, office, publish, request};
use crate::{harness::TestApp, notifications::stay_signed_in};

const UPDATE: &str = "mutation($input: UpdateProcurementRequestInput!) { updateProcurementRequest(input: $input) {
    procurementRequest { version title method currency lots { id title } criteria { id } }
    userErrors { code message path } } }";

const CANCEL: &str = "mutation($input: CancelProcurementRequestInput!) { cancelProcurementRequest(input: $input) {
    procurementRequest { status endedReason endedAt lots { status } } userErrors { code message path } } }";

const VERSIONS: &str = "query($id: ID!) { procurementRequest(id: $id) { status bidDeadline version
    versions { totalCount edges { node { version rationale changed terms } } } } }";

async fn versions(app: &TestApp, id: &str) -> Value {
    app.expect_data(None, VERSIONS, json!({ "id": id })).await["procurementRequest"].take()
}

fn refused(code: &str, path: &str) -> Vec<(String, String)> {
    vec![(code.to_owned(), path.to_owned())]
}

#[db_test]
async fn a_draft_is_written_anew_and_a_published_request_is_not(app: TestApp) {
    let (officer, ministry) = office(&app, "sante").await;
    let id = draft(&app, &officer, &ministry, json!({})).await;
    let kept = lots(&app, &officer, &id).await;
    let input = json!({
        "requestId": id, "title": "Beurre de karité, cantines de Ségou", "currency": "EUR",
        "lots": [{ "id": kept[1], "title": "Un lot", "productCode": "shea-butter",
                   "quantity": { "value": "1", "unit": "KGM" } }],
        "expectedVersion": 1,
    });

    let payload = app.expect_payload(Some(&officer), UPDATE, input.clone()).await;

    let changed = &payload["procurementRequest"];
    assert_eq!((&changed["version"], &changed["currency"]), (&json!(2), &json!("EUR")));
    assert_eq!(changed["lots"], json!([{ "id": kept[1], "title": "Un lot" }]));
    let conflict = refused("VERSION_CONFLICT", "input.expectedVersion");
    assert_eq!(app.user_errors(Some(&officer), UPDATE, input).await, conflict);
    publish(&app, &officer, &id).await;
    let input = json!({ "requestId": id, "title": "Autre chose" });
    assert_eq!(app.user_errors(Some(&officer), UPDATE, input).await, refused("INVALID_TRANSITION", "input.requestId"));
}

#[db_test]
async fn an_amendment_is_another_version_that_says_what_it_changed(app: TestApp) {
    let (officer, ministry) = office(&app, "sante").await;
    let id = request(&app, &officer, &ministry, json!({})).await;
    let had = lots(&app, &officer, &id).await;
    let lot = |changes: Value| {
        let mut lot = json!({ "productCode": "shea-butter", "quantity": { "value": "300", "unit": "KGM" } });
        for (field, value) in changes.as_object().unwrap() {
            lot[field] = value.clone();
        }
        lot
    };
    let input = json!({
        "requestId": id, "rationale": "Les besoins de Sikasso sont couverts.", "expectedVersion": 1,
        "lots": [lot(json!({ "title": "Beurre de karité, Kayes", "placeCode": "kayes" })),
                 lot(json!({ "id": had[0], "title": "Beurre de karité, Ségou" }))],
    });

    let payload = app.expect_payload(Some(&officer), AMEND, input).await;

    let amended = payload["procurementRequest"]["lots"].as_array().unwrap().clone();
    let told: Vec<_> =
        amended.iter().map(|lot| (lot["title"].as_str().unwrap(), lot["status"].as_str().unwrap())).collect();
    assert_eq!(
        told,
        [
            ("Beurre de karité, Kayes", "ACTIVE"),
            ("Beurre de karité, Ségou", "ACTIVE"),
            ("Beurre de karité, Sikasso", "CANCELLED"),
        ]
    );
    assert_eq!((&amended[1]["id"], &amended[2]["id"]), (&json!(had[0]), &json!(had[1])));
    let shown = versions(&app, &id).await;
    assert_eq!((&shown["version"], &shown["versions"]["totalCount"]), (&json!(2), &json!(2)));
    let newest = &shown["versions"]["edges"][0]["node"];
    assert_eq!((&newest["version"], &newest["changed"]), (&json!(2), &json!(["lots"])));
    assert_eq!(newest["rationale"], "Les besoins de Sikasso sont couverts.");
    assert_eq!(newest["terms"]["lots"].as_array().unwrap().len(), 2);
    assert_eq!(shown["versions"]["edges"][1]["node"]["terms"]["lots"].as_array().unwrap().len(), 2);
}

#[db_test]
async fn what_bids_rely_on_and_what_lacks_a_reason_is_not_amended(app: TestApp) {
    let (officer, ministry) = office(&app, "sante").await;
    let id = request(&app, &officer, &ministry, json!({})).await;
    let earlier = in_days(&app, 29);

    let input = json!({ "requestId": id, "rationale": "x", "bidDeadline": earlier,
                        "criteria": [{ "name": "Prix", "kind": "PRICE", "weightPercent": "99.9" }] });
    let mut errors = app.user_errors(Some(&officer), AMEND, input).await;

    errors.sort();
    let mut expected = vec![
        ("OUT_OF_RANGE".to_owned(), "input.bidDeadline".to_owned()),
        ("TOO_SHORT".to_owned(), "input.rationale".to_owned()),
        ("WEIGHTS_NOT_WHOLE".to_owned(), "input.criteria".to_owned()),
    ];
    expected.sort();
    assert_eq!(errors, expected);
    let eur = json!({ "requestId": id, "rationale": "En euros.", "budget": { "amount": "10", "currency": "EUR" } });
    assert_eq!(app.user_errors(Some(&officer), AMEND, eur).await, refused("MIXED_CURRENCIES", "input.budget.currency"));
    let unsaid = json!({ "requestId": id, "rationale": "Pas de titre.", "title": null });
    assert_eq!(app.user_errors(Some(&officer), AMEND, unsaid).await, refused("REQUIRED", "input.title"));
    let drafted = draft(&app, &officer, &ministry, json!({})).await;
    let input = json!({ "requestId": drafted, "rationale": "Trop tôt.", "title": "Autre titre" });
    assert_eq!(app.user_errors(Some(&officer), AMEND, input).await, refused("INVALID_TRANSITION", "input.requestId"));
}

#[db_test]
async fn an_amendment_near_the_deadline_moves_it(app: TestApp) {
    let (officer, ministry) = office(&app, "sante").await;
    let id = request(&app, &officer, &ministry, json!({})).await;
    let deadline = instant_in(&app, 30);
    let amend = json!({ "requestId": id, "rationale": "Précision.", "description": "En seaux de 20 kg." });

    stay_signed_in(&app).await;
    app.clock.set(deadline - TimeDelta::hours(71));
    let payload = app.expect_payload(Some(&officer), AMEND, amend).await;

    let moved = deadline + TimeDelta::hours(1);
    let shown: chrono::DateTime<chrono::Utc> =
        payload["procurementRequest"]["bidDeadline"].as_str().unwrap().parse().unwrap();
    assert_eq!(shown, moved);
    let newest = &versions(&app, &id).await["versions"]["edges"][0]["node"];
    assert_eq!(newest["changed"], json!(["bid_deadline", "description"]));
}

#[db_test]
async fn nothing_is_amended_once_the_deadline_was_seen_to_pass_whatever_the_clock_says_then(app: TestApp) {
    let (officer, ministry) = office(&app, "sante").await;
    let id = request(&app, &officer, &ministry, json!({})).await;
    let begin = app.clock.now();
    let amend = json!({ "requestId": id, "rationale": "Précision.", "title": "Autre titre" });
    let passed = refused("DEADLINE_PASSED", "input.requestId");

    stay_signed_in(&app).await;
    app.clock.set(instant_in(&app, 30));
    assert_eq!(versions(&app, &id).await["status"], "CLOSED");
    assert_eq!(app.user_errors(Some(&officer), AMEND, amend.clone()).await, passed);
    app.clock.set(begin);

    assert_eq!(app.user_errors(Some(&officer), AMEND, amend).await, passed);
    assert_eq!(versions(&app, &id).await["status"], "CLOSED");
}

#[db_test]
async fn a_deadline_that_passes_is_written_down_once_whoever_sweeps(app: TestApp) {
    let (officer, ministry) = office(&app, "sante").await;
    let id = request(&app, &officer, &ministry, json!({})).await;
    let begin = app.clock.now();
    assert_eq!(app.app.procurement.close_due_requests().await.unwrap(), 0);

    app.clock.set(instant_in(&app, 30));
    let closed = join_all((0..3).map(|_| app.app.procurement.close_due_requests())).await;

    assert_eq!(closed.into_iter().map(Result::unwrap).sum::<u64>(), 1);
    app.clock.set(begin);
    assert_eq!(versions(&app, &id).await["status"], "CLOSED");
    let audit = bfw::kernel::audit::verify(&app.app.services.db).await.unwrap();
    assert!(audit.broken.is_empty(), "{:?}", audit.broken);
}

#[db_test]
async fn of_those_who_publish_and_amend_at_once_each_wording_is_kept_once(app: TestApp) {
    let (officer, ministry) = office(&app, "sante").await;
    let id = draft(&app, &officer, &ministry, json!({})).await;
    let amend = |title: &str| json!({ "input": { "requestId": id, "rationale": "À la fois.", "title": title } });

    let at_once = [
        app.graphql(Some(&officer), PUBLISH, json!({ "input": { "requestId": id } })),
        app.graphql(Some(&officer), AMEND, amend("Premier titre")),
        app.graphql(Some(&officer), PUBLISH, json!({ "input": { "requestId": id } })),
        app.graphql(Some(&officer), AMEND, amend("Second titre")),
    ];
    let answers = join_all(at_once).await;

    assert!(answers.iter().all(|answer| answer["errors"].is_null()), "{answers:?}");
    let taken = |name: &str| answers.iter().filter(|answer| answer["data"][name]["userErrors"] == json!([])).count();
    assert_eq!(taken("publishProcurementRequest"), 1, "{answers:?}");
    let shown = versions(&app, &id).await;
    let amended = taken("amendProcurementRequest");
    assert_eq!(shown["version"], json!(1 + amended));
    assert_eq!(shown["versions"]["totalCount"], json!(1 + amended));
}

#[db_test]
async fn of_two_amendments_of_the_same_version_one_is_refused(app: TestApp) {
    let (officer, ministry) = office(&app, "sante").await;
    let id = request(&app, &officer, &ministry, json!({})).await;
    let amend = |title: &str| {
        let input = json!({ "requestId": id, "rationale": "À la fois.", "title": title, "expectedVersion": 1 });
        app.graphql(Some(&officer), AMEND, json!({ "input": input }))
    };

    let answers = join_all([amend("Premier titre"), amend("Second titre")]).await;

    let codes = answers.iter().map(|answer| &answer["data"]["amendProcurementRequest"]["userErrors"][0]["code"]);
    let conflicts = codes.filter(|code| **code == "VERSION_CONFLICT").count();
    assert_eq!(conflicts, 1, "{answers:?}");
    assert_eq!(versions(&app, &id).await["version"], 2);
}

#[db_test]
async fn what_was_given_up_stays_so_with_its_lots_and_its_reason(app: TestApp) {
    let (officer, ministry) = office(&app, "sante").await;
    let id = request(&app, &officer, &ministry, json!({})).await;
    let cancel = |reason: &str| json!({ "requestId": id, "reason": reason });
    assert_eq!(app.user_errors(Some(&officer), CANCEL, cancel(" ")).await, refused("REQUIRED", "input.reason"));

    let payload = app.expect_payload(Some(&officer), CANCEL, cancel("Le budget est retiré.")).await;

    let ended = &payload["procurementRequest"];
    assert_eq!((&ended["status"], &ended["endedReason"]), (&json!("CANCELLED"), &json!("Le budget est retiré.")));
    assert_eq!(ended["lots"], json!([{ "status": "CANCELLED" }, { "status": "CANCELLED" }]));
    let again = app.user_errors(Some(&officer), CANCEL, cancel("Encore une fois.")).await;
    assert_eq!(again, refused("INVALID_TRANSITION", "input.requestId"));
    assert_eq!(versions(&app, &id).await["status"], "CANCELLED");
}
