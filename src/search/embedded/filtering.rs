//! Conditions, held against the documents of a segment.

use tantivy::columnar::Column;
use tantivy::{BitSet, DocId, SegmentReader};

use super::matching::for_each_doc;
use super::schema::Fields;
use super::unavailable;
use crate::search::index::IndexError;
use crate::search::model::filter::Near;
use crate::search::model::{Condition, GeoPoint};

/// The conditions of a request, made ready for one segment.
pub(super) struct SegmentFilter {
    checks: Vec<Check>,
}

enum Check {
    In(BitSet),
    Between { column: Column<i64>, min: i64, max: i64, or_absent: bool },
    Within { locations: Locations, near: Near },
}

/// Where the documents of a segment are.
pub(super) struct Locations {
    latitude: Column<f64>,
    longitude: Column<f64>,
}

impl Locations {
    pub(super) fn open(segment: &SegmentReader) -> Result<Locations, IndexError> {
        let columns = segment.fast_fields();
        Ok(Locations {
            latitude: columns.f64("latitude").map_err(unavailable)?,
            longitude: columns.f64("longitude").map_err(unavailable)?,
        })
    }

    pub(super) fn of(&self, doc: DocId) -> Option<GeoPoint> {
        Some(GeoPoint { latitude: self.latitude.first(doc)?, longitude: self.longitude.first(doc)? })
    }
}

impl SegmentFilter {
    pub(super) fn new(
        segment: &SegmentReader,
        fields: &Fields,
        conditions: &[Condition],
    ) -> Result<SegmentFilter, IndexError> {
        let mut checks = Vec::with_capacity(conditions.len());
        for condition in conditions {
            checks.push(match condition {
                Condition::AnyOf(field, values) => {
                    let mut docs = BitSet::with_max_value(segment.max_doc());
                    for value in values {
                        for_each_doc(segment, fields.keywords[field.index()], value, |doc| {
                            docs.insert(doc);
                        })?;
                    }
                    Check::In(docs)
                }
                Condition::Between { field, min, max, or_absent } => Check::Between {
                    column: segment.fast_fields().i64(field.name()).map_err(unavailable)?,
                    min: min.unwrap_or(i64::MIN),
                    max: max.unwrap_or(i64::MAX),
                    or_absent: *or_absent,
                },
                Condition::Within(near) => Check::Within { locations: Locations::open(segment)?, near: *near },
            });
        }
        Ok(SegmentFilter { checks })
    }

    pub(super) fn allows(&self, doc: DocId) -> bool {
        self.checks.iter().all(|check| match check {
            Check::In(docs) => docs.contains(doc),
            Check::Between { column, min, max, or_absent } => match column.first(doc) {
                Some(value) => (*min..=*max).contains(&value),
                None => *or_absent,
            },
            Check::Within { locations, near } => {
                locations.of(doc).is_some_and(|location| location.kilometres_to(near.center) <= near.radius_kilometres)
            }
        })
    }
}
