//! Which contents documents refer to, for whoever takes a backup.

use std::collections::BTreeSet;

use super::{places::key_of, store};
use crate::kernel::{Fault, blobs::BlobKey, db::Snapshot};

/// Contents that are looked up at once.
const BATCH: i64 = 5_000;

/// Where the contents lie that documents refer to at the instant of a snapshot.
///
/// # Errors
/// When the database cannot be asked.
pub async fn kept_contents(snapshot: &Snapshot) -> Result<BTreeSet<BlobKey>, Fault> {
    let (mut keys, mut after) = (BTreeSet::new(), None);
    loop {
        let page = store::exposed::all_then(snapshot, after, BATCH).await?;
        let Some(last) = page.last() else { return Ok(keys) };
        after = Some((last.document, last.name));
        keys.extend(page.iter().map(|kept| key_of(&kept.address)));
    }
}
