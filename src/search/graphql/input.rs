//! What a search is given.

use async_graphql::{Enum, InputObject};

use crate::{
    directory::{
        graphql::{OrganizationKind, WomenOwnedFilter},
        model::{organization, ownership},
    },
    kernel::{
        Rejections, UserError,
        decimal::parse_scaled,
        graphql::{Date, Decimal},
        money::Currency,
    },
    search::{FindListings, FindOrganizations, Near, PriceRange, SortBy, WomenOwned},
};

/// The order of found listings. Equals follow the newer first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "SortBy")]
pub enum ListingSearchSort {
    /// Best match first: listings with every word before listings with some, what a thing is before what is said of it,
    /// words as typed before words alike. Without a query, the latest published first.
    Relevance,
    /// Cheapest a kilogram first; those whose price a kilogram is not known come last.
    PricePerKilogramAsc,
    /// Dearest a kilogram first; those whose price a kilogram is not known come last.
    PricePerKilogramDesc,
    /// Latest published first.
    Newest,
    /// Nearest to `filter.near` first, which must be given.
    Distance,
}

/// A circle on the map.
#[derive(Debug, Clone, Copy, InputObject)]
pub struct NearInput {
    /// Degrees north of its middle, -90 to 90.
    pub latitude: f64,
    /// Degrees east of its middle, -180 to 180; nearly all of Mali is negative.
    pub longitude: f64,
    /// Its radius, more than 0 and at most 3,000 km.
    pub radius_kilometres: f64,
}

impl From<NearInput> for Near {
    fn from(input: NearInput) -> Self {
        let NearInput { latitude, longitude, radius_kilometres } = input;
        Self { latitude, longitude, radius_kilometres }
    }
}

/// Prices between two bounds, themselves included.
#[derive(Debug, Clone, InputObject)]
pub struct PricePerKilogramRange {
    /// Francs (XOF) a kilogram at least.
    pub min: Option<Decimal>,
    /// Francs (XOF) a kilogram at most.
    pub max: Option<Decimal>,
}

impl PricePerKilogramRange {
    fn read(&self, wrong: &mut Rejections) -> PriceRange {
        let decimals = 3 + Currency::XOF.exponent().map_or(0, u32::from);
        let mut bound = |field: &'static str, value: &Option<Decimal>| {
            let Decimal(text) = value.as_ref()?;
            let path = ["filter", "pricePerKilogram", field];
            wrong.take(parse_scaled(text, decimals).map_err(|error| UserError::from_decimal(error, text, path)))
        };
        PriceRange { min: bound("min", &self.min), max: bound("max", &self.max) }
    }
}

/// Narrows a search for listings. Values of one field are alternatives; fields must all hold.
#[derive(Debug, Clone, Default, InputObject)]
pub struct ListingSearchFilter {
    /// Products by code or name; a class stands for everything below it.
    pub product_codes: Option<Vec<String>>,
    /// Places where the goods are, by code, official number or name; a region stands for everything in it.
    pub place_codes: Option<Vec<String>>,
    /// Kinds of seller.
    pub kinds: Option<Vec<OrganizationKind>>,
    /// Schemes, by code, one of which covers the listing today by a certificate in force.
    pub schemes: Option<Vec<String>>,
    /// Only of sellers that women own or lead.
    pub women_owned: Option<WomenOwnedFilter>,
    /// Grades, as sellers write them.
    pub grades: Option<Vec<String>>,
    /// Seasons, as sellers write them.
    pub seasons: Option<Vec<String>>,
    /// Only what costs so much a kilogram. Listings whose price a kilogram is not known are left out.
    pub price_per_kilogram: Option<PricePerKilogramRange>,
    /// Only what can be had on this day; today or later where none is given.
    pub available_on: Option<Date>,
    /// Only what lies in this circle. Where a seller gives no point, the chief town of her place counts.
    pub near: Option<NearInput>,
}

impl ListingSearchFilter {
    /// What is asked for by the filter alone. What cannot be read goes to `wrong`, below `filter`.
    pub fn read(self, wrong: &mut Rejections) -> FindListings {
        FindListings {
            product_codes: self.product_codes.unwrap_or_default(),
            place_codes: self.place_codes.unwrap_or_default(),
            kinds: kinds(self.kinds),
            schemes: self.schemes.unwrap_or_default(),
            women_owned: self.women_owned.map(women_owned),
            grades: self.grades.unwrap_or_default(),
            seasons: self.seasons.unwrap_or_default(),
            price_per_kilogram: self.price_per_kilogram.map(|range| range.read(wrong)),
            available_on: self.available_on.map(|Date(day)| day),
            near: self.near.map(Near::from),
            ..FindListings::default()
        }
    }
}

/// Narrows a search for organizations. Values of one field are alternatives; fields must all hold.
#[derive(Debug, Clone, Default, InputObject)]
pub struct OrganizationSearchFilter {
    /// Products that it offers now, by code or name; a class stands for everything below it.
    pub product_codes: Option<Vec<String>>,
    /// Places where it is, by code, official number or name; a region stands for everything in it.
    pub place_codes: Option<Vec<String>>,
    /// Kinds of organization.
    pub kinds: Option<Vec<OrganizationKind>>,
    /// Schemes, by code, of which it holds a certificate in force.
    pub schemes: Option<Vec<String>>,
    /// Only those that women own or lead.
    pub women_owned: Option<WomenOwnedFilter>,
    /// Only those in this circle. Where none gave a point, the chief town of the place counts.
    pub near: Option<NearInput>,
}

impl OrganizationSearchFilter {
    /// What is asked for by the filter alone.
    pub(super) fn read(self) -> FindOrganizations {
        FindOrganizations {
            product_codes: self.product_codes.unwrap_or_default(),
            place_codes: self.place_codes.unwrap_or_default(),
            kinds: kinds(self.kinds),
            schemes: self.schemes.unwrap_or_default(),
            women_owned: self.women_owned.map(women_owned),
            near: self.near.map(Near::from),
            ..FindOrganizations::default()
        }
    }
}

fn kinds(kinds: Option<Vec<OrganizationKind>>) -> Vec<String> {
    let code = |kind| organization::OrganizationKind::from(kind).as_str().to_owned();
    kinds.unwrap_or_default().into_iter().map(code).collect()
}

fn women_owned(filter: WomenOwnedFilter) -> WomenOwned {
    let least = ownership::EvidenceLevel::from(filter.at_least_evidence);
    let enough = ownership::EvidenceLevel::ALL.iter().filter(|level| **level >= least);
    WomenOwned {
        definition: ownership::Definition::from(filter.definition).as_str().to_owned(),
        evidence: enough.map(|level| level.as_str().to_owned()).collect(),
    }
}
