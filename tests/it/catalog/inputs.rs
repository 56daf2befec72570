//! Bad input, tried: each is a clear error at its own field, and nothing is written.

use db_test::db_test;
use serde_json::{Value, json};

use super::room::{Room, Who, codes};
use crate::harness::TestApp;

#[db_test]
async fn what_cannot_be_meant_is_refused_where_it_stands(room: Room) {
    let cases: Vec<(Value, &str)> = vec![
        (json!({ "price": { "amount": "-1" } }), "OUT_OF_RANGE input.price.amount"),
        (json!({ "price": { "amount": 0 } }), "OUT_OF_RANGE input.price.amount"),
        (json!({ "price": { "amount": "99999999999999999999999" } }), "OUT_OF_RANGE input.price.amount"),
        (json!({ "price": { "amount": "1e9" } }), "MALFORMED_NUMBER input.price.amount"),
        (json!({ "price": { "amount": "12,5" } }), "MALFORMED_NUMBER input.price.amount"),
        (json!({ "price": { "amount": "1", "currency": "CFA" } }), "UNKNOWN_CURRENCY input.price.currency"),
        (json!({ "quantity": { "value": "-4", "unit": "KGM" } }), "OUT_OF_RANGE input.quantity.value"),
        (json!({ "quantity": { "value": "0.0001", "unit": "KGM" } }), "TOO_PRECISE input.quantity.value"),
        (json!({ "quantity": { "value": "4", "unit": "SARA" } }), "UNKNOWN_UNIT input.quantity.unit"),
        (json!({ "priceUnit": "\u{0}" }), "UNKNOWN_UNIT input.priceUnit"),
        (json!({ "title": "" }), "REQUIRED input.title"),
        (json!({ "title": "x".repeat(10_000_000) }), "TOO_LONG input.title"),
        (json!({ "title": "a\u{0}b" }), "INVALID_CHARACTERS input.title"),
        (json!({ "title": "a\u{202e}b" }), "INVALID_CHARACTERS input.title"),
        (json!({ "description": "\u{7}" }), "INVALID_CHARACTERS input.description"),
        (json!({ "reference": "a\u{0}b" }), "INVALID_CHARACTERS input.reference"),
        (json!({ "season": "x".repeat(61) }), "TOO_LONG input.season"),
        (json!({ "productCode": "x\u{0}" }), "UNKNOWN_PRODUCT input.productCode"),
        (json!({ "productCode": "cereals" }), "UNKNOWN_PRODUCT input.productCode"),
        (json!({ "placeCode": "\u{0}" }), "UNKNOWN_PLACE input.placeCode"),
        (
            json!({ "availableFrom": "2027-01-01", "availableUntil": "2026-12-31" }),
            "INVALID_PERIOD input.availableUntil",
        ),
        (json!({ "minimumOrder": "500" }), "OUT_OF_RANGE input.minimumOrder"),
        (
            json!({ "measurements": [{ "attribute": "moisture", "value": "200" }] }),
            "OUT_OF_RANGE input.measurements.0.value",
        ),
        (json!({ "organizationId": "organization_x" }), "INVALID_ID input.organizationId"),
        (json!({ "idempotencyKey": "" }), "REQUIRED input.idempotencyKey"),
    ];
    for (with, code) in cases {
        let payload = room.mutate(Who::Seller, "createListing", room.draft(with.clone())).await;
        let shown: String = with.to_string().chars().take(80).collect();
        assert_eq!(codes(&payload), [code], "{shown}");
        assert_eq!(payload["listing"], json!(null));
    }
    assert_eq!(room.number("SELECT COUNT(*) FROM listing").await, 0);
    assert_eq!(room.number("SELECT COUNT(*) FROM outbox").await, 0);
    assert_eq!(room.number("SELECT COUNT(*) FROM idempotency_record").await, 0);
}

