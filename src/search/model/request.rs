//! What is asked of an engine and what it answers.

use uuid::Uuid;

use super::document::SuggestionKind;
use super::fields::{Collection, KeywordField, TextField};
use super::filter::Condition;
use super::geo::GeoPoint;
use super::query::ParsedQuery;

/// Results that can be paged through. Whoever has not found it by then needs a filter, and a remote engine has a like
/// bound.
pub const RESULTS_MAX: usize = 10_000;

/// The order of results. Equals follow the newer id first, so that pages never overlap.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub enum Sort {
    /// Best match first; without a query, newest first.
    #[default]
    Relevance,
    /// Cheapest a kilogram first; those without a price last.
    PricePerKilogramAsc,
    /// Dearest a kilogram first; those without a price last.
    PricePerKilogramDesc,
    /// Latest published first.
    Newest,
    /// Nearest to the point first; those without a location last.
    Distance(GeoPoint),
}

/// Which of the results, counted from the first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Window {
    offset: usize,
    limit: usize,
}

/// Why a window of results is not shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum WindowError {
    /// It begins or ends after [`RESULTS_MAX`].
    #[error("only the first {RESULTS_MAX} results can be paged through")]
    TooDeep,
}

impl Window {
    /// `limit` results after the first `offset`.
    pub fn new(offset: usize, limit: usize) -> Result<Window, WindowError> {
        match offset.checked_add(limit) {
            Some(end) if end <= RESULTS_MAX => Ok(Window { offset, limit }),
            _ => Err(WindowError::TooDeep),
        }
    }

    /// Results before it.
    pub fn offset(self) -> usize {
        self.offset
    }

    /// Results in it.
    pub fn limit(self) -> usize {
        self.limit
    }
}

/// A search.
#[derive(Debug, Clone)]
pub struct SearchRequest {
    /// Where to search.
    pub collection: Collection,
    /// What to find; empty finds everything.
    pub query: ParsedQuery,
    /// What all results must fulfil.
    pub conditions: Vec<Condition>,
    /// Their order.
    pub sort: Sort,
    /// Which of them.
    pub window: Window,
    /// Fields whose values are counted over all results.
    pub facets: Vec<KeywordField>,
    /// Whether to mark what was found.
    pub highlight: bool,
    /// Where distances are measured from.
    pub origin: Option<GeoPoint>,
}

/// A text of a result with what was found in it marked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Highlight {
    /// The field.
    pub field: TextField,
    /// Escaped text in which only `<mark>` is markup.
    pub html: String,
}

/// A result.
#[derive(Debug, Clone, PartialEq)]
pub struct Hit {
    /// The id of the row behind it.
    pub id: Uuid,
    /// How well it matches, greater is better. What it is made of is the engine's; comparable within one query only.
    pub score: f64,
    /// What was found in it, best field first.
    pub highlights: Vec<Highlight>,
    /// Kilometres from the request's origin, where both are known.
    pub distance_kilometres: Option<f64>,
}

/// A value and in how many results it occurs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FacetValue {
    /// The value.
    pub value: String,
    /// Results that have it, exactly.
    pub count: u64,
}

/// All values of a field among the results.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FacetCounts {
    /// The field.
    pub field: KeywordField,
    /// Every value that occurs, most frequent first, then by value.
    pub values: Vec<FacetValue>,
}

/// A page of results.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct SearchResult {
    /// The results of the window.
    pub hits: Vec<Hit>,
    /// All results, exactly.
    pub total: u64,
    /// Counts of the fields asked for, in the order asked.
    pub facets: Vec<FacetCounts>,
}

/// A completion of what is being typed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Suggestion {
    /// The text to offer.
    pub text: String,
    /// What it names.
    pub kind: SuggestionKind,
    /// Documents behind it.
    pub count: u64,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_window_ends_at_the_last_result_that_can_be_paged_to() {
        assert!(Window::new(RESULTS_MAX - 20, 20).is_ok());
        assert_eq!(Window::new(RESULTS_MAX - 20, 21), Err(WindowError::TooDeep));
        assert_eq!(Window::new(usize::MAX, 1), Err(WindowError::TooDeep));
    }
}
