//! From what the database holds of a listing or an organization to what it is found by.

use chrono::{DateTime, NaiveDate, Utc};
use uuid::Uuid;

use super::{GeoPoint, Language, ListingDocument, Named, OrganizationDocument, OwnershipFact, Text};
use crate::{
    catalog::model::{product::Product, taxonomy::Taxonomy, unit::UnitKind},
    certification::model::{
        certificate::Certificate,
        claim::claims,
        scheme::{Scheme, Schemes},
    },
    directory::model::{gazetteer::Gazetteer, place::Place},
    kernel::locale::{Locale, Texts},
};

/// What is read of an organization.
#[derive(Debug, Clone)]
pub struct OrganizationSource {
    /// Its id.
    pub id: Uuid,
    /// Its kind.
    pub kind: String,
    /// Its name.
    pub name: String,
    /// Its descriptions.
    pub descriptions: Texts,
    /// The code of its place.
    pub place_code: String,
    /// Where exactly it is.
    pub location: Option<GeoPoint>,
    /// Its certificates that were verified, whether in force or not.
    pub certificates: Vec<Certificate>,
    /// What was assessed of its ownership.
    pub ownership: Vec<OwnershipFact>,
    /// Codes of the products of its listings that everyone may find.
    pub offered: Vec<String>,
    /// When it registered.
    pub registered_at: DateTime<Utc>,
}

/// What is read of a listing that everyone may find.
#[derive(Debug, Clone)]
pub struct ListingSource {
    /// Its id.
    pub id: Uuid,
    /// The seller.
    pub organization_id: Uuid,
    /// The code of the product.
    pub product_code: String,
    /// The title.
    pub title: String,
    /// The description.
    pub description: Option<String>,
    /// The language of both.
    pub language: Locale,
    /// Thousandths of a minor unit a kilogram, in the marketplace's currency.
    pub price_per_kilogram: Option<i64>,
    /// The code of the unit it is counted in.
    pub unit: Option<String>,
    /// The grade.
    pub grade: Option<String>,
    /// The season.
    pub season: Option<String>,
    /// The first day of availability.
    pub available_from: Option<NaiveDate>,
    /// The last day of availability.
    pub available_until: Option<NaiveDate>,
    /// The code of the place.
    pub place_code: Option<String>,
    /// When it was published.
    pub published_at: DateTime<Utc>,
    /// When it last changed.
    pub updated_at: DateTime<Utc>,
}

/// What documents are composed with.
#[derive(Debug, Clone, Copy)]
pub struct Composer<'r> {
    /// Products with their names.
    pub taxonomy: &'r Taxonomy,
    /// Places with their names.
    pub gazetteer: &'r Gazetteer,
    /// Schemes with their names.
    pub schemes: &'r Schemes,
    /// The day as of which certificates and places count.
    pub today: NaiveDate,
}

