//! Pages of listings: walked both ways while others write, in every order, in a fixed number of statements.

use async_graphql::{Context, EmptyMutation, EmptySubscription, Object, Schema};
use bfw::{
    accounts::OrganizationId,
    catalog::graphql::{ListingConnection, ListingsArgs, organization_listings},
    kernel::graphql::page_args,
};
use chrono::TimeDelta;
use db_test::db_test;
use serde_json::{Value, json};

use super::room::{Room, Who, answered, text};

async fn page(room: &Room, arguments: &str) -> (Vec<String>, Value) {
    let query = format!(
        "{{ listings({arguments}) {{ edges {{ node {{ title }} }} pageInfo {{ hasNextPage hasPreviousPage startCursor \
         endCursor }} }} }}"
    );
    let mut page = room.ask(Who::Nobody, &query, json!({})).await["listings"].take();
    let titles = page["edges"].as_array().unwrap().iter().map(|edge| text(&edge["node"]["title"])).collect();
    (titles, page["pageInfo"].take())
}

/// Walks a whole list page by page; between the pages others publish, or not.
async fn walk(room: &Room, order: &str, forward: bool, others_publish: bool) -> Vec<String> {
    let mut walked: Vec<String> = Vec::new();
    let mut cursor = Value::Null;
    loop {
        let bound = match (cursor.as_str(), forward) {
            (None, true) => "first: 3".to_owned(),
            (None, false) => "last: 3".to_owned(),
            (Some(cursor), true) => format!("first: 3, after: \"{cursor}\""),
            (Some(cursor), false) => format!("last: 3, before: \"{cursor}\""),
        };
        let (titles, info) = page(room, &format!("{order}, {bound}")).await;
        if forward {
            walked.extend(titles);
        } else {
            walked.splice(0..0, titles);
        }
        let more = if forward { &info["hasNextPage"] } else { &info["hasPreviousPage"] };
        if more != &json!(true) {
            return walked;
        }
        cursor = info[if forward { "endCursor" } else { "startCursor" }].clone();
        if others_publish {
            room.clock.advance(TimeDelta::minutes(1));
            room.published(json!({ "title": "intruder", "price": { "amount": "1005" } })).await;
        }
    }
}

/// Ten listings, one every minute; the price of every third is in euros, and so none a kilogram in francs.
async fn ten(room: &Room) {
    for number in 0..10 {
        room.clock.advance(TimeDelta::minutes(1));
        let currency = if number % 3 == 2 { "EUR" } else { "XOF" };
        let price = json!({ "amount": 1_000 + (number * 7) % 10, "currency": currency });
        room.published(json!({ "title": format!("listing {number}"), "price": price })).await;
    }
}

fn numbers(titles: &[String]) -> String {
    titles.iter().map(|title| title.rsplit(' ').next().unwrap()).collect()
}

#[db_test]
async fn every_order_reads_the_same_forwards_and_backwards(room: Room) {
    ten(&room).await;
    for (order, expected) in [
        ("orderBy: { field: PUBLISHED_AT, direction: DESC }", "9876543210"),
        ("orderBy: { field: PUBLISHED_AT, direction: ASC }", "0123456789"),
        ("orderBy: { field: CREATED_AT, direction: ASC }", "0123456789"),
        ("orderBy: { field: UPDATED_AT, direction: DESC }", "9876543210"),
        // Prices are 1000 + 7n mod 10; 2, 5 and 8 have none a kilogram and come last by age, whichever way.
        ("orderBy: { field: PRICE_PER_KILOGRAM, direction: ASC }", "0369147258"),
        ("orderBy: { field: PRICE_PER_KILOGRAM, direction: DESC }", "7419630852"),
    ] {
        let forward = walk(&room, order, true, false).await;
        assert_eq!(numbers(&forward), expected, "{order}");
        assert_eq!(walk(&room, order, false, false).await, forward, "{order}");
    }
}

