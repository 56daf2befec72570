//! Orders from listings: what is refused, what is held, and what becomes of what nobody signs.

use chrono::TimeDelta;
use db_test::db_test;
use serde_json::{Value, json};

use super::{Market, kilos, text, with};

#[db_test]
async fn what_is_wrong_with_an_order_is_told_at_its_field(market: Market) {
    let refused = async |changes: Value| {
        market.refused(&market.buyer, "createDirectOrder", with(market.order("10", json!({})), changes)).await
    };
    let unknown = "listing_01h455vb4pex5vsknk084sn02q";
    assert_eq!(refused(json!({ "listingId": unknown })).await, ["NOT_FOUND input.listingId"]);
    assert_eq!(
        refused(json!({ "listingId": "x", "buyerId": "y" })).await,
        ["INVALID_ID input.buyerId", "INVALID_ID input.listingId"]
    );
    assert_eq!(refused(json!({ "quantity": kilos("501") })).await, ["INSUFFICIENT_STOCK input.quantity.value"]);
    assert_eq!(refused(json!({ "quantity": kilos("-1") })).await, ["OUT_OF_RANGE input.quantity.value"]);
    assert_eq!(refused(json!({ "quantity": kilos("dix") })).await, ["MALFORMED_NUMBER input.quantity.value"]);
    let tonnes = json!({ "quantity": { "value": "1", "unit": "TNE" } });
    assert_eq!(refused(tonnes).await, ["UNKNOWN_UNIT input.quantity.unit"]);
    let both = json!({ "placeCode": "atlantis", "deliverBy": "2026-11-01" });
    assert_eq!(refused(both).await, ["UNKNOWN_PLACE input.placeCode", "OUT_OF_RANGE input.deliverBy"]);
    // She would sell to herself.
    let own = market.app.published(&market.buyer, &market.company, json!({})).await;
    assert_eq!(refused(json!({ "listingId": own })).await, ["INVALID_VALUE input.buyerId"]);
    // For another's organization she does not order, nor without being signed in.
    let for_another = market.order("10", json!({}));
    assert_eq!(market.refused(&market.seller, "createDirectOrder", for_another.clone()).await, ["FORBIDDEN "]);
    let errors = market.app.user_errors(None, &super::mutation("createDirectOrder"), for_another).await;
    assert_eq!(errors, [("UNAUTHENTICATED".to_owned(), String::new())]);
    assert_eq!(market.number("SELECT COUNT(*) FROM contract").await, 0);
    assert_eq!(market.number("SELECT CAST(SUM(reserved) AS bigint) FROM listing").await, 0);
}

#[db_test]
async fn a_listing_that_is_taken_back_or_asks_for_more_is_not_ordered_from(market: Market) {
    let least = market.app.published(&market.seller, &market.house, json!({ "minimumOrder": "50" })).await;
    let order = |kilograms: &str| market.order(kilograms, json!({ "listingId": least }));
    let refused = market.refused(&market.buyer, "createDirectOrder", order("49.999")).await;
    assert_eq!(refused, ["OUT_OF_RANGE input.quantity.value"]);
    assert_eq!(market.done(&market.buyer, "createDirectOrder", order("50")).await["status"], "PENDING");
    let pause = "mutation($input: PauseListingInput!) { pauseListing(input: $input) { listing { id } userErrors { code message path } } }";
    market.app.expect_payload(Some(&market.seller), pause, json!({ "listingId": least })).await;
    assert_eq!(market.refused(&market.buyer, "createDirectOrder", order("50")).await, ["NOT_FOUND input.listingId"]);
}

#[db_test]
async fn an_order_that_the_seller_declines_gives_its_stock_back(market: Market) {
    let ordered = market.ordered("100").await;
    let decline = json!({ "contractId": ordered["id"], "organizationId": market.house, "reason": "Il n'y en a plus." });

    let ended = market.done(&market.seller, "terminateContract", decline.clone()).await;

    assert_eq!((&ended["status"], &ended["endedReason"]), (&json!("CANCELLED"), &json!("Il n'y en a plus.")));
    assert_eq!(market.number("SELECT reserved FROM listing").await, 0);
    assert_eq!(market.number("SELECT quantity FROM listing").await, 500_000);
    let sign = json!({ "contractId": ordered["id"], "organizationId": market.house });
    assert_eq!(market.refused(&market.seller, "signContract", sign).await, ["INVALID_TRANSITION input.contractId"]);
    assert_eq!(
        market.refused(&market.seller, "terminateContract", decline).await,
        ["INVALID_TRANSITION input.contractId"]
    );
    assert_eq!(market.contradictions().await, [""; 0]);
}

