//! What a listing goes through.

use db_test::db_test;
use serde_json::{Value, json};

use super::room::{Room, Who, codes, text, uuid};

#[db_test]
async fn a_draft_becomes_public_rests_and_ends(room: Room) {
    let id = room.created(json!({})).await;
    let step = async |mutation: &str| {
        let payload = room.mutate(Who::Seller, mutation, json!({ "listingId": id })).await;
        assert_eq!(payload["userErrors"], json!([]), "{mutation}");
        (text(&payload["listing"]["status"]), payload["listing"]["version"].as_i64().unwrap())
    };

    assert_eq!(step("publishListing").await, ("PUBLISHED".into(), 2));
    assert_eq!(step("pauseListing").await, ("PAUSED".into(), 3));
    assert_eq!(step("publishListing").await, ("PUBLISHED".into(), 4));
    assert_eq!(step("archiveListing").await, ("ARCHIVED".into(), 5));

    for mutation in ["publishListing", "pauseListing", "archiveListing"] {
        let payload = room.mutate(Who::Seller, mutation, json!({ "listingId": id })).await;
        assert_eq!(codes(&payload), ["INVALID_TRANSITION input.listingId"], "{mutation}");
    }
    let payload = room.mutate(Who::Seller, "updateListing", json!({ "listingId": id, "title": "Autre" })).await;
    assert_eq!(codes(&payload), ["INVALID_TRANSITION input.listingId"]);
}

#[db_test]
async fn every_change_is_kept_audited_and_carried_on(room: Room) {
    let id = room.published(json!({})).await;
    room.mutate(Who::Seller, "updateListing", json!({ "listingId": id, "price": { "amount": "1300" } })).await;

    assert_eq!(room.number("SELECT COUNT(*) FROM listing_version").await, 3);
    assert_eq!(room.number("SELECT COUNT(*) FROM audit_entry WHERE subject_kind = 'listing'").await, 3);
    assert_eq!(room.number("SELECT COUNT(*) FROM outbox WHERE topic = 'listing'").await, 3);

    let query = "query($id: ID!) { listing(id: $id) { versions(first: 2) { totalCount edges { node {
                 version status price { amount } } } pageInfo { hasNextPage endCursor } } } }";
    let versions = room.ask(Who::Clerk, query, json!({ "id": id })).await["listing"]["versions"].take();
    assert_eq!(versions["totalCount"], 3);
    assert_eq!(
        versions["edges"],
        json!([
            { "node": { "version": 3, "status": "PUBLISHED", "price": { "amount": "1300" } } },
            { "node": { "version": 2, "status": "PUBLISHED", "price": { "amount": "1250" } } },
        ])
    );
    let more = "query($id: ID!, $after: String) { listing(id: $id) { versions(after: $after) { edges { node { version \
                status } } pageInfo { hasNextPage } } } }";
    let rest = room.ask(Who::Clerk, more, json!({ "id": id, "after": versions["pageInfo"]["endCursor"] })).await;
    assert_eq!(
        rest["listing"]["versions"],
        json!({ "edges": [{ "node": { "version": 1, "status": "DRAFT" } }], "pageInfo": { "hasNextPage": false } })
    );
    let outsider = room.ask(Who::Buyer, query, json!({ "id": id })).await;
    assert_eq!(outsider["listing"]["versions"], json!(null));
}

#[db_test]
async fn publishing_says_everything_that_is_missing(room: Room) {
    let bare = json!({
        "organizationId": room.seller.to_string(), "productCode": "shea-butter", "title": "Beurre",
    });
    let payload = room.mutate(Who::Seller, "createListing", bare).await;
    let id = text(&payload["listing"]["id"]);
    let payload = room.mutate(Who::Seller, "publishListing", json!({ "listingId": id })).await;
    assert_eq!(
        codes(&payload),
        [
            "MISSING_FOR_PUBLICATION input.price",
            "MISSING_FOR_PUBLICATION input.quantity",
            "MISSING_FOR_PUBLICATION input.placeCode"
        ]
    );
    assert_eq!(payload["listing"], json!(null));
    assert_eq!(room.number("SELECT COUNT(*) FROM listing WHERE status = 'DRAFT' AND version = 1").await, 1);

    let over = room.created(json!({ "availableUntil": "2026-11-22" })).await;
    let payload = room.mutate(Who::Seller, "publishListing", json!({ "listingId": over })).await;
    assert_eq!(codes(&payload), ["OUT_OF_RANGE input.availableUntil"]);
}

