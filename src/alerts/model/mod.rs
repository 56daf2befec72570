//! What a saved search is, and the rules over it: no I/O, no clock, no randomness.

use crate::{
    accounts::UserId,
    catalog::ListingId,
    define_id,
    kernel::{ErrorCode, UserError, clock::Timestamp},
    notifications::Channel,
    search::model::{
        Condition, ListingFilter, ParsedQuery,
        percolate::{self, Readable},
        query::QueryError,
    },
};

define_id!(
    /// Identifies a saved search.
    pub SavedSearchId = "saved_search"
);

/// Searches that one person may keep. More are no longer read by whoever is told of them.
pub const SAVED_SEARCHES_MAX: u64 = 50;

/// A search that a person keeps to be told of what it finds later.
#[derive(Debug, Clone)]
pub struct SavedSearch {
    /// Its id.
    pub id: SavedSearchId,
    /// Whose it is.
    pub owner: UserId,
    /// What she calls it.
    pub name: String,
    /// The words, as she typed them.
    pub query: Option<String>,
    /// What narrows it.
    pub filter: ListingFilter,
    /// How she is told beside the product itself, as far as she wants messages at all.
    pub channels: Vec<Channel>,
    /// False while it is paused.
    pub active: bool,
    /// What changed before is not told of.
    pub listens_since: Timestamp,
    /// Counts changes from 1.
    pub version: i64,
    /// When it was saved.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
}

/// What a saved search asks of a listing.
#[derive(Debug, Clone)]
pub struct Asked {
    query: ParsedQuery,
    conditions: Vec<Condition>,
}

/// A listing that a saved search has found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Match {
    /// The search.
    pub search: SavedSearchId,
    /// The listing.
    pub listing: ListingId,
    /// When it was found.
    pub at: Timestamp,
}

/// What a saved search has found so far.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Tally {
    /// How many listings.
    pub count: i64,
    /// When the last of them.
    pub last_at: Option<Timestamp>,
}

impl Asked {
    /// What words and a filter ask for.
    ///
    /// # Errors
    /// When the words are more than are looked at.
    pub fn new(words: Option<&str>, filter: &ListingFilter) -> Result<Self, QueryError> {
        Ok(Self { query: ParsedQuery::parse(words.unwrap_or_default())?, conditions: filter.conditions() })
    }

    /// The same, with something more to be fulfilled.
    #[must_use]
    pub fn and(mut self, condition: Option<Condition>) -> Self {
        self.conditions.extend(condition);
        self
    }

    /// Whether everything answers it.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.query.is_empty() && self.conditions.is_empty()
    }

    /// What it is filed under; see [`percolate::filed_under`].
    #[must_use]
    pub fn terms(&self) -> Vec<String> {
        percolate::filed_under(&self.query, &self.conditions)
    }

    /// Whether a listing answers it.
    #[must_use]
    pub fn is_answered_by(&self, listing: &Readable<'_>) -> bool {
        listing.fulfils(&self.query, &self.conditions)
    }
}

impl SavedSearch {
    /// Goes on if it is still what the caller has read.
    ///
    /// # Errors
    /// [`ErrorCode::VersionConflict`].
    pub fn expect_version(&self, expected: Option<i64>) -> Result<(), UserError> {
        match expected {
            Some(expected) if expected != self.version => {
                let error = UserError::new(ErrorCode::VersionConflict, ["input", "expectedVersion"]);
                Err(error.with("current", self.version))
            }
            Some(_) | None => Ok(()),
        }
    }
}
