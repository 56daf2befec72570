//! Bids as they change: while they are sealed, nobody but their bidders is told that there are any.

use bfw::accounts::PlatformRole;
use db_test::db_test;
use serde_json::{Value, json};

use super::{BIDS, Client, quick};
use crate::{
    harness::{TestApp, served::Served},
    procurement::{
        AMEND,
        bids::{DISQUALIFY, RECONFIRM, WITHDRAW, asked, bidder, close, member, offer, opened, overseer, sealed},
    },
};

async fn told(client: &mut Client) -> (String, Value) {
    let mut event = client.next("1").await["bidChanged"].take();
    (event["kind"].as_str().unwrap().to_owned(), event["bid"].take())
}

#[db_test]
async fn before_the_opening_a_bid_is_told_of_to_its_bidder_alone(app: TestApp) {
    let served = Served::with(&app.app, quick()).await;
    let asked = asked(&app, json!({})).await;
    let (first, first_house) = bidder(&app, "benkadi").await;
    let (second, second_house) = bidder(&app, "sigida").await;
    let colleague = member(&app, &first, &first_house, "collegue", "AGENT").await;
    let viewer = member(&app, &first, &first_house, "lectrice", "VIEWER").await;
    let clerk = member(&app, &asked.officer, &asked.buyer, "greffe", "PROCUREMENT_OFFICER").await;
    let admin = overseer(&app, "admin", PlatformRole::Admin).await;
    let auditor = overseer(&app, "auditrice", PlatformRole::Auditor).await;
    let mut inside = Client::connected(&served, Some(&colleague)).await;
    inside.subscribe("1", BIDS, json!({ "id": asked.request })).await;
    let mut outside = Vec::new();
    for (who, token) in [
        ("the buyer's owner", &asked.officer),
        ("her officer", &clerk),
        ("another bidder", &second),
        ("who may not read bids", &viewer),
        ("an administrator", &admin),
        ("an auditor", &auditor),
    ] {
        let mut client = Client::connected(&served, Some(token)).await;
        client.subscribe("1", BIDS, json!({ "id": asked.request })).await;
        outside.push((who, client));
    }

    let bid = sealed(&app, &first, offer(&asked, &first_house, json!({}))).await;
    assert_eq!(told(&mut inside).await, ("SEALED".into(), json!({ "id": bid["id"], "status": "SEALED" })));
    let amended = json!({ "requestId": asked.request, "title": "Beurre fin", "rationale": "Plus fin" });
    app.expect_payload(Some(&asked.officer), AMEND, amended).await;
    app.expect_payload(Some(&first), RECONFIRM, json!({ "bidId": bid["id"] })).await;
    assert_eq!(told(&mut inside).await, ("RECONFIRMED".into(), json!({ "id": bid["id"], "status": "SEALED" })));
    app.expect_payload(Some(&first), WITHDRAW, json!({ "bidId": bid["id"] })).await;
    assert_eq!(told(&mut inside).await, ("WITHDRAWN".into(), json!({ "id": bid["id"], "status": "WITHDRAWN" })));
    let again = sealed(&app, &first, offer(&asked, &first_house, json!({}))).await;
    assert_eq!(told(&mut inside).await.1["id"], again["id"]);

    // The other bidder hears of her own, and of nothing before it.
    let own = sealed(&app, &second, offer(&asked, &second_house, json!({}))).await;
    let (_, other) = outside.iter_mut().find(|(who, _)| *who == "another bidder").unwrap();
    assert_eq!(told(other).await, ("SEALED".into(), json!({ "id": own["id"], "status": "SEALED" })));

    // All others hear of the opening first of all.
    close(&app);
    opened(&app, &asked).await;
    for (who, client) in &mut outside {
        assert_eq!(told(client).await, ("OPENED".into(), Value::Null), "{who}");
    }
    assert_eq!(told(&mut inside).await, ("OPENED".into(), Value::Null));
    let exclude = json!({ "bidId": own["id"], "reason": "NOT_RESPONSIVE", "note": "Il manque des sacs" });
    app.expect_payload(Some(&asked.officer), DISQUALIFY, exclude).await;
    for (who, client) in &mut outside {
        let expected = json!({ "id": own["id"], "status": "DISQUALIFIED" });
        assert_eq!(told(client).await, ("DISQUALIFIED".into(), expected), "{who}");
    }
}

#[db_test]
async fn a_stranger_may_not_listen_and_a_draft_is_not_there(app: TestApp) {
    let served = Served::with(&app.app, quick()).await;
    let asked = asked(&app, json!({})).await;
    let mut nobody = Client::connected(&served, None).await;
    nobody.begin("1", BIDS, json!({ "id": asked.request })).await;
    assert_eq!(nobody.refused("1").await, "UNAUTHENTICATED");
    let draft = crate::procurement::draft(&app, &asked.officer, &asked.buyer, json!({})).await;
    let (token, _) = bidder(&app, "benkadi").await;
    let mut client = Client::connected(&served, Some(&token)).await;
    let mut answers = Vec::new();
    for id in [draft.as_str(), "request_01h455vb4pex5vsknk084sn02q"] {
        client.begin("1", BIDS, json!({ "id": id })).await;
        let mut heard = client.hear_of("1").await;
        heard["payload"][0]["extensions"].as_object_mut().unwrap().remove("requestId");
        answers.push(heard);
    }
    assert_eq!(answers[0]["payload"][0]["extensions"]["userErrors"][0]["code"], "NOT_FOUND", "{answers:?}");
    assert_eq!(answers[0], answers[1], "a draft cannot be told from what there never was");
}
