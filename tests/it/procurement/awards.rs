//! Lots are given to whoever ranks first, and to nobody else.

use std::collections::HashSet;

use bfw::kernel::audit;
use chrono::TimeDelta;
use db_test::db_test;
use sea_orm::{ConnectionTrait, Statement};
use serde_json::{Value, json};

use super::{
    AMEND,
    scene::{ACTIVATE, AWARD, Offer, Scene, by_price, execute, published},
};
use crate::harness::TestApp;

const DECLINE: &str = "mutation($input: DeclineAwardInput!) { declineAward(input: $input) {
    award { id status endedReason version } userErrors { code message path } } }";

const CANCEL: &str = "mutation($input: CancelAwardInput!) { cancelAward(input: $input) {
    award { id status endedReason version } userErrors { code message path } } }";

const CLOSE: &str = "mutation($input: CloseLotInput!) { closeLot(input: $input) {
    procurementRequest { id status } userErrors { code message path } } }";

const END: &str = "mutation($input: EndProcurementInput!) { endProcurement(input: $input) {
    procurementRequest { id status } userErrors { code message path } } }";

const WITHDRAW: &str = "mutation($input: WithdrawBidInput!) { withdrawBid(input: $input) {
    bid { id } userErrors { code message path } } }";

const VALIDATE: &str = "mutation($input: ValidateBidInput!) { validateBid(input: $input) {
    bid { id } userErrors { code message path } } }";

const DISQUALIFY: &str = "mutation($input: DisqualifyBidInput!) { disqualifyBid(input: $input) {
    bid { id } userErrors { code message path } } }";

const SHOWN: &str = "query($id: ID!) { award(id: $id) { id status rationale rank points amount { amount currency }
    standstillUntil appealsUntil awardedAt ranking { bid { id } rank comparedAmount { amount } criteria { points } }
    bid { partners { organization { id } sharePercent lead } }
    womenStatus { organization { id } definition status assessedOn } } }";

const TOLD: &str = "{ notifications(first: 10) { edges { node { kind title award { id } } } } }";

fn refused(code: &str, path: &str) -> Vec<(String, String)> {
    vec![(code.to_owned(), path.to_owned())]
}

/// Three bids judged by price alone: for both lots at 1,000 and at 1,100 a kilogram, and for the first at 900.
async fn three_bids(app: &TestApp) -> (Scene, Vec<String>) {
    let mut scene = published(app, 3, by_price()).await;
    let bids = scene
        .opened(app, |sellers| {
            vec![Offer::of(&sellers[0], 1_000), Offer::of(&sellers[1], 1_100), Offer::for_lot(&sellers[2], 0, 900)]
        })
        .await;
    (scene, bids)
}

/// The titles of what somebody was told of awards.
async fn told(app: &TestApp, token: &str) -> Vec<String> {
    let data = app.expect_data(Some(token), TOLD, json!({})).await;
    let edges = data["notifications"]["edges"].as_array().unwrap();
    let awards = edges.iter().map(|edge| &edge["node"]).filter(|node| node["kind"] == "LOT_AWARDED");
    awards.map(|node| node["title"].as_str().unwrap().to_owned()).collect()
}

async fn award_status(app: &TestApp, award: &str) -> String {
    let data = app.expect_data(None, "query($id: ID!) { award(id: $id) { status } }", json!({ "id": award })).await;
    data["award"]["status"].as_str().unwrap().to_owned()
}

/// What was published of the request's process so far.
async fn tags(app: &TestApp, scene: &Scene) -> Vec<String> {
    let connection = app.database.connect().await;
    let request = scene.request.parse::<bfw::procurement::RequestId>().unwrap().uuid();
    let text = "SELECT tag FROM procurement_event WHERE process_id = $1 ORDER BY sequence";
    let statement = Statement::from_sql_and_values(connection.get_database_backend(), text, [request.into()]);
    let rows = connection.query_all_raw(statement).await.unwrap();
    rows.iter().map(|row| row.try_get("", "tag").unwrap()).collect()
}

