//! The search engine in the process: an index of tantivy in the data folder.
//!
//! Searching reads memory-mapped files and takes a millisecond or two of processor time. It runs on the blocking pool,
//! as many at once as there are processors: more would only wait for each other while the async threads starve.

mod analysis;
mod counting;
mod filtering;
mod generation;
mod listing;
mod matching;
mod plan;
mod ranking;
mod rebuilding;
mod schema;
mod searching;
mod stemming;
mod suggestions;

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use arc_swap::ArcSwap;
use async_trait::async_trait;
use chrono::{DateTime, Utc};
use tantivy::{IndexWriter, Term};
use tokio::sync::Semaphore;
use uuid::Uuid;

use self::analysis::analyse;
use self::generation::{Generation, current_name};
use self::rebuilding::EmbeddedRebuild;
use self::schema::Fields;
use self::stemming::Stems;
use super::index::{Change, IndexError, IndexStatus, Rebuild, RebuildReason, Replaced, SearchIndex};
use super::model::suggestion::best;
use super::model::{Collection, DocumentDigest, SearchRequest, SearchResult, Suggestion};

/// Memory in which changes are gathered before they are written out: the least that tantivy takes.
const HEAP_BYTES: usize = 15_000_000;

/// Looks at the index without a change in between after which writers are closed: about two seconds.
const IDLE_ROUNDS_MAX: u32 = 4;

/// How often, and how long after each other, writers that another process holds are asked for.
const OPEN_TRIES_MAX: u32 = 40;
const OPEN_AGAIN_AFTER: Duration = Duration::from_millis(100);

/// The embedded engine. Cheap to clone; all clones are one index.
#[derive(Debug, Clone)]
pub struct EmbeddedIndex {
    shared: Arc<Shared>,
    searches: Arc<Semaphore>,
}

/// What searches, changes and rebuilds of one index share.
#[derive(Debug)]
struct Shared {
    root: PathBuf,
    fields: Fields,
    current: ArcSwap<Generation>,
    /// Opened at the first change, so that a process that only searches locks nobody out.
    writers: Mutex<Option<Writers>>,
    /// When the rebuilds of other processes began that were taken over and not yet told of.
    replaced: Mutex<Option<DateTime<Utc>>>,
}

/// The writers of one generation.
struct Writers {
    generation: String,
    listings: IndexWriter,
    organizations: IndexWriter,
    stems: Stems,
    /// Looks at the index since the last change.
    idle_rounds: u32,
}

impl std::fmt::Debug for Writers {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Writers").field("generation", &self.generation).finish_non_exhaustive()
    }
}

impl EmbeddedIndex {
    /// Opens the index under `root`. Where there is none that can be used, it answers from an empty one in memory and
    /// says why: nothing is written until a rebuild has finished, so that no start takes a beginning for the whole.
    pub async fn open(root: &Path, now: DateTime<Utc>) -> Result<(EmbeddedIndex, Option<RebuildReason>), IndexError> {
        let root = root.to_owned();
        let (shared, reason) = blocking(move || Shared::open(root, now)).await?;
        let searches_max = std::thread::available_parallelism().map_or(2, usize::from);
        let index = EmbeddedIndex { shared: Arc::new(shared), searches: Arc::new(Semaphore::new(searches_max)) };
        Ok((index, reason))
    }

    /// Runs a search when its turn comes.
    async fn in_turn<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Shared) -> Result<T, IndexError> + Send + 'static,
    ) -> Result<T, IndexError> {
        let turn = self.searches.clone().acquire_owned().await.map_err(unavailable)?;
        let shared = self.shared.clone();
        blocking(move || {
            let _turn = turn;
            work(&shared)
        })
        .await
    }
}

impl Shared {
    fn open(root: PathBuf, now: DateTime<Utc>) -> Result<(Shared, Option<RebuildReason>), IndexError> {
        let fields = Fields::new();
        let (generation, reason) = match Generation::open_current(&root, &fields) {
            Ok(generation) => (generation, None),
            Err(reason) => {
                match &reason {
                    RebuildReason::Missing => {
                        tracing::info!(path = %root.display(), "no search index yet, it must be built")
                    }
                    RebuildReason::Incompatible => {
                        tracing::warn!(path = %root.display(), "search index is of another version, it must be rebuilt");
                    }
                    RebuildReason::Damaged(what) => {
                        tracing::warn!(path = %root.display(), what, "search index is damaged, it must be rebuilt");
                    }
                }
                (Generation::empty(now, &fields)?, Some(reason))
            }
        };
        let shared = Shared {
            root,
            fields,
            current: ArcSwap::from_pointee(generation),
            writers: Mutex::default(),
            replaced: Mutex::default(),
        };
        Ok((shared, reason))
    }

