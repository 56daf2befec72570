//! How many statements a query costs: a number that does not depend on how many rows it shows.

use bfw::kernel::clock::Clock as _;
use db_test::db_test;
use serde_json::{Value, json};

use crate::harness::TestApp;

const ORGANIZATIONS: usize = 6;
const LISTINGS: usize = 4;

/// A cooperative's market: six sellers with four listings each.
async fn market(app: &TestApp) -> String {
    let mut listing = String::new();
    for number in 0..ORGANIZATIONS {
        let token = app.sign_up(&format!("seller-{number}@example.org")).await;
        let organization = app.register(&token, "SME", &format!("Karité {number}")).await;
        for _ in 0..LISTINGS {
            listing = app.published(&token, &organization, json!({})).await;
        }
    }
    app.settle().await;
    listing
}

/// Asks for pages of 1 and of 20, and gives what the larger one showed and cost.
async fn cost(app: &TestApp, query: &str, variables: Value) -> (Value, u64) {
    cost_to(app, None, query, variables).await
}

/// The same for somebody who is signed in.
async fn cost_to(app: &TestApp, token: Option<&str>, query: &str, mut variables: Value) -> (Value, u64) {
    variables["first"] = json!(1);
    // The first time, the caches of the process are filled.
    app.expect_data(token, query, variables.clone()).await;
    let (_, small) = app.statements_of(app.expect_data(token, query, variables.clone())).await;
    variables["first"] = json!(20);
    let (shown, large) = app.statements_of(app.expect_data(token, query, variables)).await;
    assert_eq!(small, large, "a page of 1 costs {small} statements, a page of 20 costs {large}: {query}");
    (shown, large)
}

#[db_test]
async fn a_listing_with_its_organization_and_certificates(app: TestApp) {
    let id = market(&app).await;
    let query = "query($id: ID!, $first: Int) { listing(id: $id) { title product { code } place { code } \
                 organization { name certificates(first: $first) { edges { node { number } } } } } }";

    let (shown, statements) = cost(&app, query, json!({ "id": id })).await;

    assert_eq!(shown["listing"]["organization"]["name"], format!("Karité {}", ORGANIZATIONS - 1));
    assert!(statements <= 3, "{statements}");
}

#[db_test]
async fn a_page_of_listings_with_their_organizations(app: TestApp) {
    market(&app).await;
    let query = "query($first: Int) { listings(filter: { productCode: \"shea-butter\" }, first: $first) { \
                 edges { node { title place { code } organization { name place { code } } } } } }";

    let (shown, statements) = cost(&app, query, json!({})).await;

    assert_eq!(shown["listings"]["edges"].as_array().unwrap().len(), 20);
    assert!(statements <= 2, "{statements}");
}

#[db_test]
async fn counting_a_page_costs_one_statement_and_only_when_it_is_asked(app: TestApp) {
    market(&app).await;
    let page = "query($first: Int) { listings(first: $first) { edges { node { id } } } }";
    let counted = "query($first: Int) { listings(first: $first) { totalCount edges { node { id } } } }";

    let (_, without) = cost(&app, page, json!({})).await;
    let (shown, with) = cost(&app, counted, json!({})).await;

    assert_eq!(shown["listings"]["totalCount"], ORGANIZATIONS * LISTINGS);
    assert_eq!(with, without + 1);
}

#[db_test]
async fn organizations_with_listings_and_certificates_of_each(app: TestApp) {
    market(&app).await;
    let query = "query($first: Int) { organizations(first: $first) { edges { node { name \
                 listings(first: 3) { edges { node { title organization { name } } } } \
                 certificates(first: 3) { edges { node { number } } } } } } }";

    let (shown, statements) = cost(&app, query, json!({})).await;

    let organizations = shown["organizations"]["edges"].as_array().unwrap();
    assert_eq!(organizations.len(), ORGANIZATIONS);
    assert!(organizations.iter().all(|edge| edge["node"]["listings"]["edges"].as_array().unwrap().len() == 3));
    assert!(statements <= 4, "{statements}");
}

#[db_test]
async fn a_search_with_facets_and_the_organizations_of_its_hits(app: TestApp) {
    market(&app).await;
    let query = "query($first: Int) { searchListings(query: \"karite\", first: $first) { totalCount \
                 edges { node { title organization { name } } } facets { field values { value count } } } }";

    let (shown, statements) = cost(&app, query, json!({})).await;

    assert_eq!(shown["searchListings"]["edges"].as_array().unwrap().len(), 20);
    assert!(statements <= 2, "{statements}");
}

