//! Who sees which listing, and who may change it.

use db_test::db_test;
use serde_json::json;

use super::room::{Room, Who, codes, uuid};

const STATUS: &str = "query($id: ID!) { listing(id: $id) { id status } }";

#[db_test]
async fn drafts_are_seen_by_members_and_auditors_only(room: Room) {
    let id = room.created(json!({})).await;
    for (who, seen) in
        [(Who::Nobody, false), (Who::Buyer, false), (Who::Seller, true), (Who::Clerk, true), (Who::Auditor, true)]
    {
        let listing = room.ask(who, STATUS, json!({ "id": id })).await["listing"].take();
        assert_eq!(listing.is_object(), seen, "{who:?}");
    }
}

#[db_test]
async fn what_cannot_be_seen_is_not_found_and_what_can_is_forbidden(room: Room) {
    let draft = room.created(json!({})).await;
    let public = room.published(json!({})).await;
    for mutation in ["publishListing", "pauseListing", "archiveListing", "updateListing"] {
        let refusal = async |who, id: &String| codes(&room.mutate(who, mutation, json!({ "listingId": id })).await);
        assert_eq!(refusal(Who::Buyer, &draft).await, ["NOT_FOUND"], "{mutation}");
        assert_eq!(refusal(Who::Buyer, &public).await, ["FORBIDDEN"], "{mutation}");
        assert_eq!(refusal(Who::Clerk, &draft).await, ["FORBIDDEN"], "{mutation}");
        assert_eq!(refusal(Who::Nobody, &public).await, ["UNAUTHENTICATED"], "{mutation}");
    }
    assert_eq!(room.number("SELECT MAX(version) FROM listing").await, 2);
}

#[db_test]
async fn nobody_lists_for_an_organization_that_is_not_hers(room: Room) {
    let refusal = async |who, organization: String| {
        codes(&room.mutate(who, "createListing", room.draft(json!({ "organizationId": organization }))).await)
    };
    assert_eq!(refusal(Who::Buyer, room.seller.to_string()).await, ["FORBIDDEN"]);
    assert_eq!(refusal(Who::Clerk, room.seller.to_string()).await, ["FORBIDDEN"]);
    assert_eq!(refusal(Who::Nobody, room.seller.to_string()).await, ["UNAUTHENTICATED"]);
    assert_eq!(refusal(Who::Nobody, "organization_7zzzzzzzzzzzzzzzzzzzzzzzzz".into()).await, ["UNAUTHENTICATED"]);
    assert_eq!(refusal(Who::Seller, "organization_7zzzzzzzzzzzzzzzzzzzzzzzzz".into()).await, ["NOT_FOUND"]);
    assert_eq!(room.number("SELECT COUNT(*) FROM listing").await, 0);
}

#[db_test]
async fn a_suspended_organizations_listings_vanish_from_the_market(room: Room) {
    let id = room.published(json!({})).await;
    let sql = "UPDATE organization SET standing = 'SUSPENDED' WHERE id = $1";
    room.execute(sql, vec![room.seller.uuid().into()]).await;
    let all = "{ listings { totalCount edges { node { id } } } }";
    let none = json!({ "totalCount": 0, "edges": [] });
    assert_eq!(room.ask(Who::Buyer, all, json!({})).await["listings"], none);
    assert_eq!(room.ask(Who::Buyer, STATUS, json!({ "id": id })).await["listing"], json!(null));
    assert!(room.ask(Who::Seller, STATUS, json!({ "id": id })).await["listing"].is_object());
}

#[db_test]
async fn lists_show_what_their_reader_may_see(room: Room) {
    room.created(json!({})).await;
    room.published(json!({})).await;
    let count = async |who, filter: serde_json::Value| {
        let query = "query($filter: ListingFilter) { listings(filter: $filter) { totalCount edges { node { id } } } }";
        let list = room.ask(who, query, json!({ "filter": filter })).await["listings"].take();
        assert_eq!(list["totalCount"].as_u64().unwrap() as usize, list["edges"].as_array().unwrap().len());
        list["totalCount"].as_i64().unwrap()
    };
    let of_seller = json!({ "organizationId": room.seller.to_string() });
    let drafts = json!({ "status": "DRAFT" });
    for (who, everywhere, of_the_seller, drafted) in
        [(Who::Nobody, 1, 1, 0), (Who::Buyer, 1, 1, 0), (Who::Clerk, 1, 2, 1), (Who::Auditor, 1, 2, 1)]
    {
        assert_eq!(count(who, json!(null)).await, everywhere, "{who:?}");
        assert_eq!(count(who, of_seller.clone()).await, of_the_seller, "{who:?}");
        assert_eq!(count(who, drafts.clone()).await, drafted, "{who:?}");
    }
}

