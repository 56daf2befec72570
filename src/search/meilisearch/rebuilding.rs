//! New indexes being filled beside those in use.
//!
//! A build has indexes of its own, named by when it began. When all of its documents are in, both take the places of those
//! in use in one step of the server's. A build that was broken off leaves indexes that nobody reads; the next one removes
//! them, as soon as nothing was put into them for a while.

use std::{collections::HashMap, time::Duration};

use async_trait::async_trait;
use chrono::{DateTime, TimeDelta, Utc};
use meilisearch_sdk::{
    client::SwapIndexes,
    errors::{Error, ErrorCode, MeilisearchError},
    task_info::TaskInfo,
};
use serde::Deserialize;
use serde_json::Value;

use super::{
    document::{ID, sent},
    names::{Build, Names},
    server::{Server, meant},
    settings::settings,
};
use crate::search::{
    index::{IndexError, Rebuild},
    model::{Collection, SearchDocument},
};

/// Documents that are sent together: the server takes in few great bodies faster than many small ones.
const TOGETHER: usize = 5_000;

/// Bodies that may wait at the server to be taken in.
const WAITING_MAX: usize = 4;

/// How long one of them may take. A million documents take many minutes together, some seconds each.
const TASK_MAX: Duration = Duration::from_secs(600);

/// After this time without a change a build counts as broken off: several times what a body of documents takes.
const STALE: TimeDelta = TimeDelta::minutes(3);

/// After this time without a change the indexes of another version of the program count as left behind.
const LEFT_BEHIND: TimeDelta = TimeDelta::days(7);

/// The build of new indexes.
pub(super) struct MeilisearchRebuild {
    server: Server,
    names: Names,
    build: Build,
    gathered: HashMap<Collection, Vec<Value>>,
    fed: HashMap<Collection, usize>,
    waiting: Vec<TaskInfo>,
    /// Whether the build's indexes are still there.
    standing: bool,
}

/// An index as the server lists it.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Listed {
    uid: String,
    updated_at: DateTime<Utc>,
}

impl MeilisearchRebuild {
    pub(super) async fn begin(server: &Server, names: &Names, began_at: DateTime<Utc>) -> Result<Self, IndexError> {
        let build = names.build(began_at);
        clear(server, names, began_at).await?;
        for collection in Collection::ALL {
            create(server, &build.uid(collection)).await?;
        }
        Ok(Self {
            server: server.clone(),
            names: names.clone(),
            build,
            gathered: HashMap::new(),
            fed: HashMap::new(),
            waiting: Vec::new(),
            standing: true,
        })
    }

    async fn send(&mut self, collection: Collection, documents: Vec<Value>) -> Result<(), IndexError> {
        if documents.is_empty() {
            return Ok(());
        }
        while self.waiting.len() >= WAITING_MAX {
            self.server.done(self.waiting.remove(0), TASK_MAX).await?;
        }
        let index = self.server.index(&self.build.uid(collection));
        let task = index.add_or_replace(&documents, Some(ID)).await.map_err(meant)?;
        *self.fed.entry(collection).or_default() += documents.len();
        self.waiting.push(task);
        Ok(())
    }

    /// That everything that was fed is there. A build that another took for broken off and removed must not take the place
    /// of a whole one.
    async fn check(&self, collection: Collection) -> Result<(), IndexError> {
        let stats = self.server.index(&self.build.uid(collection)).get_stats().await.map_err(meant)?;
        let fed = self.fed.get(&collection).copied().unwrap_or_default();
        if stats.number_of_documents == fed {
            return Ok(());
        }
        let found = stats.number_of_documents;
        let name = collection.name();
        Err(IndexError::Unusable { reason: format!("of {fed} {name} that were fed, the new index has {found}") })
    }
}

#[async_trait]
impl Rebuild for MeilisearchRebuild {
    async fn feed(&mut self, documents: Vec<SearchDocument>) -> Result<(), IndexError> {
        for document in documents {
            let gathered = self.gathered.entry(document.collection).or_default();
            gathered.push(sent(&document));
            if gathered.len() >= TOGETHER {
                let full = std::mem::take(gathered);
                self.send(document.collection, full).await?;
            }
        }
        Ok(())
    }

