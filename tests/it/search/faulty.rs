//! An index that fails as it is told, around one that works.

use std::{
    collections::{BTreeSet, HashMap},
    sync::{Arc, Mutex},
    time::Duration,
};

use async_trait::async_trait;
use bfw::search::{
    index::{Change, IndexError, IndexStatus, Rebuild, Replaced, SearchIndex},
    model::{Collection, DocumentDigest, SearchDocument, SearchRequest, SearchResult, Suggestion},
};
use chrono::{DateTime, Utc};
use futures_util::future::BoxFuture;
use tokio::sync::watch;
use uuid::Uuid;

use crate::harness::{TestApp, TestDatabase};

/// How the index takes what it is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mood {
    Well,
    /// It answers with an error, as a server does with 500.
    Refuses,
    /// It does not answer until its mood changes.
    Hangs,
    /// It does what it is asked, and answers late.
    Late(Duration),
}

/// A step of the work, at which a test may do something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Step {
    /// Documents were composed and are about to be put in.
    Apply,
    /// They were put in.
    Applied,
    /// Documents of a rebuild were composed.
    Feed,
    /// All of a rebuild is in, and it is about to be put in place.
    Finish,
    /// It was put in place.
    Finished,
}

type Hook = Box<dyn Fn(Step) -> BoxFuture<'static, ()> + Send + Sync>;

/// What tells the index how to be. Clones are one.
#[derive(Clone)]
pub(super) struct Control(Arc<Inner>);

struct Inner {
    mood: watch::Sender<Mood>,
    poisoned: Mutex<BTreeSet<Uuid>>,
    hook: Mutex<Option<Arc<Hook>>>,
}

impl Control {
    pub(super) fn new() -> Self {
        let (mood, _) = watch::channel(Mood::Well);
        Self(Arc::new(Inner { mood, poisoned: Mutex::default(), hook: Mutex::default() }))
    }

    /// An application over such an index.
    pub(super) async fn app(&self, database: TestDatabase) -> TestApp {
        let control = self.clone();
        TestApp::with_index(database, &[], move |inner| Arc::new(FaultyIndex { inner, control })).await
    }

    pub(super) fn set(&self, mood: Mood) {
        self.0.mood.send_replace(mood);
    }

    /// Fails over this document, and over it alone.
    pub(super) fn poison(&self, id: Uuid) {
        self.0.poisoned.lock().unwrap().insert(id);
    }

    pub(super) fn at_each_step(&self, hook: impl Fn(Step) -> BoxFuture<'static, ()> + Send + Sync + 'static) {
        *self.0.hook.lock().unwrap() = Some(Arc::new(Box::new(hook)));
    }

    async fn step(&self, step: Step) {
        let hook = self.0.hook.lock().unwrap().clone();
        if let Some(hook) = hook {
            hook(step).await;
        }
    }

    async fn take(&self) -> Result<(), IndexError> {
        let mood = *self.0.mood.borrow();
        match mood {
            Mood::Well => Ok(()),
            Mood::Refuses => Err(IndexError::Unavailable("500 Internal Server Error".into())),
            Mood::Hangs => {
                self.0.mood.subscribe().wait_for(|mood| *mood != Mood::Hangs).await.unwrap();
                Err(IndexError::Unavailable("connection reset".into()))
            }
            Mood::Late(by) => {
                tokio::time::sleep(by).await;
                Ok(())
            }
        }
    }

    fn check(&self, id: Uuid) -> Result<(), IndexError> {
        let is_poisoned = self.0.poisoned.lock().unwrap().contains(&id);
        if is_poisoned { Err(IndexError::Failed(format!("document {id} is poisoned"))) } else { Ok(()) }
    }
}

struct FaultyIndex {
    inner: Arc<dyn SearchIndex>,
    control: Control,
}

impl std::fmt::Debug for FaultyIndex {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("FaultyIndex").finish_non_exhaustive()
    }
}

#[async_trait]
impl SearchIndex for FaultyIndex {
    async fn apply(&self, changes: Vec<Change>) -> Result<(), IndexError> {
        self.control.step(Step::Apply).await;
        self.control.take().await?;
        for change in &changes {
            if let Change::Put(document) = change {
                self.control.check(document.id)?;
            }
        }
        self.inner.apply(changes).await?;
        self.control.step(Step::Applied).await;
        Ok(())
    }

    async fn search(&self, request: SearchRequest) -> Result<SearchResult, IndexError> {
        self.control.take().await?;
        self.inner.search(request).await
    }

    async fn suggest(&self, typed: &str, count_max: usize) -> Result<Vec<Suggestion>, IndexError> {
        self.control.take().await?;
        self.inner.suggest(typed, count_max).await
    }

    async fn begin_rebuild(&self, began_at: DateTime<Utc>) -> Result<Box<dyn Rebuild>, IndexError> {
        self.control.take().await?;
        let inner = self.inner.begin_rebuild(began_at).await?;
        Ok(Box::new(FaultyRebuild { inner, control: self.control.clone() }))
    }

    async fn refresh(&self) -> Result<Option<Replaced>, IndexError> {
        self.inner.refresh().await
    }

    async fn release(&self) -> Result<(), IndexError> {
        self.inner.release().await
    }

    async fn entries(&self, collection: Collection) -> Result<HashMap<Uuid, DocumentDigest>, IndexError> {
        self.control.take().await?;
        self.inner.entries(collection).await
    }

    async fn status(&self) -> Result<IndexStatus, IndexError> {
        self.control.take().await?;
        self.inner.status().await
    }
}

struct FaultyRebuild {
    inner: Box<dyn Rebuild>,
    control: Control,
}

#[async_trait]
impl Rebuild for FaultyRebuild {
    async fn feed(&mut self, documents: Vec<SearchDocument>) -> Result<(), IndexError> {
        self.control.step(Step::Feed).await;
        self.control.take().await?;
        self.inner.feed(documents).await
    }

    async fn finish(self: Box<Self>) -> Result<(), IndexError> {
        self.control.step(Step::Finish).await;
        self.control.take().await?;
        self.inner.finish().await?;
        self.control.step(Step::Finished).await;
        Ok(())
    }
}

/// What differs between the index and the database: of listings, then of organizations; nothing if all is well.
pub(super) async fn differences(app: &bfw::app::App) -> Vec<bfw::search::Difference> {
    let mut differences = Vec::new();
    for collection in Collection::ALL {
        let compared = app.search.compare(collection, |_| {}).await.unwrap();
        assert_eq!(compared.under_way, 0, "{collection:?}: {compared:?}");
        differences.extend(compared.differences);
    }
    differences
}