#[db_test]
async fn a_bid_is_awarded_the_lots_in_which_it_ranks_first(app: TestApp) {
    let (scene, bids) = three_bids(&app).await;

    let input = json!({ "bidId": bids[0], "rationale": "La moins chère pour Sikasso" });
    let payload = app.expect_payload(Some(&scene.officer.token), AWARD, input).await;

    let awards = payload["awards"].as_array().unwrap();
    assert_eq!(awards.len(), 1, "{awards:?}");
    assert_eq!((&awards[0]["requestLot"]["id"], &awards[0]["status"]), (&json!(scene.lots[1]), &json!("PENDING")));
    assert_eq!((&awards[0]["rank"], &awards[0]["amount"]["amount"]), (&json!(1), &json!("200000")));
    assert_eq!(scene.status(&app).await, "AWARDING");
    let award = app.expect_data(None, SHOWN, json!({ "id": awards[0]["id"] })).await["award"].take();
    assert_eq!(award["rationale"], "La moins chère pour Sikasso");
    assert_eq!(award["ranking"][1]["bid"]["id"], json!(bids[1]));
    assert_eq!(
        (&award["ranking"][1]["comparedAmount"]["amount"], &award["ranking"][1]["criteria"]),
        (&json!("220000"), &Value::Null)
    );
    // The 3rd of December 2026 is a Thursday: fifteen working days end with Thursday the 24th; five with the 10th.
    assert_eq!(award["awardedAt"], "2026-12-03T08:00:00+00:00");
    assert_eq!(award["standstillUntil"], "2026-12-25T00:00:00+00:00");
    assert_eq!(award["appealsUntil"], "2026-12-11T00:00:00+00:00");
    let seller = &scene.sellers[0].organization;
    assert_eq!(
        award["bid"]["partners"],
        json!([{ "organization": { "id": seller }, "sharePercent": "100", "lead": true }])
    );
    // What she was under each definition is kept; she has declared nothing, which is no no.
    let statuses = award["womenStatus"].as_array().unwrap();
    let definitions: HashSet<&str> = statuses.iter().map(|status| status["definition"].as_str().unwrap()).collect();
    assert_eq!(definitions.len(), 5);
    assert!(statuses.iter().all(|status| status["assessedOn"] == "2026-12-03" && status["status"] != "YES"));
    assert_eq!(tags(&app, &scene).await.last().map(String::as_str), Some("award"));
}

#[db_test]
async fn who_won_and_who_did_not_are_told(app: TestApp) {
    let (scene, bids) = three_bids(&app).await;

    scene.awarded(&app, &bids[0]).await;

    let title = |seller: usize| told(&app, &scene.sellers[seller].token);
    assert_eq!(title(0).await, ["Beurre de karité pour les cantines : lot attribué à votre offre"]);
    assert_eq!(title(1).await, ["Beurre de karité pour les cantines : lot attribué à une autre offre"]);
    // She did not bid for that lot.
    assert_eq!(title(2).await, Vec::<String>::new());
}

#[db_test]
async fn only_the_first_rank_is_awarded_and_each_lot_once(app: TestApp) {
    let (scene, bids) = three_bids(&app).await;
    let officer = Some(scene.officer.token.as_str());

    let both = json!({ "bidId": bids[0], "requestLotIds": scene.lots });
    assert_eq!(app.user_errors(officer, AWARD, both).await, refused("NOT_FIRST_RANKED", "input.requestLotIds.0"));
    let second = json!({ "bidId": bids[1] });
    assert_eq!(app.user_errors(officer, AWARD, second.clone()).await, refused("NOT_FIRST_RANKED", "input.bidId"));
    let unoffered = json!({ "bidId": bids[2], "requestLotIds": [scene.lots[1]] });
    assert_eq!(app.user_errors(officer, AWARD, unoffered).await, refused("NOT_FOUND", "input.requestLotIds.0"));
    let none = json!({ "bidId": bids[2], "requestLotIds": [] });
    assert_eq!(app.user_errors(officer, AWARD, none).await, refused("REQUIRED", "input.requestLotIds"));

    scene.awarded(&app, &bids[0]).await;
    scene.awarded(&app, &bids[2]).await;

    let again = json!({ "bidId": bids[0], "requestLotIds": [scene.lots[1]] });
    assert_eq!(app.user_errors(officer, AWARD, again).await, refused("ALREADY_AWARDED", "input.requestLotIds.0"));
    assert_eq!(app.user_errors(officer, AWARD, second).await, refused("ALREADY_AWARDED", "input.bidId"));
}