    /// A panic while writing leaves writers that are opened anew, so a poisoned lock is no reason to stop.
    fn writers(&self) -> MutexGuard<'_, Option<Writers>> {
        self.writers.lock().unwrap_or_else(|poisoned| {
            self.writers.clear_poison();
            let mut writers = PoisonError::into_inner(poisoned);
            *writers = None;
            writers
        })
    }

    /// Puts a finished generation in the place of the current one.
    fn replace(&self, generation: Generation) -> Result<(), IndexError> {
        let mut writers = self.writers();
        // Changes wait meanwhile, and then find no writers and open those of the new generation.
        *writers = None;
        generation.make_current(&self.root)?;
        tracing::info!(generation = generation.name, "search index replaced");
        self.current.store(Arc::new(generation));
        Ok(())
    }

    fn apply(&self, changes: &[Change]) -> Result<(), IndexError> {
        let mut slot = self.writers();
        loop {
            self.take_over(&mut slot)?;
            let generation = self.current.load_full();
            let open = match slot.take() {
                Some(writers) if writers.generation == generation.name => writers,
                Some(_) | None => Writers::open_patiently(&generation)?,
            };
            // On an error the writers are dropped, and with them what was not committed.
            let written = open.write(changes, &self.fields)?;
            generation.reload()?;
            *slot = Some(written);
            // What was written to an index that another process replaced meanwhile is as good as not written.
            if self.is_current(&generation) {
                return Ok(());
            }
        }
    }

    /// Closes writers that had nothing to do for a while: their memory is better used, and another process may want to
    /// write.
    fn close_idle_writers(&self) -> Result<(), IndexError> {
        let mut slot = self.writers();
        match slot.take() {
            Some(writers) if writers.idle_rounds >= IDLE_ROUNDS_MAX => writers.close(),
            Some(mut writers) => {
                writers.idle_rounds += 1;
                *slot = Some(writers);
                Ok(())
            }
            None => Ok(()),
        }
    }

    fn release(&self) -> Result<(), IndexError> {
        let writers = self.writers().take();
        writers.map_or(Ok(()), Writers::close)
    }

    /// Whether no other process has put another generation in its place.
    fn is_current(&self, generation: &Generation) -> bool {
        current_name(&self.root).is_none_or(|name| name == generation.name)
    }

    /// Goes over to the generation that another process put in the place of this one, if one did.
    fn take_over(&self, writers: &mut Option<Writers>) -> Result<(), IndexError> {
        if self.is_current(&self.current.load()) {
            return Ok(());
        }
        let generation = Generation::open_current(&self.root, &self.fields)
            .map_err(|reason| IndexError::Unusable { reason: reason.to_string() })?;
        *writers = None;
        let began_at = generation.manifest.began_at;
        tracing::info!(generation = generation.name, "search index was rebuilt by another process");
        self.current.store(Arc::new(generation));
        let mut replaced = self.replaced.lock().unwrap_or_else(PoisonError::into_inner);
        *replaced = replaced.into_iter().chain([began_at]).min();
        Ok(())
    }

    fn refresh(&self) -> Result<Option<Replaced>, IndexError> {
        self.close_idle_writers()?;
        if self.is_current(&self.current.load()) {
            self.current.load().reload()?;
        } else {
            self.take_over(&mut self.writers())?;
        }
        let replaced = self.replaced.lock().unwrap_or_else(PoisonError::into_inner).take();
        Ok(replaced.map(|rebuild_began_at| Replaced { rebuild_began_at }))
    }

    fn status(&self) -> Result<IndexStatus, IndexError> {
        let generation = self.current.load_full();
        let documents = |collection| generation.shelf(collection).reader.searcher().num_docs();
        Ok(IndexStatus {
            name: format!("embedded {} ({})", generation.name, generation.path.display()),
            listings: documents(Collection::Listings),
            organizations: documents(Collection::Organizations),
            bytes: generation.bytes()?,
        })
    }
}

impl Writers {
    fn open(generation: &Generation) -> Result<Writers, IndexError> {
        let writer = |collection| generation.shelf(collection).writer(HEAP_BYTES);
        Ok(Writers {
            generation: generation.name.clone(),
            listings: writer(Collection::Listings)?,
            organizations: writer(Collection::Organizations)?,
            stems: Stems::new(),
            idle_rounds: 0,
        })
    }

