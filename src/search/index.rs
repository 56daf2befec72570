//! The one interface to a search engine.
//!
//! An index is disposable: everything in it can be fed again from the database. So an engine promises little about
//! keeping data and much about answering: searches go on while documents change and while a rebuild runs.

use std::collections::HashMap;

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::model::{Collection, DocumentDigest, SearchDocument, SearchRequest, SearchResult, Suggestion};

/// A change of one document.
#[derive(Debug, Clone)]
pub enum Change {
    /// The document is now this.
    Put(Box<SearchDocument>),
    /// There is no such document any more.
    Remove(Collection, Uuid),
}

/// Why an engine did not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub enum IndexError {
    /// The engine cannot be reached or its storage fails; the same may succeed later.
    #[error("search index unavailable")]
    Unavailable(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// The index's content is damaged or of another version; it must be rebuilt.
    #[error("search index must be rebuilt: {reason}")]
    Unusable {
        /// What is wrong with it.
        reason: String,
    },
    /// The engine answers, but a task of ours over this request or these documents failed and would fail again.
    #[error("{0}")]
    Failed(String),
    /// Another process rebuilds the same index.
    #[error("a rebuild of the search index is already running")]
    RebuildRunning,
    /// Another process is writing to the index, and went on doing so for longer than was waited.
    #[error("another process is writing to the search index")]
    HeldElsewhere,
}

/// Why an index has to be fed anew.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RebuildReason {
    /// There was none.
    Missing,
    /// It was built by a program with other fields or another analysis.
    Incompatible,
    /// It cannot be read.
    Damaged(String),
}

impl std::fmt::Display for RebuildReason {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Missing => f.write_str("there is none"),
            Self::Incompatible => f.write_str("it is of another version"),
            Self::Damaged(what) => write!(f, "it is damaged: {what}"),
        }
    }
}

/// How an index is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IndexStatus {
    /// Which engine, and which body of documents it answers from.
    pub name: String,
    /// Searchable listings.
    pub listings: u64,
    /// Searchable organizations.
    pub organizations: u64,
    /// Bytes it takes.
    pub bytes: u64,
}

impl std::fmt::Display for IndexStatus {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { name, listings, organizations, bytes } = self;
        write!(f, "{name}: {listings} listings, {organizations} organizations, {bytes} bytes")
    }
}

/// Another process has rebuilt the index, and it now answers from the new one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Replaced {
    /// When the rebuild began to read the database. What changed since may be missing and must be fed again.
    pub rebuild_began_at: DateTime<Utc>,
}

/// A search engine with the marketplace's documents in it.
#[async_trait]
pub trait SearchIndex: Send + Sync + std::fmt::Debug + 'static {
    /// Applies changes in order. On return they are durable and the next search sees them; on an error any part of
    /// them may have happened, and all may be applied again.
    async fn apply(&self, changes: Vec<Change>) -> Result<(), IndexError>;

    /// Searches.
    async fn search(&self, request: SearchRequest) -> Result<SearchResult, IndexError>;

    /// Completes what is being typed, from names of products and organizations and titles of listings.
    async fn suggest(&self, typed: &str, count_max: usize) -> Result<Vec<Suggestion>, IndexError>;

    /// Begins to build a new index beside the one in use.
    async fn begin_rebuild(&self, began_at: DateTime<Utc>) -> Result<Box<dyn Rebuild>, IndexError>;

    /// Looks for changes that another process made to the index, and takes them over.
    async fn refresh(&self) -> Result<Option<Replaced>, IndexError>;

    /// Why the index has to be built before it can answer, where that is found out only while it is in use: an engine on
    /// another machine may be away when this process starts, and lose its data while it runs.
    async fn needs_rebuild(&self) -> Result<Option<RebuildReason>, IndexError> {
        Ok(None)
    }

    /// Writes out what is pending and lets other processes write. The next change takes the index back.
    async fn release(&self) -> Result<(), IndexError>;

    /// Every document of a collection that the next search would see, with the digest it was put with.
    async fn entries(&self, collection: Collection) -> Result<HashMap<Uuid, DocumentDigest>, IndexError>;

    /// How the index is.
    async fn status(&self) -> Result<IndexStatus, IndexError>;
}

/// A new index being built. Dropping it unfinished leaves the old one in use.
#[async_trait]
pub trait Rebuild: Send {
    /// Adds documents, each of them once.
    async fn feed(&mut self, documents: Vec<SearchDocument>) -> Result<(), IndexError>;

    /// Puts the new index in the place of the old one, in one step for whoever is searching.
    async fn finish(self: Box<Self>) -> Result<(), IndexError>;
}
