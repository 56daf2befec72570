//! Points on the earth and the distance between them.

use serde::{Deserialize, Serialize};

/// Mean radius of the earth (IUGG), in kilometres.
const EARTH_RADIUS_KILOMETRES: f64 = 6_371.008_8;

/// A point in WGS 84 degrees.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct GeoPoint {
    /// Degrees north, −90 to 90.
    pub latitude: f64,
    /// Degrees east, −180 to 180.
    pub longitude: f64,
}

impl GeoPoint {
    /// The point, unless a coordinate is out of range or no number.
    pub fn new(latitude: f64, longitude: f64) -> Option<GeoPoint> {
        let valid = (-90.0..=90.0).contains(&latitude) && (-180.0..=180.0).contains(&longitude);
        valid.then_some(GeoPoint { latitude, longitude })
    }

    /// Great-circle distance by the haversine formula.
    pub fn kilometres_to(self, other: GeoPoint) -> f64 {
        let half_chord = |from: f64, to: f64| ((to - from).to_radians() / 2.0).sin().powi(2);
        let chord = half_chord(self.latitude, other.latitude)
            + self.latitude.to_radians().cos()
                * other.latitude.to_radians().cos()
                * half_chord(self.longitude, other.longitude);
        2.0 * EARTH_RADIUS_KILOMETRES * chord.sqrt().min(1.0).asin()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bamako_to_segou_is_about_217_kilometres() {
        let bamako = GeoPoint::new(12.6392, -8.0029).unwrap();
        let segou = GeoPoint::new(13.4317, -6.2157).unwrap();
        assert!((bamako.kilometres_to(segou) - 212.5).abs() < 5.0, "{}", bamako.kilometres_to(segou));
        assert!(segou.kilometres_to(segou).abs() < 1e-9);
    }

    #[test]
    fn points_off_the_globe_are_refused() {
        for (latitude, longitude) in [(91.0, 0.0), (0.0, -180.5), (f64::NAN, 0.0), (0.0, f64::INFINITY)] {
            assert_eq!(GeoPoint::new(latitude, longitude), None);
        }
    }
}
