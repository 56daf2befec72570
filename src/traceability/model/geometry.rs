//! Where land lies, as [GeoJSON](https://www.rfc-editor.org/rfc/rfc7946): a point, or a polygon whose area is measured.

use geo::{Centroid as _, Coord, GeodesicArea as _, LineString, Polygon, Validation as _, Winding as _};
use serde_json::{Value, json};

use crate::{
    directory::model::place::Point,
    kernel::{ErrorCode, UserError},
};

/// Positions of a polygon at most.
const POSITIONS_MAX: usize = 1_000;
/// Positions of a closed ring at least, of which the last repeats the first.
const RING_MIN: usize = 4;
/// Decimals of a degree that are kept: a centimetre.
const DEGREE_PARTS: f64 = 1e7;
/// Signs of a geometry at most that comes as a text.
const TEXT_LENGTH_MAX: usize = 100_000;

/// The largest plot, in square metres: 10,000 ha.
pub const AREA_MAX: i64 = 100_000_000;
/// Decimals of a hectare that are kept: a square metre.
pub const HECTARE_DECIMALS: u32 = 4;

/// Where a plot lies.
#[derive(Debug, Clone, PartialEq)]
pub enum Shape {
    /// Somewhere about this point.
    Point(Point),
    /// Within these rings: the outer one, counter-clockwise, and holes, clockwise.
    Polygon(Polygon<f64>),
}

impl Shape {
    /// Reads GeoJSON: an object, or a text that holds one. `at` is the path of the field.
    ///
    /// # Errors
    /// [`ErrorCode::InvalidGeometry`] with the `reason`, [`ErrorCode::TooLong`] for too many positions,
    /// [`ErrorCode::LocationOutOfBounds`] where it does not lie in or near Mali.
    pub fn read(value: &Value, at: &[String]) -> Result<Self, UserError> {
        let parsed;
        let value = match value {
            Value::String(text) if text.len() > TEXT_LENGTH_MAX => return Err(too_long(TEXT_LENGTH_MAX, at)),
            Value::String(text) => {
                parsed = serde_json::from_str(text).map_err(|_| Problem::Unreadable.at(at))?;
                &parsed
            }
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::Array(_) | Value::Object(_) => value,
        };
        let coordinates = &value["coordinates"];
        match value["type"].as_str() {
            Some("Point") => {
                let position = position(coordinates).map_err(|problem| problem.at(at))?;
                near_mali(&[position], at)?;
                Ok(Self::Point(point(position)))
            }
            Some("Polygon") => read_polygon(coordinates, at).map(Self::Polygon),
            Some(_) => Err(Problem::Kind.at(at)),
            None => Err(Problem::Unreadable.at(at)),
        }
    }

    /// The area in square metres on the WGS 84 ellipsoid; none of a point.
    #[must_use]
    pub fn square_metres(&self) -> Option<f64> {
        match self {
            Self::Point(_) => None,
            Self::Polygon(polygon) => {
                let of = |ring: &LineString<f64>| Polygon::new(ring.clone(), Vec::new()).geodesic_area_signed().abs();
                Some(of(polygon.exterior()) - polygon.interiors().iter().map(of).sum::<f64>())
            }
        }
    }

    /// The point, or the middle of the polygon.
    #[must_use]
    pub fn centre(&self) -> Option<Point> {
        match self {
            Self::Point(point) => Some(*point),
            Self::Polygon(polygon) => polygon.centroid().map(|middle| point(middle.0)),
        }
    }

    /// As GeoJSON.
    #[must_use]
    pub fn to_json(&self) -> Value {
        match self {
            Self::Point(point) => json!({ "type": "Point", "coordinates": [point.longitude, point.latitude] }),
            Self::Polygon(polygon) => {
                let ring = |ring: &LineString<f64>| -> Vec<[f64; 2]> { ring.coords().map(|at| [at.x, at.y]).collect() };
                let rings: Vec<_> = [polygon.exterior()].into_iter().chain(polygon.interiors()).map(ring).collect();
                json!({ "type": "Polygon", "coordinates": rings })
            }
        }
    }
}

