//! Pages are read with less where less is asked for. Whatever is asked, a page shows what the thing itself shows.

use db_test::db_test;
use serde_json::{Value, json};

use crate::harness::TestApp;

/// Every field of a type that needs no arguments, with what is asked of what it gives.
async fn fields(app: &TestApp, of: &str) -> Vec<String> {
    let query = "query($name: String!) { __type(name: $name) { fields { name args { type { kind } defaultValue } \
                 type { kind ofType { kind ofType { kind ofType { kind } } } } } } }";
    let data = app.expect_data(None, query, json!({ "name": of })).await;
    let needs = |argument: &Value| argument["type"]["kind"] == "NON_NULL" && argument["defaultValue"].is_null();
    let fields = data["__type"]["fields"].as_array().unwrap().iter();
    let fields = fields.filter(|field| !field["args"].as_array().unwrap().iter().any(needs)).map(|field| {
        let mut kind = &field["type"];
        while !kind["ofType"].is_null() {
            kind = &kind["ofType"];
        }
        let within = if kind["kind"] == "OBJECT" { " { __typename }" } else { "" };
        format!("{}{within}", field["name"].as_str().unwrap())
    });
    fields.collect()
}

/// What is shown; some of it a reader may not see, which is told as an error.
async fn shown(app: &TestApp, reader: Option<&str>, query: &str, variables: Value) -> Value {
    let mut answer = app.graphql(reader, query, variables).await;
    for error in answer["errors"].as_array().into_iter().flatten() {
        let code = &error["extensions"]["code"];
        assert!(["FORBIDDEN", "UNAUTHENTICATED"].contains(&code.as_str().unwrap()), "{answer:#}");
    }
    answer["data"].take()
}

struct Market {
    token: String,
    organization: String,
    listing: String,
}

async fn market(app: &TestApp) -> Market {
    let token = app.sign_up("awa@example.org").await;
    let organization = app.register(&token, "SME", "Karité de Ségou").await;
    let listing = app.published(&token, &organization, json!({})).await;
    Market { token, organization, listing }
}

#[db_test]
async fn a_page_of_listings_shows_of_each_what_the_listing_shows(app: TestApp) {
    let Market { token, organization, listing } = market(&app).await;
    let fields = fields(&app, "Listing").await;
    assert!(fields.len() > 25, "{fields:?}");
    for reader in [None, Some(token.as_str())] {
        for asked in fields.iter().flat_map(|field| [field.clone(), format!("title {field}")]) {
            let query = format!(
                "query($listing: ID!, $organization: ID!) {{ listing(id: $listing) {{ {asked} }} \
                 listings {{ edges {{ node {{ {asked} }} }} }} \
                 organization(id: $organization) {{ listings {{ edges {{ node {{ {asked} }} }} }} }} }}"
            );
            let data =
                app.expect_data(reader, &query, json!({ "listing": listing, "organization": organization })).await;
            assert!(data["listing"].is_object(), "{data}");
            assert_eq!(data["listings"]["edges"], json!([{ "node": data["listing"] }]), "{asked}");
            assert_eq!(data["organization"]["listings"]["edges"], data["listings"]["edges"], "{asked}");
        }
    }
}

#[db_test]
async fn a_page_of_organizations_and_a_listing_on_a_page_show_of_each_what_the_organization_shows(app: TestApp) {
    let Market { token, organization, .. } = market(&app).await;
    let fields = fields(&app, "Organization").await;
    assert!(fields.len() > 20, "{fields:?}");
    for reader in [None, Some(token.as_str())] {
        for asked in fields.iter().flat_map(|field| [field.clone(), format!("name {field}")]) {
            let query = format!(
                "query($organization: ID!) {{ organization(id: $organization) {{ {asked} }} \
                 organizations {{ edges {{ node {{ {asked} }} }} }} \
                 newest: organizations(orderBy: {{ field: CREATED_AT, direction: DESC }}) {{ edges {{ node {{ {asked} }} }} }} \
                 listings {{ edges {{ node {{ organization {{ {asked} }} }} }} }} }}"
            );
            let data = shown(&app, reader, &query, json!({ "organization": organization })).await;
            assert!(data["organization"].is_object(), "{data}");
            let shown = json!([{ "node": data["organization"] }]);
            assert_eq!(data["organizations"]["edges"], shown, "{asked}");
            assert_eq!(data["newest"]["edges"], shown, "{asked}");
            let seller = json!([{ "node": { "organization": data["organization"] } }]);
            assert_eq!(data["listings"]["edges"], seller, "{asked}");
        }
    }
}

#[db_test]
async fn cursors_are_the_same_however_much_is_read(app: TestApp) {
    market(&app).await;
    for order in ["PUBLISHED_AT", "CREATED_AT", "UPDATED_AT", "PRICE_PER_KILOGRAM"] {
        let page = format!("listings(orderBy: {{ field: {order}, direction: ASC }})");
        let query = format!(
            "{{ little: {page} {{ edges {{ cursor node {{ title }} }} pageInfo {{ endCursor }} }} \
             much: {page} {{ edges {{ cursor node {{ description }} }} pageInfo {{ endCursor }} }} }}"
        );
        let data = app.expect_data(None, &query, json!({})).await;
        assert!(data["little"]["edges"][0]["cursor"].is_string(), "{data}");
        assert_eq!(data["little"]["edges"][0]["cursor"], data["much"]["edges"][0]["cursor"]);
        assert_eq!(data["little"]["pageInfo"], data["much"]["pageInfo"]);
    }
}

#[db_test]
async fn each_part_of_a_card_is_read_alone_and_with_any_other(app: TestApp) {
    let Market { listing, .. } = market(&app).await;
    let parts = ["product { code }", "price { amount }", "priceUnit", "pricePerKilogram", "organization { name kind }"];
    for order in ["PUBLISHED_AT", "UPDATED_AT", "PRICE_PER_KILOGRAM"] {
        for chosen in 1_u32..1 << parts.len() {
            let asked: Vec<&str> =
                parts.iter().enumerate().filter(|(part, _)| chosen >> part & 1 == 1).map(|(_, part)| *part).collect();
            let asked = asked.join(" ");
            let query = format!(
                "query($listing: ID!) {{ listing(id: $listing) {{ {asked} }} \
                 listings(orderBy: {{ field: {order}, direction: ASC }}) {{ edges {{ node {{ {asked} }} }} }} }}"
            );
            let data = app.expect_data(None, &query, json!({ "listing": listing })).await;
            assert!(data["listing"].is_object(), "{data}");
            assert_eq!(data["listings"]["edges"], json!([{ "node": data["listing"] }]), "{order} {asked}");
        }
    }
}