#[db_test]
async fn what_is_left_out_stays_and_what_is_null_goes(room: Room) {
    let id = room.created(json!({ "description": "Pressé à froid", "season": "2026", "minimumOrder": "5" })).await;
    let payload = room
        .mutate(Who::Seller, "updateListing", json!({ "listingId": id, "description": null, "minimumOrder": "10.5" }))
        .await;
    let listing = &payload["listing"];
    assert_eq!(
        (&listing["description"], &listing["season"], &listing["minimumOrder"], &listing["title"]),
        (&json!(null), &json!("2026"), &json!("10.5"), &json!("Beurre de karité non raffiné"))
    );

    // A variable that is not given must not erase a field.
    let query = "mutation($id: ID!, $season: String) { updateListing(input: { listingId: $id, season: $season }) {
                 listing { season } userErrors { code } } }";
    let kept = room.ask(Who::Seller, query, json!({ "id": id })).await;
    assert_eq!(kept["updateListing"]["listing"]["season"], "2026");
    let erased = room.ask(Who::Seller, query, json!({ "id": id, "season": null })).await;
    assert_eq!(erased["updateListing"]["listing"]["season"], json!(null));

    let payload = room.mutate(Who::Seller, "updateListing", json!({ "listingId": id, "title": null })).await;
    assert_eq!(codes(&payload), ["REQUIRED input.title"]);
}

#[db_test]
async fn a_published_listing_stays_fit_to_be_published(room: Room) {
    let id = room.published(json!({})).await;
    let change = async |with: serde_json::Value| {
        let mut input = json!({ "listingId": id });
        for (name, value) in with.as_object().unwrap() {
            input[name] = value.clone();
        }
        codes(&room.mutate(Who::Seller, "updateListing", input).await)
    };
    assert_eq!(change(json!({ "price": null })).await, ["MISSING_FOR_PUBLICATION input.price"]);
    assert_eq!(change(json!({ "quantity": null })).await, ["MISSING_FOR_PUBLICATION input.quantity"]);
    assert_eq!(change(json!({ "placeCode": null })).await, ["MISSING_FOR_PUBLICATION input.placeCode"]);
    assert_eq!(change(json!({ "productCode": "millet" })).await, ["INVALID_TRANSITION input.productCode"]);
    assert_eq!(change(json!({ "quantity": { "value": "0", "unit": "KGM" } })).await, Vec::<String>::new());
    let status = "query($id: ID!) { listing(id: $id) { status } }";
    assert_eq!(room.ask(Who::Nobody, status, json!({ "id": id })).await["listing"]["status"], "SOLD_OUT");
}

#[db_test]
async fn a_version_that_passed_is_refused_with_the_present_one(room: Room) {
    let id = room.created(json!({})).await;
    let input = json!({ "listingId": id, "title": "Premier", "expectedVersion": 1 });
    assert_eq!(codes(&room.mutate(Who::Seller, "updateListing", input).await), Vec::<String>::new());
    let input = json!({ "listingId": id, "title": "Second", "expectedVersion": 1 });
    let payload = room.mutate(Who::Seller, "updateListing", input).await;
    assert_eq!(codes(&payload), ["VERSION_CONFLICT input.expectedVersion"]);
    assert!(text(&payload["userErrors"][0]["message"]).contains("version 2"));
    let payload = room.mutate(Who::Seller, "publishListing", json!({ "listingId": id, "expectedVersion": 3 })).await;
    assert_eq!(codes(&payload), ["VERSION_CONFLICT input.expectedVersion"]);
}

#[db_test]
async fn a_repeated_write_is_done_once(room: Room) {
    let draft = room.draft(json!({ "idempotencyKey": "k-1" }));
    let first = room.mutate(Who::Seller, "createListing", draft.clone()).await;
    let again = room.mutate(Who::Seller, "createListing", draft).await;
    assert_eq!(first["listing"]["id"], again["listing"]["id"]);
    assert_eq!(room.number("SELECT COUNT(*) FROM listing").await, 1);

    let other = room.draft(json!({ "idempotencyKey": "k-1", "title": "Autre chose" }));
    let payload = room.mutate(Who::Seller, "createListing", other).await;
    assert_eq!(codes(&payload), ["IDEMPOTENCY_CONFLICT input.idempotencyKey"]);

    let publish = json!({ "listingId": first["listing"]["id"], "idempotencyKey": "k-2" });
    for _ in 0..2 {
        let payload = room.mutate(Who::Seller, "publishListing", publish.clone()).await;
        assert_eq!((codes(&payload).len(), &payload["listing"]["version"]), (0, &json!(2)));
    }

    // A refused write keeps no key: mended, it may use it again.
    let refused = room.draft(json!({ "idempotencyKey": "k-3", "title": "" }));
    assert_eq!(codes(&room.mutate(Who::Seller, "createListing", refused).await), ["REQUIRED input.title"]);
    let mended = room.draft(json!({ "idempotencyKey": "k-3" }));
    assert_eq!(codes(&room.mutate(Who::Seller, "createListing", mended).await), Vec::<String>::new());
}