/// What can be wrong with a geometry. Its words choose the message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Problem {
    /// It is no GeoJSON geometry.
    Unreadable,
    /// It is neither a point nor a polygon.
    Kind,
    /// A position is not a longitude and a latitude.
    Position,
    /// A ring has fewer than three different positions, or is not closed by a fourth.
    TooFew,
    /// A ring's last position is not its first.
    Open,
    /// A ring crosses or touches itself or another, or a hole lies outside.
    Crossing,
    /// Latitude stands before longitude.
    Swapped,
}

impl Problem {
    fn at(self, path: &[String]) -> UserError {
        let reason = match self {
            Self::Unreadable => "unreadable",
            Self::Kind => "kind",
            Self::Position => "position",
            Self::TooFew => "too-few",
            Self::Open => "open",
            Self::Crossing => "crossing",
            Self::Swapped => "swapped",
        };
        UserError::new(ErrorCode::InvalidGeometry, path).with("reason", reason)
    }
}

fn too_long(maximum: usize, path: &[String]) -> UserError {
    UserError::new(ErrorCode::TooLong, path).with("maximum", maximum)
}

fn point(position: Coord<f64>) -> Point {
    Point { latitude: position.y, longitude: position.x }
}

/// A position: longitude, latitude, and perhaps a height, which is not kept.
fn position(value: &Value) -> Result<Coord<f64>, Problem> {
    let numbers = value.as_array().filter(|numbers| matches!(numbers.len(), 2 | 3)).ok_or(Problem::Position)?;
    let degrees = |value: &Value, most: f64| {
        let degrees = value.as_f64().filter(|degrees| degrees.abs() <= most).ok_or(Problem::Position)?;
        // Adding nought makes a negative nought a plain one.
        Ok((degrees * DEGREE_PARTS).round() / DEGREE_PARTS + 0.0)
    };
    // A latitude beyond the pole is told as what it is: exchanged.
    Ok(Coord { x: degrees(&numbers[0], 180.0)?, y: degrees(&numbers[1], 180.0)? })
}

fn near_mali(positions: &[Coord<f64>], at: &[String]) -> Result<(), UserError> {
    let exchanged = |at: &Coord<f64>| Point { latitude: at.x, longitude: at.y }.is_near_mali();
    if positions.iter().all(|position| point(*position).is_near_mali()) {
        Ok(())
    } else if positions.iter().all(exchanged) {
        Err(Problem::Swapped.at(at))
    } else {
        Err(UserError::new(ErrorCode::LocationOutOfBounds, at))
    }
}

fn read_polygon(coordinates: &Value, at: &[String]) -> Result<Polygon<f64>, UserError> {
    let rings = coordinates.as_array().filter(|rings| !rings.is_empty()).ok_or_else(|| Problem::Unreadable.at(at))?;
    // Before any work that grows with their number.
    let count = rings.iter().map(|ring| ring.as_array().map_or(0, Vec::len)).fold(0_usize, usize::saturating_add);
    if count > POSITIONS_MAX || rings.len() > POSITIONS_MAX {
        return Err(too_long(POSITIONS_MAX, at));
    }
    let rings = rings.iter().map(ring).collect::<Result<Vec<_>, _>>().map_err(|problem| problem.at(at))?;
    near_mali(&rings.concat(), at)?;
    let mut rings = rings.into_iter().map(LineString::new);
    let mut outer = rings.next().ok_or_else(|| Problem::Unreadable.at(at))?;
    outer.make_ccw_winding();
    let holes = rings.map(|mut hole| {
        hole.make_cw_winding();
        hole
    });
    let polygon = Polygon::new(outer, holes.collect());
    if polygon.is_valid() { Ok(polygon) } else { Err(Problem::Crossing.at(at)) }
}

