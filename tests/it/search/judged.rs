//! Relevance over the demo marketplace: queries as people type them, and what they mean by them.
//!
//! `judged.csv` holds a language, a query, the products that whoever typed it is looking for, and, where the query names
//! them, a place, a scheme, that the seller is women's, and what the goods come in. A listing is relevant if all of that is
//! true of it.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use bfw::{
    catalog::model::taxonomy::Taxonomy,
    certification::model::{
        certificate::{Certificate, CertificateRecord},
        scheme::Schemes,
    },
    directory::model::gazetteer::Gazetteer,
    kernel::locale::{Locale, Texts},
    search::model::{
        Collection, KeywordField, OwnershipFact, SearchDocument, SearchRequest, Window,
        compose::{Composer, ListingSource, OrganizationSource},
    },
};
use chrono::{DateTime, NaiveDate, TimeDelta};
use serde::Deserialize;
use uuid::Uuid;

use super::{
    documents::day,
    engines::{Engines, Trial, on_each_engine, request},
};

const ORGANIZATIONS: &str = include_str!("../../../src/demo/data/organizations.toml");
const LISTINGS: &str = include_str!("../../../src/demo/data/listings.csv");
const CERTIFICATES: &str = include_str!("../../../src/demo/data/certificates.csv");
const JUDGED: &str = include_str!("judged.csv");

/// Results that a person looks at.
const SHOWN: usize = 10;

#[derive(Deserialize)]
struct Organizations {
    organization: Vec<OrganizationRow>,
}

#[derive(Deserialize)]
struct OrganizationRow {
    key: String,
    kind: String,
    name: String,
    description: Texts,
    place: String,
    ownership: Option<OwnershipRow>,
}

#[derive(Deserialize)]
struct OwnershipRow {
    women_owned_percent: Option<String>,
    women_members: Option<u32>,
    total_members: Option<u32>,
}

impl OwnershipRow {
    /// Whether women own more than half: what a person means who types "femmes".
    fn is_womens(&self) -> bool {
        let owned = self.women_owned_percent.as_deref().is_some_and(|percent| percent.parse::<f64>().unwrap() > 50.0);
        owned || self.women_members.zip(self.total_members).is_some_and(|(women, all)| 2 * women > all)
    }
}

/// The fact that stands for it.
fn women_owned() -> OwnershipFact {
    let [definition, status, evidence] = ["UN_WOMEN_OWNED", "YES", "SELF_DECLARED"].map(str::to_owned);
    OwnershipFact { definition, status, evidence }
}

#[derive(Deserialize)]
struct ListingRow {
    organization: String,
    product: String,
    language: Locale,
    title: String,
    description: String,
    grade: Option<String>,
    season: Option<String>,
    place: Option<String>,
    quantity_unit: String,
    status: String,
}

#[derive(Deserialize)]
struct CertificateRow {
    organization: String,
    scheme: String,
    products: String,
    valid_from: i64,
    valid_until: i64,
    record: String,
}

#[derive(Deserialize)]
struct Judged {
    language: String,
    query: String,
    products: String,
    place: Option<String>,
    scheme: Option<String>,
    women: Option<String>,
    unit: Option<String>,
}

impl Judged {
    fn is_met_by(&self, document: &SearchDocument, unit: &str) -> bool {
        let has =
            |field: KeywordField, code: &str| document.keywords.iter().any(|(of, value)| *of == field && value == code);
        // The first product code of a listing is its own; the others are the classes above it.
        let product = document.keywords.iter().find(|(field, _)| *field == KeywordField::Product);
        let product = product.map(|(_, code)| code.as_str()).unwrap_or_default();
        self.products.split(';').any(|wanted| wanted == product)
            && self.place.as_deref().is_none_or(|place| has(KeywordField::Place, place))
            && self.scheme.as_deref().is_none_or(|scheme| has(KeywordField::Scheme, scheme))
            && self.women.as_deref().is_none_or(|_| has(KeywordField::WomenOwned, &women_owned().term()))
            && self.unit.as_deref().is_none_or(|units| units.split('|').any(|wanted| wanted == unit))
    }
}

fn rows<T: serde::de::DeserializeOwned>(text: &str) -> Vec<T> {
    csv::Reader::from_reader(text.as_bytes()).deserialize().map(|row| row.unwrap()).collect()
}

fn today() -> NaiveDate {
    day(2026, 11, 23)
}

fn certificates(key: &str, holder: Uuid) -> Vec<Certificate> {
    rows::<CertificateRow>(CERTIFICATES)
        .into_iter()
        .filter(|row| row.organization == key && row.record == "VERIFIED")
        .map(|row| Certificate {
            id: Uuid::from_u128(1),
            scheme: row.scheme,
            number: String::new(),
            issuer_name: String::new(),
            holder,
            record: CertificateRecord::Verified,
            valid_from: today() + TimeDelta::days(row.valid_from),
            valid_until: today() + TimeDelta::days(row.valid_until),
            products: row.products.split(';').filter(|code| !code.is_empty()).map(str::to_owned).collect(),
            void_from: None,
            sites: Vec::new(),
            volume_limit_grams: None,
            submitted_at: chrono::DateTime::UNIX_EPOCH,
            version: 1,
        })
        .collect()
}