/// Somebody who runs several organizations, each with a listing that was changed, stock that was reserved, a member who was
/// invited, and facts that were declared twice.
struct Houses {
    token: String,
    listings: Vec<String>,
    reservations: Vec<String>,
    invitations: Vec<String>,
}

async fn houses(app: &TestApp) -> Houses {
    let token = app.sign_up("owner@example.org").await;
    let buyer = app.sign_up("buyer@example.org").await;
    let kitchen = app.register(&buyer, "COMPANY", "Cantine de Ségou").await;
    let mut houses = Houses { token, listings: vec![], reservations: vec![], invitations: vec![] };
    let token = Some(houses.token.clone());
    let token = token.as_deref();
    for number in 0..ORGANIZATIONS {
        let organization = app.register(&houses.token, "SME", &format!("Karité {number}")).await;
        let listing = app.published(&houses.token, &organization, json!({})).await;
        let invite = "mutation($input: InviteMemberInput!) { inviteMember(input: $input) { invitation { id } \
                      userErrors { code message path } } }";
        for guest in 0..2 {
            let identifier = format!("guest-{number}-{guest}@example.org");
            let input = json!({ "organizationId": organization, "identifier": identifier, "role": "VIEWER" });
            let invited = app.expect_payload(token, invite, input).await;
            houses.invitations.push(invited["invitation"]["id"].as_str().unwrap().to_owned());
        }
        let declare = "mutation($input: DeclareOwnershipInput!) { declareOwnership(input: $input) { \
                       userErrors { code message path } } }";
        for members in [10, 20] {
            let input = json!({ "organizationId": organization, "totalMembers": members, "womenMembers": 9 });
            app.expect_payload(token, declare, input).await;
        }
        let reserve = "mutation($input: ReserveStockInput!) { reserveStock(input: $input) { reservation { id } \
                       userErrors { code message path } } }";
        let until = (app.clock.now() + chrono::TimeDelta::days(1)).to_rfc3339();
        for _ in 0..2 {
            let input = json!({ "listingId": listing, "organizationId": kitchen, "quantity": { "value": "5", "unit": "KGM" }, "expiresAt": until });
            let held = app.expect_payload(Some(&buyer), reserve, input).await;
            houses.reservations.push(held["reservation"]["id"].as_str().unwrap().to_owned());
        }
        houses.listings.push(listing);
    }
    houses
}

#[db_test]
async fn what_belongs_to_each_listing_of_a_page(app: TestApp) {
    let houses = houses(&app).await;
    let query = "query($first: Int) { listings(first: $first) { edges { node { \
                 versions(first: 2) { totalCount edges { node { version } } } \
                 reservations(first: 1) { totalCount pageInfo { hasNextPage } edges { node { quantity } } } } } } }";

    let (shown, statements) = cost_to(&app, Some(&houses.token), query, json!({})).await;
    let (hidden, to_nobody) = cost(&app, query, json!({})).await;

    let listings = shown["listings"]["edges"].as_array().unwrap();
    assert_eq!(listings.len(), ORGANIZATIONS);
    for edge in listings {
        assert_eq!(edge["node"]["versions"]["totalCount"], 2);
        assert_eq!(edge["node"]["versions"]["edges"][0]["node"]["version"], 2);
        assert_eq!(edge["node"]["reservations"]["totalCount"], 2);
        assert_eq!(edge["node"]["reservations"]["pageInfo"]["hasNextPage"], true);
        assert_eq!(edge["node"]["reservations"]["edges"].as_array().unwrap().len(), 1);
    }
    assert!(hidden["listings"]["edges"].as_array().unwrap().iter().all(|edge| {
        edge["node"]["versions"].is_null() && edge["node"]["reservations"]["edges"].as_array().unwrap().is_empty()
    }));
    assert_eq!(to_nobody, 1, "nobody has reservations");
    // Beside those of signing in and of the page: two pages and two counts.
    assert!(statements <= 7, "{statements}");
}