#[db_test]
async fn nothing_is_awarded_to_a_bid_that_was_taken_back_lapsed_or_was_excluded(app: TestApp) {
    let mut scene = published(&app, 4, by_price()).await;
    let lapsed = scene.seal(&app, &Offer::of(&scene.sellers[0], 800)).await;
    let amend =
        json!({ "requestId": scene.request, "title": "Beurre de karité des cantines", "rationale": "Titre corrigé" });
    app.expect_payload(Some(&scene.officer.token), AMEND, amend).await;
    let withdrawn = scene.seal(&app, &Offer::of(&scene.sellers[1], 900)).await;
    app.expect_payload(Some(&scene.sellers[1].token), WITHDRAW, json!({ "bidId": withdrawn })).await;
    let excluded = scene.seal(&app, &Offer::of(&scene.sellers[2], 1_000)).await;
    // Less than what is asked for: somebody has to look at it.
    let undecided = Offer { kilograms: ["400", "200"], ..Offer::of(&scene.sellers[3], 1_100) };
    let undecided = scene.seal(&app, &undecided).await;
    scene.open(&app).await;
    let officer = Some(scene.officer.token.as_str());
    let award = |bid: &str| json!({ "bidId": bid });

    // Of what was never opened nobody but its bidder knows that it is there.
    for bid in [&lapsed, &withdrawn] {
        assert_eq!(app.user_errors(officer, AWARD, award(bid)).await, refused("NOT_FOUND", "input.bidId"));
    }
    assert_eq!(app.user_errors(officer, AWARD, award(&undecided)).await, refused("INVALID_TRANSITION", "input.bidId"));
    // A bid that somebody has to look at first could be the one that ranks first.
    assert_eq!(
        app.user_errors(officer, AWARD, award(&excluded)).await,
        refused("EVALUATION_INCOMPLETE", "input.bidId")
    );
    app.expect_payload(officer, VALIDATE, award(&undecided)).await;
    let exclude = json!({ "bidId": excluded, "reason": "NOT_RESPONSIVE" });
    app.expect_payload(officer, DISQUALIFY, exclude).await;
    assert_eq!(app.user_errors(officer, AWARD, award(&excluded)).await, refused("INVALID_TRANSITION", "input.bidId"));

    // It is given what it offers.
    let awards = app.expect_payload(officer, AWARD, award(&undecided)).await;
    assert_eq!(awards["awards"][0]["amount"]["amount"], "440000");
}

#[db_test]
async fn nothing_is_awarded_before_every_bid_is_scored_by_as_many_as_have_to(app: TestApp) {
    let mut scene = published(&app, 2, json!({ "minimumEvaluators": 2 })).await;
    let bids = scene.opened(&app, |sellers| vec![Offer::of(&sellers[0], 1_000), Offer::of(&sellers[1], 2_000)]).await;
    scene.scored(&app, &scene.officer, &bids[0], "100").await;
    scene.scored(&app, &scene.second, &bids[0], "100").await;
    scene.scored(&app, &scene.officer, &bids[1], "100").await;

    let errors = app.user_errors(Some(&scene.officer.token), AWARD, json!({ "bidId": bids[0] })).await;
    assert_eq!(errors, refused("EVALUATION_INCOMPLETE", "input.bidId"));

    scene.scored(&app, &scene.second, &bids[1], "100").await;
    assert_eq!(scene.awarded(&app, &bids[0]).await.len(), 2);
}

#[db_test]
async fn bidders_award_nothing_and_neither_do_strangers(app: TestApp) {
    let (scene, bids) = three_bids(&app).await;
    let input = || json!({ "bidId": bids[2] });

    let errors = app.user_errors(Some(&scene.sellers[2].token), AWARD, input()).await;
    assert_eq!(errors, refused("FORBIDDEN", ""));
    super::scene::join(&app, &scene.sellers[1], (&scene.second.email, &scene.second.token), "VIEWER").await;
    let errors = app.user_errors(Some(&scene.second.token), AWARD, input()).await;
    assert_eq!(errors, refused("CONFLICT_OF_INTEREST", ""));
    assert_eq!(app.user_errors(None, AWARD, input()).await, refused("UNAUTHENTICATED", ""));
}

