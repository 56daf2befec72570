//! Filters, counts and orders, held against a plain loop over the same documents.

use std::collections::{BTreeMap, BTreeSet};

use bfw::search::model::filter::Near;
use bfw::search::model::{
    GeoPoint, KeywordField, ListingDocument, ListingFilter, SearchRequest, Sort, Window, WomenOwnedFilter,
};
use chrono::TimeDelta;
use rand::rngs::StdRng;
use rand::seq::IndexedRandom as _;
use rand::{Rng as _, SeedableRng as _};

use super::documents::{GRADES, KINDS, PLACES, PRODUCTS, SCHEMES, SEASONS, day, listings};
use super::engines::{Engines, numbers, on_each_engine, request};

fn some(random: &mut StdRng, values: &[&str]) -> Vec<String> {
    if random.random_bool(0.6) {
        return Vec::new();
    }
    values.iter().filter(|_| random.random_bool(0.4)).map(|value| (*value).to_owned()).collect()
}

fn any_filter(random: &mut StdRng) -> ListingFilter {
    let products: Vec<&str> = PRODUCTS.iter().flat_map(|product| [product.0, product.1]).collect();
    let places: Vec<&str> = PLACES.iter().flat_map(|place| [place.0, place.2]).collect();
    let near = random.random_bool(0.3).then(|| Near {
        center: GeoPoint::new(13.0, -6.5).unwrap(),
        radius_kilometres: random.random_range(20.0..400.0),
    });
    ListingFilter {
        product_codes: some(random, &products),
        place_codes: some(random, &places),
        kinds: some(random, &KINDS),
        schemes: some(random, &SCHEMES),
        women_owned: random.random_bool(0.3).then(|| WomenOwnedFilter {
            definition: "UN_WOMEN_OWNED".to_owned(),
            evidence: vec!["DOCUMENT_VERIFIED".to_owned()],
        }),
        grades: some(random, &GRADES),
        seasons: some(random, &SEASONS),
        price_per_kilogram_min: random.random_bool(0.2).then(|| random.random_range(0..1_000_000)),
        price_per_kilogram_max: random.random_bool(0.2).then(|| random.random_range(500_000..2_000_000)),
        available_on: random.random_bool(0.3).then(|| day(2026, 1, 1) + TimeDelta::days(random.random_range(0..300))),
        near,
        organizations: Vec::new(),
    }
}

fn passes(filter: &ListingFilter, listing: &ListingDocument) -> bool {
    let one_of = |wanted: &[String], has: &[&String]| wanted.is_empty() || has.iter().any(|code| wanted.contains(code));
    let products: Vec<&String> =
        listing.product_ancestors.iter().chain([&listing.product]).map(|product| &product.code).collect();
    let places: Vec<&String> = listing.places.iter().map(|place| &place.code).collect();
    let schemes: Vec<&String> = listing.schemes.iter().map(|scheme| &scheme.code).collect();
    let grade: Vec<&String> = listing.grade.iter().collect();
    let season: Vec<&String> = listing.season.iter().collect();
    let price = listing.price_per_kilogram;
    one_of(&filter.product_codes, &products)
        && one_of(&filter.place_codes, &places)
        && one_of(&filter.kinds, &[&listing.kind])
        && one_of(&filter.schemes, &schemes)
        && one_of(&filter.grades, &grade)
        && one_of(&filter.seasons, &season)
        && filter.women_owned.as_ref().is_none_or(|wanted| {
            listing.ownership.iter().any(|fact| {
                fact.definition == wanted.definition && fact.status == "YES" && wanted.evidence.contains(&fact.evidence)
            })
        })
        && filter.price_per_kilogram_min.is_none_or(|min| price.is_some_and(|price| price >= min))
        && filter.price_per_kilogram_max.is_none_or(|max| price.is_some_and(|price| price <= max))
        && filter.available_on.is_none_or(|on| {
            listing.available_from.is_none_or(|from| from <= on)
                && listing.available_until.is_none_or(|until| on <= until)
        })
        && filter.near.is_none_or(|near| {
            listing.location.is_some_and(|location| location.kilometres_to(near.center) <= near.radius_kilometres)
        })
}

