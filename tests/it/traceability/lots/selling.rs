//! Listings carry lots: what is reserved is held in them, and what is sold moves.

use db_test::db_test;
use serde_json::{Value, json};

use super::{Yard, id};

const RESERVE: &str = "mutation($input: ReserveStockInput!) { reserveStock(input: $input) { reservation { id status }
    userErrors { code message path } } }";
const RELEASE: &str =
    "mutation($input: ReleaseReservationInput!) { releaseReservation(input: $input) { reservation { status }
    userErrors { code message path } } }";

#[db_test]
async fn what_a_buyer_reserves_is_held_in_the_lots_and_goes_to_her(yard: Yard) {
    let (buyer, company) = yard.neighbour("COMPANY").await;
    let (first, second) = (yard.delivered(&yard.woman, "60").await, yard.delivered(&yard.man, "60").await);
    let offer =
        json!({ "productCode": "shea-kernel", "quantity": { "value": "2", "unit": "SAC50" }, "priceUnit": "SAC50" });
    let listing = yard.app.published(&yard.owner, &yard.house, offer).await;
    yard.done("setListingLots", json!({ "listingId": listing, "lotIds": [second, first] })).await;
    let shown =
        "query($id: ID!) { listing(id: $id) { lots { id } quantityAvailable { value } quantity { value } status } }";
    let shown = async || yard.app.expect_data(None, shown, json!({ "id": listing })).await["listing"].take();
    assert_eq!(shown().await["lots"], json!([{ "id": second }, { "id": first }]));

    let reserve = |value: &str| {
        json!({
            "listingId": listing, "organizationId": company, "quantity": { "value": value, "unit": "SAC50" },
        })
    };
    let held = yard.app.expect_payload(Some(&buyer), RESERVE, reserve("2")).await;
    let reserved =
        async |lot: &str| yard.lot_as(Some(&yard.owner), lot, "reserved { value }").await["reserved"]["value"].take();
    assert_eq!((reserved(&second).await, reserved(&first).await), (json!("60"), json!("40")));
    // What is held for her nobody else takes.
    let step = yard.step(&[Yard::portion(&first, "21")], json!({}));
    assert_eq!(yard.refused("recordAggregation", step).await, ["INSUFFICIENT_STOCK input.inputs.0.quantity"]);
    let other = json!({ "listingId": listing, "lotIds": [] });
    assert_eq!(yard.refused("setListingLots", other).await, ["STOCK_RESERVED input.listingId"]);
    yard.app.expect_payload(Some(&buyer), RELEASE, json!({ "reservationId": held["reservation"]["id"] })).await;
    assert_eq!((reserved(&second).await, reserved(&first).await), (json!("0"), json!("0")));

    let held = yard.app.expect_payload(Some(&buyer), RESERVE, reserve("1.5")).await;
    let ship = json!({ "reservationId": held["reservation"]["id"], "occurredAt": yard.ago(3) });
    assert_eq!(yard.refused_to(&buyer, "shipReservation", ship.clone()).await, ["FORBIDDEN "]);
    let sent = yard.done("shipReservation", ship.clone()).await;
    let lots = sent["lots"].as_array().unwrap();
    let masses: Vec<&Value> = lots.iter().map(|lot| &lot["quantity"]["value"]).collect();
    assert_eq!(lots.len(), 2, "{sent:#}");
    assert!(masses.contains(&&json!("60")) && masses.contains(&&json!("15")), "{masses:?}");
    assert!(lots.iter().all(|lot| lot["destination"]["id"] == company.as_str()), "{sent:#}");
    let left = shown().await;
    assert_eq!((&left["quantity"]["value"], &left["quantityAvailable"]["value"]), (&json!("0.5"), &json!("0.5")));
    assert_eq!(yard.refused("shipReservation", ship).await, ["INVALID_TRANSITION input.reservationId"]);
    for lot in lots {
        let receipt = json!({ "organizationId": company, "lotId": id(lot), "occurredAt": yard.ago(1) });
        assert_eq!(yard.done_by(&buyer, "recordReceipt", receipt).await["lot"]["organization"]["id"], company);
    }
}

#[db_test]
async fn a_listing_offers_lots_of_its_product_that_its_seller_has(yard: Yard) {
    let (stranger, theirs) = yard.neighbour("COOPERATIVE").await;
    let lot = yard.delivered(&yard.woman, "60").await;
    let listing = yard.app.published(&yard.owner, &yard.house, json!({})).await;
    let set = |listing: &str, lots: Value| json!({ "listingId": listing, "lotIds": lots });
    assert_eq!(yard.refused("setListingLots", set(&listing, json!([lot]))).await, ["MIXED_PRODUCTS input.lotIds.0"]);
    let kernels = yard.app.published(&yard.owner, &yard.house, json!({ "productCode": "shea-kernel" })).await;
    assert_eq!(yard.refused("setListingLots", set(&kernels, json!([lot, lot]))).await, ["LOT_TWICE input.lotIds.1"]);
    assert_eq!(yard.refused_to(&stranger, "setListingLots", set(&kernels, json!([]))).await, ["FORBIDDEN "]);
    let foreign = yard.app.published(&stranger, &theirs, json!({ "productCode": "shea-kernel" })).await;
    assert_eq!(
        yard.refused_to(&stranger, "setListingLots", set(&foreign, json!([lot]))).await,
        ["LOT_NOT_HELD input.lotIds.0"]
    );
    yard.done("setListingLots", set(&kernels, json!([lot]))).await;
    // More is offered than its lots hold: the lots decide.
    let (buyer, company) = (&stranger, &theirs);
    let reserve =
        json!({ "listingId": kernels, "organizationId": company, "quantity": { "value": "61", "unit": "KGM" } });
    let refused = yard.app.user_errors(Some(buyer), RESERVE, reserve).await;
    assert_eq!(refused, [("INSUFFICIENT_STOCK".to_owned(), "input.quantity.value".to_owned())]);
}