#[db_test]
async fn of_two_officers_who_award_at_once_one_does(app: TestApp) {
    let (scene, bids) = three_bids(&app).await;
    let input = || json!({ "input": { "bidId": bids[2] } });

    let (first, second) = tokio::join!(
        app.expect_data(Some(&scene.officer.token), AWARD, input()),
        app.expect_data(Some(&scene.second.token), AWARD, input()),
    );

    let payloads = [&first["awardBid"], &second["awardBid"]];
    let refusals: Vec<&Value> =
        payloads.iter().map(|payload| &payload["userErrors"]).filter(|one| **one != json!([])).collect();
    assert_eq!(refusals.len(), 1, "{payloads:?}");
    assert_eq!(refusals[0][0]["code"], "ALREADY_AWARDED");
    let awards = app.expect_data(None, "{ awards { totalCount } }", json!({})).await;
    assert_eq!(awards["awards"]["totalCount"], 1);
}

#[db_test]
async fn an_award_repeated_under_its_key_is_made_once(app: TestApp) {
    let (scene, bids) = three_bids(&app).await;
    let input = json!({ "bidId": bids[0], "idempotencyKey": "attribution-1" });

    let first = app.expect_payload(Some(&scene.officer.token), AWARD, input.clone()).await;
    let second = app.expect_payload(Some(&scene.officer.token), AWARD, input).await;

    assert_eq!(first, second);
}

#[db_test]
async fn an_award_takes_force_after_its_standstill_and_the_last_completes_the_request(app: TestApp) {
    let (mut scene, bids) = three_bids(&app).await;
    let awards = [scene.awarded(&app, &bids[0]).await, scene.awarded(&app, &bids[2]).await].concat();

    // The last instant of the standstill, and the next.
    app.clock.set("2026-12-24T23:59:59.999999Z".parse().unwrap());
    scene.later(&app, 0).await;
    let activate = json!({ "awardId": awards[0] });
    let errors = app.user_errors(Some(&scene.officer.token), ACTIVATE, activate.clone()).await;
    assert_eq!(errors, refused("STANDSTILL_RUNNING", "input.awardId"));
    app.clock.advance(TimeDelta::microseconds(1));
    let stale = json!({ "awardId": awards[0], "expectedVersion": 7 });
    let errors = app.user_errors(Some(&scene.officer.token), ACTIVATE, stale).await;
    assert_eq!(errors, refused("VERSION_CONFLICT", "input.expectedVersion"));
    let award = app.expect_payload(Some(&scene.officer.token), ACTIVATE, activate.clone()).await["award"].take();

    assert_eq!((&award["status"], &award["version"]), (&json!("ACTIVE"), &json!(2)));
    assert_eq!(scene.status(&app).await, "AWARDING");
    for mutation in [ACTIVATE, CANCEL, DECLINE] {
        let mut input = activate.clone();
        if mutation != ACTIVATE {
            input["reason"] = json!("Nous avons changé d'avis");
        }
        let token = if mutation == DECLINE { &scene.sellers[0].token } else { &scene.officer.token };
        let errors = app.user_errors(Some(token), mutation, input).await;
        assert_eq!(errors, refused("INVALID_TRANSITION", "input.awardId"), "{mutation}");
    }

    app.expect_payload(Some(&scene.officer.token), ACTIVATE, json!({ "awardId": awards[1] })).await;

    assert_eq!(scene.status(&app).await, "COMPLETE");
    assert_eq!(tags(&app, &scene).await.iter().filter(|tag| *tag == "awardUpdate").count(), 2);
    let title = told(&app, &scene.sellers[2].token).await;
    assert_eq!(title[0], "Beurre de karité pour les cantines : attribution en vigueur");
    let checked = audit::verify(&app.app.services.db).await.unwrap();
    assert!(checked.broken.is_empty() && checked.entries > 5, "{checked:?}");
}

