//! Where documents are, on a server that is not asked how far that is.
//!
//! The server can search around a point and sort by distance, at a price: all points of an index are one tree, which it reads
//! whole for each such search and writes whole after each body of documents (75 ms at 12,000 listings, and growing with
//! them). So a location is a value like any other, and which values lie in a circle, and in which order, is found out here
//! from those that results have. There are as many as places and doors of sellers, not as listings.

use std::collections::HashMap;

use crate::search::model::{GeoPoint, filter::Near};

/// The field of the value.
pub(super) const SPOT: &str = "spot";

/// How many results are at each location.
pub(super) type Counts = HashMap<String, usize>;

/// Some of the results in order of distance, with one filter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Stretch {
    /// Locations, the nearest first; without any, the results that are nowhere.
    spots: Vec<String>,
    /// Whether the locations are equally far, so that none is before another.
    is_tie: bool,
    /// Results with the filter that are left out at the beginning.
    pub(super) skipped: usize,
    /// Results that follow.
    pub(super) taken: usize,
}

/// A location as it is sent.
pub(super) fn written(at: GeoPoint) -> String {
    format!("{}:{}", at.latitude, at.longitude)
}

/// The location that was sent as this.
pub(super) fn read(sent: &str) -> Option<GeoPoint> {
    let (latitude, longitude) = sent.split_once(':')?;
    GeoPoint::new(latitude.parse().ok()?, longitude.parse().ok()?)
}

/// Of these locations, those within all the circles, as an expression of the filter language.
pub(super) fn within(counts: &Counts, circles: &[Near]) -> String {
    let inside = |at: GeoPoint| circles.iter().all(|near| at.kilometres_to(near.center) <= near.radius_kilometres);
    let mut spots: Vec<&str> =
        counts.keys().map(String::as_str).filter(|spot| read(spot).is_some_and(inside)).collect();
    spots.sort_unstable();
    is_one_of(&spots)
}

/// The results from `offset` on, nearest first, as stretches: of the locations at the ends a part each, what lies between
/// together.
pub(super) fn stretches(counts: &Counts, origin: GeoPoint, offset: usize, limit: usize) -> Vec<Stretch> {
    let mut by_distance: Vec<(f64, &str, usize)> = counts
        .iter()
        .filter_map(|(spot, count)| Some((read(spot)?.kilometres_to(origin), spot.as_str(), *count)))
        .collect();
    by_distance.sort_by(|one, other| one.0.total_cmp(&other.0).then(one.1.cmp(other.1)));
    let mut stretches: Vec<Stretch> = Vec::new();
    let (mut before, mut left) = (0, limit);
    let mut last_is_whole = false;
    for equally_far in by_distance.chunk_by(|one, other| one.0.total_cmp(&other.0).is_eq()) {
        if left == 0 {
            return stretches;
        }
        let count: usize = equally_far.iter().map(|(.., count)| count).sum();
        let skipped = offset.saturating_sub(before).min(count);
        let taken = (count - skipped).min(left);
        before += count;
        left -= taken;
        if taken == 0 {
            continue;
        }
        let is_whole = taken == count && equally_far.len() == 1;
        let spots = equally_far.iter().map(|(_, spot, _)| (*spot).to_owned());
        match stretches.last_mut() {
            Some(last) if last_is_whole && is_whole => {
                last.spots.extend(spots);
                last.taken += taken;
            }
            _ => {
                let is_tie = equally_far.len() > 1;
                stretches.push(Stretch { spots: spots.collect(), is_tie, skipped, taken });
            }
        }
        last_is_whole = is_whole;
    }
    if left > 0 {
        let skipped = offset.saturating_sub(before);
        stretches.push(Stretch { spots: Vec::new(), is_tie: true, skipped, taken: left });
    }
    stretches
}

impl Stretch {
    /// As an expression of the filter language.
    pub(super) fn expression(&self) -> String {
        if self.spots.is_empty() {
            return format!("{SPOT} NOT EXISTS");
        }
        is_one_of(&self.spots.iter().map(String::as_str).collect::<Vec<_>>())
    }

