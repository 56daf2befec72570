//! One event, by its id.

use bfw::{kernel::clock::Clock as _, traceability::EventId};
use db_test::db_test;
use serde_json::{Value, json};

use super::{add, cooperative, id};
use crate::harness::TestApp;

const DELIVER: &str = "mutation($input: RecordDeliveryInput!) { recordDelivery(input: $input) {
    lot { id } userErrors { code message path } } }";

const EVENT: &str = "query($id: ID!) { traceEvent(id: $id) { id kind sequence hash eventHash epcis organization { id }
    lots { id } correctedBy { id } corrects { id } } }";

#[db_test]
async fn an_event_is_found_by_its_id_and_its_content_by_those_whose_it_is(app: TestApp) {
    let (owner, house) = cooperative(&app, "awa@exemple.ml").await;
    let producer = add(&app, &owner, &house, json!({})).await;
    let delivery = json!({ "organizationId": house, "producerId": id(&producer), "productCode": "shea-butter",
        "quantity": { "value": "40", "unit": "KGM" }, "deliveredAt": app.clock.now() });
    let lot = app.expect_payload(Some(&owner), DELIVER, delivery).await["lot"]["id"].take();
    let list = "query($id: ID!) { traceEvents(organizationId: $id, first: 5) { edges { node { id } } } }";
    let listed = app.expect_data(Some(&owner), list, json!({ "id": house })).await;
    let event = listed["traceEvents"]["edges"][0]["node"]["id"].clone();
    let seen =
        async |token: Option<&str>| app.expect_data(token, EVENT, json!({ "id": event })).await["traceEvent"].take();

    let hers = seen(Some(&owner)).await;
    assert_eq!((&hers["id"], &hers["kind"], &hers["sequence"]), (&event, &json!("DELIVERY"), &json!(1)));
    assert_eq!((&hers["organization"]["id"], &hers["lots"][0]["id"]), (&json!(house), &lot));
    assert_eq!((&hers["correctedBy"], &hers["corrects"]), (&Value::Null, &Value::Null));
    assert!(hers["epcis"].is_object() && hers["hash"].as_str().unwrap().len() == 64, "{hers}");

    // Everybody may know that it happened, and only her own what stands in it.
    let stranger = app.sign_up("passante@exemple.ml").await;
    for token in [Some(stranger.as_str()), None] {
        let theirs = seen(token).await;
        assert_eq!((&theirs["hash"], &theirs["epcis"]), (&hers["hash"], &Value::Null));
    }

    let none = EventId::from_uuid(app.app.services.ids.next_uuid()).to_string();
    let unknown = app.expect_data(Some(&owner), EVENT, json!({ "id": none })).await;
    assert_eq!(unknown["traceEvent"], Value::Null);
    let wrong = app.graphql(Some(&owner), EVENT, json!({ "id": house })).await;
    assert_eq!(wrong["errors"][0]["extensions"]["userErrors"][0]["code"], "INVALID_ID", "{wrong}");
}