#[db_test]
async fn activated_twice_at_once_an_award_takes_force_once(app: TestApp) {
    let (mut scene, bids) = three_bids(&app).await;
    let awards = scene.awarded(&app, &bids[2]).await;
    scene.later(&app, 30).await;
    let input = || json!({ "input": { "awardId": awards[0] } });

    let (first, second) = tokio::join!(
        app.expect_data(Some(&scene.officer.token), ACTIVATE, input()),
        app.expect_data(Some(&scene.second.token), ACTIVATE, input()),
    );

    let codes: Vec<&Value> =
        [&first, &second].iter().map(|data| &data["activateAward"]["userErrors"][0]["code"]).collect();
    assert_eq!(codes.iter().filter(|code| code.is_null()).count(), 1, "{codes:?}");
    assert!(codes.contains(&&json!("INVALID_TRANSITION")), "{codes:?}");
    let contracts = tags(&app, &scene).await.into_iter().filter(|tag| tag == "awardUpdate").count();
    assert_eq!(contracts, 1);
}

#[db_test]
async fn an_award_to_somebody_who_was_suspended_since_takes_no_force(app: TestApp) {
    let (mut scene, bids) = three_bids(&app).await;
    let awards = scene.awarded(&app, &bids[2]).await;
    scene.later(&app, 30).await;
    let connection = app.database.connect().await;
    let seller = scene.sellers[2].organization.parse::<bfw::accounts::OrganizationId>().unwrap().uuid();
    execute(&connection, "UPDATE organization SET standing = 'SUSPENDED' WHERE id = $1", vec![seller.into()]).await;

    let errors = app.user_errors(Some(&scene.officer.token), ACTIVATE, json!({ "awardId": awards[0] })).await;

    assert_eq!(errors, refused("INVALID_TRANSITION", "input.awardId"));
}

#[db_test]
async fn a_lot_that_is_declined_or_taken_back_goes_to_the_next_rank(app: TestApp) {
    let (scene, bids) = three_bids(&app).await;
    let officer = Some(scene.officer.token.as_str());
    let first = scene.awarded(&app, &bids[2]).await;
    let reason = "Nous n'avons pas récolté assez";

    let input = json!({ "awardId": first[0], "reason": reason });
    let errors = app.user_errors(Some(&scene.sellers[0].token), DECLINE, input.clone()).await;
    assert_eq!(errors, refused("FORBIDDEN", ""));
    let declined = app.expect_payload(Some(&scene.sellers[2].token), DECLINE, input.clone()).await;

    assert_eq!(declined["award"]["status"], "DECLINED");
    assert_eq!(declined["award"]["endedReason"], reason);
    let errors = app.user_errors(Some(&scene.sellers[2].token), DECLINE, input).await;
    assert_eq!(errors, refused("INVALID_TRANSITION", "input.awardId"));
    let again = json!({ "bidId": bids[2], "requestLotIds": [scene.lots[0]] });
    let errors = app.user_errors(officer, AWARD, again).await;
    assert_eq!(errors, refused("INVALID_TRANSITION", "input.requestLotIds.0"));

    // The next in rank now is first in both.
    let second = scene.awarded(&app, &bids[0]).await;
    assert_eq!(second.len(), 2);

    let input = json!({ "awardId": second[0], "reason": "Le budget est annulé" });
    let errors = app.user_errors(Some(&scene.sellers[0].token), CANCEL, input.clone()).await;
    assert_eq!(errors, refused("FORBIDDEN", ""));
    let cancelled = app.expect_payload(officer, CANCEL, input).await;
    assert_eq!(cancelled["award"]["status"], "CANCELLED");
    assert_eq!(scene.awarded(&app, &bids[1]).await.len(), 1);
    let ended = tags(&app, &scene).await.into_iter().filter(|tag| tag == "awardCancellation").count();
    assert_eq!(ended, 2);
    assert_eq!(award_status(&app, &second[1]).await, "PENDING");
}

