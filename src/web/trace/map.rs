//! Where a lot came from: Mali with its river, the places of the way as dots, and the way itself as a line.

use std::fmt::Write as _;

use maud::{Markup, html};

use super::words::{best, say};
use crate::{
    directory::model::place::Point,
    kernel::locale::{Locale, message},
    traceability::model::journey::{Journey, Spot},
};

/// A rough outline, in tenths of degrees east and north: drawn by hand, to recognise the country by and for nothing else.
const OUTLINE: [(i16, i16); 85] = [
    (-122, 147),
    (-118, 148),
    (-117, 154),
    (-113, 154),
    (-107, 151),
    (-101, 153),
    (-97, 153),
    (-95, 155),
    (-75, 155),
    (-55, 155),
    (-54, 163),
    (-56, 178),
    (-58, 193),
    (-60, 206),
    (-62, 222),
    (-64, 238),
    (-65, 250),
    (-57, 250),
    (-48, 250),
    (-37, 242),
    (-26, 235),
    (-15, 228),
    (-4, 221),
    (7, 214),
    (17, 207),
    (19, 205),
    (21, 202),
    (26, 199),
    (31, 197),
    (32, 191),
    (42, 192),
    (42, 180),
    (42, 169),
    (39, 164),
    (36, 156),
    (28, 154),
    (14, 153),
    (10, 150),
    (3, 149),
    (-3, 149),
    (-6, 151),
    (-11, 150),
    (-16, 148),
    (-20, 146),
    (-22, 142),
    (-30, 138),
    (-32, 135),
    (-36, 133),
    (-40, 135),
    (-43, 132),
    (-44, 126),
    (-48, 121),
    (-53, 117),
    (-52, 113),
    (-55, 109),
    (-54, 104),
    (-58, 103),
    (-61, 101),
    (-62, 105),
    (-66, 104),
    (-69, 102),
    (-76, 102),
    (-79, 103),
    (-80, 102),
    (-83, 105),
    (-83, 108),
    (-86, 108),
    (-86, 111),
    (-84, 114),
    (-88, 118),
    (-89, 121),
    (-92, 123),
    (-95, 122),
    (-99, 121),
    (-102, 118),
    (-106, 119),
    (-110, 122),
    (-113, 121),
    (-115, 121),
    (-115, 125),
    (-115, 131),
    (-119, 134),
    (-121, 140),
    (-122, 143),
    (-122, 147),
];

/// The Niger, from Guinea to the border of the country of its name.
const RIVER: [(i16, i16); 18] = [
    (-89, 116),
    (-84, 119),
    (-80, 126),
    (-76, 129),
    (-69, 132),
    (-62, 134),
    (-61, 137),
    (-54, 140),
    (-47, 143),
    (-42, 145),
    (-41, 153),
    (-34, 163),
    (-30, 167),
    (-19, 169),
    (-4, 170),
    (0, 163),
    (5, 157),
    (7, 150),
];

/// Units of the picture: at 360 pixels one is about one pixel, so that letters of 14 can be read.
const WIDTH: f64 = 320.0;
const HEIGHT: f64 = 304.0;
/// Room around the country, and how near to the edge a place outside is shown.
const MARGIN: f64 = 8.0;
const WEST: f64 = -12.5;
const NORTH: f64 = 25.2;
/// Units of a degree; of longitude less, as seventeen degrees north.
const OF_LONGITUDE: f64 = 18.2;
const OF_LATITUDE: f64 = 19.0;
/// How far apart the lines of two names are, and how far a name may come to the edge.
const LINE: f64 = 17.0;
/// Names that are written at most: the timeline has all of them.
const NAMES_MAX: usize = 8;

pub(super) fn section(language: Locale, journey: &Journey) -> Markup {
    let spots = spots(journey);
    let names: Vec<&str> = spots.iter().map(|(spot, _)| best(&spot.names, language)).collect();
    let way: Vec<(f64, f64)> = way(journey);
    html! {
        @if !spots.is_empty() {
            section {
                h2 { (say(language, "trace-page-map")) }
                svg class="map" viewBox={ "0 0 " (WIDTH) " " (HEIGHT) } role="img"
                    aria-label=(message(language, "trace-page-map-label", [("places", names.join(", ").as_str())])) {
                    path class="land" d={ (line(OUTLINE.map(tenths).iter().copied())) "z" } {}
                    path class="river" d=(line(RIVER.map(tenths).iter().copied())) {}
                    @if way.len() > 1 { path class="route" d=(line(way.iter().copied())) {} }
                    @for (number, ((_, at), name)) in spots.iter().zip(&names).enumerate() {
                        circle class=[(number + 1 == spots.len()).then_some("last")] cx=(short(at.0)) cy=(short(at.1)) r="5.5" {}
                        @if number >= NAMES_MAX { title { (name) } }
                    }
                    @for label in labels(&spots, &names) {
                        @if label.is_led { path class="leader" d=(line([label.dot, label.begin()])) {} }
                        text x=(short(label.x)) y=(short(label.y + 5.0)) text-anchor=[label.to_the_left.then_some("end")] { (label.name) }
                    }
                }
            }
        }
    }
}

/// The places of the way, each once, in its order; the lot's own place last.
fn spots(journey: &Journey) -> Vec<(&Spot, (f64, f64))> {
    let of_steps = journey.steps.iter().filter(|step| !step.is_void).filter_map(|step| step.place.as_ref());
    let mut spots: Vec<(&Spot, (f64, f64))> = Vec::new();
    for spot in of_steps.chain(&journey.place) {
        let Some(point) = spot.point else { continue };
        let at = shown_at(point);
        // Places with one chief town are one dot.
        if !spots.iter().any(|(_, known)| near(*known, at)) {
            spots.push((spot, at));
        }
    }
    spots
}

