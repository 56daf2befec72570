//! Stock: held, given free, never below zero.

use chrono::TimeDelta;
use db_test::db_test;
use serde_json::{Value, json};

use super::room::{Room, Who, codes, text};

fn hold(room: &Room, listing: &str, value: &str) -> Value {
    json!({
        "listingId": listing, "organizationId": room.buyer.to_string(), "quantity": { "value": value, "unit": "KGM" },
    })
}

const LEFT: &str = "query($id: ID!) { listing(id: $id) { status version quantityAvailable { value kilograms } } }";

#[db_test]
async fn sixty_four_buyers_at_once_get_exactly_what_there_is(room: Room) {
    let id = room.published(json!({ "quantity": { "value": "100", "unit": "KGM" } })).await;
    let races = (0..64).map(|_| {
        let (room, input) = (room.clone(), hold(&room, &id, "3"));
        tokio::spawn(async move { codes(&room.mutate(Who::Buyer, "reserveStock", input).await) })
    });
    let (mut held, mut refused) = (0, 0);
    for race in races.collect::<Vec<_>>() {
        match race.await.unwrap().as_slice() {
            [] => held += 1,
            [code] if code == "INSUFFICIENT_STOCK input.quantity.value" => refused += 1,
            other => panic!("{other:?}"),
        }
    }
    assert_eq!((held, refused), (33, 31));
    assert_eq!(room.number("SELECT reserved FROM listing").await, 99_000);
    assert_eq!(room.number("SELECT COUNT(*) FROM stock_reservation WHERE status = 'HELD'").await, 33);
    assert!(bfw::kernel::audit::verify(&room.db).await.unwrap().broken.is_empty());
    let left = room.ask(Who::Nobody, LEFT, json!({ "id": id })).await["listing"].take();
    assert_eq!(left["quantityAvailable"], json!({ "value": "1", "kilograms": "1" }));
    assert_eq!((&left["status"], &left["version"]), (&json!("PUBLISHED"), &json!(2)));
}

#[db_test]
async fn holding_and_releasing_at_once_loses_nothing(room: Room) {
    let id = room.published(json!({ "quantity": { "value": "10", "unit": "KGM" } })).await;
    let rounds = (0..24).map(|_| {
        let (room, input) = (room.clone(), hold(&room, &id, "1"));
        tokio::spawn(async move {
            let held = room.mutate(Who::Buyer, "reserveStock", input).await;
            if let Some(reservation) = held["reservation"]["id"].as_str() {
                let released = room.mutate(Who::Seller, "releaseReservation", json!({ "reservationId": reservation }));
                assert_eq!(codes(&released.await), Vec::<String>::new());
            }
        })
    });
    for round in rounds.collect::<Vec<_>>() {
        round.await.unwrap();
    }
    assert_eq!(room.number("SELECT reserved FROM listing").await, 0);
    assert_eq!(room.number("SELECT COUNT(*) FROM stock_reservation WHERE status = 'HELD'").await, 0);
}

#[db_test]
async fn what_is_sold_out_comes_back_when_it_is_released(room: Room) {
    let id = room.published(json!({ "quantity": { "value": "5", "unit": "KGM" } })).await;
    let held = room.mutate(Who::Buyer, "reserveStock", hold(&room, &id, "5")).await;
    assert_eq!(held["reservation"]["expiresAt"], "2026-11-25T10:00:00+00:00");
    assert_eq!(room.ask(Who::Nobody, LEFT, json!({ "id": id })).await["listing"]["status"], "SOLD_OUT");

    let release = json!({ "reservationId": held["reservation"]["id"] });
    let released = room.mutate(Who::Buyer, "releaseReservation", release.clone()).await;
    assert_eq!(released["reservation"]["status"], "RELEASED");
    assert_eq!(room.ask(Who::Nobody, LEFT, json!({ "id": id })).await["listing"]["status"], "PUBLISHED");
    let twice = room.mutate(Who::Buyer, "releaseReservation", release).await;
    assert_eq!(codes(&twice), ["INVALID_TRANSITION input.reservationId"]);
}

