//! Looking at an index without touching it.

use super::{
    engine::Engine,
    index::{IndexStatus, RebuildReason},
    store,
};
use crate::kernel::{Outcome, clock::Timestamp, db::Database};

/// An index beside the database that it follows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Examined {
    /// What the index is and holds.
    pub index: IndexStatus,
    /// The listings that the database wants found.
    pub listings: u64,
    /// The organizations that the database wants found.
    pub organizations: u64,
}

/// Looks at the index, checking every byte of an embedded one, or tells why it has to be built anew. Changes
/// nothing.
///
/// # Errors
/// When the index or the database cannot be read.
pub async fn examine(engine: &Engine, db: &Database, now: Timestamp) -> Outcome<Result<Examined, RebuildReason>> {
    let (index, unusable) = engine.open(now).await?;
    if let Some(reason) = unusable {
        return Ok(Err(reason));
    }
    let (listings, organizations) = store::counts(db.read()).await?;
    Ok(Ok(Examined { index: index.status().await?, listings, organizations }))
}