#[db_test]
async fn an_order_that_nobody_signs_in_time_comes_to_nothing_once(market: Market) {
    let ordered = market.ordered("100").await;
    market.app.clock.advance(TimeDelta::days(7));
    // Before the sweep comes round nobody can sign it any more, either.
    let sign = json!({ "contractId": ordered["id"], "organizationId": market.house });
    assert_eq!(market.refused(&market.seller, "signContract", sign).await, ["DEADLINE_PASSED input.contractId"]);

    let room = &market.app.app.contracts;
    let (first, second) = tokio::join!(room.expire_orders(), room.expire_orders());

    assert_eq!(first.unwrap() + second.unwrap(), 1);
    let contract = market.contract(&market.buyer, &text(&ordered["id"])).await;
    assert_eq!((&contract["status"], &contract["endedReason"]), (&json!("CANCELLED"), &Value::Null));
    assert_eq!(market.number("SELECT reserved FROM listing").await, 0);
    assert_eq!(market.number("SELECT COUNT(*) FROM stock_reservation WHERE status = 'EXPIRED'").await, 1);
    assert_eq!(market.contradictions().await, [""; 0]);
}

#[db_test]
async fn an_order_whose_stock_was_given_free_by_hand_cannot_be_signed_and_is_swept(market: Market) {
    let ordered = market.ordered("100").await;
    let held = "{ listing(id: \"ID\") { reservations { edges { node { id } } } } }".replace("ID", &market.listing);
    let held = market.app.expect_data(Some(&market.buyer), &held, json!({})).await;
    let release =
        "mutation($input: ReleaseReservationInput!) { releaseReservation(input: $input) { reservation { status }
        userErrors { code message path } } }";
    let input = json!({ "reservationId": held["listing"]["reservations"]["edges"][0]["node"]["id"] });
    market.app.expect_payload(Some(&market.buyer), release, input).await;

    let sign = json!({ "contractId": ordered["id"], "organizationId": market.house });
    assert_eq!(market.refused(&market.seller, "signContract", sign).await, ["DEADLINE_PASSED input.contractId"]);
    assert_eq!(market.app.app.contracts.expire_orders().await.unwrap(), 1);
    assert_eq!(market.contract(&market.buyer, &text(&ordered["id"])).await["status"], "CANCELLED");
}

#[db_test]
async fn a_price_for_another_unit_is_converted_by_what_both_weigh(market: Market) {
    let changes = json!({ "price": { "amount": "1250000", "currency": "XOF" }, "priceUnit": "TNE" });
    let tonnes = market.app.published(&market.seller, &market.house, changes).await;
    let ordered =
        market.done(&market.buyer, "createDirectOrder", market.order("10", json!({ "listingId": tonnes }))).await;
    let line = &ordered["lines"][0];
    assert_eq!((&line["unitPrice"]["amount"], &line["amount"]["amount"]), (&json!("1250"), &json!("12500")));
}

#[db_test]
async fn what_the_seller_is_is_frozen_with_the_order(market: Market) {
    let declare = "mutation($input: DeclareOwnershipInput!) { declareOwnership(input: $input) { ownershipProfile { id: __typename }
        userErrors { code message path } } }";
    let declared = |percent: &str| {
        json!({ "organizationId": market.house, "womenOwnedPercent": percent, "womenManagementPercent": percent,
        "womanSignatory": true, "operatedIndependently": true })
    };
    market.app.expect_payload(Some(&market.seller), declare, declared("100")).await;
    let ordered = market.ordered("100").await;
    market.app.expect_payload(Some(&market.seller), declare, declared("10")).await;

    let query = "query($id: ID!) { contract(id: $id) { suppliers { ownership { definition status assessedOn } } } }";
    let found = market.app.expect_data(Some(&market.buyer), query, json!({ "id": ordered["id"] })).await;

    let frozen = found["contract"]["suppliers"][0]["ownership"].as_array().unwrap();
    let ifc = frozen.iter().find(|one| one["definition"] == "IFC_WOMEN_OWNED").unwrap();
    assert_eq!((&ifc["status"], &ifc["assessedOn"]), (&json!("YES"), &json!("2026-11-02")));
    let cooperative = frozen.iter().find(|one| one["definition"] == "WOMENS_COOPERATIVE").unwrap();
    assert_eq!(cooperative["status"], "UNKNOWN", "what was not declared is no no");
}

#[db_test]
async fn an_order_that_is_repeated_is_the_first_one_though_the_listing_was_taken_back(market: Market) {
    let order = market.order("10", json!({ "idempotencyKey": "une fois" }));
    let first = market.done(&market.buyer, "createDirectOrder", order.clone()).await;
    let pause = "mutation($input: PauseListingInput!) { pauseListing(input: $input) { listing { id } userErrors { code message path } } }";
    market.app.expect_payload(Some(&market.seller), pause, json!({ "listingId": market.listing })).await;

    let again = market.done(&market.buyer, "createDirectOrder", order).await;

    assert_eq!(again["id"], first["id"]);
    let other = market.order("11", json!({ "idempotencyKey": "une fois" }));
    assert_eq!(market.refused(&market.buyer, "createDirectOrder", other).await, ["NOT_FOUND input.listingId"]);
    assert_eq!(market.number("SELECT COUNT(*) FROM contract").await, 1);
}
