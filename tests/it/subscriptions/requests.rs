//! Requests as they change.

use db_test::db_test;
use serde_json::{Value, json};

use super::{Client, REQUESTS, quick};
use crate::{
    harness::{TestApp, served::Served},
    notifications::stay_signed_in,
    procurement::{
        AMEND, PUBLISH, draft, office, request,
        scene::{self, ACTIVATE, Offer},
    },
};

async fn told(client: &mut Client, id: &str) -> (String, Value) {
    let mut event = client.next(id).await["procurementRequestChanged"].take();
    (event["kind"].as_str().unwrap().to_owned(), event["request"].take())
}

#[db_test]
async fn anybody_hears_of_what_becomes_of_a_request(app: TestApp) {
    let served = Served::with(&app.app, quick()).await;
    let mut client = Client::connected(&served, None).await;
    client.subscribe("all", REQUESTS, json!({})).await;
    let mut scene = scene::published(&app, 1, scene::by_price()).await;
    assert_eq!(
        told(&mut client, "all").await,
        ("PUBLISHED".into(), json!({ "id": scene.request, "status": "PUBLISHED" }))
    );
    client.subscribe("one", REQUESTS, json!({ "id": scene.request })).await;
    let change =
        json!({ "requestId": scene.request, "title": "Beurre pour deux cantines", "rationale": "Une de plus" });
    app.expect_payload(Some(&scene.officer.token), AMEND, change).await;
    let heard = client.hear_of("one").await;
    assert_eq!(heard["payload"]["data"]["procurementRequestChanged"]["kind"], "AMENDED");
    assert_eq!(client.hear_of("all").await["payload"], heard["payload"]);
    client.say(json!({ "id": "one", "type": "complete" })).await;
    client.ping().await;

    let bid = scene.seal(&app, &Offer::of(&scene.sellers[0], 1_200)).await;
    scene.open(&app).await;
    // Nobody closed it before the opening did.
    assert_eq!(told(&mut client, "all").await.0, "CLOSED");
    assert_eq!(told(&mut client, "all").await.0, "OPENED");
    scene.declared(&app, &scene.officer).await;
    let awards = scene.awarded(&app, &bid).await;
    let (kind, seen) = told(&mut client, "all").await;
    assert_eq!((kind.as_str(), &seen["status"]), ("AWARDED", &json!("AWARDING")), "once, for {} lots", awards.len());
    scene.later(&app, 30).await;
    for award in &awards {
        let input = json!({ "awardId": award });
        app.expect_payload(Some(&scene.officer.token), ACTIVATE, input).await;
        assert_eq!(told(&mut client, "all").await.0, "AWARD_ACTIVATED");
    }
}

#[db_test]
async fn scoring_is_told_when_it_begins_and_not_by_whom_or_how(app: TestApp) {
    let served = Served::with(&app.app, quick()).await;
    let mut scene = scene::published(&app, 1, json!({})).await;
    let bid = scene.seal(&app, &Offer::of(&scene.sellers[0], 1_200)).await;
    scene.open(&app).await;
    let mut client = Client::connected(&served, None).await;
    client.subscribe("1", REQUESTS, json!({ "id": scene.request })).await;
    let (officer, second) = (&scene.officer, &scene.second);
    scene.scored(&app, officer, &bid, "80").await;
    assert_eq!(told(&mut client, "1").await.0, "EVALUATING");
    scene.scored(&app, second, &bid, "60").await;
    let cancel = "mutation($input: CancelProcurementRequestInput!) { cancelProcurementRequest(input: $input) {
        procurementRequest { id } userErrors { code message path } } }";
    let input = json!({ "requestId": scene.request, "reason": "Plus de budget" });
    app.expect_payload(Some(&scene.officer.token), cancel, input).await;
    assert_eq!(told(&mut client, "1").await.0, "CANCELLED", "and nothing between");
}

#[db_test]
async fn a_filter_lets_through_what_the_list_would_show(app: TestApp) {
    let served = Served::with(&app.app, quick()).await;
    let (segou, ministry) = office(&app, "segou").await;
    let (kayes, other) = office(&app, "kayes").await;
    let mut client = Client::connected(&served, None).await;
    client.subscribe("buyer", REQUESTS, json!({ "filter": { "buyerId": other } })).await;
    client.subscribe("product", REQUESTS, json!({ "filter": { "productCode": "rice" } })).await;
    client.subscribe("text", REQUESTS, json!({ "filter": { "text": "CANTINES" } })).await;
    let first = request(&app, &segou, &ministry, json!({})).await;
    let second = request(&app, &kayes, &other, json!({ "title": "Pour les écoles" })).await;
    let of = |heard: Value| heard["payload"]["data"]["procurementRequestChanged"]["request"]["id"].clone();
    assert_eq!(of(client.hear_of("text").await), first);
    assert_eq!(of(client.hear_of("buyer").await), second);
    for (id, filter, code) in [
        ("unknown", json!({ "productCode": "no such thing" }), "BAD_USER_INPUT"),
        ("invited", json!({ "invitedOrganizationId": ministry }), "UNAUTHENTICATED"),
    ] {
        client.begin(id, REQUESTS, json!({ "filter": filter })).await;
        assert_eq!(client.refused(id).await, code);
    }
}

#[db_test]
async fn a_draft_is_nobodys_business(app: TestApp) {
    let served = Served::with(&app.app, quick()).await;
    let (officer, ministry) = office(&app, "segou").await;
    let draft = draft(&app, &officer, &ministry, json!({})).await;
    stay_signed_in(&app).await;
    let mut stranger = Client::connected(&served, None).await;
    for id in [draft.as_str(), "request_01h455vb4pex5vsknk084sn02q"] {
        stranger.begin(id, REQUESTS, json!({ "id": id })).await;
        let heard = stranger.hear_of(id).await;
        assert_eq!(heard["payload"][0]["extensions"]["userErrors"][0]["code"], "NOT_FOUND", "{heard}");
    }
    stranger.subscribe("all", REQUESTS, json!({})).await;
    let mut member = Client::connected(&served, Some(&officer)).await;
    member.subscribe("1", REQUESTS, json!({ "id": draft })).await;
    // What becomes of another draft is told to those inside only.
    let other = crate::procurement::draft(&app, &officer, &ministry, json!({})).await;
    member.subscribe("2", REQUESTS, json!({ "id": other })).await;
    let cancel = "mutation($input: CancelProcurementRequestInput!) { cancelProcurementRequest(input: $input) {
        procurementRequest { id } userErrors { code message path } } }";
    app.expect_payload(Some(&officer), cancel, json!({ "requestId": other, "reason": "Plus de budget" })).await;
    assert_eq!(told(&mut member, "2").await.0, "CANCELLED");
    app.expect_payload(Some(&officer), PUBLISH, json!({ "requestId": draft })).await;
    assert_eq!(told(&mut member, "1").await.0, "PUBLISHED");
    assert_eq!(told(&mut stranger, "all").await, ("PUBLISHED".into(), json!({ "id": draft, "status": "PUBLISHED" })));
}