#[db_test]
async fn what_people_do_write_is_kept_as_it_is(room: Room) {
    for title in
        ["زبدة الشيا 🌾", "Sɛnɛkɛlaw ka situlu", "Beurre « extra » d’Ouélessébougou", "'; DROP TABLE listing; --"]
    {
        let payload = room.mutate(Who::Seller, "createListing", room.draft(json!({ "title": title }))).await;
        assert_eq!(payload["listing"]["title"], title);
    }
}

#[db_test]
async fn wrong_types_never_reach_the_catalogue(app: TestApp) {
    let token = app.sign_up("awa@example.org").await;
    let organization = app.register(&token, "COOPERATIVE", "Sinignasigi").await;
    let query = "mutation($input: CreateListingInput!) { createListing(input: $input) { listing { id } } }";
    // A scalar names itself, everything else the field.
    for (with, named) in [
        (json!({ "price": { "amount": 12.5 } }), "\"Decimal\""),
        (json!({ "price": "1250" }), "$input.price"),
        (json!({ "title": 7 }), "$input.title"),
        (json!({ "title": null }), "$input.title"),
        (json!({ "language": "DE" }), "$input.language"),
        (json!({ "availableUntil": "31/12/2026" }), "\"Date\""),
        (json!({ "measurements": [{ "attribute": "moisture", "value": true }] }), "\"Decimal\""),
        (json!({ "colour": "white" }), "colour"),
    ] {
        let mut input = json!({ "organizationId": organization, "productCode": "shea-butter", "title": "Beurre" });
        input.as_object_mut().unwrap().extend(with.as_object().unwrap().clone());
        let answer = app.graphql(Some(&token), query, json!({ "input": input })).await;
        let errors = answer["errors"].as_array().unwrap_or_else(|| panic!("{with}: {answer:#}"));
        assert_eq!(errors.len(), 1, "{with}: {answer:#}");
        assert_eq!(errors[0]["extensions"]["code"], "BAD_USER_INPUT", "{with}: {answer:#}");
        let message = errors[0]["message"].as_str().unwrap();
        assert!(message.contains(named), "{with}: {message}");
        assert!(answer["data"].is_null(), "{with}");
    }
    let own = "query($id: ID!) { organization(id: $id) { listings { totalCount } } }";
    let listings = app.expect_data(Some(&token), own, json!({ "id": organization })).await;
    assert_eq!(listings["organization"]["listings"]["totalCount"], 0);
}

#[db_test]
async fn unknown_filters_and_misused_pages_are_refused(room: Room) {
    let code = async |arguments: &str| {
        let query = format!("{{ listings({arguments}) {{ edges {{ cursor }} }} }}");
        let answer = room.answer(Who::Nobody, &query, json!({})).await;
        assert_eq!(answer["errors"][0]["extensions"]["code"], "BAD_USER_INPUT", "{answer:#}");
        answer["errors"][0]["extensions"]["userErrors"][0]["code"].as_str().unwrap().to_owned()
    };
    assert_eq!(code("first: 101").await, "INVALID_PAGE_SIZE");
    assert_eq!(code("first: -1").await, "INVALID_PAGE_SIZE");
    assert_eq!(code("first: 1, last: 1").await, "INVALID_PAGE_SIZE");
    assert_eq!(code("after: \"x\"").await, "INVALID_CURSOR");
    assert_eq!(code("filter: { productCode: \"xyzzy\" }").await, "UNKNOWN_PRODUCT");
    assert_eq!(code("filter: { placeCode: \"atlantis\" }").await, "UNKNOWN_PLACE");
    assert_eq!(code("filter: { organizationId: \"listing_1\" }").await, "INVALID_ID");

    room.published(json!({})).await;
    let newest = room.ask(Who::Nobody, "{ listings { edges { cursor } } }", json!({})).await;
    let cursor = newest["listings"]["edges"][0]["cursor"].as_str().unwrap().to_owned();
    let other_order = format!("orderBy: {{ field: UPDATED_AT, direction: ASC }}, after: \"{cursor}\"");
    assert_eq!(code(&other_order).await, "INVALID_CURSOR");
}
