//! What a search asks for, and whether it makes sense.

use std::mem::take;

use chrono::NaiveDate;

use super::{
    Search,
    model::{
        GeoPoint, ListingFilter, OrganizationFilter, ParsedQuery, QueryError, Sort, WomenOwnedFilter, filter,
        query::QUERY_CHARS_MAX,
    },
};
use crate::kernel::{ErrorCode, Rejections, UserError, error::excerpt, page::PageArgs};

/// Values of one filter at most.
const VALUES_MAX: usize = 100;

/// The widest circle that can be searched: across Mali and beyond.
const RADIUS_KILOMETRES_MAX: f64 = 3_000.0;

/// The order of results.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum SortBy {
    /// Best match first; without a query, newest first.
    #[default]
    Relevance,
    /// Cheapest a kilogram first.
    PricePerKilogramAsc,
    /// Dearest a kilogram first.
    PricePerKilogramDesc,
    /// Latest published first.
    Newest,
    /// Nearest first; needs a point.
    Distance,
}

/// A circle on the map, as it was asked for.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Near {
    /// Degrees north.
    pub latitude: f64,
    /// Degrees east.
    pub longitude: f64,
    /// The radius.
    pub radius_kilometres: f64,
}

/// Prices a kilogram between two bounds, themselves included, in thousandths of a franc.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct PriceRange {
    /// The least.
    pub min: Option<i64>,
    /// The greatest.
    pub max: Option<i64>,
}

/// Women's ownership under a definition.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WomenOwned {
    /// The definition.
    pub definition: String,
    /// The levels of evidence that are good enough.
    pub evidence: Vec<String>,
}

/// A search for listings.
#[derive(Debug, Clone, Default)]
pub struct FindListings {
    /// The words.
    pub query: Option<String>,
    /// Products or classes, by code or name.
    pub product_codes: Vec<String>,
    /// Places, by code, official number or name.
    pub place_codes: Vec<String>,
    /// Kinds of seller.
    pub kinds: Vec<String>,
    /// Schemes of certificates in force.
    pub schemes: Vec<String>,
    /// Ownership of the seller.
    pub women_owned: Option<WomenOwned>,
    /// Grades.
    pub grades: Vec<String>,
    /// Seasons.
    pub seasons: Vec<String>,
    /// Prices a kilogram.
    pub price_per_kilogram: Option<PriceRange>,
    /// A day on which the goods can be had; today or later where none is given.
    pub available_on: Option<NaiveDate>,
    /// Where the goods are.
    pub near: Option<Near>,
    /// The order.
    pub sort: SortBy,
    /// Which page.
    pub page: PageArgs,
    /// Whether values are counted.
    pub facets: bool,
    /// Whether what was found is marked.
    pub highlights: bool,
}

/// A search for organizations.
#[derive(Debug, Clone, Default)]
pub struct FindOrganizations {
    /// The words.
    pub query: Option<String>,
    /// Products or classes that are offered, by code or name.
    pub product_codes: Vec<String>,
    /// Places, by code, official number or name.
    pub place_codes: Vec<String>,
    /// Kinds.
    pub kinds: Vec<String>,
    /// Schemes of certificates in force.
    pub schemes: Vec<String>,
    /// Ownership.
    pub women_owned: Option<WomenOwned>,
    /// Where they are.
    pub near: Option<Near>,
    /// Which page.
    pub page: PageArgs,
    /// Whether values are counted.
    pub facets: bool,
    /// Whether what was found is marked.
    pub highlights: bool,
}

/// What a search for listings asks for, checked.
#[derive(Debug, Clone)]
pub struct ListingCriteria {
    /// The words.
    pub query: ParsedQuery,
    /// What narrows it, products and places by their codes.
    pub filter: ListingFilter,
}

/// What a search for organizations asks for, checked.
#[derive(Debug, Clone)]
pub(super) struct OrganizationCriteria {
    /// The words.
    pub(super) query: ParsedQuery,
    /// What narrows it, products and places by their codes.
    pub(super) filter: OrganizationFilter,
}

impl Search {
    /// What a search for listings asks for, checked, without searching. Takes it out of `find`; what is wrong goes to
    /// `wrong`.
    pub fn listing_criteria(&self, find: &mut FindListings, wrong: &mut Rejections) -> ListingCriteria {
        let query = check_query(find.query.as_deref(), wrong);
        let near = find.near.and_then(|near| check_near(near, wrong));
        let range = find.price_per_kilogram.unwrap_or_default();
        if range.min.zip(range.max).is_some_and(|(min, max)| min > max) {
            let error = UserError::new(ErrorCode::OutOfRange, ["filter", "pricePerKilogram", "max"]);
            wrong.push(error.with("minimum", "min").with("maximum", i64::MAX));
        }
        let filter = ListingFilter {
            product_codes: self.check_products(take(&mut find.product_codes), wrong),
            place_codes: self.check_places(take(&mut find.place_codes), wrong),
            kinds: check_values(take(&mut find.kinds), "kinds", wrong),
            schemes: self.check_schemes(take(&mut find.schemes), wrong),
            women_owned: find.women_owned.take().map(women_owned),
            grades: check_values(take(&mut find.grades), "grades", wrong),
            seasons: check_values(take(&mut find.seasons), "seasons", wrong),
            price_per_kilogram_min: range.min,
            price_per_kilogram_max: range.max,
            available_on: find.available_on,
            near,
            organizations: Vec::new(),
        };
        ListingCriteria { query, filter }
    }

