//! Documents made up from a seed: the same seed, the same documents.

use bfw::search::model::{
    GeoPoint, Language, ListingDocument, Named, OrganizationDocument, OwnershipFact, SearchDocument, Text,
};
use chrono::{DateTime, NaiveDate, TimeDelta};
use rand::rngs::StdRng;
use rand::seq::IndexedRandom as _;
use rand::{Rng as _, SeedableRng as _};
use uuid::Uuid;

/// Code, class, names by language.
type Product = (&'static str, &'static str, &'static [(Language, &'static str)]);

/// A few of the taxonomy's, enough to search for.
pub(super) const PRODUCTS: [Product; 8] = [
    (
        "shea-butter",
        "shea",
        &[(Language::Fr, "Beurre de karité"), (Language::Bm, "Sìtulu"), (Language::En, "Shea butter")],
    ),
    ("shea-nut", "shea", &[(Language::Fr, "Amande de karité"), (Language::Bm, "Sì"), (Language::En, "Shea nuts")]),
    ("onion", "vegetables", &[(Language::Fr, "Oignon"), (Language::Bm, "Jàba"), (Language::En, "Onion")]),
    ("shallot", "vegetables", &[(Language::Fr, "Échalote"), (Language::Bm, "Jàba"), (Language::En, "Shallot")]),
    ("sesame", "oilseeds", &[(Language::Fr, "Sésame"), (Language::Bm, "Bɛ̀nɛ"), (Language::En, "Sesame")]),
    ("fonio", "cereals", &[(Language::Fr, "Fonio"), (Language::Bm, "Fíni"), (Language::En, "Fonio")]),
    ("rice", "cereals", &[(Language::Fr, "Riz"), (Language::Bm, "Màlo"), (Language::En, "Rice")]),
    (
        "soumbala",
        "condiments",
        &[(Language::Fr, "Soumbala"), (Language::Bm, "Súnbala"), (Language::En, "Fermented locust bean")],
    ),
];

/// Code, name, region, point.
pub(super) const PLACES: [(&str, &str, &str, f64, f64); 5] = [
    ("bamako", "Bamako", "bamako", 12.6392, -8.0029),
    ("segou", "Ségou", "segou-region", 13.4317, -6.2157),
    ("san", "San", "segou-region", 13.3034, -4.8956),
    ("sikasso", "Sikasso", "sikasso-region", 11.3176, -5.6665),
    ("mopti", "Mopti", "mopti-region", 14.4843, -4.1830),
];

pub(super) const KINDS: [&str; 3] = ["COOPERATIVE", "SME", "MARKET_SELLER"];
pub(super) const GRADES: [&str; 3] = ["I", "II", "A"];
pub(super) const SEASONS: [&str; 2] = ["2025", "2026"];
pub(super) const SCHEMES: [&str; 3] = ["ORGANIC_EU", "FAIRTRADE", "MN"];
const PROSE: [&str; 10] = [
    "Récolte de cette année, bien séchée et triée à la main.",
    "Produit fini, finition soignée, finement tamisé.",
    "Livraison possible à Bamako, sacs de 50 kg.",
    "Transformé par les femmes du groupement.",
    "Qualité export, analyses disponibles.",
    "Clean and dry, packed in new bags.",
    "Prix à discuter selon la quantité.",
    "Stocké au magasin de la coopérative.",
    "Sans impuretés, humidité contrôlée.",
    "Premier choix, goût authentique.",
];

pub(super) fn named(code: &str, names: &[(Language, &str)]) -> Named {
    Named { code: code.to_owned(), names: names.iter().map(|(language, name)| Text::new(*language, *name)).collect() }
}

pub(super) fn day(year: i32, month: u32, day: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(year, month, day).unwrap()
}

