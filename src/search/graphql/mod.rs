//! The room in GraphQL: `SearchQuery` is merged into the schema's root.
//!
//! The index gives ids, in order, with counts; the nodes come from the rooms that own them, through their loaders, so that
//! nobody finds what she may not see.

mod input;
mod query;
mod result;

pub use input::{ListingSearchFilter, ListingSearchSort, NearInput, OrganizationSearchFilter, PricePerKilogramRange};
pub use query::SearchQuery;
pub use result::{
    ListingSearchConnection, ListingSearchEdge, OrganizationSearchConnection, OrganizationSearchEdge, SearchFacet,
    SearchFacetField, SearchFacetValue, SearchHighlight, SearchHighlightField, SearchSuggestion, SearchSuggestionKind,
};