/// The way from place to place, in the order of the steps.
fn way(journey: &Journey) -> Vec<(f64, f64)> {
    let places = journey.steps.iter().filter(|step| !step.is_void).filter_map(|step| step.place.as_ref());
    let mut way: Vec<(f64, f64)> = places.filter_map(|place| place.point).map(shown_at).collect();
    way.dedup_by(|one, before| near(*one, *before));
    way
}

fn near(one: (f64, f64), other: (f64, f64)) -> bool {
    (one.0 - other.0).abs() + (one.1 - other.1).abs() < 4.0
}

/// Where a point is in the picture; one outside is moved to its edge.
fn shown_at(point: Point) -> (f64, f64) {
    let (x, y) = placed(point.longitude, point.latitude);
    (x.clamp(MARGIN, WIDTH - MARGIN), y.clamp(MARGIN, HEIGHT - MARGIN))
}

fn placed(longitude: f64, latitude: f64) -> (f64, f64) {
    (MARGIN + (longitude - WEST) * OF_LONGITUDE, MARGIN + (NORTH - latitude) * OF_LATITUDE)
}

fn tenths((longitude, latitude): (i16, i16)) -> (f64, f64) {
    placed(f64::from(longitude) / 10.0, f64::from(latitude) / 10.0)
}

/// A number of the picture: a tenth of a unit is finer than anybody sees.
fn short(number: f64) -> String {
    let text = format!("{number:.1}");
    text.strip_suffix(".0").map_or_else(|| text.clone(), str::to_owned)
}

fn line(points: impl IntoIterator<Item = (f64, f64)>) -> String {
    let mut path = String::new();
    for (x, y) in points {
        // Writing to a text cannot fail.
        let _ = write!(path, "{}{} {}", if path.is_empty() { 'M' } else { 'L' }, short(x), short(y));
    }
    path
}

/// A name beside its dot.
struct Label<'a> {
    name: &'a str,
    dot: (f64, f64),
    x: f64,
    y: f64,
    to_the_left: bool,
    /// Whether it had to be moved, so that a line leads to it.
    is_led: bool,
}

impl Label<'_> {
    /// Where a line to it ends.
    fn begin(&self) -> (f64, f64) {
        (if self.to_the_left { self.x + 2.0 } else { self.x - 2.0 }, self.y)
    }
}

/// The names, on the side of their dots where there is room, and moved up or down until none lies on another.
fn labels<'a>(spots: &[(&Spot, (f64, f64))], names: &[&'a str]) -> Vec<Label<'a>> {
    let mut labels: Vec<Label<'a>> = spots
        .iter()
        .zip(names)
        .take(NAMES_MAX)
        .map(|((_, dot), name)| {
            let to_the_left = dot.0 > WIDTH / 2.0;
            let x = if to_the_left { dot.0 - 10.0 } else { dot.0 + 10.0 };
            Label { name, dot: *dot, x, y: dot.1, to_the_left, is_led: false }
        })
        .collect();
    labels.sort_by(|one, other| one.y.total_cmp(&other.y));
    for to_the_left in [false, true] {
        // Down from the top, then up from the bottom edge.
        let mut free = MARGIN;
        for label in labels.iter_mut().filter(|label| label.to_the_left == to_the_left) {
            label.y = label.y.max(free);
            free = label.y + LINE;
        }
        let mut free = HEIGHT - MARGIN;
        for label in labels.iter_mut().rev().filter(|label| label.to_the_left == to_the_left) {
            label.y = label.y.min(free);
            free = label.y - LINE;
        }
    }
    for label in &mut labels {
        label.is_led = (label.y - label.dot.1).abs() > 6.0;
        if label.is_led {
            label.x += if label.to_the_left { -10.0 } else { 10.0 };
        }
    }
    labels
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::kernel::locale::Texts;

    fn spot(latitude: f64, longitude: f64) -> Spot {
        Spot { names: Texts::default(), point: Some(Point { latitude, longitude }) }
    }

    #[test]
    fn the_country_fits_into_the_picture() {
        for (x, y) in OUTLINE.map(tenths) {
            assert!((0.0..=WIDTH).contains(&x) && (0.0..=HEIGHT).contains(&y), "{x} {y}");
        }
        assert_eq!(OUTLINE.first(), OUTLINE.last());
    }

    #[test]
    fn what_lies_outside_is_shown_at_the_edge() {
        assert_eq!(shown_at(Point { latitude: 48.9, longitude: 2.4 }).1, MARGIN);
        assert_eq!(shown_at(Point { latitude: 14.7, longitude: -17.4 }).0, MARGIN);
    }

    proptest! {
        #[test]
        fn no_name_lies_on_another(points in prop::collection::vec((9.0..26.0, -14.0..6.0), 0..12)) {
            let spots: Vec<Spot> = points.iter().map(|(latitude, longitude)| spot(*latitude, *longitude)).collect();
            let spots: Vec<(&Spot, (f64, f64))> =
                spots.iter().filter_map(|spot| Some((spot, shown_at(spot.point?)))).collect();
            let names = vec!["Kita"; spots.len()];
            let labels = labels(&spots, &names);
            for (position, one) in labels.iter().enumerate() {
                prop_assert!((0.0..=HEIGHT).contains(&one.y), "{}", one.y);
                for other in &labels[..position] {
                    let apart = (one.y - other.y).abs() >= LINE - 0.001;
                    prop_assert!(apart || one.to_the_left != other.to_the_left);
                }
            }
        }
    }
}
