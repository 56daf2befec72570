//! What a search gives.

use async_graphql::{Enum, SimpleObject};

use crate::{
    catalog::graphql::Listing,
    directory::graphql::Organization,
    kernel::{
        graphql::{PageInfo, list_complexity},
        locale::Locale,
    },
    search::{
        Found, Search,
        model::{self, FacetCounts, KeywordField, SuggestionKind, TextField},
    },
};

/// A page of found listings.
#[derive(SimpleObject)]
#[graphql(crate = "crate::kernel::graphql::fields")]
pub struct ListingSearchConnection {
    /// The listings in order. One that was taken back a moment ago is left out, so there may be fewer than asked for.
    pub edges: Vec<ListingSearchEdge>,
    /// Where this page stands among the results.
    pub page_info: PageInfo,
    /// How many listings were found, exactly; at most 2,000 where `degraded`. Only the first 10,000 can be paged through.
    pub total_count: i64,
    /// Counts of values over all listings found, not only this page. A filter by a value gives exactly as many.
    // The page's size multiplies this as well, although no page shows it more than once; hence so little.
    #[graphql(complexity = "list_complexity(2, child_complexity)")]
    pub facets: Vec<SearchFacet>,
    /// Whether the search index was away and the database answered in its place, more simply: without facets and
    /// highlights, and with words understood as they are written.
    pub degraded: bool,
}

/// A found listing.
#[derive(SimpleObject)]
#[graphql(crate = "crate::kernel::graphql::fields")]
pub struct ListingSearchEdge {
    /// The listing.
    pub node: Listing,
    /// Where it stands, to be given as `after` with the same query, filter and sort.
    pub cursor: String,
    /// How well it matches, greater is better; comparable within one search only.
    pub score: f64,
    /// Its texts in which something was found.
    #[graphql(complexity = "list_complexity(4, child_complexity)")]
    pub highlights: Vec<SearchHighlight>,
    /// Kilometres from `filter.near`; null without it.
    pub distance_kilometres: Option<f64>,
}

/// A page of found organizations.
#[derive(SimpleObject)]
#[graphql(crate = "crate::kernel::graphql::fields")]
pub struct OrganizationSearchConnection {
    /// The organizations in order. One that was suspended a moment ago is left out.
    pub edges: Vec<OrganizationSearchEdge>,
    /// Where this page stands among the results.
    pub page_info: PageInfo,
    /// How many organizations were found, exactly; at most 2,000 where `degraded`. Only the first 10,000 can be paged
    /// through.
    pub total_count: i64,
    /// Counts of values over all organizations found, not only this page.
    // As for listings, little.
    #[graphql(complexity = "list_complexity(2, child_complexity)")]
    pub facets: Vec<SearchFacet>,
    /// Whether the search index was away and the database answered in its place, more simply: without facets and
    /// highlights, and with words understood as they are written.
    pub degraded: bool,
}

/// A found organization.
#[derive(SimpleObject)]
#[graphql(crate = "crate::kernel::graphql::fields")]
pub struct OrganizationSearchEdge {
    /// The organization.
    pub node: Organization,
    /// Where it stands, to be given as `after` with the same query and filter.
    pub cursor: String,
    /// How well it matches, greater is better; comparable within one search only.
    pub score: f64,
    /// Its texts in which something was found.
    #[graphql(complexity = "list_complexity(4, child_complexity)")]
    pub highlights: Vec<SearchHighlight>,
    /// Kilometres from `filter.near`; null without it.
    pub distance_kilometres: Option<f64>,
}

/// A text in which something was found.
#[derive(SimpleObject)]
#[graphql(crate = "crate::kernel::graphql::fields")]
pub struct SearchHighlight {
    /// Which text.
    pub field: SearchHighlightField,
    /// The text, or the part of it around what was found, as HTML: escaped, and the only markup is `<mark>` around the
    /// words found.
    pub html: String,
}

/// A text that is searched.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "TextField")]
pub enum SearchHighlightField {
    /// A name or synonym of the product, in any language; the organization's name.
    Name,
    /// The listing's title.
    Title,
    /// A name of a wider class of the product; a product that the organization offers.
    ProductClass,
    /// The seller's name.
    OrganizationName,
    /// A name of the place, or of what it lies in.
    Place,
    /// A certificate, grade, season or kind.
    Label,
    /// The description.
    Description,
}