impl Composer<'_> {
    /// What a listing is found by.
    #[must_use]
    pub fn listing(&self, listing: ListingSource, seller: &OrganizationSource) -> ListingDocument {
        let language = Language::from(listing.language);
        let place_code = listing.place_code.as_deref().unwrap_or(&seller.place_code);
        let at_the_sellers = seller.location.filter(|_| place_code == seller.place_code);
        let claimed = self.claimed(seller, Some(&listing.product_code));
        let mut labels = labels(seller, &claimed);
        labels.extend(listing.unit.iter().flat_map(|code| self.packing(code)));
        ListingDocument {
            id: listing.id,
            title: Text::new(language, listing.title),
            description: listing.description.map(|text| Text::new(language, text)),
            product: self.product(&listing.product_code),
            product_ancestors: self.taxonomy.ancestors(&listing.product_code).into_iter().map(named_product).collect(),
            places: self.places(place_code),
            region_code: self.region(place_code),
            location: at_the_sellers.or_else(|| self.point(place_code)),
            organization_id: seller.id,
            organization_name: seller.name.clone(),
            kind: seller.kind.clone(),
            labels,
            schemes: claimed.into_iter().map(named_scheme).collect(),
            ownership: seller.ownership.clone(),
            grade: listing.grade,
            season: listing.season,
            price_per_kilogram: listing.price_per_kilogram,
            available_from: listing.available_from,
            available_until: listing.available_until,
            published_at: listing.published_at,
        }
    }

    /// What an organization is found by.
    #[must_use]
    pub fn organization(&self, organization: &OrganizationSource) -> OrganizationDocument {
        let claimed = self.claimed(organization, None);
        let mut products: Vec<Named> = Vec::new();
        for code in &organization.offered {
            let classes = self.taxonomy.ancestors(code).into_iter().map(named_product);
            for product in std::iter::once(self.product(code)).chain(classes) {
                if !products.iter().any(|known| known.code == product.code) {
                    products.push(product);
                }
            }
        }
        OrganizationDocument {
            id: organization.id,
            name: organization.name.clone(),
            descriptions: texts(&organization.descriptions),
            products,
            places: self.places(&organization.place_code),
            region_code: self.region(&organization.place_code),
            location: organization.location.or_else(|| self.point(&organization.place_code)),
            kind: organization.kind.clone(),
            labels: labels(organization, &claimed),
            schemes: claimed.into_iter().map(named_scheme).collect(),
            ownership: organization.ownership.clone(),
            registered_at: organization.registered_at,
        }
    }

    /// A product that is no longer in the taxonomy is still found by its code.
    fn product(&self, code: &str) -> Named {
        self.taxonomy.product(code).map_or_else(|| Named { code: code.to_owned(), names: Vec::new() }, named_product)
    }

    /// What goods come in, as people call it: sacks, cans, jars. A unit of mass says nothing of that.
    fn packing(&self, unit: &str) -> Vec<Text> {
        match self.taxonomy.unit(unit) {
            Some(unit) if unit.kind != UnitKind::Mass => {
                let symbols = unit.symbols.iter().map(|symbol| Text::new(Language::Other, symbol));
                texts(&unit.names).into_iter().chain(symbols).collect()
            }
            Some(_) | None => Vec::new(),
        }
    }

    fn places(&self, code: &str) -> Vec<Named> {
        let own = self.gazetteer.place(code);
        own.into_iter().chain(self.gazetteer.ancestors(code, self.today)).map(named_place).collect()
    }

    fn region(&self, code: &str) -> Option<String> {
        self.gazetteer.region_of(code, self.today).map(|region| region.code.clone())
    }

    fn point(&self, code: &str) -> Option<GeoPoint> {
        let point = self.gazetteer.point_of(code, self.today)?;
        GeoPoint::new(point.latitude, point.longitude)
    }

    /// Schemes whose certificates are in force for the organization: for one product of it, or for any.
    fn claimed(&self, organization: &OrganizationSource, product: Option<&str>) -> Vec<&Scheme> {
        let in_force = |code: &str| match product {
            Some(product) => {
                let held = &organization.certificates;
                claims(held, self.schemes, self.taxonomy, product, |certificate| certificate.status_at(self.today))
                    .iter()
                    .any(|claim| claim.scheme == code && claim.status.is_in_force())
            }
            None => organization
                .certificates
                .iter()
                .any(|held| held.scheme == code && held.status_at(self.today).is_in_force()),
        };
        if organization.certificates.is_empty() {
            return Vec::new();
        }
        self.schemes.all().iter().filter(|scheme| in_force(&scheme.code)).collect()
    }
}

impl From<Locale> for Language {
    fn from(locale: Locale) -> Language {
        match locale {
            Locale::Fr => Language::Fr,
            Locale::En => Language::En,
            Locale::Bm => Language::Bm,
        }
    }
}

fn texts(texts: &Texts) -> Vec<Text> {
    texts.iter().map(|(locale, text)| Text::new(locale.into(), text)).collect()
}

fn named_product(product: &Product) -> Named {
    let mut names = texts(&product.names);
    for (locale, synonyms) in &product.synonyms {
        names.extend(synonyms.iter().map(|synonym| Text::new((*locale).into(), synonym)));
    }
    Named { code: product.code.clone(), names }
}

fn named_place(place: &Place) -> Named {
    let mut names = texts(&place.names);
    names.extend(place.aliases.iter().map(|alias| Text::new(Language::Other, alias)));
    Named { code: place.code.clone(), names }
}

fn named_scheme(scheme: &Scheme) -> Named {
    let names = texts(&scheme.names).into_iter().chain(texts(&scheme.labels)).collect();
    Named { code: scheme.code.clone(), names }
}

/// Words that people use for what is otherwise only a code.
fn labels(organization: &OrganizationSource, claimed: &[&Scheme]) -> Vec<Text> {
    let mut labels = kind_words(&organization.kind);
    if organization.ownership.iter().any(|fact| fact.status == "YES") {
        labels.extend([(Language::Fr, "femmes"), (Language::En, "women"), (Language::Bm, "musow")]);
    }
    if !claimed.is_empty() {
        labels.extend([(Language::Fr, "certifié"), (Language::En, "certified")]);
    }
    labels.into_iter().map(|(language, text)| Text::new(language, text)).collect()
}

fn kind_words(kind: &str) -> Vec<(Language, &'static str)> {
    match kind {
        "COOPERATIVE" => vec![(Language::Fr, "coopérative"), (Language::En, "cooperative"), (Language::Bm, "jɛkulu")],
        "SME" => vec![(Language::Fr, "entreprise"), (Language::En, "small business")],
        "MARKET_SELLER" => vec![(Language::Fr, "vendeuse de marché"), (Language::En, "market seller")],
        "COMPANY" => vec![(Language::Fr, "société"), (Language::En, "company")],
        "PUBLIC_BODY" => vec![(Language::Fr, "organisme public"), (Language::En, "public body")],
        "CERTIFIER" => vec![(Language::Fr, "certificateur"), (Language::En, "certifier")],
        "SUPPORT_ORGANIZATION" => vec![(Language::Fr, "appui"), (Language::En, "support")],
        _ => Vec::new(),
    }
}