    /// The place of a location among those of the stretch.
    pub(super) fn rank(&self, spot: Option<&str>) -> usize {
        if self.is_tie {
            return 0;
        }
        self.spots.iter().position(|known| Some(known.as_str()) == spot).unwrap_or_default()
    }
}

fn is_one_of(spots: &[&str]) -> String {
    let quoted: Vec<String> = spots.iter().map(|spot| format!("\"{spot}\"")).collect();
    format!("{SPOT} IN [{}]", quoted.join(", "))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn point(latitude: f64, longitude: f64) -> GeoPoint {
        GeoPoint::new(latitude, longitude).unwrap()
    }

    #[test]
    fn what_lies_in_every_circle_is_asked_for() {
        let counts = Counts::from([(written(point(12.5, -8.0)), 3), (written(point(14.0, -8.0)), 1)]);
        let near = |radius_kilometres| Near { center: point(12.5, -8.0), radius_kilometres };
        assert_eq!(within(&counts, &[near(1.0)]), "spot IN [\"12.5:-8\"]");
        assert_eq!(within(&counts, &[near(500.0)]), "spot IN [\"12.5:-8\", \"14:-8\"]");
        assert_eq!(
            within(&counts, &[near(500.0), Near { center: point(0.0, 0.0), radius_kilometres: 1.0 }]),
            "spot IN []"
        );
    }

    #[test]
    fn a_page_is_made_of_stretches_and_ends_with_what_is_nowhere() {
        let counts = Counts::from([1, 2, 3, 4].map(|north| (written(point(f64::from(north), 0.0)), 10)));
        let pages = stretches(&counts, point(0.0, 0.0), 5, 30);
        let written: Vec<_> =
            pages.iter().map(|stretch| (stretch.expression(), stretch.skipped, stretch.taken)).collect();
        assert_eq!(
            written,
            [
                ("spot IN [\"1:0\"]".to_owned(), 5, 5),
                ("spot IN [\"2:0\", \"3:0\"]".to_owned(), 0, 20),
                ("spot IN [\"4:0\"]".to_owned(), 0, 5),
            ]
        );
        let end = stretches(&counts, point(0.0, 0.0), 45, 30);
        assert_eq!(end.len(), 1);
        assert_eq!((end[0].expression().as_str(), end[0].skipped, end[0].taken), ("spot NOT EXISTS", 5, 30));
    }

    proptest! {
        #[test]
        fn a_location_is_read_as_it_was_written(latitude in -90.0_f64..=90.0, longitude in -180.0_f64..=180.0) {
            let at = point(latitude, longitude);
            let sent = written(at);
            prop_assert_eq!(read(&sent), Some(at));
            prop_assert_eq!(super::super::keyword::encoded(&sent), sent.as_str());
        }

        #[test]
        fn the_nearest_results_come_once_each(
            counts in prop::collection::vec((-5_i8..5, 1_usize..6), 1..12), offset in 0_usize..40, limit in 1_usize..30,
        ) {
            let counts: Counts =
                counts.into_iter().map(|(north, count)| (written(point(f64::from(north), 0.0)), count)).collect();
            let origin = point(0.0, 0.0);
            // Results at each distance, in order, are numbered; what the stretches hold must be the window.
            let mut distances: Vec<f64> = Vec::new();
            for (spot, count) in &counts {
                distances.extend(std::iter::repeat_n(read(spot).unwrap().kilometres_to(origin), *count));
            }
            distances.sort_by(f64::total_cmp);
            let expected: Vec<f64> = distances.iter().copied().skip(offset).take(limit).collect();
            let mut found = Vec::new();
            for stretch in stretches(&counts, origin, offset, limit) {
                let mut all: Vec<f64> = Vec::new();
                for spot in &stretch.spots {
                    all.extend(std::iter::repeat_n(read(spot).unwrap().kilometres_to(origin), counts[spot]));
                }
                found.extend(all.into_iter().skip(stretch.skipped).take(stretch.taken));
            }
            prop_assert_eq!(found, expected);
        }
    }
}