/// A listing of a product at a place, with nothing else to say.
pub(super) fn plain_listing(number: u128, product: usize, place: usize) -> ListingDocument {
    let (code, class, names) = PRODUCTS[product];
    let (place_code, place_name, region, latitude, longitude) = PLACES[place];
    ListingDocument {
        id: Uuid::from_u128(number),
        title: Text::new(Language::Fr, names[0].1),
        description: None,
        product: named(code, names),
        product_ancestors: vec![named(class, &[])],
        places: vec![named(place_code, &[(Language::Fr, place_name)]), named(region, &[])],
        region_code: Some(region.to_owned()),
        location: GeoPoint::new(latitude, longitude),
        organization_id: Uuid::from_u128(1),
        organization_name: "Coopérative Benkadi".to_owned(),
        kind: KINDS[0].to_owned(),
        schemes: Vec::new(),
        ownership: Vec::new(),
        grade: None,
        season: None,
        labels: Vec::new(),
        price_per_kilogram: None,
        available_from: None,
        available_until: None,
        published_at: DateTime::UNIX_EPOCH + TimeDelta::seconds(i64::try_from(number).unwrap()),
    }
}

/// Any listings.
pub(crate) fn listings(seed: u64, count: u128) -> Vec<ListingDocument> {
    let mut random = StdRng::seed_from_u64(seed);
    (1..=count).map(|number| listing(&mut random, number)).collect()
}

fn listing(random: &mut StdRng, number: u128) -> ListingDocument {
    let product = random.random_range(0..PRODUCTS.len());
    let place = random.random_range(0..PLACES.len());
    let mut listing = plain_listing(number, product, place);
    let maybe = |random: &mut StdRng, values: &[&str]| {
        random.random_bool(0.6).then(|| (*values.choose(random).unwrap()).to_owned())
    };
    listing.title.text = format!("{} de {}, lot {number}", PRODUCTS[product].2[0].1, PLACES[place].1);
    listing.description =
        Some(Text::new(Language::Fr, format!("{} {}", PROSE.choose(random).unwrap(), PROSE.choose(random).unwrap())));
    listing.organization_id = Uuid::from_u128(random.random_range(1..20));
    listing.kind = (*KINDS.choose(random).unwrap()).to_owned();
    listing.schemes = SCHEMES
        .iter()
        .filter(|_| random.random_bool(0.3))
        .map(|scheme| named(scheme, &[(Language::Fr, "Certificat")]))
        .collect();
    listing.ownership = ["UN_WOMEN_OWNED", "IWA34_WOMEN_OWNED"]
        .iter()
        .map(|definition| OwnershipFact {
            definition: (*definition).to_owned(),
            status: (*["YES", "NO", "UNKNOWN"].choose(random).unwrap()).to_owned(),
            evidence: (*["SELF_DECLARED", "DOCUMENT_VERIFIED"].choose(random).unwrap()).to_owned(),
        })
        .collect();
    listing.grade = maybe(random, &GRADES);
    listing.season = maybe(random, &SEASONS);
    listing.price_per_kilogram = random.random_bool(0.8).then(|| random.random_range(100_000..2_000_000));
    let begin = day(2026, 1, 1) + TimeDelta::days(random.random_range(0..200));
    listing.available_from = random.random_bool(0.7).then_some(begin);
    listing.available_until = random.random_bool(0.7).then(|| begin + TimeDelta::days(random.random_range(0..90)));
    if random.random_bool(0.1) {
        listing.location = None;
    }
    listing
}

/// An organization at a place.
pub(super) fn organization(number: u128, name: &str, place: usize) -> OrganizationDocument {
    let (place_code, place_name, region, latitude, longitude) = PLACES[place];
    OrganizationDocument {
        id: Uuid::from_u128(number),
        name: name.to_owned(),
        descriptions: Vec::new(),
        products: Vec::new(),
        places: vec![named(place_code, &[(Language::Fr, place_name)]), named(region, &[])],
        region_code: Some(region.to_owned()),
        location: GeoPoint::new(latitude, longitude),
        kind: KINDS[0].to_owned(),
        schemes: Vec::new(),
        ownership: Vec::new(),
        labels: Vec::new(),
        registered_at: DateTime::UNIX_EPOCH,
    }
}

pub(crate) fn neutral(listings: impl IntoIterator<Item = ListingDocument>) -> Vec<SearchDocument> {
    listings.into_iter().map(SearchDocument::from).collect()
}