#[db_test]
async fn filters_narrow_by_product_place_state_and_certificate(room: Room) {
    room.published(json!({ "title": "a-butter" })).await;
    room.published(json!({ "title": "b-millet", "productCode": "millet", "placeCode": "sikasso" })).await;
    room.published(json!({ "title": "c-gone", "availableUntil": "2026-11-30" })).await;
    let sold = room.published(json!({ "title": "d-sold", "productCode": "millet", "placeCode": "mopti" })).await;
    let nothing = json!({ "listingId": sold, "quantity": { "value": "0", "unit": "KGM" } });
    room.mutate(Who::Seller, "updateListing", nothing).await;
    room.clock.set("2026-12-01T08:00:00Z".parse().unwrap());
    certificate(&room, json!(["shea"])).await;

    let titles = async |filter: serde_json::Value| {
        let query = "query($filter: ListingFilter) { listings(filter: $filter, orderBy: { field: CREATED_AT, direction: \
                     ASC }) { edges { node { title } } } }";
        let list = room.ask(Who::Nobody, query, json!({ "filter": filter })).await;
        let edges = list["listings"]["edges"].as_array().unwrap().clone();
        edges.iter().map(|edge| edge["node"]["title"].as_str().unwrap()[..1].to_owned()).collect::<String>()
    };
    assert_eq!(titles(json!({})).await, "abcd");
    assert_eq!(titles(json!({ "productCode": "shea" })).await, "ac");
    assert_eq!(titles(json!({ "productCode": "situlu" })).await, "ac");
    assert_eq!(titles(json!({ "productCode": "millet", "placeCode": "Sikasso" })).await, "b");
    assert_eq!(titles(json!({ "placeCode": "ML" })).await, "abcd");
    assert_eq!(titles(json!({ "status": "PUBLISHED" })).await, "ab");
    assert_eq!(titles(json!({ "status": "EXPIRED" })).await, "c");
    assert_eq!(titles(json!({ "status": "SOLD_OUT" })).await, "d");
    assert_eq!(titles(json!({ "status": "PAUSED" })).await, "");
    assert_eq!(titles(json!({ "certifiedBy": "ORGANIC_EU" })).await, "ac");
    assert_eq!(titles(json!({ "certifiedBy": "FAIRTRADE" })).await, "");
}

async fn certificate(room: &Room, products: serde_json::Value) {
    let sql = "INSERT INTO certificate (id, scheme_code, number, issuer_name, organization_id, status, valid_from, \
               valid_until, product_codes, site_names, created_at, updated_at, version) \
               VALUES ($1, 'ORGANIC_EU', 'ML-1', 'Ecocert', $1, 'VERIFIED', $2, $3, $4, $5, $6, $6, 1)";
    let day = |text: &str| text.parse::<chrono::NaiveDate>().unwrap();
    let now = "2026-11-23T09:00:00Z".parse::<chrono::DateTime<chrono::Utc>>().unwrap();
    let values = vec![
        room.seller.uuid().into(),
        day("2026-01-01").into(),
        day("2026-12-31").into(),
        products.into(),
        json!([]).into(),
        now.into(),
    ];
    room.execute(sql, values).await;
    let covered = "INSERT INTO certificate_organization (organization_id, certificate_id) VALUES ($1, $1)";
    room.execute(covered, vec![room.seller.uuid().into()]).await;
}

#[db_test]
async fn foreign_forged_and_unknown_ids_are_told_apart(room: Room) {
    let asked = async |id: &str| {
        let answer = room.answer(Who::Nobody, STATUS, json!({ "id": id })).await;
        answer["errors"][0]["extensions"]["userErrors"][0]["code"].as_str().map(str::to_owned)
    };
    assert_eq!(asked("listing_7zzzzzzzzzzzzzzzzzzzzzzzzz").await, None);
    assert_eq!(asked(&room.seller.to_string()).await.as_deref(), Some("INVALID_ID"));
    assert_eq!(asked("1").await.as_deref(), Some("INVALID_ID"));
    assert_eq!(asked("listing_'; DROP TABLE listing; --").await.as_deref(), Some("INVALID_ID"));
    let payload = room.mutate(Who::Seller, "publishListing", json!({ "listingId": room.seller.to_string() })).await;
    assert_eq!(codes(&payload), ["INVALID_ID input.listingId"]);
    let id = room.created(json!({})).await;
    assert_ne!(uuid(&id), room.seller.uuid());
}