/// A closed ring, without positions that repeat the one before.
fn ring(value: &Value) -> Result<Vec<Coord<f64>>, Problem> {
    let positions = value.as_array().ok_or(Problem::Unreadable)?;
    let mut ring = positions.iter().map(position).collect::<Result<Vec<_>, _>>()?;
    ring.dedup();
    let mut different: Vec<Coord<f64>> = Vec::new();
    for position in &ring {
        if !different.contains(position) {
            different.push(*position);
        }
        if different.len() == RING_MIN {
            break;
        }
    }
    // Three corners without the fourth position that closes them are told so, rather than that they are open.
    if different.len() < RING_MIN - 1 || ring.len() < RING_MIN {
        return Err(Problem::TooFew);
    }
    if ring.first() != ring.last() {
        return Err(Problem::Open);
    }
    Ok(ring)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn read(value: &Value) -> Result<Shape, UserError> {
        Shape::read(value, &["input".to_owned(), "geometry".to_owned()])
    }

    fn polygon(rings: &[&[[f64; 2]]]) -> Value {
        json!({ "type": "Polygon", "coordinates": rings })
    }

    fn area(value: &Value) -> f64 {
        read(value).unwrap().square_metres().unwrap()
    }

    fn reason(value: &Value) -> String {
        let error = read(value).unwrap_err();
        error.args.first().map_or_else(|| error.code.wire().to_owned(), |(_, reason)| reason.clone())
    }

    /// A hundredth of a degree each way at Ségou.
    const SQUARE: [[f64; 2]; 5] = [[-6.27, 13.43], [-6.26, 13.43], [-6.26, 13.44], [-6.27, 13.44], [-6.27, 13.43]];

    #[test]
    fn a_square_near_segou_is_measured_on_the_ellipsoid() {
        // One hundredth of a degree there: 1,082.94 m along the parallel, 1,106.41 m along the meridian.
        let measured = area(&polygon(&[&SQUARE]));
        assert!((measured - 1_198_150.0).abs() < 300.0, "{measured}");
        let hole = [[-6.266, 13.434], [-6.264, 13.434], [-6.264, 13.436], [-6.266, 13.436], [-6.266, 13.434]];
        let with_hole = area(&polygon(&[&SQUARE, &hole]));
        assert!((measured - with_hole - measured / 25.0).abs() < 20.0, "{with_hole}");
        let middle = read(&polygon(&[&SQUARE])).unwrap().centre().unwrap();
        assert!((middle.latitude - 13.435).abs() < 1e-6 && (middle.longitude + 6.265).abs() < 1e-6, "{middle:?}");
    }

    #[test]
    fn what_is_wrong_with_a_geometry_is_told() {
        let open = [[-6.27, 13.43], [-6.26, 13.43], [-6.26, 13.44], [-6.27, 13.44]];
        let bow = [[-6.27, 13.43], [-6.26, 13.44], [-6.26, 13.43], [-6.27, 13.44], [-6.27, 13.43]];
        let swapped = SQUARE.map(|[longitude, latitude]| [latitude, longitude]);
        let away = SQUARE.map(|[longitude, latitude]| [longitude + 20.0, latitude]);
        let outside = SQUARE.map(|[longitude, latitude]| [longitude + 0.1, latitude]);
        let crossing = SQUARE.map(|[longitude, latitude]| [longitude + 0.005, latitude + 0.005]);
        let line = [[-6.27, 13.43], [-6.26, 13.43], [-6.27, 13.43], [-6.27, 13.43]];
        for (value, expected) in [
            (polygon(&[&SQUARE[..3]]), "too-few"),
            (polygon(&[&SQUARE[..0]]), "too-few"),
            (polygon(&[&line]), "too-few"),
            (polygon(&[&open]), "open"),
            (polygon(&[&bow]), "crossing"),
            (polygon(&[&SQUARE, &outside]), "crossing"),
            (polygon(&[&SQUARE, &crossing]), "crossing"),
            (polygon(&[&SQUARE, &SQUARE]), "crossing"),
            (polygon(&[&swapped]), "swapped"),
            (polygon(&[&away]), "LOCATION_OUT_OF_BOUNDS"),
            (polygon(&[]), "unreadable"),
            (json!({ "type": "Point", "coordinates": [13.43, -6.27] }), "swapped"),
            (json!({ "type": "Point", "coordinates": [2.35, 48.85] }), "LOCATION_OUT_OF_BOUNDS"),
            (json!({ "type": "Point", "coordinates": [-6.27] }), "position"),
            (json!({ "type": "Point", "coordinates": ["-6.27", 13.43] }), "position"),
            (json!({ "type": "LineString", "coordinates": [] }), "kind"),
            (json!({ "coordinates": [] }), "unreadable"),
            (json!("Point"), "unreadable"),
            (json!([]), "unreadable"),
            (Value::Null, "unreadable"),
        ] {
            assert_eq!(reason(&value), expected, "{value}");
        }
        let many: Vec<[f64; 2]> = (0..1_001).map(|step| [-6.0, 13.0 + f64::from(step) * 1e-6]).collect();
        assert_eq!(read(&polygon(&[&many])).unwrap_err().code, ErrorCode::TooLong);
    }

    #[test]
    fn a_geometry_is_read_back_as_it_is_written_and_may_come_as_a_text() {
        for value in [polygon(&[&SQUARE]), json!({ "type": "Point", "coordinates": [-6.27, 13.43, 290.5] })] {
            let shape = read(&value).unwrap();
            assert_eq!(read(&shape.to_json()), Ok(shape.clone()));
            assert_eq!(read(&Value::String(value.to_string())), Ok(shape));
        }
    }

    /// Corners around a middle, each at its own distance, so that no ring crosses itself.
    fn star() -> impl Strategy<Value = Vec<[f64; 2]>> {
        prop::collection::vec(0.001..0.01_f64, 3..40).prop_map(|distances| {
            let count = distances.len() as f64;
            let corner = |(step, distance): (usize, f64)| {
                let angle = step as f64 / count * std::f64::consts::TAU;
                [-6.0 + angle.cos() * distance, 13.5 + angle.sin() * distance]
            };
            distances.into_iter().enumerate().map(corner).collect()
        })
    }

    fn closed(corners: &[[f64; 2]]) -> Vec<[f64; 2]> {
        corners.iter().copied().chain([corners[0]]).collect()
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn where_a_ring_begins_and_which_way_it_runs_changes_nothing(corners in star(), turn in 0..40_usize) {
            let measured = area(&polygon(&[&closed(&corners)]));
            let mut turned = corners.clone();
            turned.rotate_left(turn % corners.len());
            let mut reversed = turned.clone();
            reversed.reverse();
            for other in [turned, reversed] {
                let again = area(&polygon(&[&closed(&other)]));
                prop_assert!((again - measured).abs() <= measured * 1e-9 + 1e-3, "{again} {measured}");
            }
        }

        #[test]
        fn a_ring_whose_corners_change_places_crosses_itself(corners in star(), at in 0..40_usize) {
            prop_assume!(corners.len() >= 4);
            let mut crossed = corners;
            let (count, at) = (crossed.len(), at % crossed.len());
            // All at one distance, so that they are corners of a convex ring.
            for (step, corner) in crossed.iter_mut().enumerate() {
                let angle = step as f64 / count as f64 * std::f64::consts::TAU;
                *corner = [-6.0 + angle.cos() * 0.01, 13.5 + angle.sin() * 0.01];
            }
            crossed.swap(at, (at + 1) % count);
            prop_assert_eq!(reason(&polygon(&[&closed(&crossed)])), "crossing");
        }

        #[test]
        fn any_json_is_read_or_refused(text in "\\PC{0,60}", numbers in prop::collection::vec(any::<f64>(), 0..5)) {
            let _ = read(&Value::String(text));
            let _ = read(&json!({ "type": "Point", "coordinates": numbers }));
            let _ = read(&json!({ "type": "Polygon", "coordinates": [[numbers]] }));
        }
    }
}
