//! A new generation being built beside the one in use.

use std::fs::File;
use std::sync::Arc;

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use tantivy::IndexWriter;
use tantivy::merge_policy::NoMergePolicy;

use super::analysis::analyse;
use super::generation::{Generation, make_folder};
use super::stemming::Stems;
use super::{Shared, blocking, unavailable};
use crate::search::index::{IndexError, Rebuild};
use crate::search::model::{Collection, SearchDocument};

/// Memory in which documents are gathered before they are written out.
const HEAP_BYTES: usize = 48 * 1024 * 1024;

/// Held by whoever rebuilds; the system releases it when the process ends, however it ends.
const LOCK: &str = "rebuild.lock";

/// The rebuild of an embedded index.
pub(super) struct EmbeddedRebuild {
    shared: Arc<Shared>,
    building: Option<Building>,
}

struct Building {
    generation: Generation,
    listings: IndexWriter,
    organizations: IndexWriter,
    stems: Stems,
    /// Released when dropped.
    _lock: File,
}

impl EmbeddedRebuild {
    pub(super) async fn begin(shared: Arc<Shared>, began_at: DateTime<Utc>) -> Result<EmbeddedRebuild, IndexError> {
        let of = shared.clone();
        let building = blocking(move || {
            let lock = lock(&of)?;
            let generation = Generation::create(&of.root, began_at, &of.fields)?;
            let writer = |collection| {
                let writer = generation.shelf(collection).writer(HEAP_BYTES)?;
                // Everything is merged once, at the end. A merge in the background would have taken segments that the last
                // one then asks for in vain.
                writer.set_merge_policy(Box::new(NoMergePolicy));
                Ok::<_, IndexError>(writer)
            };
            let (listings, organizations) = (writer(Collection::Listings)?, writer(Collection::Organizations)?);
            Ok(Building { generation, listings, organizations, stems: Stems::new(), _lock: lock })
        })
        .await?;
        Ok(EmbeddedRebuild { shared, building: Some(building) })
    }

    fn take(&mut self) -> Result<Building, IndexError> {
        let failed = || IndexError::Unusable { reason: "an earlier step of the rebuild failed".to_owned() };
        self.building.take().ok_or_else(failed)
    }
}

fn lock(shared: &Shared) -> Result<File, IndexError> {
    make_folder(&shared.root)?;
    let file = File::create(shared.root.join(LOCK)).map_err(unavailable)?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(std::fs::TryLockError::WouldBlock) => Err(IndexError::RebuildRunning),
        Err(std::fs::TryLockError::Error(error)) => Err(unavailable(error)),
    }
}

impl Building {
    fn feed(&mut self, documents: &[SearchDocument], shared: &Shared) -> Result<(), IndexError> {
        for document in documents {
            let indexed = analyse(document, &shared.fields, &mut self.stems)?;
            let writer = match document.collection {
                Collection::Listings => &self.listings,
                Collection::Organizations => &self.organizations,
            };
            writer.add_document(indexed).map_err(unavailable)?;
        }
        Ok(())
    }

    /// Commits, and merges everything into one segment: it will be searched far more often than written.
    fn finish(self) -> Result<(Generation, File), IndexError> {
        for mut writer in [self.listings, self.organizations] {
            writer.commit().map_err(unavailable)?;
            let segments = writer.index().searchable_segment_ids().map_err(unavailable)?;
            if segments.len() > 1 {
                writer.merge(&segments).wait().map_err(unavailable)?;
            }
            writer.wait_merging_threads().map_err(unavailable)?;
        }
        self.generation.reload()?;
        Ok((self.generation, self._lock))
    }
}

#[async_trait]
impl Rebuild for EmbeddedRebuild {
    async fn feed(&mut self, documents: Vec<SearchDocument>) -> Result<(), IndexError> {
        let (shared, mut building) = (self.shared.clone(), self.take()?);
        let building = blocking(move || building.feed(&documents, &shared).map(|()| building)).await?;
        self.building = Some(building);
        Ok(())
    }

    async fn finish(mut self: Box<Self>) -> Result<(), IndexError> {
        let (shared, building) = (self.shared.clone(), self.take()?);
        blocking(move || {
            let (generation, _lock) = building.finish()?;
            shared.replace(generation)
        })
        .await
    }
}
