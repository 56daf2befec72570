//! Land that producers farm.

use chrono::NaiveDate;
use serde::Serialize;
use serde_json::Value;

use super::{
    geometry::{AREA_MAX, HECTARE_DECIMALS, Shape},
    ids::{PlotId, ProducerId},
    period::Period,
};
use crate::{
    accounts::OrganizationId,
    directory::model::place::Point,
    kernel::{ErrorCode, UserError, clock::Timestamp, decimal, error::Rejections, text::TextRule},
};

/// Plots of a producer at most.
pub const PLOTS_MAX: usize = 50;

const NAME: TextRule = TextRule { length_min: 1, length_max: 100, multiline: false };

/// What a plot is called whose farmer asked to be forgotten.
pub const FORGOTTEN_NAME: &str = "–";

/// Land that a producer farms.
#[derive(Debug, Clone, PartialEq)]
pub struct Plot {
    /// The plot.
    pub id: PlotId,
    /// Who farms it.
    pub producer: ProducerId,
    /// The producer's organization.
    pub organization: OrganizationId,
    /// What it is called.
    pub name: String,
    /// GeoJSON: a point or a polygon. None once the producer asked to be forgotten.
    pub geometry: Option<Value>,
    /// Of a polygon computed, of a point as declared.
    pub square_metres: Option<i64>,
    /// The point, or the middle of the polygon.
    pub centre: Option<Point>,
    /// When she farms it.
    pub period: Period,
    /// When it was recorded.
    pub created_at: Timestamp,
    /// When it was changed last.
    pub updated_at: Timestamp,
    /// Counts its changes, from 1.
    pub version: i64,
}

/// A plot as it was typed.
#[derive(Debug, Clone, Serialize)]
pub struct PlotDraft {
    /// What it is called.
    pub name: String,
    /// Where it lies, as GeoJSON.
    pub geometry: Value,
    /// How large it is, in hectares; needed of a point.
    pub hectares: Option<String>,
    /// The first day on which she farms it; today where none is given.
    pub valid_from: Option<NaiveDate>,
    /// The last day; none while it lasts.
    pub valid_until: Option<NaiveDate>,
}

/// A plot that can be kept.
#[derive(Debug, Clone, PartialEq)]
pub struct CheckedPlot {
    /// What it is called.
    pub name: String,
    /// Where it lies and how large it is.
    pub land: Land,
    /// When she farms it.
    pub period: Period,
}

/// Where a plot lies and how large it is.
#[derive(Debug, Clone, PartialEq)]
pub struct Land {
    /// GeoJSON.
    pub geometry: Value,
    /// How large it is.
    pub square_metres: i64,
    /// The point, or the middle of the polygon.
    pub centre: Option<Point>,
}

impl PlotDraft {
    /// The plot as it is to be kept; what is wrong is noted. `at` is the path of the input that holds it.
    pub fn check(&self, at: &[&str], today: NaiveDate, wrong: &mut Rejections) -> Option<CheckedPlot> {
        let field = |name: &str| field(at, name);
        let name = wrong.take(check_name(&self.name, field("name")));
        let land = wrong.take(Land::read(&self.geometry, self.hectares.as_deref(), at));
        let period = Period { from: self.valid_from.unwrap_or(today), until: self.valid_until };
        let period = wrong.take(period.check(field));
        Some(CheckedPlot { name: name?, land: land?, period: period? })
    }
}

/// What a plot may be called.
///
/// # Errors
/// What is wrong with the text, at `path`.
pub fn check_name(typed: &str, path: Vec<String>) -> Result<String, UserError> {
    NAME.check(typed, path)
}

impl Land {
    /// Reads where a plot lies, and measures it; of a point it is said how large it is.
    ///
    /// # Errors
    /// What [`Shape::read`] says at `geometry`, [`ErrorCode::Required`] and what is wrong with the number at `hectares`,
    /// [`ErrorCode::OutOfRange`] for more than 10,000 ha or less than a square metre.
    pub fn read(geometry: &Value, hectares: Option<&str>, at: &[&str]) -> Result<Self, UserError> {
        let shape = Shape::read(geometry, &field(at, "geometry"))?;
        let (square_metres, path) = match shape.square_metres() {
            Some(area) => (whole(area), field(at, "geometry")),
            None => {
                let path = field(at, "hectares");
                let typed = hectares.ok_or_else(|| UserError::new(ErrorCode::Required, &path))?;
                let area = decimal::parse_scaled(typed.trim(), HECTARE_DECIMALS);
                (area.map_err(|error| UserError::from_decimal(error, typed, &path))?, path)
            }
        };
        if !(1..=AREA_MAX).contains(&square_metres) {
            let hectares = |area| decimal::format_scaled(area, HECTARE_DECIMALS);
            let error = UserError::new(ErrorCode::OutOfRange, path);
            return Err(error.with("minimum", hectares(1)).with("maximum", hectares(AREA_MAX)));
        }
        Ok(Self { geometry: shape.to_json(), square_metres, centre: shape.centre() })
    }
}

/// A measured area in whole square metres; beyond every limit where it has no number.
#[expect(clippy::cast_possible_truncation, reason = "what is too large becomes the largest number, which is refused")]
fn whole(area: f64) -> i64 {
    if area.is_finite() { area.round() as i64 } else { i64::MAX }
}

/// The path of a field of the input at `at`.
fn field(at: &[&str], name: &str) -> Vec<String> {
    at.iter().chain([&name]).map(|step| (*step).to_owned()).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn point(hectares: Option<&str>) -> Result<i64, (ErrorCode, String)> {
        let geometry = json!({ "type": "Point", "coordinates": [-6.27, 13.43] });
        let land = Land::read(&geometry, hectares, &["input"]);
        land.map(|land| land.square_metres).map_err(|error| (error.code, error.path.join(".")))
    }

    #[test]
    fn of_a_point_it_is_said_how_large_the_plot_is() {
        let at = |code| Err((code, "input.hectares".to_owned()));
        assert_eq!(point(Some("1.25")), Ok(12_500));
        assert_eq!(point(Some("10000")), Ok(AREA_MAX));
        assert_eq!(point(None), at(ErrorCode::Required));
        assert_eq!(point(Some("0")), at(ErrorCode::OutOfRange));
        assert_eq!(point(Some("10000.0001")), at(ErrorCode::OutOfRange));
        assert_eq!(point(Some("-1")), at(ErrorCode::OutOfRange));
        assert_eq!(point(Some("1,5")), at(ErrorCode::MalformedNumber));
        assert_eq!(point(Some("0.00001")), at(ErrorCode::TooPrecise));
    }

    #[test]
    fn of_a_polygon_it_is_measured() {
        let square = |side: f64| {
            let (west, south) = (-6.27, 13.43);
            let (east, north) = (west + side, south + side);
            let ring = [[west, south], [east, south], [east, north], [west, north], [west, south]];
            let geometry = json!({ "type": "Polygon", "coordinates": [ring] });
            Land::read(&geometry, Some("1"), &["input"]).map(|land| land.square_metres).map_err(|error| error.code)
        };
        assert!(square(0.001).is_ok_and(|area| (11_900..12_100).contains(&area)));
        assert_eq!(square(0.1), Err(ErrorCode::OutOfRange));
        assert_eq!(square(0.000_001), Err(ErrorCode::OutOfRange));
    }
}
