//! Lots are called back: they, all that was made of them, and nothing else.

use db_test::db_test;
use serde_json::{Value, json};

use super::{Yard, id};

#[db_test]
async fn a_recall_holds_what_it_concerns_wherever_it_is_and_pauses_what_offers_it(yard: Yard) {
    let (buyer, company) = yard.neighbour("COMPANY").await;
    let (bad, good) = (yard.delivered(&yard.woman, "60").await, yard.delivered(&yard.man, "40").await);
    let both = yard.together(&[Yard::portion(&bad, "50"), Yard::portion(&good, "10")]).await;
    let sent = json!({
        "organizationId": yard.house, "lotId": both, "toOrganizationId": company, "occurredAt": yard.ago(9),
        "quantity": { "value": "20", "unit": "KGM" },
    });
    let sent = yard.done("recordShipment", sent).await;
    let theirs = id(&sent["lot"]);
    let receipt = json!({ "organizationId": company, "lotId": theirs, "occurredAt": yard.ago(8) });
    yard.done_by(&buyer, "recordReceipt", receipt).await;
    let listing = yard.app.published(&yard.owner, &yard.house, json!({ "productCode": "shea-kernel" })).await;
    yard.done("setListingLots", json!({ "listingId": listing, "lotIds": [both] })).await;

    let preview = "query($id: ID!, $lots: [ID!]!) { recallPreview(organizationId: $id, lotIds: $lots) {
        organization { id } lotCount remaining { value } } }";
    let asked = yard.app.expect_data(Some(&yard.owner), preview, json!({ "id": yard.house, "lots": [bad] })).await;
    let expected = json!([
        { "organization": { "id": yard.house }, "lotCount": 2, "remaining": { "value": "50" } },
        { "organization": { "id": company }, "lotCount": 1, "remaining": { "value": "20" } },
    ]);
    assert_eq!(asked["recallPreview"], expected);

    let open = json!({ "organizationId": yard.house, "lotIds": [bad], "reason": "Aflatoxine au-dessus de la limite." });
    let recall = yard.done("openRecall", open.clone()).await["recall"].take();
    assert_eq!((&recall["lotCount"], &recall["affected"]), (&json!(3), &expected));
    for (lot, held) in [(&bad, true), (&both, true), (&theirs, true), (&good, false)] {
        assert_eq!(yard.lot(lot).await["onHold"], held);
    }
    let state = async || {
        let query = "query($id: ID!) { listing(id: $id) { status } }";
        yard.app.expect_data(Some(&yard.owner), query, json!({ "id": listing })).await["listing"]["status"].take()
    };
    assert_eq!(state().await, "PAUSED");
    let publish = "mutation($input: PublishListingInput!) { publishListing(input: $input) { listing { id } userErrors { code message path } } }";
    let refused = yard.app.user_errors(Some(&yard.owner), publish, json!({ "listingId": listing })).await;
    assert_eq!(refused[0].0, "LOT_ON_HOLD");
    let moved =
        json!({ "organizationId": company, "inputs": [Yard::portion(&theirs, "1")], "occurredAt": yard.ago(1) });
    assert_eq!(yard.refused_to(&buyer, "recordAggregation", moved).await, ["LOT_ON_HOLD input.inputs.0.lotId"]);

    // Everybody may know of it; who has how much is for those who recall; the buyer was told.
    let public = yard.lot_as(None, &theirs, "recalls { reason closedAt affected { lotCount } }").await;
    assert_eq!(
        public["recalls"],
        json!([{ "reason": "Aflatoxine au-dessus de la limite.", "closedAt": null, "affected": null }])
    );
    let told = "{ notifications(first: 5) { edges { node { kind text } } } }";
    let told = yard.app.expect_data(Some(&buyer), told, json!({})).await;
    assert_eq!(told["notifications"]["edges"][0]["node"]["kind"], "LOTS_RECALLED", "{told:#}");

    // What a recall holds nobody but who recalls lets go.
    let verifier = yard.app.verifier("verifier@exemple.ml").await;
    let release = json!({ "lotId": bad, "reason": "Rien trouvé à redire ici." });
    assert_eq!(yard.refused_to(&verifier, "releaseHold", release).await, ["INVALID_TRANSITION input.lotId"]);
    let close = json!({ "recallId": recall["id"], "resolution": "Lots détruits en présence de l'ANSSA.", "expectedVersion": 1 });
    assert_eq!(yard.refused_to(&buyer, "closeRecall", close.clone()).await, ["FORBIDDEN "]);
    let closed = yard.done("closeRecall", close.clone()).await["recall"].take();
    assert!(closed["closedAt"].is_string());
    assert_eq!(
        yard.refused("closeRecall", json!({ "recallId": recall["id"], "resolution": "Encore une fois close." })).await,
        ["INVALID_TRANSITION input.recallId"]
    );
    for lot in [&bad, &both, &theirs] {
        assert_eq!(yard.lot(lot).await["onHold"], false);
    }
    assert_eq!(state().await, "PAUSED", "its seller publishes it again, or does not");
    yard.app.publish(&yard.owner, &listing).await;
}

#[db_test]
async fn only_who_made_or_has_a_lot_calls_it_back(yard: Yard) {
    let (stranger, theirs) = yard.neighbour("COOPERATIVE").await;
    let lot = yard.delivered(&yard.woman, "10").await;
    let open =
        |organization: &str, reason: &str| json!({ "organizationId": organization, "lotIds": [lot], "reason": reason });
    let attempt = yard.refused_to(&stranger, "openRecall", open(&theirs, "Ce lot n'est pas le mien.")).await;
    assert_eq!(attempt, ["LOT_NOT_HELD input.lotIds.0"]);
    assert_eq!(
        yard.refused_to(&stranger, "openRecall", open(&yard.house, "Ce lot n'est pas le mien.")).await,
        ["FORBIDDEN "]
    );
    assert_eq!(yard.refused("openRecall", open(&yard.house, "court")).await, ["TOO_SHORT input.reason"]);
    let none = json!({ "organizationId": yard.house, "lotIds": [], "reason": "Pas de lot ici du tout." });
    assert_eq!(yard.refused("openRecall", none).await, ["REQUIRED input.lotIds"]);
    assert_eq!(yard.lot(&lot).await["onHold"], false);
}

#[db_test]
async fn two_recalls_of_one_lot_hold_it_until_both_are_over(yard: Yard) {
    let lot = yard.delivered(&yard.woman, "10").await;
    let open = async |reason: &str| {
        let input = json!({ "organizationId": yard.house, "lotIds": [lot], "reason": reason });
        yard.done("openRecall", input).await["recall"]["id"].take()
    };
    let (first, second) = (open("Humidité trop élevée.").await, open("Insectes dans les sacs.").await);
    let close = |recall: &Value| json!({ "recallId": recall, "resolution": "Séchés et triés à nouveau." });
    yard.done("closeRecall", close(&first)).await;
    assert_eq!(yard.lot(&lot).await["onHold"], true);
    yard.done("closeRecall", close(&second)).await;
    assert_eq!(yard.lot(&lot).await["onHold"], false);
}
