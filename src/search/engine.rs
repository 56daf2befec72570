//! Which engine the room searches with.

use std::{path::PathBuf, sync::Arc};

use super::{
    embedded::EmbeddedIndex,
    index::{IndexError, RebuildReason, SearchIndex},
    meilisearch::{MeilisearchIndex, MeilisearchOptions},
};
use crate::kernel::clock::Timestamp;

/// The folder of the embedded index below the data folder.
const FOLDER: &str = "search";

/// An engine that can be opened.
#[derive(Debug, Clone)]
pub enum Engine {
    /// In this process, its files in a folder below the data folder.
    Embedded {
        /// The data folder.
        data_dir: PathBuf,
    },
    /// On a Meilisearch server.
    Meilisearch(MeilisearchOptions),
}

impl Engine {
    /// Opens the index, and tells why it has to be built before it can answer. Writes nothing.
    ///
    /// # Errors
    /// When the folder cannot be used.
    pub async fn open(&self, now: Timestamp) -> Result<(Arc<dyn SearchIndex>, Option<RebuildReason>), IndexError> {
        match self {
            Self::Embedded { data_dir } => {
                let (index, reason) = EmbeddedIndex::open(&data_dir.join(FOLDER), now).await?;
                Ok((Arc::new(index), reason))
            }
            Self::Meilisearch(options) => {
                let index = MeilisearchIndex::new(options.clone())?;
                let reason = match index.needs_rebuild().await {
                    Ok(reason) => reason,
                    Err(error @ IndexError::Unavailable(_)) => {
                        let error = crate::kernel::Fault::from(error);
                        tracing::warn!(%error, "searching without the search server until it answers");
                        None
                    }
                    Err(error) => return Err(error),
                };
                Ok((Arc::new(index), reason))
            }
        }
    }
}
