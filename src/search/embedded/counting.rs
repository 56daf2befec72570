//! Counts of the values of a field among results.

use std::collections::HashMap;

use tantivy::{DocId, SegmentReader};

use super::unavailable;
use crate::search::index::IndexError;
use crate::search::model::{FacetCounts, FacetValue, KeywordField};

/// Documents whose values are read at a time.
const BLOCK_LEN: usize = 1_024;

/// Counts of one field over the segments looked at so far.
pub(super) struct FacetCounter {
    field: KeywordField,
    counts: HashMap<String, u64>,
}

impl FacetCounter {
    pub(super) fn new(field: KeywordField) -> FacetCounter {
        FacetCounter { field, counts: HashMap::new() }
    }

    /// Adds the documents of a segment, which must be in order.
    pub(super) fn add(&mut self, segment: &SegmentReader, docs: &[DocId]) -> Result<(), IndexError> {
        let Some(column) = segment.fast_fields().str(self.field.name()).map_err(unavailable)? else {
            return Ok(());
        };
        let mut by_ordinal = vec![0_u64; column.num_terms()];
        let (mut with_value, mut rows, mut ordinals) = (Vec::new(), Vec::new(), Vec::new());
        for block in docs.chunks(BLOCK_LEN) {
            with_value.clear();
            rows.clear();
            column.ords().row_ids_for_docs(block, &mut with_value, &mut rows);
            ordinals.resize(rows.len(), 0);
            column.ords().values.get_vals(&rows, &mut ordinals);
            for ordinal in &ordinals {
                if let Some(count) = usize::try_from(*ordinal).ok().and_then(|at| by_ordinal.get_mut(at)) {
                    *count += 1;
                }
            }
        }
        let mut value = String::new();
        for (ordinal, count) in (0_u64..).zip(by_ordinal).filter(|(_, count)| *count > 0) {
            if column.ord_to_str(ordinal, &mut value).map_err(unavailable)? {
                *self.counts.entry(value.clone()).or_default() += count;
            }
        }
        Ok(())
    }

    /// The counts, most frequent first, then by value.
    pub(super) fn finish(self) -> FacetCounts {
        let mut values: Vec<FacetValue> =
            self.counts.into_iter().map(|(value, count)| FacetValue { value, count }).collect();
        values.sort_by(|one, other| (other.count, &one.value).cmp(&(one.count, &other.value)));
        FacetCounts { field: self.field, values }
    }
}
