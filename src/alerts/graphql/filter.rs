//! What a saved search is narrowed to, given back.

use async_graphql::SimpleObject;

use crate::{
    directory::{
        graphql::{EvidenceLevel, OrganizationKind, OwnershipDefinition},
        model::{organization, ownership},
    },
    kernel::{
        Fault,
        decimal::format_scaled,
        graphql::{Date, Decimal},
        locale::Locale,
        money::Currency,
    },
    search::{
        Search,
        model::{KeywordField, ListingFilter, WomenOwnedFilter},
    },
};

/// What a saved search is narrowed to. Values of one field are alternatives; fields must all hold.
#[derive(Debug, Clone, SimpleObject)]
pub struct SavedSearchFilter {
    /// Codes of products; a class stands for everything below it.
    pub product_codes: Vec<String>,
    /// Codes of places; a region stands for everything in it.
    pub place_codes: Vec<String>,
    /// Kinds of seller.
    pub kinds: Vec<OrganizationKind>,
    /// Codes of schemes.
    pub schemes: Vec<String>,
    /// Ownership of the seller; null for any.
    pub women_owned: Option<SavedSearchWomenOwned>,
    /// Grades, as sellers write them.
    pub grades: Vec<String>,
    /// Seasons, as sellers write them.
    pub seasons: Vec<String>,
    /// Prices a kilogram; null for any.
    pub price_per_kilogram: Option<SavedSearchPriceRange>,
    /// A day on which the goods can be had; null for today or later.
    pub available_on: Option<Date>,
    /// Where the goods are; null for anywhere.
    pub near: Option<SavedSearchNear>,
}

/// Sellers that women own or lead.
#[derive(Debug, Clone, Copy, SimpleObject)]
pub struct SavedSearchWomenOwned {
    /// By which definition.
    pub definition: OwnershipDefinition,
    /// How well supported at least.
    pub at_least_evidence: EvidenceLevel,
}

/// Prices between two bounds, themselves included.
#[derive(Debug, Clone, SimpleObject)]
pub struct SavedSearchPriceRange {
    /// Francs (XOF) a kilogram at least; null for no bound.
    pub min: Option<Decimal>,
    /// Francs (XOF) a kilogram at most; null for no bound.
    pub max: Option<Decimal>,
}

/// A circle on the map.
#[derive(Debug, Clone, Copy, SimpleObject)]
pub struct SavedSearchNear {
    /// Degrees north of its middle.
    pub latitude: f64,
    /// Degrees east of its middle.
    pub longitude: f64,
    /// Its radius.
    pub radius_kilometres: f64,
}

impl TryFrom<&ListingFilter> for SavedSearchFilter {
    type Error = Fault;

    fn try_from(filter: &ListingFilter) -> Result<Self, Fault> {
        let price = |bound: Option<i64>| bound.map(|bound| Decimal(francs(bound)));
        let (min, max) = (price(filter.price_per_kilogram_min), price(filter.price_per_kilogram_max));
        let kind = |word: &String| Ok(word.parse::<organization::OrganizationKind>().map_err(corrupt)?.into());
        Ok(Self {
            product_codes: filter.product_codes.clone(),
            place_codes: filter.place_codes.clone(),
            kinds: filter.kinds.iter().map(kind).collect::<Result<_, Fault>>()?,
            schemes: filter.schemes.clone(),
            women_owned: filter.women_owned.as_ref().map(SavedSearchWomenOwned::try_from).transpose()?,
            grades: filter.grades.clone(),
            seasons: filter.seasons.clone(),
            price_per_kilogram: (min.is_some() || max.is_some()).then_some(SavedSearchPriceRange { min, max }),
            available_on: filter.available_on.map(Date),
            near: filter.near.map(|near| SavedSearchNear {
                latitude: near.center.latitude,
                longitude: near.center.longitude,
                radius_kilometres: near.radius_kilometres,
            }),
        })
    }
}

impl TryFrom<&WomenOwnedFilter> for SavedSearchWomenOwned {
    type Error = Fault;

    fn try_from(filter: &WomenOwnedFilter) -> Result<Self, Fault> {
        let definition: ownership::Definition = filter.definition.parse().map_err(corrupt)?;
        let levels = filter.evidence.iter().map(|level| level.parse::<ownership::EvidenceLevel>().map_err(corrupt));
        let least = levels.collect::<Result<Vec<_>, Fault>>()?.into_iter().min();
        let least = least.ok_or_else(|| Fault::corrupt("saved search", "no evidence is good enough"))?;
        Ok(Self { definition: definition.into(), at_least_evidence: least.into() })
    }
}

fn corrupt(error: impl ToString) -> Fault {
    Fault::corrupt("saved search", error)
}

/// Thousandths of a minor unit as francs.
fn francs(amount: i64) -> String {
    format_scaled(amount, 3 + Currency::XOF.exponent().map_or(0, u32::from))
}

/// What is searched for, in a line that people can read: the words, then what narrows them, by name.
pub(super) fn summary(search: &Search, words: Option<&str>, filter: &ListingFilter, language: Locale) -> String {
    let mut parts: Vec<String> = words.map(str::to_owned).into_iter().collect();
    let women_owned: Vec<String> = filter.women_owned.iter().map(|filter| filter.definition.clone()).collect();
    let named: [(KeywordField, &[String]); 7] = [
        (KeywordField::Product, &filter.product_codes),
        (KeywordField::Place, &filter.place_codes),
        (KeywordField::Kind, &filter.kinds),
        (KeywordField::Scheme, &filter.schemes),
        (KeywordField::WomenOwned, &women_owned),
        (KeywordField::Grade, &filter.grades),
        (KeywordField::Season, &filter.seasons),
    ];
    for (field, values) in named.into_iter().filter(|(_, values)| !values.is_empty()) {
        let names: Vec<String> = values.iter().map(|value| search.label(field, value, language)).collect();
        parts.push(names.join(", "));
    }
    let (min, max) = (filter.price_per_kilogram_min, filter.price_per_kilogram_max);
    match (min.map(francs), max.map(francs)) {
        (Some(min), Some(max)) => parts.push(format!("{min}–{max} XOF/kg")),
        (Some(min), None) => parts.push(format!("≥ {min} XOF/kg")),
        (None, Some(max)) => parts.push(format!("≤ {max} XOF/kg")),
        (None, None) => {}
    }
    parts.extend(filter.available_on.map(|day| day.to_string()));
    parts.extend(filter.near.map(|near| {
        format!("≤ {} km ({:.4}, {:.4})", near.radius_kilometres, near.center.latitude, near.center.longitude)
    }));
    parts.join(" · ")
}
