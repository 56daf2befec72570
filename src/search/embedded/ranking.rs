//! The order of results, and the few of them that are shown.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use tantivy::columnar::Column;
use tantivy::{DocId, SegmentReader};
use uuid::Uuid;

use super::filtering::Locations;
use super::matching::Candidate;
use super::unavailable;
use crate::search::index::IndexError;
use crate::search::model::{GeoPoint, NumberField, Sort};

/// What one matched word weighs against all points.
pub(super) const WORD_RANK: u64 = 10_000;

/// A result's place: greater is earlier.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Place {
    rank: u64,
    /// Equal ranks follow the newer id first.
    pub(super) id: Uuid,
    /// Where the result is found: segment and document.
    pub(super) segment: usize,
    pub(super) doc: DocId,
    /// The match's own score, whatever the order.
    pub(super) score: u64,
}

/// The first results in order, and no more of them than can be shown.
pub(super) struct Ranking {
    count_max: usize,
    best: BinaryHeap<Reverse<Place>>,
}

impl Ranking {
    pub(super) fn new(count_max: usize) -> Ranking {
        Ranking { count_max, best: BinaryHeap::new() }
    }

    /// Adds the results of a segment.
    pub(super) fn add(
        &mut self,
        segment: &SegmentReader,
        segment_at: usize,
        candidates: &[Candidate],
        sort: Sort,
        query_is_empty: bool,
    ) -> Result<(), IndexError> {
        if self.count_max == 0 {
            return Ok(());
        }
        let ranker = Ranker::open(segment, sort, query_is_empty)?;
        let ids = Ids::open(segment)?;
        for candidate in candidates {
            let rank = ranker.rank(candidate);
            let worst = self.best.peek().filter(|_| self.best.len() == self.count_max);
            // Ids are read only where they can decide.
            if worst.is_some_and(|Reverse(worst)| rank < worst.rank) {
                continue;
            }
            let place = Place {
                rank,
                id: ids.of(candidate.doc),
                segment: segment_at,
                doc: candidate.doc,
                score: score(candidate),
            };
            if worst.is_none_or(|Reverse(worst)| place > *worst) {
                if worst.is_some() {
                    self.best.pop();
                }
                self.best.push(Reverse(place));
            }
        }
        Ok(())
    }

    /// The results after the first `offset`, in order.
    pub(super) fn finish(self, offset: usize) -> Vec<Place> {
        let ordered = self.best.into_sorted_vec();
        ordered.into_iter().skip(offset).map(|Reverse(place)| place).collect()
    }
}

fn score(candidate: &Candidate) -> u64 {
    u64::from(candidate.words) * WORD_RANK + u64::from(candidate.points)
}

/// Reads what a segment's results are ordered by.
enum Ranker {
    Score,
    Ascending(Column<i64>),
    Descending(Column<i64>),
    Distance(Locations, GeoPoint),
}

impl Ranker {
    fn open(segment: &SegmentReader, sort: Sort, query_is_empty: bool) -> Result<Ranker, IndexError> {
        let column = |field: NumberField| segment.fast_fields().i64(field.name()).map_err(unavailable);
        Ok(match sort {
            Sort::Relevance if query_is_empty => Ranker::Descending(column(NumberField::PublishedAt)?),
            Sort::Relevance => Ranker::Score,
            Sort::PricePerKilogramAsc => Ranker::Ascending(column(NumberField::PricePerKilogram)?),
            Sort::PricePerKilogramDesc => Ranker::Descending(column(NumberField::PricePerKilogram)?),
            Sort::Newest => Ranker::Descending(column(NumberField::PublishedAt)?),
            Sort::Distance(origin) => Ranker::Distance(Locations::open(segment)?, origin),
        })
    }

    /// Greater is earlier; zero, for what is not known, is last.
    fn rank(&self, candidate: &Candidate) -> u64 {
        let monotonic = |value: i64| (value as u64 ^ (1 << 63)).max(1);
        match self {
            Ranker::Score => score(candidate),
            Ranker::Ascending(column) => column.first(candidate.doc).map_or(0, |value| u64::MAX - monotonic(value)),
            Ranker::Descending(column) => column.first(candidate.doc).map_or(0, monotonic),
            Ranker::Distance(locations, origin) => locations.of(candidate.doc).map_or(0, |location| {
                // The bits of floats that are not negative are in the order of their values.
                u64::MAX - location.kilometres_to(*origin).to_bits()
            }),
        }
    }
}

/// Reads the ids of a segment's documents.
struct Ids {
    high: Column<u64>,
    low: Column<u64>,
}

impl Ids {
    fn open(segment: &SegmentReader) -> Result<Ids, IndexError> {
        let column = |name| segment.fast_fields().u64(name).map_err(unavailable);
        Ok(Ids { high: column("id_high")?, low: column("id_low")? })
    }

    fn of(&self, doc: DocId) -> Uuid {
        // Every document is written with both halves.
        let half = |column: &Column<u64>| column.first(doc).unwrap_or_default();
        Uuid::from_u64_pair(half(&self.high), half(&self.low))
    }
}
