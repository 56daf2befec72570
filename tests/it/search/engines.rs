//! The engines that one suite of cases is tried on.
//!
//! Each case runs on the embedded engine, and on Meilisearch: against answers that were recorded from a real server, or, where
//! `BFW_TEST_MEILISEARCH_URL` names one (and `BFW_TEST_MEILISEARCH_KEY` its key), against that. With `BFW_TEST_RECORD=1` as
//! well, its answers are recorded anew: needed when what we send has changed.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use bfw::search::{
    embedded::EmbeddedIndex,
    index::{Change, RebuildReason, SearchIndex},
    meilisearch::{MeilisearchIndex, MeilisearchOptions},
    model::{Collection, ListingDocument, ParsedQuery, SearchDocument, SearchRequest, SearchResult, Sort, Window},
};
use chrono::{DateTime, Utc};
use sha2::{Digest as _, Sha256};

use super::{
    documents::neutral,
    recording::{KEY, Recording},
};
use crate::harness::{TestApp, TestDatabase, setting};

/// One engine, on which a case may open any number of indexes.
pub(super) struct Engines {
    case: &'static str,
    opened: AtomicUsize,
    engine: Engine,
}

enum Engine {
    Embedded,
    Server { url: String, key: Option<String>, recording: Option<Recording> },
}

/// An index under trial.
pub(super) struct Trial {
    pub(super) index: Arc<dyn SearchIndex>,
    _folder: Option<tempfile::TempDir>,
}

/// When builds of trials begin: an instant of its own for each, since a build is named by it.
pub(super) fn beginning(number: usize) -> DateTime<Utc> {
    DateTime::UNIX_EPOCH + chrono::TimeDelta::seconds(i64::try_from(number).unwrap())
}

/// A real server for tests, and its key.
fn server() -> Option<(String, Option<String>)> {
    Some((setting("BFW_TEST_MEILISEARCH_URL")?, setting("BFW_TEST_MEILISEARCH_KEY")))
}

/// An application that searches with the real server behind an address, under names that no other test uses.
pub(super) async fn on_server(database: TestDatabase, url: &str) -> TestApp {
    let key = setting("BFW_TEST_MEILISEARCH_KEY").unwrap_or_default();
    // Every test has a database of its own.
    let own = hex::encode(Sha256::digest(database.url.as_bytes()));
    let prefix = format!("test-{}-{}", std::process::id(), &own[..8]);
    let settings = [
        ("search", "meilisearch"),
        ("meilisearch_url", url),
        ("meilisearch_key", key.as_str()),
        ("meilisearch_prefix", prefix.as_str()),
    ];
    TestApp::with_settings(database, &settings).await
}

impl Engines {
    pub(super) fn embedded(case: &'static str) -> Engines {
        Engines { case, opened: AtomicUsize::new(0), engine: Engine::Embedded }
    }

    pub(super) async fn meilisearch(case: &'static str) -> Engines {
        let engine = match server() {
            None => {
                let recording = Recording::replay(case).await;
                Engine::Server { url: recording.url.clone(), key: Some(KEY.into()), recording: Some(recording) }
            }
            Some((url, key)) if setting("BFW_TEST_RECORD").is_some() => {
                let recording = Recording::record(case, &url, key.as_deref()).await;
                Engine::Server { url: recording.url.clone(), key: Some(KEY.into()), recording: Some(recording) }
            }
            Some((url, key)) => Engine::Server { url, key, recording: None },
        };
        Engines { case, opened: AtomicUsize::new(0), engine }
    }

    /// Whether answers come from a recording, in which nothing can be raced and little is worth asking.
    pub(super) fn is_recorded(&self) -> bool {
        matches!(&self.engine, Engine::Server { recording: Some(_), .. })
    }

    /// An index that was built and holds nothing.
    pub(super) async fn empty(&self) -> Trial {
        let number = self.opened.fetch_add(1, Ordering::Relaxed);
        let (index, folder): (Arc<dyn SearchIndex>, _) = match &self.engine {
            Engine::Embedded => {
                let folder = tempfile::tempdir().unwrap();
                let (index, reason) = EmbeddedIndex::open(folder.path(), beginning(0)).await.unwrap();
                assert_eq!(reason, Some(RebuildReason::Missing));
                (Arc::new(index), Some(folder))
            }
            Engine::Server { url, key, recording } => {
                // A server that is used again has indexes of earlier runs.
                let run = if recording.is_some() { String::new() } else { format!("-{}", std::process::id()) };
                let prefix = format!("test{run}-{number}-{}", self.case.replace('_', "-"));
                let key = key.clone().map(Into::into);
                let options = MeilisearchOptions { url: url.clone(), key, prefix };
                (Arc::new(MeilisearchIndex::new(options).unwrap()), None)
            }
        };
        let trial = Trial { index, _folder: folder };
        trial.rebuild(0, Vec::new()).await;
        trial
    }

    pub(super) async fn with(&self, documents: impl IntoIterator<Item = ListingDocument>) -> Trial {
        let trial = self.empty().await;
        trial.put(neutral(documents)).await;
        trial
    }

    /// Keeps what was recorded, or says what was asked that was not.
    pub(super) fn finish(self) {
        if let Engine::Server { recording: Some(recording), .. } = self.engine {
            recording.finish();
        }
    }
}

impl Trial {
    pub(super) async fn put(&self, documents: Vec<SearchDocument>) {
        let changes = documents.into_iter().map(|document| Change::Put(Box::new(document))).collect();
        self.index.apply(changes).await.unwrap();
    }

    pub(super) async fn rebuild(&self, number: usize, documents: Vec<SearchDocument>) {
        let mut rebuild = self.index.begin_rebuild(beginning(number)).await.unwrap();
        for batch in documents.chunks(100) {
            rebuild.feed(batch.to_vec()).await.unwrap();
        }
        rebuild.finish().await.unwrap();
    }

    pub(super) async fn search(&self, query: &str) -> SearchResult {
        self.index.search(request(query)).await.unwrap()
    }

    pub(super) async fn numbers(&self, query: &str) -> Vec<u128> {
        numbers(&self.search(query).await)
    }
}

pub(super) fn request(query: &str) -> SearchRequest {
    SearchRequest {
        collection: Collection::Listings,
        query: ParsedQuery::parse(query).unwrap(),
        conditions: Vec::new(),
        sort: Sort::Relevance,
        window: Window::new(0, 100).unwrap(),
        facets: Vec::new(),
        highlight: true,
        origin: None,
    }
}

pub(super) fn numbers(result: &SearchResult) -> Vec<u128> {
    result.hits.iter().map(|hit| hit.id.as_u128()).collect()
}

/// Makes a test of each case on each engine.
macro_rules! on_each_engine {
    ($($case:ident),* $(,)?) => {
        mod embedded {
            $(
                #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
                async fn $case() {
                    let engines = $crate::search::engines::Engines::embedded(stringify!($case));
                    super::$case(&engines).await;
                    engines.finish();
                }
            )*
        }
        mod meilisearch {
            $(
                #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
                async fn $case() {
                    let engines = $crate::search::engines::Engines::meilisearch(stringify!($case)).await;
                    super::$case(&engines).await;
                    engines.finish();
                }
            )*
        }
    };
}
pub(super) use on_each_engine;
