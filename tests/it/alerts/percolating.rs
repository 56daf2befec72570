//! That an alert says what a search says, and what it costs among many saved searches.

use bfw::{
    alerts::model::Asked,
    catalog::ListingId,
    search::{
        embedded::EmbeddedIndex,
        index::{Change, SearchIndex},
        model::{
            Collection, Condition, GeoPoint, KeywordField, NumberField, ParsedQuery, SearchDocument, SearchRequest,
            Sort, Window, filter::Near, percolate,
        },
    },
};
use chrono::DateTime;
use db_test::db_test;
use entity::{saved_search, saved_search_term};
use proptest::{
    prelude::*,
    test_runner::{Config, TestRunner},
};
use sea_orm::{EntityTrait, Set};
use serde_json::json;
use uuid::Uuid;

use super::told;
use crate::{
    harness::TestApp,
    notifications::user_id,
    search::documents::{listings, neutral},
};

/// Words that some documents have, in spellings of their own, and some that none has.
const WORDS: [&str; 24] = [
    "karité",
    "KARITE",
    "beurre",
    "sìtulu",
    "sitoulou",
    "jaba",
    "oignons",
    "echalotte",
    "bɛ̀nɛ",
    "fonio",
    "malo",
    "riz",
    "soumbala",
    "súnbala",
    "segou",
    "Ségou",
    "bamako",
    "san",
    "lot",
    "benkadi",
    "femmes",
    "certificat",
    "de",
    "rien",
];

fn query() -> impl Strategy<Value = String> {
    let word = prop::sample::select(WORDS.to_vec()).prop_map(str::to_owned);
    let phrase =
        prop::sample::select(vec!["\"beurre de karité\"", "\"de San\"", "\"main. Produit\"", "\"Bamako, sacs\""]);
    let part = prop_oneof![4 => word, 1 => phrase.prop_map(str::to_owned)];
    prop::collection::vec(part, 0..4).prop_map(|parts| parts.join(" "))
}

fn condition() -> impl Strategy<Value = Condition> {
    let keyword = |field: KeywordField, values: &[&str]| {
        let values: Vec<String> = values.iter().map(ToString::to_string).collect();
        prop::sample::subsequence(values, 1..=2).prop_map(move |values| Condition::AnyOf(field, values))
    };
    let number = |field, from: i64, to: i64| {
        (prop::option::of(from..to), prop::option::of(from..to), any::<bool>())
            .prop_map(move |(min, max, or_absent)| Condition::Between { field, min, max, or_absent })
    };
    let owned = [
        "UN_WOMEN_OWNED|YES|SELF_DECLARED",
        "UN_WOMEN_OWNED|YES|DOCUMENT_VERIFIED",
        "IWA34_WOMEN_OWNED|NO|SELF_DECLARED",
    ];
    prop_oneof![
        keyword(KeywordField::Product, &["shea", "shea-butter", "vegetables", "cereals", "none"]),
        keyword(KeywordField::Place, &["segou-region", "bamako", "mopti"]),
        keyword(KeywordField::Kind, &["COOPERATIVE", "SME"]),
        keyword(KeywordField::Scheme, &["ORGANIC_EU", "MN"]),
        keyword(KeywordField::Grade, &["I", "A"]),
        keyword(KeywordField::WomenOwned, &owned),
        number(NumberField::PricePerKilogram, 100_000, 2_000_000),
        number(NumberField::AvailableFrom, 20_454, 20_700),
        number(NumberField::AvailableUntil, 20_454, 20_750),
        (10.0..15.0_f64, -9.0..-3.0_f64, 1.0..400.0_f64).prop_map(|(latitude, longitude, radius_kilometres)| {
            Condition::Within(Near { center: GeoPoint::new(latitude, longitude).unwrap(), radius_kilometres })
        }),
    ]
}

/// Whether a document has every word of a query as a whole word, by nothing but its texts.
fn has_every_word(document: &SearchDocument, query: &ParsedQuery) -> bool {
    percolate::matches(document, query, &[])
}