#[db_test]
async fn what_is_held_too_long_is_given_free_once(room: Room) {
    let id = room.published(json!({ "quantity": { "value": "5", "unit": "KGM" } })).await;
    for value in ["1", "2"] {
        room.mutate(Who::Buyer, "reserveStock", hold(&room, &id, value)).await;
    }
    let mut later = hold(&room, &id, "1");
    later["expiresAt"] = json!("2026-12-01T00:00:00Z");
    room.mutate(Who::Buyer, "reserveStock", later).await;

    assert_eq!(room.catalog.expire_reservations().await.unwrap(), 0);
    room.clock.advance(TimeDelta::hours(48));
    let (first, second) = tokio::join!(room.catalog.expire_reservations(), room.catalog.expire_reservations());
    assert_eq!(first.unwrap() + second.unwrap(), 2);
    assert_eq!(room.number("SELECT reserved FROM listing").await, 1_000);
    assert_eq!(room.number("SELECT COUNT(*) FROM audit_entry WHERE action = 'stock.expire'").await, 2);
}

#[db_test]
async fn reservations_have_rules(room: Room) {
    let id = room.published(json!({ "minimumOrder": "10", "availableUntil": "2026-12-31" })).await;
    let draft = room.created(json!({})).await;
    let attempt = async |who, with: Value| {
        let mut input = hold(&room, &id, "20");
        for (name, value) in with.as_object().unwrap() {
            input[name] = value.clone();
        }
        codes(&room.mutate(who, "reserveStock", input).await)
    };
    let quantity = |value: &str, unit: &str| json!({ "quantity": { "value": value, "unit": unit } });
    assert_eq!(attempt(Who::Buyer, quantity("9.999", "KGM")).await, ["OUT_OF_RANGE input.quantity.value"]);
    assert_eq!(attempt(Who::Buyer, quantity("-1", "KGM")).await, ["OUT_OF_RANGE input.quantity.value"]);
    assert_eq!(attempt(Who::Buyer, quantity("20", "TNE")).await, ["UNKNOWN_UNIT input.quantity.unit"]);
    assert_eq!(attempt(Who::Buyer, quantity("401", "KGM")).await, ["INSUFFICIENT_STOCK input.quantity.value"]);
    let too_long = json!({ "expiresAt": "2026-12-07T10:00:00.000001Z" });
    assert_eq!(attempt(Who::Buyer, too_long).await, ["OUT_OF_RANGE input.expiresAt"]);
    assert_eq!(attempt(Who::Buyer, json!({ "listingId": draft })).await, ["NOT_FOUND"]);
    assert_eq!(attempt(Who::Seller, json!({})).await, ["FORBIDDEN"], "she does not buy for the buyer");
    assert_eq!(attempt(Who::Nobody, json!({})).await, ["UNAUTHENTICATED"]);
    room.mutate(Who::Seller, "pauseListing", json!({ "listingId": id })).await;
    assert_eq!(attempt(Who::Buyer, json!({})).await, ["NOT_FOUND"]);
    room.mutate(Who::Seller, "publishListing", json!({ "listingId": id })).await;
    room.clock.set("2027-01-01T00:00:00Z".parse().unwrap());
    assert_eq!(attempt(Who::Buyer, json!({})).await, ["INVALID_TRANSITION input.listingId"]);
    assert_eq!(room.number("SELECT COUNT(*) FROM stock_reservation").await, 0);
}

#[db_test]
async fn a_seller_cannot_take_back_what_is_held(room: Room) {
    let id = room.published(json!({})).await;
    room.mutate(Who::Buyer, "reserveStock", hold(&room, &id, "50")).await;
    let change = async |quantity: Value| {
        codes(&room.mutate(Who::Seller, "updateListing", json!({ "listingId": id, "quantity": quantity })).await)
    };
    assert_eq!(change(json!({ "value": "49.999", "unit": "KGM" })).await, ["STOCK_RESERVED input.quantity"]);
    assert_eq!(change(json!({ "value": "50", "unit": "TNE" })).await, ["STOCK_RESERVED input.quantity"]);
    assert_eq!(change(json!({ "value": "50", "unit": "KGM" })).await, Vec::<String>::new());
}

#[db_test]
async fn a_repeated_reservation_holds_once(room: Room) {
    let id = room.published(json!({})).await;
    let mut input = hold(&room, &id, "7");
    input["idempotencyKey"] = json!("r-1");
    let first = room.mutate(Who::Buyer, "reserveStock", input.clone()).await;
    let again = room.mutate(Who::Buyer, "reserveStock", input).await;
    assert_eq!(first, again);
    assert_eq!(room.number("SELECT reserved FROM listing").await, 7_000);
}