#[db_test]
async fn a_reference_names_one_listing_of_an_organization(room: Room) {
    room.created(json!({ "reference": "A-1" })).await;
    let payload = room.mutate(Who::Seller, "createListing", room.draft(json!({ "reference": " A-1 " }))).await;
    assert_eq!(codes(&payload), ["DUPLICATE_REFERENCE input.reference"]);
}

#[db_test]
async fn a_grade_follows_its_measurements_when_they_change(room: Room) {
    let measured = |peroxide: &str| {
        json!([
            { "attribute": "free-fatty-acids", "value": "0.9" }, { "attribute": "moisture", "value": "0.04" },
            { "attribute": "impurities", "value": "0.05" }, { "attribute": "peroxide", "value": peroxide },
        ])
    };
    let id = room.created(json!({ "measurements": measured("8") })).await;
    let payload = room.mutate(Who::Seller, "updateListing", json!({ "listingId": id, "title": "Karité" })).await;
    assert_eq!(payload["listing"]["grade"], "I");
    let input = json!({ "listingId": id, "measurements": measured("12") });
    assert_eq!(room.mutate(Who::Seller, "updateListing", input).await["listing"]["grade"], "II");
    let input = json!({ "listingId": id, "measurements": null });
    let payload = room.mutate(Who::Seller, "updateListing", input).await;
    assert_eq!((&payload["listing"]["grade"], &payload["listing"]["measurements"]), (&json!(null), &json!([])));
}

#[db_test]
async fn changes_at_once_leave_one_version_each(room: Room) {
    let id = room.created(json!({})).await;
    let changes = (0..16).map(|number| {
        let input = json!({ "listingId": id, "title": format!("Beurre {number}") });
        let room = room.clone();
        tokio::spawn(async move { room.mutate(Who::Seller, "updateListing", input).await })
    });
    let mut versions = Vec::new();
    for change in changes.collect::<Vec<_>>() {
        versions.push(change.await.unwrap()["listing"]["version"].as_i64().unwrap());
    }
    versions.sort_unstable();
    assert_eq!(versions, (2..=17).collect::<Vec<_>>());
    assert_eq!(room.number("SELECT COUNT(*) FROM listing_version").await, 17);
    let verified = bfw::kernel::audit::verify(&room.db).await.unwrap();
    assert!(verified.broken.is_empty(), "{:?}", verified.broken);
    assert_eq!(uuid(&id).get_version_num(), 7);
}

#[db_test]
async fn a_least_order_does_not_follow_the_quantity_into_another_unit(room: Room) {
    let id = room.published(json!({ "minimumOrder": "10" })).await;
    let change = async |with: Value| {
        let mut input = json!({ "listingId": id });
        input.as_object_mut().unwrap().extend(with.as_object().unwrap().clone());
        codes(&room.mutate(Who::Seller, "updateListing", input).await)
    };
    let tonnes = json!({ "value": "20", "unit": "TNE" });

    assert_eq!(change(json!({ "quantity": tonnes })).await, ["REQUIRED input.minimumOrder"]);
    assert_eq!(room.number("SELECT minimum_order FROM listing").await, 10_000);
    assert_eq!(change(json!({ "quantity": tonnes, "minimumOrder": "1" })).await, Vec::<String>::new());
    assert_eq!(room.number("SELECT minimum_order FROM listing").await, 1_000);
    let kilograms = json!({ "value": "500", "unit": "KGM" });
    assert_eq!(change(json!({ "quantity": kilograms, "minimumOrder": null })).await, Vec::<String>::new());
    assert_eq!(room.number("SELECT COUNT(*) FROM listing WHERE minimum_order IS NULL").await, 1);
}

#[db_test]
async fn of_many_drafts_with_one_reference_at_once_one_is_written(room: Room) {
    let races = (0..16).map(|_| {
        let room = room.clone();
        tokio::spawn(async move {
            let input = room.draft(json!({ "reference": "K-7" }));
            codes(&room.mutate(Who::Seller, "createListing", input).await)
        })
    });
    let mut written = 0;
    for race in races.collect::<Vec<_>>() {
        match race.await.unwrap().as_slice() {
            [] => written += 1,
            [code] if code == "DUPLICATE_REFERENCE input.reference" => {}
            other => panic!("{other:?}"),
        }
    }
    assert_eq!(written, 1);
    assert_eq!(room.number("SELECT COUNT(*) FROM listing").await, 1);
}