#[db_test]
async fn a_request_of_which_nothing_is_awarded_ends_unsuccessful(app: TestApp) {
    let (scene, bids) = three_bids(&app).await;
    let officer = Some(scene.officer.token.as_str());
    let reason = "Les prix dépassent le budget";

    let lot = json!({ "requestLotId": scene.lots[1], "reason": reason });
    let errors = app.user_errors(Some(&scene.sellers[0].token), CLOSE, lot.clone()).await;
    assert_eq!(errors, refused("FORBIDDEN", ""));
    app.expect_payload(officer, CLOSE, lot.clone()).await;
    assert_eq!(app.user_errors(officer, CLOSE, lot).await, refused("INVALID_TRANSITION", "input.requestLotId"));
    // What is closed is not awarded.
    let named = json!({ "bidId": bids[0], "requestLotIds": [scene.lots[1]] });
    let errors = app.user_errors(officer, AWARD, named).await;
    assert_eq!(errors, refused("INVALID_TRANSITION", "input.requestLotIds.0"));
    assert_eq!(scene.status(&app).await, "OPENED");

    let first = scene.awarded(&app, &bids[2]).await;
    let end = json!({ "requestId": scene.request, "reason": reason });
    assert_eq!(app.user_errors(officer, END, end.clone()).await, refused("ALREADY_AWARDED", "input.requestId"));
    let cancel = json!({ "awardId": first[0], "reason": reason });
    app.expect_payload(officer, CANCEL, cancel).await;
    app.expect_payload(officer, END, end.clone()).await;

    assert_eq!(scene.status(&app).await, "UNSUCCESSFUL");
    assert_eq!(app.user_errors(officer, END, end).await, refused("INVALID_TRANSITION", "input.requestId"));
    assert_eq!(tags(&app, &scene).await.last().map(String::as_str), Some("tenderCancellation"));
    let errors = app.user_errors(officer, AWARD, json!({ "bidId": bids[0] })).await;
    assert_eq!(errors, refused("INVALID_TRANSITION", "input.bidId"));
}

#[db_test]
async fn a_request_is_complete_once_a_lot_is_in_force_and_the_others_are_closed(app: TestApp) {
    let (mut scene, bids) = three_bids(&app).await;
    let awards = scene.awarded(&app, &bids[2]).await;
    scene.later(&app, 30).await;
    app.expect_payload(Some(&scene.officer.token), ACTIVATE, json!({ "awardId": awards[0] })).await;

    let lot = json!({ "requestLotId": scene.lots[1], "reason": "Le besoin a disparu" });
    app.expect_payload(Some(&scene.officer.token), CLOSE, lot).await;

    assert_eq!(scene.status(&app).await, "COMPLETE");
}

#[db_test]
async fn awards_are_listed_for_everybody_by_request_buyer_and_supplier(app: TestApp) {
    let (scene, bids) = three_bids(&app).await;
    let first = scene.awarded(&app, &bids[0]).await;
    let second = scene.awarded(&app, &bids[2]).await;
    let query = "query($filter: AwardFilter, $first: Int, $after: String) {
        awards(filter: $filter, first: $first, after: $after) { totalCount edges { node { id } } pageInfo { endCursor } } }";
    let listed = async |filter: Value| -> Vec<String> {
        let data = app.expect_data(None, query, json!({ "filter": filter })).await;
        let edges = data["awards"]["edges"].as_array().unwrap();
        edges.iter().map(|edge| edge["node"]["id"].as_str().unwrap().to_owned()).collect()
    };

    let all = vec![second[0].clone(), first[0].clone()];
    assert_eq!(listed(json!({ "requestId": scene.request })).await, all);
    assert_eq!(listed(json!({ "buyerId": scene.officer.organization })).await, all);
    assert_eq!(listed(json!({ "buyerId": scene.sellers[0].organization })).await, Vec::<String>::new());
    assert_eq!(listed(json!({ "organizationId": scene.sellers[0].organization })).await, first);
    assert_eq!(listed(json!({ "status": "ACTIVE" })).await, Vec::<String>::new());

    let page = app.expect_data(None, query, json!({ "first": 1 })).await;
    let next = json!({ "first": 1, "after": page["awards"]["pageInfo"]["endCursor"] });
    let next = app.expect_data(None, query, next).await;
    assert_eq!(
        (&page["awards"]["totalCount"], &next["awards"]["edges"][0]["node"]["id"]),
        (&json!(2), &json!(first[0]))
    );
    let node = "query($id: ID!) { node(id: $id) { id ... on Award { status } } }";
    let node = app.expect_data(None, node, json!({ "id": first[0] })).await;
    assert_eq!(node["node"], json!({ "id": first[0], "status": "PENDING" }));
}
