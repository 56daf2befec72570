//! Searching: what was asked is checked, looked up, and given back as ids in order, with counts.

use std::mem::take;

use chrono::NaiveDate;
use sha2::{Digest as _, Sha256};
use uuid::Uuid;

use super::{
    Search,
    facets::by_definition,
    model::{
        Collection, Condition, FacetCounts, GeoPoint, Hit, KeywordField, ListingFilter, NumberField,
        OrganizationFilter, ParsedQuery, QueryError, SearchRequest, Sort, Suggestion, Window, WomenOwnedFilter, filter,
        query::QUERY_CHARS_MAX, request::RESULTS_MAX,
    },
};
use crate::kernel::{
    ErrorCode, Outcome, Rejections, UserError,
    error::excerpt,
    page::{CursorKey, Page, PageArgs, SIZE_MAX, SortValue, encode_cursor},
};

/// Values of one filter at most.
const VALUES_MAX: usize = 100;

/// The widest circle that can be searched: across Mali and beyond.
const RADIUS_KILOMETRES_MAX: f64 = 3_000.0;

/// Suggestions where nobody says how many.
const SUGGESTIONS_DEFAULT: usize = 8;

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

/// A page of results.
#[derive(Debug)]
pub struct Found {
    /// The results with their cursors.
    pub hits: Vec<(Hit, String)>,
    /// All of them.
    pub total: u64,
    /// Counts, if they were asked for.
    pub facets: Vec<FacetCounts>,
    /// Whether more results follow that can be paged to.
    pub has_next: bool,
    /// Whether results precede.
    pub has_previous: bool,
    /// Whether the index was away and the database answered.
    pub degraded: bool,
}

impl Search {
    /// Searches listings.
    ///
    /// # Errors
    /// What is wrong with the arguments, or that the index cannot answer.
    pub async fn find_listings(&self, mut find: FindListings) -> Outcome<Found> {
        let mut wrong = Rejections::default();
        let ListingCriteria { query, filter } = self.listing_criteria(&mut find, &mut wrong);
        let near = filter.near;
        let sort = check_sort(find.sort, near, &mut wrong);
        let of_today = self.of_today(&filter);
        let facets = if find.facets { LISTING_FACETS.to_vec() } else { Vec::new() };
        let ask = Ask {
            collection: Collection::Listings,
            conditions: filter.conditions(),
            of_today,
            sort,
            near,
            facets,
            highlights: find.highlights,
        };
        self.find(ask, query, &find.page, wrong).await
    }

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

    /// What can no longer be had is not found, unless a day is asked for.
    #[must_use]
    pub fn of_today(&self, filter: &ListingFilter) -> Option<Condition> {
        filter.available_on.is_none().then(|| Condition::Between {
            field: NumberField::AvailableUntil,
            min: Some(filter::days_since_epoch(self.services.clock.today())),
            max: None,
            or_absent: true,
        })
    }

    /// Searches organizations.
    ///
    /// # Errors
    /// What is wrong with the arguments, or that the index cannot answer.
    pub async fn find_organizations(&self, find: FindOrganizations) -> Outcome<Found> {
        let mut wrong = Rejections::default();
        let query = check_query(find.query.as_deref(), &mut wrong);
        let near = find.near.and_then(|near| check_near(near, &mut wrong));
        let filter = OrganizationFilter {
            product_codes: self.check_products(find.product_codes, &mut wrong),
            place_codes: self.check_places(find.place_codes, &mut wrong),
            kinds: check_values(find.kinds, "kinds", &mut wrong),
            schemes: self.check_schemes(find.schemes, &mut wrong),
            women_owned: find.women_owned.map(women_owned),
            near,
        };
        let facets = if find.facets { ORGANIZATION_FACETS.to_vec() } else { Vec::new() };
        let ask = Ask {
            collection: Collection::Organizations,
            conditions: filter.conditions(),
            of_today: None,
            sort: Sort::Relevance,
            near,
            facets,
            highlights: find.highlights,
        };
        self.find(ask, query, &find.page, wrong).await
    }

    /// Completes what is being typed.
    ///
    /// # Errors
    /// `TooLong`, `InvalidPageSize`, or that the index cannot answer.
    pub async fn suggest(&self, typed: &str, first: Option<i32>) -> Outcome<Vec<Suggestion>> {
        let mut wrong = Rejections::default();
        check_query(Some(typed), &mut wrong);
        let page = Page::new("search-suggestions", &PageArgs { first, ..PageArgs::default() }, SortValue::is_integer);
        let size = wrong.take(page).map_or(SUGGESTIONS_DEFAULT, |page| page.size as usize);
        wrong.finish()?;
        let count_max = if first.is_some() { size } else { SUGGESTIONS_DEFAULT };
        match self.outage.guard(self.index.suggest(typed, count_max)).await? {
            Some(suggestions) => Ok(suggestions),
            None => self.suggest_plainly(typed, count_max).await,
        }
    }