fn values(field: KeywordField, listing: &ListingDocument) -> Vec<String> {
    match field {
        KeywordField::Product => {
            listing.product_ancestors.iter().chain([&listing.product]).map(|product| product.code.clone()).collect()
        }
        KeywordField::Place => listing.places.iter().map(|place| place.code.clone()).collect(),
        KeywordField::Region => listing.region_code.iter().cloned().collect(),
        KeywordField::Kind => vec![listing.kind.clone()],
        KeywordField::Scheme => listing.schemes.iter().map(|scheme| scheme.code.clone()).collect(),
        KeywordField::WomenOwned => listing.ownership.iter().map(bfw::search::model::OwnershipFact::term).collect(),
        KeywordField::Grade => listing.grade.iter().cloned().collect(),
        KeywordField::Season => listing.season.iter().cloned().collect(),
        KeywordField::Organization => vec![listing.organization_id.to_string()],
    }
}

fn ordered(sort: Sort, mut results: Vec<&ListingDocument>) -> Vec<u128> {
    let price = |listing: &ListingDocument| listing.price_per_kilogram;
    results.sort_by(|one, other| {
        let by_field = match sort {
            Sort::PricePerKilogramAsc => {
                price(one).is_none().cmp(&price(other).is_none()).then(price(one).cmp(&price(other)))
            }
            Sort::PricePerKilogramDesc => price(other).cmp(&price(one)),
            Sort::Newest | Sort::Relevance => other.published_at.cmp(&one.published_at),
            Sort::Distance(origin) => {
                let distance = |listing: &ListingDocument| {
                    listing.location.map_or(f64::INFINITY, |location| location.kilometres_to(origin))
                };
                distance(one).total_cmp(&distance(other))
            }
        };
        by_field.then(other.id.cmp(&one.id))
    });
    results.into_iter().map(|listing| listing.id.as_u128()).collect()
}

on_each_engine! { filters_counts_and_orders_agree_with_a_plain_loop }

async fn filters_counts_and_orders_agree_with_a_plain_loop(engines: &Engines) {
    let (count, rounds) = if engines.is_recorded() { (150, 25) } else { (700, 150) };
    let all = listings(42, count);
    let trial = engines.empty().await;
    // Several commits make several segments; feeding some again leaves deleted documents behind.
    for batch in all.chunks(150) {
        trial.put(super::documents::neutral(batch.to_vec())).await;
    }
    trial.put(super::documents::neutral(all[..40].to_vec())).await;
    let mut random = StdRng::seed_from_u64(42);
    let mut narrowed = 0;
    for round in 0..rounds {
        let filter = any_filter(&mut random);
        let origin = GeoPoint::new(12.0, -7.0).unwrap();
        let sorts = [
            Sort::Newest,
            Sort::PricePerKilogramAsc,
            Sort::PricePerKilogramDesc,
            Sort::Distance(origin),
            Sort::Relevance,
        ];
        let sort = *sorts.choose(&mut random).unwrap();
        let result = trial
            .index
            .search(SearchRequest {
                conditions: filter.conditions(),
                sort,
                window: Window::new(0, 1_000).unwrap(),
                highlight: false,
                facets: KeywordField::ALL.to_vec(),
                ..request("")
            })
            .await
            .unwrap();

        let expected: Vec<&ListingDocument> = all.iter().filter(|listing| passes(&filter, listing)).collect();
        narrowed += usize::from(!expected.is_empty() && expected.len() < all.len());
        assert_eq!(result.total, expected.len() as u64, "round {round}: {filter:?}");
        for counts in &result.facets {
            let mut by_value = BTreeMap::<String, u64>::new();
            for listing in &expected {
                // Bamako is a place and a region: it still counts once a listing.
                for value in values(counts.field, listing).into_iter().collect::<BTreeSet<_>>() {
                    *by_value.entry(value).or_default() += 1;
                }
            }
            let counted: BTreeMap<_, _> =
                counts.values.iter().map(|facet| (facet.value.clone(), facet.count)).collect();
            assert_eq!(counted, by_value, "round {round}: {:?}", counts.field);
        }
        assert_eq!(numbers(&result), ordered(sort, expected), "round {round}: {sort:?}");
    }
    assert!(narrowed > rounds / 3, "only {narrowed} filters narrowed anything down");
}