#[db_test]
async fn a_walk_neither_repeats_nor_skips_while_others_publish(room: Room) {
    ten(&room).await;
    for (order, forward) in [
        ("orderBy: { field: PUBLISHED_AT, direction: DESC }", true),
        ("orderBy: { field: PUBLISHED_AT, direction: DESC }", false),
        ("orderBy: { field: PRICE_PER_KILOGRAM, direction: ASC }", true),
        ("orderBy: { field: PRICE_PER_KILOGRAM, direction: ASC }", false),
    ] {
        let walked = walk(&room, order, forward, true).await;
        let own: Vec<String> = walked.into_iter().filter(|title| title != "intruder").collect();
        let quiet = walk(&room, order, true, false).await;
        let quiet: Vec<String> = quiet.into_iter().filter(|title| title != "intruder").collect();
        assert_eq!(own, quiet, "{order}");
    }
}

#[db_test]
async fn a_page_between_two_cursors_is_what_lies_between(room: Room) {
    ten(&room).await;
    let order = "orderBy: { field: PRICE_PER_KILOGRAM, direction: ASC }";
    let query = format!("{{ listings({order}) {{ edges {{ cursor }} }} }}");
    let all = room.ask(Who::Nobody, &query, json!({})).await;
    let cursor = |position: usize| text(&all["listings"]["edges"][position]["cursor"]);
    for (after, before) in [(0, 9), (5, 8), (7, 9), (2, 4), (8, 9), (9, 0), (7, 3)] {
        let bounds = format!("{order}, after: \"{}\", before: \"{}\"", cursor(after), cursor(before));
        let expected: String =
            "0369147258".chars().enumerate().filter(|(at, _)| *at > after && *at < before).map(|(_, c)| c).collect();
        assert_eq!(numbers(&page(&room, &bounds).await.0), expected, "{after}..{before}");
        let backwards = format!("{bounds}, last: 100");
        assert_eq!(numbers(&page(&room, &backwards).await.0), expected, "{after}..{before} from the end");
    }
}

#[db_test]
async fn a_members_own_list_ends_with_her_drafts(room: Room) {
    ten(&room).await;
    for number in 0..3 {
        room.clock.advance(TimeDelta::minutes(1));
        room.created(json!({ "title": format!("draft {number}") })).await;
    }
    let query = format!(
        "query($after: String) {{ listings(first: 4, after: $after, filter: {{ organizationId: \"{}\" }}) {{ totalCount \
         edges {{ node {{ title }} }} pageInfo {{ hasNextPage endCursor }} }} }}",
        room.seller
    );
    let (mut titles, mut after) = (Vec::new(), Value::Null);
    loop {
        let list = room.ask(Who::Seller, &query, json!({ "after": after })).await["listings"].take();
        assert_eq!(list["totalCount"], 13);
        titles.extend(list["edges"].as_array().unwrap().iter().map(|edge| text(&edge["node"]["title"])));
        after = list["pageInfo"]["endCursor"].clone();
        if list["pageInfo"]["hasNextPage"] == json!(false) {
            break;
        }
    }
    assert_eq!(numbers(&titles), "9876543210210");
}

#[db_test]
async fn a_list_takes_as_many_statements_for_fifty_as_for_one(room: Room) {
    ten(&room).await;
    let cost = async |arguments: &str, total: &str| {
        let query = format!(
            "{{ listings({arguments}) {{ {total} edges {{ node {{ id title product {{ name }} status }} }} }} }}"
        );
        room.statements(room.ask(Who::Nobody, &query, json!({}))).await.0
    };
    for filter in ["", ", filter: { productCode: \"shea\", placeCode: \"segou\" }"] {
        assert_eq!(cost(&format!("first: 1{filter}"), "").await, 1);
        assert_eq!(cost(&format!("first: 50{filter}"), "").await, 1);
        assert_eq!(cost(&format!("first: 50{filter}"), "totalCount").await, 2);
    }
    let by_price = "orderBy: { field: PRICE_PER_KILOGRAM, direction: ASC }";
    assert_eq!(cost(&format!("first: 50, {by_price}"), "").await, 2);
}