/// The documents of the demo marketplace, listings and organizations, and what the goods of each listing come in.
fn demo() -> (Vec<SearchDocument>, HashMap<Uuid, String>) {
    let (taxonomy, gazetteer) = (Taxonomy::embedded().unwrap(), Gazetteer::embedded().unwrap());
    let schemes = Schemes::embedded().unwrap();
    let composer = Composer { taxonomy: &taxonomy, gazetteer: &gazetteer, schemes: &schemes, today: today() };
    let mut sellers = HashMap::new();
    let organizations: Organizations = toml::from_str(ORGANIZATIONS).unwrap();
    for (number, row) in (1..).zip(organizations.organization) {
        let id = Uuid::from_u128(number);
        sellers.insert(
            row.key.clone(),
            OrganizationSource {
                id,
                certificates: certificates(&row.key, id),
                kind: row.kind,
                name: row.name,
                descriptions: row.description,
                place_code: row.place,
                location: None,
                ownership: row.ownership.filter(OwnershipRow::is_womens).map(|_| women_owned()).into_iter().collect(),
                offered: Vec::new(),
                registered_at: DateTime::UNIX_EPOCH,
            },
        );
    }
    let published = rows::<ListingRow>(LISTINGS).into_iter().filter(|row| row.status == "PUBLISHED");
    let mut units = HashMap::new();
    let mut documents: Vec<SearchDocument> = (1_000..)
        .zip(published)
        .map(|(number, row)| {
            let seller = &sellers[&row.organization];
            units.insert(Uuid::from_u128(number), row.quantity_unit.clone());
            let source = ListingSource {
                id: Uuid::from_u128(number),
                organization_id: seller.id,
                product_code: row.product,
                title: row.title,
                description: Some(row.description).filter(|text| !text.is_empty()),
                language: row.language,
                price_per_kilogram: None,
                unit: Some(row.quantity_unit),
                grade: row.grade,
                season: row.season,
                available_from: None,
                available_until: None,
                place_code: row.place,
                published_at: DateTime::UNIX_EPOCH,
                updated_at: DateTime::UNIX_EPOCH,
            };
            composer.listing(source, seller).into()
        })
        .collect();
    documents.extend(sellers.values().map(|seller| composer.organization(seller).into()));
    (documents, units)
}

/// What a run over judged queries comes to.
#[derive(Default, Clone, Copy)]
struct Score {
    queries: usize,
    recall: f64,
    reciprocal_rank: f64,
}

impl Score {
    fn add(&mut self, recall: f64, reciprocal_rank: f64) {
        self.queries += 1;
        self.recall += recall;
        self.reciprocal_rank += reciprocal_rank;
    }

    fn mean_recall(&self) -> f64 {
        self.recall / self.queries as f64
    }

    fn mean_reciprocal_rank(&self) -> f64 {
        self.reciprocal_rank / self.queries as f64
    }
}

on_each_engine! { people_find_what_they_mean_in_three_languages }

/// What no engine may fall below, in all and in each language.
const RECIPROCAL_RANK_MIN: f64 = 0.92;

/// How far the engines may be apart, so that it does not matter to people which one a marketplace runs.
const APART_MAX: f64 = 0.05;

#[expect(clippy::print_stdout, reason = "the scores are what somebody who changes the engine wants to see")]
async fn people_find_what_they_mean_in_three_languages(engines: &Engines) {
    let scores = judge(&engines.empty().await).await;
    for (language, score) in &scores {
        let (recall, rank) = (score.mean_recall(), score.mean_reciprocal_rank());
        println!("{language:>3}: {:>3} queries, recall@{SHOWN} {recall:.3}, MRR {rank:.3}", score.queries);
        assert!(rank >= RECIPROCAL_RANK_MIN, "{language}");
    }
    let all = scores["all"];
    assert!(all.queries >= 150);
    let other = judge(&Engines::embedded("judged").empty().await).await["all"];
    assert!((all.mean_reciprocal_rank() - other.mean_reciprocal_rank()).abs() <= APART_MAX);
    assert!((all.mean_recall() - other.mean_recall()).abs() <= APART_MAX);
}

/// Asks everything that was judged, and scores the answers by language and in all.
#[expect(clippy::print_stdout, reason = "so is what was not found at once")]
async fn judge(trial: &Trial) -> BTreeMap<String, Score> {
    let (documents, units) = demo();
    trial.put(documents.clone()).await;
    let by_id: HashMap<Uuid, &SearchDocument> = documents.iter().map(|document| (document.id, document)).collect();
    let mut scores: BTreeMap<String, Score> = BTreeMap::new();
    for judged in rows::<Judged>(JUDGED) {
        let is_relevant = |document: &&SearchDocument| {
            let unit = units.get(&document.id).map(String::as_str).unwrap_or_default();
            document.collection == Collection::Listings && judged.is_met_by(document, unit)
        };
        let relevant: BTreeSet<Uuid> = documents.iter().filter(is_relevant).map(|document| document.id).collect();
        assert!(!relevant.is_empty(), "nothing in the demo is meant by {}", judged.query);

        let window = Window::new(0, SHOWN).unwrap();
        let asked = SearchRequest { window, highlight: false, ..request(&judged.query) };
        let result = trial.index.search(asked).await.unwrap();

        let found = result.hits.iter().filter(|hit| relevant.contains(&hit.id)).count();
        let recall = found as f64 / relevant.len().min(SHOWN) as f64;
        let rank = result.hits.iter().position(|hit| relevant.contains(&hit.id));
        let reciprocal_rank = rank.map_or(0.0, |rank| 1.0 / (rank + 1) as f64);
        if reciprocal_rank < 1.0 || recall < 0.7 {
            let first = result.hits.first().and_then(|hit| by_id.get(&hit.id));
            let first = first.and_then(|document| document.texts.iter().find(|(field, _)| field.name() == "title"));
            println!("{:<28} rank {rank:?} recall {recall:.2}, first: {first:?}", judged.query);
        }
        for group in [judged.language.as_str(), "all"] {
            scores.entry(group.to_owned()).or_default().add(recall, reciprocal_rank);
        }
    }
    scores
}