    /// Opens the writers, waiting for another process to let go of them.
    fn open_patiently(generation: &Generation) -> Result<Writers, IndexError> {
        let mut tries = 0;
        loop {
            match Writers::open(generation) {
                Err(IndexError::HeldElsewhere) if tries < OPEN_TRIES_MAX => {
                    tries += 1;
                    std::thread::sleep(OPEN_AGAIN_AFTER);
                }
                opened => return opened,
            }
        }
    }

    /// Lets merges that are under way end, so that they are not done again.
    fn close(self) -> Result<(), IndexError> {
        for writer in [self.listings, self.organizations] {
            writer.wait_merging_threads().map_err(unavailable)?;
        }
        Ok(())
    }

    fn of(&mut self, collection: Collection) -> &mut IndexWriter {
        match collection {
            Collection::Listings => &mut self.listings,
            Collection::Organizations => &mut self.organizations,
        }
    }

    fn write(mut self, changes: &[Change], fields: &Fields) -> Result<Writers, IndexError> {
        self.idle_rounds = 0;
        let mut touched = HashMap::new();
        for change in changes {
            let (collection, id) = match change {
                Change::Put(document) => (document.collection, document.id),
                Change::Remove(collection, id) => (*collection, *id),
            };
            touched.insert(collection, ());
            self.of(collection).delete_term(Term::from_field_bytes(fields.id, id.as_bytes()));
            if let Change::Put(document) = change {
                let indexed = analyse(document, fields, &mut self.stems)
                    .map_err(|error| IndexError::Failed(format!("document {id} cannot be indexed: {error}")))?;
                self.of(collection).add_document(indexed).map_err(unavailable)?;
            }
        }
        for collection in touched.into_keys() {
            self.of(collection).commit().map_err(unavailable)?;
        }
        Ok(self)
    }
}

#[async_trait]
impl SearchIndex for EmbeddedIndex {
    async fn apply(&self, changes: Vec<Change>) -> Result<(), IndexError> {
        if changes.is_empty() {
            return Ok(());
        }
        let shared = self.shared.clone();
        blocking(move || shared.apply(&changes)).await
    }

    async fn search(&self, request: SearchRequest) -> Result<SearchResult, IndexError> {
        self.in_turn(move |shared| {
            let searcher = shared.current.load().shelf(request.collection).reader.searcher();
            searching::search(&searcher, &shared.fields, &request)
        })
        .await
    }

    async fn suggest(&self, typed: &str, count_max: usize) -> Result<Vec<Suggestion>, IndexError> {
        let typed = typed.to_owned();
        self.in_turn(move |shared| {
            let generation = shared.current.load_full();
            let mut found = HashMap::new();
            for collection in Collection::ALL {
                let searcher = generation.shelf(collection).reader.searcher();
                suggestions::collect(&searcher, &shared.fields, &typed, &mut found)?;
            }
            Ok(best(found, count_max))
        })
        .await
    }

    async fn begin_rebuild(&self, began_at: DateTime<Utc>) -> Result<Box<dyn Rebuild>, IndexError> {
        Ok(Box::new(EmbeddedRebuild::begin(self.shared.clone(), began_at).await?))
    }

    async fn refresh(&self) -> Result<Option<Replaced>, IndexError> {
        let shared = self.shared.clone();
        blocking(move || shared.refresh()).await
    }

    async fn release(&self) -> Result<(), IndexError> {
        let shared = self.shared.clone();
        blocking(move || shared.release()).await
    }

    async fn entries(&self, collection: Collection) -> Result<HashMap<Uuid, DocumentDigest>, IndexError> {
        let shared = self.shared.clone();
        blocking(move || listing::entries(&shared.current.load_full().shelf(collection).reader.searcher())).await
    }

    async fn status(&self) -> Result<IndexStatus, IndexError> {
        let shared = self.shared.clone();
        blocking(move || shared.status()).await
    }
}

/// Runs work that blocks off the async threads. A panic in it is an error of the index, not of the process.
async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, IndexError> + Send + 'static,
) -> Result<T, IndexError> {
    tokio::task::spawn_blocking(work).await.map_err(|error| IndexError::Failed(error.to_string()))?
}

fn unavailable(error: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> IndexError {
    IndexError::Unavailable(error.into())
}