    async fn find(&self, ask: Ask, query: ParsedQuery, page: &PageArgs, mut wrong: Rejections) -> Outcome<Found> {
        // A cursor belongs to one search: in another, the same number of results before it would mean nothing.
        let mark = ask.mark(&query);
        let list = format!("search-{}", ask.collection.name());
        let position = wrong.take(check_page(&list, mark, page));
        wrong.finish()?;
        let (offset, size) = position.unwrap_or_default();
        // The last page that can be shown is a short one, so that no page is promised and then refused.
        let size = size.min(RESULTS_MAX.saturating_sub(offset));
        let Ok(window) = Window::new(offset, size) else {
            let error = UserError::new(ErrorCode::OutOfRange, ["after"]);
            return Err(error.with("minimum", 0).with("maximum", RESULTS_MAX).into());
        };
        let request = SearchRequest {
            collection: ask.collection,
            query,
            conditions: ask.conditions.into_iter().chain(ask.of_today).collect(),
            sort: ask.sort,
            window,
            facets: ask.facets,
            highlight: ask.highlights,
            origin: ask.near.map(|near| near.center),
        };
        let (result, degraded) = match self.outage.guard(self.index.search(request.clone())).await? {
            Some(result) => (result, false),
            None => {
                metrics::counter!("bfw_search_degraded_total").increment(1);
                (self.find_plainly(&request).await?, true)
            }
        };
        let cursor = |at: usize| {
            let passed = i64::try_from(offset + at + 1).unwrap_or(i64::MAX);
            encode_cursor(&list, &CursorKey { sort: SortValue::Integer(passed), id: mark })
        };
        let end = offset + result.hits.len();
        let reachable = usize::try_from(result.total).unwrap_or(usize::MAX).min(RESULTS_MAX);
        Ok(Found {
            has_next: size > 0 && end < reachable,
            has_previous: offset > 0,
            hits: result.hits.into_iter().enumerate().map(|(at, hit)| (hit, cursor(at))).collect(),
            total: result.total,
            facets: result.facets.into_iter().map(as_people_choose).collect(),
            degraded,
        })
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

/// A search that was checked.
struct Ask {
    collection: Collection,
    conditions: Vec<Condition>,
    /// What nobody asked for and every day asks anew. No part of the search's name: cursors outlive midnight.
    of_today: Option<Condition>,
    sort: Sort,
    near: Option<filter::Near>,
    facets: Vec<KeywordField>,
    highlights: bool,
}

impl Ask {
    /// Names the search: what is found, and in which order.
    fn mark(&self, query: &ParsedQuery) -> Uuid {
        let what = format!("{query:?}|{:?}|{:?}", self.conditions, self.sort);
        let digest = Sha256::digest(what.as_bytes());
        let mut bytes = [0; 16];
        for (byte, digest) in bytes.iter_mut().zip(digest) {
            *byte = digest;
        }
        Uuid::from_bytes(bytes)
    }
}

const LISTING_FACETS: [KeywordField; 7] = [
    KeywordField::Product,
    KeywordField::Region,
    KeywordField::Scheme,
    KeywordField::WomenOwned,
    KeywordField::Grade,
    KeywordField::Season,
    KeywordField::Kind,
];

const ORGANIZATION_FACETS: [KeywordField; 5] =
    [KeywordField::Product, KeywordField::Region, KeywordField::Scheme, KeywordField::WomenOwned, KeywordField::Kind];

/// Results before the page, and results on it.
fn check_page(list: &str, mark: Uuid, args: &PageArgs) -> Result<(usize, usize), UserError> {
    let page = Page::new(list, args, SortValue::is_integer)?;
    let offset = match page.after {
        None => 0,
        Some(CursorKey { sort: SortValue::Integer(passed), id }) if id == mark => {
            usize::try_from(passed).map_err(|_| UserError::new(ErrorCode::InvalidCursor, ["after"]))?
        }
        Some(_) => return Err(UserError::new(ErrorCode::InvalidCursor, ["after"])),
    };
    Ok((offset, page.size.min(SIZE_MAX) as usize))
}

fn check_query(typed: Option<&str>, wrong: &mut Rejections) -> ParsedQuery {
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

fn check_sort(sort: SortBy, near: Option<filter::Near>, wrong: &mut Rejections) -> Sort {
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

fn as_people_choose(counts: FacetCounts) -> FacetCounts {
    if counts.field == KeywordField::WomenOwned { by_definition(counts) } else { counts }
}

fn women_owned(asked: WomenOwned) -> WomenOwnedFilter {
    WomenOwnedFilter { definition: asked.definition, evidence: asked.evidence }
}