#[db_test]
async fn what_belongs_to_each_organization_of_a_page(app: TestApp) {
    let houses = houses(&app).await;
    let query = "query($first: Int) { organizations(filter: { kind: SME }, first: $first) { edges { node { \
                 members(first: 3) { totalCount edges { node { role user { name } } } } \
                 invitations(first: 1) { totalCount pageInfo { hasNextPage } edges { node { id } } } \
                 ownershipProfile { declarations(last: 1) { totalCount edges { node { sequence } } } \
                 evidence { totalCount edges { node { id } } } } } } } }";

    let (shown, statements) = cost_to(&app, Some(&houses.token), query, json!({})).await;

    let organizations = shown["organizations"]["edges"].as_array().unwrap();
    assert_eq!(organizations.len(), ORGANIZATIONS);
    for edge in organizations {
        let node = &edge["node"];
        assert_eq!((&node["members"]["totalCount"], &node["invitations"]["totalCount"]), (&json!(1), &json!(2)));
        assert_eq!(node["members"]["edges"][0]["node"]["role"], "OWNER");
        assert_eq!(node["invitations"]["edges"].as_array().unwrap().len(), 1);
        let declarations = &node["ownershipProfile"]["declarations"];
        assert_eq!(
            (&declarations["totalCount"], &declarations["edges"][0]["node"]["sequence"]),
            (&json!(2), &json!(1))
        );
        assert_eq!(node["ownershipProfile"]["evidence"]["totalCount"], 0);
    }
    // Beside those of signing in and of the page: a page and a count of each of four lists, the people, what was declared.
    assert!(statements <= 15, "{statements}");
}

#[db_test]
async fn a_page_of_inquiries_with_their_messages_and_parties(app: TestApp) {
    let buyer = app.sign_up("buyer@example.org").await;
    let kitchen = app.register(&buyer, "COMPANY", "Cantine de Ségou").await;
    let start = "mutation($input: StartInquiryInput!) { startInquiry(input: $input) { inquiry { id } \
                 userErrors { code message path } } }";
    for number in 0..ORGANIZATIONS {
        let token = app.sign_up(&format!("seller-{number}@example.org")).await;
        let organization = app.register(&token, "SME", &format!("Karité {number}")).await;
        let listing = app.published(&token, &organization, json!({})).await;
        for text in ["Bonjour", "Êtes-vous là ?"] {
            let input = json!({ "listingId": listing, "fromOrganizationId": kitchen, "text": text });
            app.expect_payload(Some(&buyer), start, input).await;
        }
    }
    let query = "query($first: Int) { inquiries(first: $first) { totalCount edges { node { unreadCount readByOtherAt \
                 readBy { name } from { name } to { name } listing { title } messages(last: 1) { totalCount edges { node { text \
                 author { organization { name } person { name } } attachments { fileName } } } } } } } }";

    let (shown, statements) = cost_to(&app, Some(&buyer), query, json!({})).await;

    let inquiries = shown["inquiries"]["edges"].as_array().unwrap();
    assert_eq!(inquiries.len(), ORGANIZATIONS);
    for edge in inquiries {
        let messages = &edge["node"]["messages"];
        assert_eq!(messages["totalCount"], 2);
        assert_eq!(messages["edges"][0]["node"]["text"], "Êtes-vous là ?");
        assert_eq!(edge["node"]["from"]["name"], "Cantine de Ségou");
        assert!(edge["node"]["listing"]["title"].is_string() && edge["node"]["to"]["name"].is_string());
    }
    // Beside those of signing in: a page and a count of two lists, organizations, listings, people, attachments.
    assert!(statements <= 15, "{statements}");
}

#[db_test]
async fn things_of_every_kind_by_their_ids(app: TestApp) {
    let houses = houses(&app).await;
    let token = Some(houses.token.as_str());
    let own = "{ viewer { user { id } memberships { id organization { id } } } }";
    let viewer = app.expect_data(token, own, json!({})).await["viewer"].take();
    let memberships = viewer["memberships"].as_array().unwrap();
    let ids = |pick: fn(&Value) -> &Value| -> Vec<String> {
        memberships.iter().map(|membership| pick(membership).as_str().unwrap().to_owned()).collect()
    };
    let kinds = [
        vec![viewer["user"]["id"].as_str().unwrap().to_owned()],
        ids(|membership| &membership["id"]),
        ids(|membership| &membership["organization"]["id"]),
        houses.listings.clone(),
        houses.reservations.clone(),
        houses.invitations.clone(),
    ];
    let query = "query($ids: [ID!]!) { nodes(ids: $ids) { id } }";
    let one_of_each: Vec<&String> = kinds.iter().map(|ids| &ids[0]).collect();
    let all: Vec<&String> = kinds.iter().flatten().collect();

    let (few, small) = app.statements_of(app.expect_data(token, query, json!({ "ids": one_of_each }))).await;
    let (many, large) = app.statements_of(app.expect_data(token, query, json!({ "ids": all }))).await;

    let found = |data: &Value| -> Vec<String> {
        data["nodes"].as_array().unwrap().iter().map(|node| node["id"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(found(&few).iter().collect::<Vec<_>>(), one_of_each);
    assert_eq!(found(&many).iter().collect::<Vec<_>>(), all);
    assert_eq!(small, large, "one of each kind costs {small} statements, all of them cost {large}");
}
