//! Every document of an index by its digest.

use std::collections::HashMap;

use tantivy::Searcher;
use uuid::Uuid;

use super::unavailable;
use crate::search::index::IndexError;
use crate::search::model::DocumentDigest;

/// The documents that a searcher sees.
pub(super) fn entries(searcher: &Searcher) -> Result<HashMap<Uuid, DocumentDigest>, IndexError> {
    let count = usize::try_from(searcher.num_docs()).map_err(unavailable)?;
    let mut entries = HashMap::with_capacity(count);
    for segment in searcher.segment_readers() {
        let columns = segment.fast_fields();
        let column = |name| columns.u64(name).map_err(unavailable);
        let (high, low, digest) = (column("id_high")?, column("id_low")?, column("digest")?);
        for doc in segment.doc_ids_alive() {
            let values = high.first(doc).zip(low.first(doc)).zip(digest.first(doc));
            let lacking = || IndexError::Unusable { reason: "a document lacks its id or digest".to_owned() };
            let ((high, low), digest) = values.ok_or_else(lacking)?;
            entries.insert(Uuid::from_u64_pair(high, low), DocumentDigest(digest));
        }
    }
    Ok(entries)
}
