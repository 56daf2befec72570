//! Searches that people keep, and being told when something new answers them.
//!
//! A saved search asks what `searchListings` asks, checked by the same checks. It is not run again and again: a listing that
//! is published or changed is held against the searches that share a term with it (`percolate`), which are found by an
//! inverted index in the database, and confirmed by the pure rule of
//! [`percolate::Readable`](crate::search::model::percolate::Readable).
//!
//! What holds at any time: a search finds a listing once, however often, late, or by however many processes the listing is
//! handled, because the match is written with the notification that tells of it. Only what its seller published or changed
//! since the search was saved, changed, or set going again is told of: what was there before is one search away, and nobody
//! is told it anew because a certificate was recorded or an index was rebuilt. A person is not told of the listings of her
//! own organizations. Nobody sees the searches of another.
//!
//! Deliberately absent: what only the calendar brings, such as the first day of a certificate; and the forgiveness of a
//! search that somebody looks through, see `search::model::percolate`.

mod audit;
mod check;
mod delete_saved_search;
mod follow;
pub mod graphql;
mod lookups;
pub mod model;
mod percolate;
mod personal;
mod save_search;
mod store;
mod update_saved_search;

use std::sync::Arc;

pub use delete_saved_search::DeleteSavedSearch;
pub use follow::Sought;
pub use lookups::{MATCHES, SAVED_SEARCHES, match_key, saved_search_key};
pub use model::{Match, SavedSearch, SavedSearchId, Tally};
pub use save_search::SaveSearch;
pub use update_saved_search::UpdateSavedSearch;

use crate::{kernel::Services, notifications::Notifications, search::Search};

/// The room's handle. Cheap to clone, and small: whatever runs the application holds all rooms' handles.
#[derive(Debug, Clone)]
pub struct Alerts {
    knows: Arc<Known>,
}

/// What the room stands on.
#[derive(Debug)]
struct Known {
    services: Services,
    search: Search,
    notifications: Notifications,
    just_read: follow::JustRead,
}

impl Alerts {
    /// The room, over the rooms that it knows.
    #[must_use]
    pub fn new(services: Services, search: Search, notifications: Notifications) -> Self {
        Self { knows: Arc::new(Known { services, search, notifications, just_read: follow::JustRead::default() }) }
    }
}
