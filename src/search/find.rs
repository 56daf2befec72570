//! Searching: what was asked is looked up, and given back as ids in order, with counts.

use sha2::{Digest as _, Sha256};
use uuid::Uuid;

use super::{
    FindListings, FindOrganizations, ListingCriteria, Search,
    criteria::{OrganizationCriteria, check_query, check_sort},
    facets::by_definition,
    model::{
        Collection, Condition, FacetCounts, Hit, KeywordField, ListingFilter, NumberField, ParsedQuery, SearchRequest,
        Sort, Suggestion, Window, filter, request::RESULTS_MAX,
    },
};
use crate::kernel::{
    ErrorCode, Outcome, Rejections, UserError,
    page::{CursorKey, Page, PageArgs, SIZE_MAX, SortValue, encode_cursor},
};

/// Suggestions where nobody says how many.
const SUGGESTIONS_DEFAULT: usize = 8;

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
    pub async fn find_organizations(&self, mut find: FindOrganizations) -> Outcome<Found> {
        let mut wrong = Rejections::default();
        let OrganizationCriteria { query, filter } = self.organization_criteria(&mut find, &mut wrong);
        let near = filter.near;
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

fn as_people_choose(counts: FacetCounts) -> FacetCounts {
    if counts.field == KeywordField::WomenOwned { by_definition(counts) } else { counts }
}