/// Organizations as the directory will show them: each asks for its own listings.
struct Holders;

struct Holder(OrganizationId);

#[Object]
impl Holders {
    async fn organizations(&self, ids: Vec<String>) -> Vec<Holder> {
        ids.iter().map(|id| Holder(id.parse().unwrap())).collect()
    }
}

#[Object]
impl Holder {
    async fn listings(
        &self,
        ctx: &Context<'_>,
        first: i32,
        after: Option<String>,
    ) -> async_graphql::Result<ListingConnection> {
        let args = ListingsArgs { page: page_args(Some(first), after, None, None), ..ListingsArgs::default() };
        organization_listings(ctx, self.0, args).await
    }
}

#[db_test]
async fn twenty_organizations_show_their_listings_in_one_statement(room: Room) {
    let mut organizations = vec![room.seller];
    for number in 0..7 {
        room.published(json!({ "title": format!("listing {number}") })).await;
        room.clock.advance(TimeDelta::minutes(1));
    }
    for number in 0..19 {
        let (id, actor) = room.another_seller().await;
        organizations.push(id);
        for _ in 0..number % 3 {
            let query = "mutation($input: CreateListingInput!) { createListing(input: $input) { listing { id } } }";
            let draft = room.draft(json!({ "organizationId": id.to_string() }));
            let listing = room.ask_as(&actor, query, json!({ "input": draft })).await;
            let publish = "mutation($id: ID!) { publishListing(input: { listingId: $id }) { userErrors { code } } }";
            room.ask_as(&actor, publish, json!({ "id": listing["createListing"]["listing"]["id"] })).await;
        }
    }
    let schema = room.rooms(Schema::build(Holders, EmptyMutation, EmptySubscription)).finish();
    let ask = async |who, total: &str| {
        let ids: Vec<String> = organizations.iter().map(|id| format!("\"{id}\"")).collect();
        let query = format!(
            "{{ organizations(ids: [{}]) {{ listings(first: 5) {{ {total} edges {{ node {{ title }} }} pageInfo {{ \
             hasNextPage }} }} }} }}",
            ids.join(", ")
        );
        let actor = room.actor(who);
        let request = room.request(&actor, &query);
        let (statements, answer) = room.statements(schema.execute(request)).await;
        assert!(answer.errors.is_empty(), "{:?}", answer.errors);
        (statements, answered(&answer)["data"]["organizations"].take())
    };
    let (statements, answer) = ask(Who::Nobody, "").await;
    assert_eq!(statements, 1);
    let titles = |of: &Value| {
        of["listings"]["edges"].as_array().unwrap().iter().map(|edge| text(&edge["node"]["title"])).collect::<Vec<_>>()
    };
    assert_eq!(numbers(&titles(&answer[0])), "65432");
    assert_eq!(answer[0]["listings"]["pageInfo"]["hasNextPage"], true);
    let counts: Vec<usize> = (1..20).map(|position| titles(&answer[position]).len()).collect();
    assert_eq!(counts, (0..19).map(|number| number % 3).collect::<Vec<_>>());

    let (statements, answer) = ask(Who::Nobody, "totalCount").await;
    assert_eq!((statements, &answer[0]["listings"]["totalCount"]), (2, &json!(7)));
    assert_eq!(answer[1]["listings"]["totalCount"], 0);
    // One group more: what the seller sees of her own, drafts included, which come in a stretch of their own.
    room.created(json!({})).await;
    let (statements, answer) = ask(Who::Seller, "totalCount").await;
    assert_eq!(answer[0]["listings"]["totalCount"], 8);
    assert!(statements <= 5, "{statements}");
}
