//! Listings as they are published.

use db_test::db_test;
use serde_json::{Value, json};

use super::{Client, LISTINGS, quick};
use crate::harness::{TestApp, served::Served};

async fn seller(app: &TestApp) -> (String, String) {
    let awa = app.sign_up("awa@example.org").await;
    let cooperative = app.register(&awa, "COOPERATIVE", "Benkadi").await;
    (awa, cooperative)
}

async fn title(client: &mut Client, id: &str) -> Value {
    client.next(id).await["listingPublished"]["listing"]["title"].take()
}

#[db_test]
async fn anybody_hears_of_a_listing_once_it_is_published(app: TestApp) {
    let served = Served::with(&app.app, quick()).await;
    let (awa, cooperative) = seller(&app).await;
    let mut client = Client::connected(&served, None).await;
    client.subscribe("1", LISTINGS, json!({})).await;
    let listing = app.draft(&awa, &cooperative, json!({ "title": "Beurre de karité" })).await;
    app.publish(&awa, &listing).await;
    let heard = client.next("1").await;
    let expected =
        json!({ "at": "2026-11-02T08:00:00+00:00", "listing": { "id": listing, "title": "Beurre de karité" } });
    assert_eq!(heard["listingPublished"], expected);
}

#[db_test]
async fn only_what_words_and_filter_ask_for_is_told(app: TestApp) {
    let served = Served::with(&app.app, quick()).await;
    let (awa, cooperative) = seller(&app).await;
    let mut client = Client::connected(&served, None).await;
    let sikasso = json!({ "filter": { "placeCodes": ["sikasso"] } });
    client.subscribe("place", LISTINGS, sikasso).await;
    client.subscribe("words", LISTINGS, json!({ "query": "\"première pression\"" })).await;
    client
        .subscribe("both", LISTINGS, json!({ "query": "premiere", "filter": { "productCodes": ["shea-butter"] } }))
        .await;
    let cheap = json!({ "filter": { "pricePerKilogram": { "max": "1000" } } });
    client.subscribe("price", LISTINGS, cheap).await;
    for (title, place, price) in [
        ("Beurre de karité", "segou", "1250"),
        ("Beurre de première pression", "segou", "1250"),
        ("Beurre de Sikasso", "sikasso", "1250"),
        ("Beurre en gros", "segou", "900"),
    ] {
        let price = json!({ "amount": price, "currency": "XOF" });
        app.published(&awa, &cooperative, json!({ "title": title, "placeCode": place, "price": price })).await;
    }
    let mut heard = Vec::new();
    for _ in 0..4 {
        let told = client.hear().await;
        let title = told["payload"]["data"]["listingPublished"]["listing"]["title"].clone();
        heard.push((told["id"].as_str().unwrap().to_owned(), title.as_str().unwrap().to_owned()));
    }
    heard.sort();
    let expected = [
        ("both", "Beurre de première pression"),
        ("place", "Beurre de Sikasso"),
        ("price", "Beurre en gros"),
        ("words", "Beurre de première pression"),
    ];
    assert_eq!(heard, expected.map(|(id, title)| (id.to_owned(), title.to_owned())));
}

#[db_test]
async fn drafts_changes_and_pauses_are_no_news_but_coming_back_is(app: TestApp) {
    let served = Served::with(&app.app, quick()).await;
    let (awa, cooperative) = seller(&app).await;
    let mut client = Client::connected(&served, Some(&awa)).await;
    client.subscribe("1", LISTINGS, json!({})).await;
    app.draft(&awa, &cooperative, json!({ "title": "Un brouillon" })).await;
    let listing = app.published(&awa, &cooperative, json!({ "title": "Beurre" })).await;
    assert_eq!(title(&mut client, "1").await, "Beurre");
    let update = "mutation($input: UpdateListingInput!) { updateListing(input: $input) { listing { id }
        userErrors { code message path } } }";
    app.expect_payload(Some(&awa), update, json!({ "listingId": listing, "title": "Beurre fin" })).await;
    let pause = "mutation($input: PauseListingInput!) { pauseListing(input: $input) { listing { id }
        userErrors { code message path } } }";
    app.expect_payload(Some(&awa), pause, json!({ "listingId": listing })).await;
    app.publish(&awa, &listing).await;
    assert_eq!(title(&mut client, "1").await, "Beurre fin");
    app.published(&awa, &cooperative, json!({ "title": "Le dernier" })).await;
    assert_eq!(title(&mut client, "1").await, "Le dernier", "and nothing between");
}

/// The event is told from the database as it is then: what was taken back meanwhile is not shown.
#[db_test]
async fn what_belongs_to_a_suspended_seller_is_not_told(app: TestApp) {
    let served = Served::with(&app.app, quick()).await;
    let (awa, cooperative) = seller(&app).await;
    let moussa = app.sign_up("moussa@example.org").await;
    let other = app.register(&moussa, "COOPERATIVE", "Sigida").await;
    let mut client = Client::connected(&served, None).await;
    client.subscribe("1", LISTINGS, json!({})).await;
    let (_, uuid) = bfw::kernel::id::decode(&cooperative).unwrap();
    let suspend = match app.database.backend() {
        crate::harness::Backend::Sqlite => {
            format!("UPDATE organization SET standing = 'SUSPENDED' WHERE id = x'{}'", uuid.simple())
        }
        crate::harness::Backend::Postgres => {
            format!("UPDATE organization SET standing = 'SUSPENDED' WHERE id = '{uuid}'")
        }
    };
    crate::procurement::bids::execute(&app, &suspend).await;
    app.published(&awa, &cooperative, json!({ "title": "Caché" })).await;
    app.published(&moussa, &other, json!({ "title": "Visible" })).await;
    assert_eq!(title(&mut client, "1").await, "Visible");
}
