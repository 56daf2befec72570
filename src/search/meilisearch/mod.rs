//! The search engine on a server of its own: Meilisearch, for marketplaces whose index several machines share.
//!
//! The server is trusted with nothing but being fast: it may be away, slow or wrong about itself, and is then left alone for
//! a while (`breaker`); its tasks are waited for and their failures are errors (`server`); what anybody typed reaches
//! its filter language only as a quoted, encoded value (`filter`); its settings are derived from the same list of fields
//! as the embedded engine's (`settings`); and an index that answers is never emptied or mixed (`rebuilding`).
//!
//! Deliberately absent: tenant tokens and keys for browsers, since nobody but this program talks to the server.

mod breaker;
mod document;
mod filter;
mod http;
mod keyword;
mod names;
mod rebuilding;
mod searching;
mod server;
mod settings;
mod spots;
mod suggesting;

use std::{
    collections::{BTreeMap, HashMap},
    sync::atomic::{AtomicBool, Ordering},
    time::Duration,
};

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use meilisearch_sdk::documents::{DocumentsQuery, DocumentsResults};
use secrecy::SecretString;
use serde::Deserialize;
use uuid::Uuid;

use self::{
    document::{DIGEST, ID, sent},
    http::Http,
    names::Names,
    rebuilding::MeilisearchRebuild,
    server::{Server, meant},
    suggesting::Uids,
};
use super::{
    index::{Change, IndexError, IndexStatus, Rebuild, RebuildReason, Replaced, SearchIndex},
    model::{Collection, DocumentDigest, SearchDocument, SearchRequest, SearchResult, Suggestion},
};

/// How long changes may take to be taken in, before they count as failed and are sent again.
const CHANGES_MAX: Duration = Duration::from_secs(40);

/// Documents whose digests are read at a time.
const ENTRIES_TOGETHER: usize = 10_000;

/// Where the server is, and how it is asked.
#[derive(Debug, Clone)]
pub struct MeilisearchOptions {
    /// Its address.
    pub url: String,
    /// The key that is presented; none where the server asks for none.
    pub key: Option<SecretString>,
    /// What the names of our indexes begin with.
    pub prefix: String,
}

/// The engine.
#[derive(Debug)]
pub struct MeilisearchIndex {
    server: Server,
    names: Names,
    /// Whether the indexes in use were found on the server.
    built: AtomicBool,
}

/// What is read of a document to compare it.
#[derive(Debug, Deserialize)]
struct Entry {
    id: Uuid,
    digest: String,
}

impl Entry {
    /// A digest that cannot be read is that of no document, so that the document counts as outdated.
    fn read(self) -> (Uuid, DocumentDigest) {
        (self.id, self.digest.parse().unwrap_or(DocumentDigest(0)))
    }
}

impl MeilisearchIndex {
    /// An engine on a server, which is not asked anything yet.
    ///
    /// # Errors
    /// When the system gives no randomness or no certificates.
    pub fn new(options: MeilisearchOptions) -> Result<Self, IndexError> {
        let http = Http::new(options.key).map_err(|error| IndexError::Unavailable(error.into()))?;
        Ok(Self {
            server: Server::new(&options.url, http),
            names: Names::new(&options.prefix, settings::digest()),
            built: AtomicBool::new(false),
        })
    }

    /// Looks for the indexes in use, unless they were found before. Documents sent to an index that is missing would make
    /// one without our settings.
    async fn find_built(&self) -> Result<bool, IndexError> {
        if self.built.load(Ordering::Relaxed) {
            return Ok(true);
        }
        for collection in Collection::ALL {
            if !self.server.has(&self.names.live(collection)).await? {
                return Ok(false);
            }
        }
        self.built.store(true, Ordering::Relaxed);
        Ok(true)
    }

    async fn expect_built(&self) -> Result<(), IndexError> {
        match self.find_built().await? {
            true => Ok(()),
            false => Err(IndexError::Unusable { reason: RebuildReason::Missing.to_string() }),
        }
    }

    /// Notes that an index is gone, so that it is looked for and built again.
    fn noticing<T>(&self, outcome: Result<T, IndexError>) -> Result<T, IndexError> {
        if let Err(IndexError::Unusable { .. }) = &outcome {
            self.built.store(false, Ordering::Relaxed);
        }
        outcome
    }

    async fn put_and_remove(&self, changes: &[Change], collection: Collection) -> Result<(), IndexError> {
        // Of several changes of one document the last counts, and the server does not say in which order it takes in a
        // body of documents and a list of ids.
        let mut last: BTreeMap<Uuid, Option<&SearchDocument>> = BTreeMap::new();
        for change in changes {
            match change {
                Change::Put(document) if document.collection == collection => {
                    last.insert(document.id, Some(document));
                }
                Change::Remove(of, id) if *of == collection => {
                    last.insert(*id, None);
                }
                Change::Put(_) | Change::Remove(..) => {}
            }
        }
        if last.is_empty() {
            return Ok(());
        }
        let uid = self.names.live(collection);
        if let Some(known) = self.known(&uid, last.keys()).await? {
            last.retain(|id, put| put.map(SearchDocument::digest) != known.get(id).copied());
        }
        let removed: Vec<Uuid> = last.iter().filter(|(_, put)| put.is_none()).map(|(id, _)| *id).collect();
        let put: Vec<serde_json::Value> = last.into_values().flatten().map(sent).collect();
        let index = self.server.index(&uid);
        let mut tasks = Vec::new();
        if !put.is_empty() {
            tasks.push(index.add_or_replace(&put, Some(ID)).await.map_err(meant)?);
        }
        if !removed.is_empty() {
            tasks.push(index.delete_documents(&removed).await.map_err(meant)?);
        }
        for task in tasks {
            self.server.done(task, CHANGES_MAX).await?;
        }
        Ok(())
    }