    async fn finish(mut self: Box<Self>) -> Result<(), IndexError> {
        for collection in Collection::ALL {
            let rest = self.gathered.remove(&collection).unwrap_or_default();
            self.send(collection, rest).await?;
        }
        for task in std::mem::take(&mut self.waiting) {
            self.server.done(task, TASK_MAX).await?;
        }
        let mut pairs = Vec::with_capacity(Collection::ALL.len());
        for collection in Collection::ALL {
            self.check(collection).await?;
            let live = self.names.live(collection);
            // A swap needs both of its indexes.
            if !self.server.has(&live).await? {
                match create(&self.server, &live).await {
                    // Made by somebody else in the meantime.
                    Ok(()) | Err(IndexError::RebuildRunning) => {}
                    Err(error) => return Err(error),
                }
            }
            pairs.push(SwapIndexes { indexes: (live, self.build.uid(collection)), rename: None });
        }
        let swapped = self.server.swap(&pairs).await?;
        self.server.done(swapped, TASK_MAX).await?;
        tracing::info!(server = self.server.url(), build = self.build.name(), "search index replaced");
        // What was in use before now bears the build's names.
        self.standing = false;
        remove_build(&self.server, &self.build).await;
        Ok(())
    }
}

impl Drop for MeilisearchRebuild {
    /// A build that is given up makes room for the next one.
    fn drop(&mut self) {
        if !self.standing {
            return;
        }
        if let Ok(runtime) = tokio::runtime::Handle::try_current() {
            let (server, build) = (self.server.clone(), self.build.clone());
            runtime.spawn(async move { remove_build(&server, &build).await });
        }
    }
}

/// Removes the indexes of a build. Should they stay, a later build removes them.
async fn remove_build(server: &Server, build: &Build) {
    for collection in Collection::ALL {
        if let Err(error) = remove(server, &build.uid(collection)).await {
            tracing::warn!(%error, build = build.name(), "what is left of a build of the search index is not removed yet");
        }
    }
}

/// Makes an empty index with our settings. One that is there already was made by whoever else rebuilds.
async fn create(server: &Server, uid: &str) -> Result<(), IndexError> {
    let task = server.client.create_index(uid, Some(ID)).await.map_err(meant)?;
    server.done(task, TASK_MAX).await?;
    let task = server.index(uid).set_settings(&settings()).await.map_err(meant)?;
    server.done(task, TASK_MAX).await
}

async fn remove(server: &Server, uid: &str) -> Result<(), IndexError> {
    match server.client.delete_index(uid).await {
        Ok(task) => server.done(task, TASK_MAX).await,
        Err(Error::Meilisearch(MeilisearchError { error_code: ErrorCode::IndexNotFound, .. })) => Ok(()),
        Err(error) => Err(meant(error)),
    }
}

/// Removes what broken builds and earlier versions of the program left, unless somebody is at it.
async fn clear(server: &Server, names: &Names, now: DateTime<Utc>) -> Result<(), IndexError> {
    const LISTED_MAX: usize = 1_000;
    let mut query = meilisearch_sdk::indexes::IndexesQuery::new(&server.client);
    query.with_limit(LISTED_MAX);
    let listed = server.client.get_indexes_raw_with(&query).await.map_err(meant)?;
    let listed: Vec<Listed> = serde_json::from_value(listed.get("results").cloned().unwrap_or_default())
        .map_err(|error| IndexError::Unavailable(error.into()))?;
    for Listed { uid, updated_at } in listed {
        let age = now - updated_at;
        if names.is_build(&uid) {
            if age < STALE {
                return Err(IndexError::RebuildRunning);
            }
            tracing::warn!(uid, "removing what a broken build of the search index left");
            remove(server, &uid).await?;
        } else if names.is_of_another_version(&uid) && age > LEFT_BEHIND {
            tracing::info!(uid, "removing the search index of another version");
            remove(server, &uid).await?;
        }
    }
    Ok(())
}