    /// What a search for organizations asks for, checked, without searching; as [`Search::listing_criteria`].
    pub(super) fn organization_criteria(
        &self,
        find: &mut FindOrganizations,
        wrong: &mut Rejections,
    ) -> OrganizationCriteria {
        let query = check_query(find.query.as_deref(), wrong);
        let near = find.near.and_then(|near| check_near(near, wrong));
        let filter = OrganizationFilter {
            product_codes: self.check_products(take(&mut find.product_codes), wrong),
            place_codes: self.check_places(take(&mut find.place_codes), wrong),
            kinds: check_values(take(&mut find.kinds), "kinds", wrong),
            schemes: self.check_schemes(take(&mut find.schemes), wrong),
            women_owned: find.women_owned.take().map(women_owned),
            near,
        };
        OrganizationCriteria { query, filter }
    }

    fn check_products(&self, codes: Vec<String>, wrong: &mut Rejections) -> Vec<String> {
        let codes = check_values(codes, "productCodes", wrong);
        let taxonomy = &self.taxonomy;
        let mut known = Vec::with_capacity(codes.len());
        for code in codes {
            let typed = excerpt(&code);
            match taxonomy.product(&code).or_else(|| taxonomy.locate(&typed)) {
                Some(product) => known.push(product.code.clone()),
                None => {
                    let near: Vec<&str> = taxonomy.find(&typed, 5).iter().map(|near| near.code.as_str()).collect();
                    let error = UserError::new(ErrorCode::UnknownProduct, ["filter", "productCodes"]);
                    wrong.push(error.with("value", typed).with("suggestions", near.join(", ")));
                }
            }
        }
        known
    }

    /// The codes of the places, which may be given by official number or name.
    fn check_places(&self, codes: Vec<String>, wrong: &mut Rejections) -> Vec<String> {
        let codes = check_values(codes, "placeCodes", wrong);
        let gazetteer = self.directory.gazetteer();
        let today = self.services.clock.today();
        let mut known = Vec::with_capacity(codes.len());
        for code in codes {
            let typed = excerpt(&code);
            match gazetteer.resolve(&code).or_else(|| gazetteer.locate(&typed, today)) {
                Some(place) => known.push(place.code.clone()),
                None => {
                    let near = gazetteer.find(&typed, today, 5);
                    let near: Vec<&str> = near.iter().map(|near| near.place.code.as_str()).collect();
                    let error = UserError::new(ErrorCode::UnknownPlace, ["filter", "placeCodes"]);
                    wrong.push(error.with("value", typed).with("suggestions", near.join(", ")));
                }
            }
        }
        known
    }

    fn check_schemes(&self, codes: Vec<String>, wrong: &mut Rejections) -> Vec<String> {
        let codes = check_values(codes, "schemes", wrong);
        for code in codes.iter().filter(|code| self.schemes.scheme(code).is_none()) {
            let error = UserError::new(ErrorCode::UnknownScheme, ["filter", "schemes"]);
            wrong.push(error.with("value", excerpt(code)));
        }
        codes
    }
}

pub(super) fn check_query(typed: Option<&str>, wrong: &mut Rejections) -> ParsedQuery {
    match ParsedQuery::parse(typed.unwrap_or_default()) {
        Ok(query) => query,
        Err(QueryError::TooLong) => {
            wrong.push(UserError::new(ErrorCode::TooLong, ["query"]).with("maximum", QUERY_CHARS_MAX));
            ParsedQuery::default()
        }
    }
}

fn check_values(values: Vec<String>, field: &'static str, wrong: &mut Rejections) -> Vec<String> {
    if values.len() > VALUES_MAX {
        wrong.push(UserError::new(ErrorCode::TooLong, ["filter", field]).with("maximum", VALUES_MAX));
        return Vec::new();
    }
    values
}

fn check_near(near: Near, wrong: &mut Rejections) -> Option<filter::Near> {
    let out_of_range = |field: &'static str, minimum: f64, maximum: f64| {
        UserError::new(ErrorCode::OutOfRange, ["filter", "near", field])
            .with("minimum", minimum)
            .with("maximum", maximum)
    };
    let bounds = [("latitude", near.latitude, 90.0), ("longitude", near.longitude, 180.0)];
    for (field, value, bound) in bounds {
        if !(-bound..=bound).contains(&value) {
            wrong.push(out_of_range(field, -bound, bound));
        }
    }
    if !(near.radius_kilometres > 0.0 && near.radius_kilometres <= RADIUS_KILOMETRES_MAX) {
        wrong.push(out_of_range("radiusKilometres", 0.0, RADIUS_KILOMETRES_MAX));
    }
    let center = GeoPoint::new(near.latitude, near.longitude)?;
    Some(filter::Near { center, radius_kilometres: near.radius_kilometres })
}

pub(super) fn check_sort(sort: SortBy, near: Option<filter::Near>, wrong: &mut Rejections) -> Sort {
    match (sort, near) {
        (SortBy::Relevance, _) => Sort::Relevance,
        (SortBy::PricePerKilogramAsc, _) => Sort::PricePerKilogramAsc,
        (SortBy::PricePerKilogramDesc, _) => Sort::PricePerKilogramDesc,
        (SortBy::Newest, _) => Sort::Newest,
        (SortBy::Distance, Some(near)) => Sort::Distance(near.center),
        (SortBy::Distance, None) => {
            wrong.push(UserError::new(ErrorCode::Required, ["filter", "near"]));
            Sort::Relevance
        }
    }
}

fn women_owned(asked: WomenOwned) -> WomenOwnedFilter {
    WomenOwnedFilter { definition: asked.definition, evidence: asked.evidence }
}