    /// What an index has of these documents; none where that may change without us. The server takes in one body of
    /// documents at a time, whichever index it is for, and even one in which nothing is new takes it tens of milliseconds.
    /// Most changes are none to it: whoever offers one listing more of a product is found by the same words as before, and
    /// what is still being written was never there to be removed.
    async fn known(
        &self,
        uid: &str,
        ids: impl Iterator<Item = &Uuid>,
    ) -> Result<Option<HashMap<Uuid, DocumentDigest>>, IndexError> {
        // Asked first: what a process that has ended left to be taken in could otherwise be so after we looked.
        if self.server.is_to_change(uid).await? {
            return Ok(None);
        }
        let ids: Vec<String> = ids.map(Uuid::to_string).collect();
        let index = self.server.index(uid);
        let mut query = DocumentsQuery::new(&index);
        query.with_limit(ids.len()).with_fields([ID, DIGEST]);
        query.ids = Some(ids.iter().map(String::as_str).collect());
        let found: DocumentsResults<Entry> = index.get_documents_with(&query).await.map_err(meant)?;
        Ok(Some(found.results.into_iter().map(Entry::read).collect()))
    }
}

#[async_trait]
impl SearchIndex for MeilisearchIndex {
    async fn apply(&self, changes: Vec<Change>) -> Result<(), IndexError> {
        if changes.is_empty() {
            return Ok(());
        }
        self.expect_built().await?;
        let [listings, organizations] = [Collection::Listings, Collection::Organizations]
            .map(|collection| self.put_and_remove(&changes, collection));
        // Both at once, because the server takes in together what waits together; and both to their end, because one of them
        // may be the probe of a server that was left alone, while the other is not let through.
        let (listings, organizations) = tokio::join!(listings, organizations);
        self.noticing(listings.and(organizations))
    }

    async fn search(&self, request: SearchRequest) -> Result<SearchResult, IndexError> {
        let uid = self.names.live(request.collection);
        self.noticing(searching::search(&self.server, &uid, &request).await)
    }

    async fn suggest(&self, typed: &str, count_max: usize) -> Result<Vec<Suggestion>, IndexError> {
        let (listings, organizations) =
            (self.names.live(Collection::Listings), self.names.live(Collection::Organizations));
        let uids = Uids { listings: &listings, organizations: &organizations };
        self.noticing(suggesting::suggest(&self.server, &uids, typed, count_max).await)
    }

    async fn begin_rebuild(&self, began_at: DateTime<Utc>) -> Result<Box<dyn Rebuild>, IndexError> {
        Ok(Box::new(MeilisearchRebuild::begin(&self.server, &self.names, began_at).await?))
    }

    async fn refresh(&self) -> Result<Option<Replaced>, IndexError> {
        // There is one index for all processes, and whoever rebuilds it feeds it what changed meanwhile.
        Ok(None)
    }

    async fn needs_rebuild(&self) -> Result<Option<RebuildReason>, IndexError> {
        Ok((!self.find_built().await?).then_some(RebuildReason::Missing))
    }

    async fn release(&self) -> Result<(), IndexError> {
        // Every change was taken in before `apply` returned.
        Ok(())
    }

    async fn entries(&self, collection: Collection) -> Result<HashMap<Uuid, DocumentDigest>, IndexError> {
        self.expect_built().await?;
        let index = self.server.index(&self.names.live(collection));
        let mut entries = HashMap::new();
        let mut offset = 0;
        loop {
            let mut query = DocumentsQuery::new(&index);
            query.with_offset(offset).with_limit(ENTRIES_TOGETHER).with_fields([ID, DIGEST]);
            let page: DocumentsResults<Entry> = self.noticing(index.get_documents_with(&query).await.map_err(meant))?;
            offset += page.results.len();
            let last = page.results.len() < ENTRIES_TOGETHER;
            entries.extend(page.results.into_iter().map(Entry::read));
            if last {
                return Ok(entries);
            }
        }
    }

    async fn status(&self) -> Result<IndexStatus, IndexError> {
        self.expect_built().await?;
        let mut counts = HashMap::new();
        let mut bytes = 0;
        for collection in Collection::ALL {
            let index = self.server.index(&self.names.live(collection));
            let stats = self.noticing(index.get_stats().await.map_err(meant))?;
            counts.insert(collection, stats.number_of_documents as u64);
            bytes += stats.raw_document_db_size as u64;
        }
        let count = |collection| counts.get(&collection).copied().unwrap_or_default();
        Ok(IndexStatus {
            name: format!("meilisearch {} ({})", self.names.live(Collection::Listings), self.server.url()),
            listings: count(Collection::Listings),
            organizations: count(Collection::Organizations),
            bytes,
        })
    }
}