#[test]
fn what_an_alert_says_yes_to_a_search_finds_and_no_filing_hides() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let documents = neutral(listings(7, 300));
    let folder = tempfile::tempdir().unwrap();
    let index = runtime.block_on(async {
        let (index, _) = EmbeddedIndex::open(folder.path(), DateTime::UNIX_EPOCH).await.unwrap();
        index.begin_rebuild(DateTime::UNIX_EPOCH).await.unwrap().finish().await.unwrap();
        let changes = documents.iter().map(|document| Change::Put(Box::new(document.clone()))).collect();
        index.apply(changes).await.unwrap();
        index
    });
    let counts = std::cell::Cell::new((0_u64, 0_u64));
    let mut runner = TestRunner::new(Config { cases: 300, ..Config::default() });
    let strategy = (query(), prop::collection::vec(condition(), 0..3));
    let outcome = runner.run(&strategy, |(typed, conditions)| {
        let query = ParsedQuery::parse(&typed).unwrap();
        let request = SearchRequest {
            collection: Collection::Listings,
            query: query.clone(),
            conditions: conditions.clone(),
            sort: Sort::Relevance,
            window: Window::new(0, 1_000).unwrap(),
            facets: Vec::new(),
            highlight: false,
            origin: None,
        };
        let found = runtime.block_on(index.search(request)).unwrap();
        let found: std::collections::HashSet<Uuid> = found.hits.iter().map(|hit| hit.id).collect();
        let filed = percolate::filed_under(&query, &conditions);
        for document in &documents {
            let readable = percolate::Readable::of(document);
            let alerts = readable.fulfils(&query, &conditions);
            let (yes, asked) = counts.get();
            counts.set((yes + u64::from(alerts), asked + 1));
            if alerts {
                prop_assert!(found.contains(&document.id), "{typed:?} {conditions:?}: an alert without a search");
                let terms = readable.terms();
                prop_assert!(filed.iter().any(|term| terms.contains(term)), "{typed:?}: filed away under {filed:?}");
            } else if has_every_word(document, &query) {
                prop_assert!(!found.contains(&document.id), "{typed:?} {conditions:?}: a search without an alert");
            }
        }
        Ok(())
    });
    outcome.unwrap();
    let (yes, asked) = counts.get();
    assert!(yes > 1_000 && asked > yes, "{yes} of {asked} said yes");
}

/// Searches of one person for words of which only some stand in any listing.
async fn keep_many(app: &TestApp, token: &str, first: usize, count: usize) {
    let owner = user_id(app, token).await.uuid();
    let now = app.app.services.now();
    let connection = app.database.connect().await;
    let filter = json!(bfw::search::model::ListingFilter::default());
    for numbers in (first..first + count).collect::<Vec<_>>().chunks(500) {
        let words = |number: &usize| {
            if number.is_multiple_of(1_000) { "karité".to_owned() } else { format!("mot{number}") }
        };
        let id = |number: &usize| Uuid::from_u128(*number as u128 + 1);
        let searches = numbers.iter().map(|number| saved_search::ActiveModel {
            id: Set(id(number)),
            user_id: Set(owner),
            name: Set(format!("{number}")),
            query: Set(Some(words(number))),
            filter: Set(filter.clone()),
            channels: Set(json!([])),
            active: Set(true),
            listens_since: Set(now),
            version: Set(1),
            created_at: Set(now),
            updated_at: Set(now),
        });
        saved_search::Entity::insert_many(searches).exec_without_returning(&connection).await.unwrap();
        let terms = numbers.iter().flat_map(|number| {
            let asked = Asked::new(Some(&words(number)), &bfw::search::model::ListingFilter::default()).unwrap();
            asked
                .terms()
                .into_iter()
                .map(|term| saved_search_term::ActiveModel { term: Set(term), saved_search_id: Set(id(number)) })
        });
        saved_search_term::Entity::insert_many(terms).exec_without_returning(&connection).await.unwrap();
    }
}

#[db_test]
async fn among_ten_thousand_searches_a_listing_costs_what_it_costs_among_ten(app: TestApp) {
    let seller = app.sign_up("seller@example.org").await;
    let house = app.register(&seller, "COOPERATIVE", "Benkadi").await;
    let buyer = app.sign_up("buyer@example.org").await;
    keep_many(&app, &buyer, 0, 10).await;
    let publish = async || {
        let listing: ListingId = app.published(&seller, &house, json!({})).await.parse().unwrap();
        let (done, statements) = app.statements_of(app.app.alerts.percolate_listings(&[listing.uuid()])).await;
        done.unwrap();
        statements
    };
    let among_ten = publish().await;
    app.clock.advance(chrono::TimeDelta::minutes(1));
    keep_many(&app, &buyer, 10, 9_990).await;

    let among_ten_thousand = publish().await;

    assert_eq!(among_ten_thousand, among_ten);
    assert_eq!(told(&app, &buyer).await.len(), 1 + 10, "one of the first ten, and ten of all");
}
