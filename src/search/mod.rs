//! Finding listings and organizations by words, in French, Bambara and English, however they are spelt.
//!
//! The room keeps an index beside the database. It is fed from the outbox after each commit, lags a commit by less than a
//! second, and answers with ids and counts only: rows are loaded, and authorized, from the database. Only published
//! listings with something left, of organizations in good standing, and those organizations, are in it. It is disposable: a missing, damaged
//! or outdated one is built anew, and `bfw reindex` builds one while searches go on.
//!
//! [`index::SearchIndex`] is the interface of an engine; [`embedded`] is the engine that needs no server, [`meilisearch`] the
//! one on a server that several machines share. [`model`] says how
//! words are folded, what a document is made of, and which fields it has.
//!
//! Deliberately absent: who may see what (the rooms that own the rows decide); saved searches, which `alerts` keeps and holds
//! against documents by [`model::percolate`].

mod criteria;
mod documents;
pub mod embedded;
pub mod engine;
mod examine;
mod facets;
mod fallback;
mod feed_again;
mod find;
mod follow;
pub mod graphql;
pub mod index;
pub mod meilisearch;
pub mod model;
mod outage;
mod rebuild;
mod store;
mod verify;
pub mod watch;

use std::{
    fmt,
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};

pub use criteria::{FindListings, FindOrganizations, ListingCriteria, Near, PriceRange, SortBy, WomenOwned};
pub use documents::ChangedListing;
pub use examine::{Examined, examine};
pub use find::Found;
pub use rebuild::Rebuilt;
pub use verify::{Comparison, Counts, Difference, Differs};
pub use watch::run;

use crate::{
    catalog::model::taxonomy::Taxonomy,
    certification::model::scheme::Schemes,
    directory::Directory,
    kernel::{Fault, Outcome, Services, clock::Timestamp},
};
use index::{IndexError, RebuildReason, SearchIndex};
use outage::Outage;

/// How often it is said how far the build of an index at the start has come.
const SAID_EVERY: Duration = Duration::from_secs(5);

/// How long the index may take to tell how it is.
const STATUS_WAIT_MAX: Duration = Duration::from_secs(1);

/// The room's handle. Cheap to clone.
#[derive(Clone)]
pub struct Search {
    services: Services,
    directory: Directory,
    schemes: Arc<Schemes>,
    taxonomy: Arc<Taxonomy>,
    index: Arc<dyn SearchIndex>,
    outage: Arc<Outage>,
    /// What was put into an index that was missing at the start.
    built: Option<Rebuilt>,
    /// Since when another process's index lacks changes; none when it lacks none.
    behind_since: Arc<Mutex<Option<Timestamp>>>,
}

impl fmt::Debug for Search {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Search").field("index", &self.index).finish_non_exhaustive()
    }
}

impl Search {
    /// Over an index that an engine opened. One that has to be built first, for `rebuild` says why, is built from the
    /// database before this returns, and the log says so. A server that is away does not keep the rest from starting: its
    /// index is looked for until it is found, and built if it must be ([`watch`]).
    ///
    /// # Errors
    /// When the index cannot be built or the database refuses.
    pub async fn over(
        (index, rebuild): (Arc<dyn SearchIndex>, Option<RebuildReason>),
        services: &Services,
        directory: &Directory,
        schemes: &Arc<Schemes>,
        taxonomy: &Arc<Taxonomy>,
    ) -> Outcome<Self> {
        let mut search = Self {
            services: services.clone(),
            directory: directory.clone(),
            schemes: Arc::clone(schemes),
            taxonomy: Arc::clone(taxonomy),
            index,
            outage: Arc::default(),
            built: None,
            behind_since: Arc::default(),
        };
        if rebuild.is_some() {
            match search.build().await {
                Ok(built) => search.built = Some(built),
                Err(failure) => {
                    // An engine that finds out later that it lacks an index gets one later; another is of no use.
                    if let Ok(None) = search.index.needs_rebuild().await {
                        return Err(failure);
                    }
                    tracing::warn!(%failure, "starting without a search index; it is built as soon as that can be done");
                }
            }
        }
        Ok(search)
    }

    /// For requests that may take so long: an index that has not answered in good time before is taken to be away.
    #[must_use]
    pub fn within(self, request: Duration) -> Self {
        Self { outage: Arc::new(Outage::within(request)), ..self }
    }

    /// Whether the index did not answer the last search, so that the database does.
    #[must_use]
    pub fn is_degraded(&self) -> bool {
        self.outage.is_on()
    }

    /// What was put into the index at the start; none where there was one.
    #[must_use]
    pub fn built_at_start(&self) -> Option<Rebuilt> {
        self.built
    }

    /// Builds the index, and lets the log say how far it has come.
    async fn build(&self) -> Outcome<Rebuilt> {
        let mut said = Instant::now();
        let built = self
            .rebuild(|done, total| {
                if said.elapsed() >= SAID_EVERY {
                    tracing::info!(done, total, "building the search index");
                    said = Instant::now();
                }
            })
            .await?;
        tracing::info!(listings = built.listings, organizations = built.organizations, "search index built");
        Ok(built)
    }

    /// How the index is.
    ///
    /// # Errors
    /// When it cannot be read.
    pub async fn health(&self) -> Outcome<index::IndexStatus> {
        let status = tokio::time::timeout(STATUS_WAIT_MAX, self.index.status()).await;
        Ok(status.unwrap_or_else(|late| Err(IndexError::Unavailable(late.into())))?)
    }

    /// Writes out what is pending and lets go of the index's files.
    ///
    /// # Errors
    /// When the index cannot be written; what it lacks then is fed again after the next start.
    pub async fn close(&self) -> Outcome<()> {
        Ok(self.index.release().await?)
    }
}

impl From<IndexError> for Fault {
    fn from(error: IndexError) -> Self {
        match &error {
            IndexError::Unavailable(cause) => Self::Search(format!("{error}: {cause}")),
            IndexError::Failed(what) => Self::Internal(what.clone()),
            IndexError::Unusable { .. } | IndexError::RebuildRunning | IndexError::HeldElsewhere => {
                Self::Search(error.to_string())
            }
        }
    }
}

impl From<IndexError> for crate::kernel::Failure {
    fn from(error: IndexError) -> Self {
        Self::Fault(error.into())
    }
}