/// The counts of a field's values.
#[derive(SimpleObject)]
#[graphql(crate = "crate::kernel::graphql::fields")]
pub struct SearchFacet {
    /// The field.
    pub field: SearchFacetField,
    /// Every value that occurs, most frequent first.
    #[graphql(complexity = "list_complexity(5, child_complexity)")]
    pub values: Vec<SearchFacetValue>,
}

/// A field whose values are counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
pub enum SearchFacetField {
    /// Product codes, classes included: a listing counts for its product and for every class above it.
    Product,
    /// Region codes.
    Region,
    /// Codes of schemes whose certificates are in force.
    Certificate,
    /// Definitions of women's ownership that are satisfied, whatever the evidence.
    WomenOwned,
    /// Grades, as sellers write them.
    Grade,
    /// Seasons.
    Season,
    /// Kinds of seller or organization.
    Kind,
}

/// A value and how often it occurs.
#[derive(SimpleObject)]
#[graphql(crate = "crate::kernel::graphql::fields")]
pub struct SearchFacetValue {
    /// The value, as filters take it.
    pub value: String,
    /// What it is called, in the request's language.
    pub label: String,
    /// How many results have it, exactly.
    pub count: i64,
}

/// A completion of what is being typed.
#[derive(SimpleObject)]
#[graphql(crate = "crate::kernel::graphql::fields")]
pub struct SearchSuggestion {
    /// The text to offer.
    pub text: String,
    /// What it names.
    pub kind: SearchSuggestionKind,
    /// How many listings or organizations are behind it; 0 while the search index is away.
    pub count: i64,
}

/// What a suggestion names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "SuggestionKind")]
pub enum SearchSuggestionKind {
    /// A product that is offered now.
    Product,
    /// An organization.
    Organization,
    /// The title of a listing.
    Listing,
}

impl From<model::Suggestion> for SearchSuggestion {
    fn from(suggestion: model::Suggestion) -> Self {
        Self { text: suggestion.text, kind: suggestion.kind.into(), count: count(suggestion.count) }
    }
}

impl From<model::Highlight> for SearchHighlight {
    fn from(highlight: model::Highlight) -> Self {
        Self { field: highlight.field.into(), html: highlight.html }
    }
}

/// Where the page of these results stands.
pub(super) fn page_info(found: &Found) -> PageInfo {
    PageInfo {
        has_next_page: found.has_next,
        has_previous_page: found.has_previous,
        start_cursor: found.hits.first().map(|(_, cursor)| cursor.clone().into()),
        end_cursor: found.hits.last().map(|(_, cursor)| cursor.clone().into()),
    }
}

/// The counts with names in a language.
pub(super) fn facets(search: &Search, counts: Vec<FacetCounts>, language: Locale) -> Vec<SearchFacet> {
    let named = |counts: FacetCounts| {
        let field = facet_field(counts.field)?;
        let value = |facet: model::FacetValue| SearchFacetValue {
            label: search.label(counts.field, &facet.value, language),
            count: count(facet.count),
            value: facet.value,
        };
        Some(SearchFacet { field, values: counts.values.into_iter().map(value).collect() })
    };
    counts.into_iter().filter_map(named).collect()
}

/// A count on the wire.
pub(super) fn count(count: u64) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

const fn facet_field(field: KeywordField) -> Option<SearchFacetField> {
    match field {
        KeywordField::Product => Some(SearchFacetField::Product),
        KeywordField::Region => Some(SearchFacetField::Region),
        KeywordField::Scheme => Some(SearchFacetField::Certificate),
        KeywordField::WomenOwned => Some(SearchFacetField::WomenOwned),
        KeywordField::Grade => Some(SearchFacetField::Grade),
        KeywordField::Season => Some(SearchFacetField::Season),
        KeywordField::Kind => Some(SearchFacetField::Kind),
        KeywordField::Place | KeywordField::Organization => None,
    }
}