#[db_test]
async fn buyer_and_seller_see_what_is_held_and_others_do_not(room: Room) {
    let id = room.published(json!({})).await;
    let held = room.mutate(Who::Buyer, "reserveStock", hold(&room, &id, "7")).await;
    let query = "query($id: ID!) { listing(id: $id) { reservations { totalCount edges { node { id quantity listing { id } \
                 } } } } }";
    for (who, count) in [(Who::Seller, 1), (Who::Clerk, 1), (Who::Buyer, 1), (Who::Auditor, 1), (Who::Nobody, 0)] {
        let page = room.ask(who, query, json!({ "id": id })).await["listing"]["reservations"].take();
        assert_eq!(page["totalCount"], count, "{who:?}");
        assert_eq!(page["edges"].as_array().unwrap().len(), count, "{who:?}");
    }
    let release = json!({ "reservationId": held["reservation"]["id"] });
    assert_eq!(codes(&room.mutate(Who::Clerk, "releaseReservation", release.clone()).await), ["FORBIDDEN"]);
    assert_eq!(codes(&room.mutate(Who::Auditor, "releaseReservation", release).await), ["FORBIDDEN"]);
    assert_eq!(text(&held["reservation"]["status"]), "HELD");
}

#[db_test]
async fn a_reservation_that_is_sent_again_after_its_time_is_told_as_it_stands(room: Room) {
    let id = room.published(json!({})).await;
    let mut input = hold(&room, &id, "7");
    input["idempotencyKey"] = json!("r-1");
    input["expiresAt"] = json!("2026-11-24T10:00:00Z");
    let first = room.mutate(Who::Buyer, "reserveStock", input.clone()).await;
    room.clock.advance(TimeDelta::hours(48));
    room.catalog.expire_reservations().await.unwrap();

    let again = room.mutate(Who::Buyer, "reserveStock", input).await;

    assert_eq!(codes(&again), Vec::<String>::new());
    assert_eq!(again["reservation"]["id"], first["reservation"]["id"]);
    assert_eq!(again["reservation"]["status"], "EXPIRED");
}

#[db_test]
async fn a_damaged_reservation_does_not_keep_the_others(room: Room) {
    let damaged = room.published(json!({})).await;
    let sound = room.published(json!({})).await;
    room.mutate(Who::Buyer, "reserveStock", hold(&room, &damaged, "1")).await;
    room.clock.advance(TimeDelta::seconds(1));
    room.mutate(Who::Buyer, "reserveStock", hold(&room, &sound, "2")).await;
    let id = damaged.parse::<bfw::catalog::ListingId>().unwrap().uuid();
    room.execute("UPDATE listing SET reserved = 0 WHERE id = $1", vec![id.into()]).await;
    room.clock.advance(TimeDelta::hours(48));

    assert_eq!(room.catalog.expire_reservations().await.unwrap(), 1);
    assert_eq!(room.number("SELECT COUNT(*) FROM listing WHERE reserved > 0").await, 0);
    assert_eq!(room.number("SELECT COUNT(*) FROM stock_reservation WHERE status = 'HELD'").await, 1, "it is kept");
}

#[db_test]
async fn a_reservation_keeps_the_unit_that_it_was_made_in(room: Room) {
    let id = room.published(json!({})).await;
    let held = room.mutate(Who::Buyer, "reserveStock", hold(&room, &id, "7")).await;
    let release = json!({ "reservationId": held["reservation"]["id"] });
    room.mutate(Who::Buyer, "releaseReservation", release).await;
    let quantity = json!({ "value": "2", "unit": "TNE" });
    let changed = room.mutate(Who::Seller, "updateListing", json!({ "listingId": id, "quantity": quantity })).await;
    assert_eq!(codes(&changed), Vec::<String>::new());

    let query = "query($id: ID!) { listing(id: $id) { quantity { unit } reservations { edges { node { quantity quantityUnit } } } } }";
    let shown = room.ask(Who::Buyer, query, json!({ "id": id })).await;
    assert_eq!(shown["listing"]["quantity"]["unit"], "TNE");
    assert_eq!(shown["listing"]["reservations"]["edges"][0]["node"], json!({ "quantity": "7", "quantityUnit": "KGM" }));
}
