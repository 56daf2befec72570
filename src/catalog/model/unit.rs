//! Units of measure, and what a unit of a product weighs in a place on a day.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use crate::kernel::{
    locale::Texts,
    reference::{Certainty, Validity},
    rounding::half_up,
};

/// What kind of measure a unit is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum UnitKind {
    /// A mass, exact by definition.
    Mass,
    /// A volume, whose mass depends on the product.
    Volume,
    /// Pieces or lengths.
    Count,
    /// A local container or bundle, whose mass depends on product, place and seller.
    Container,
}

/// A unit of measure.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Unit {
    /// The code: of UN/CEFACT Recommendation 20 (`KGM`), or our own for local measures (`TINE`).
    pub code: String,
    /// Its names.
    pub names: Texts,
    /// Ways people write it.
    #[serde(default)]
    pub symbols: Vec<String>,
    /// What kind of measure it is.
    pub kind: UnitKind,
    /// Whether the code is one of UN/CEFACT Recommendation 20.
    #[serde(default)]
    pub rec20: bool,
    /// Where this is known from.
    pub source: String,
    /// How sure that is.
    pub certainty: Certainty,
}

/// What one unit weighs: of any product or one, anywhere or in one place, during some time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Conversion {
    /// The unit.
    pub unit: String,
    /// The product (and everything below it in the tree), or none for every product.
    pub product: Option<String>,
    /// The place (and everything within it), or none for everywhere.
    pub place: Option<String>,
    /// The weight of one unit in grams, more than zero.
    pub grams: i64,
    /// When it holds.
    #[serde(flatten)]
    pub validity: Validity,
    /// Who weighed, or `estimate`, `nominal`, `by definition`.
    pub weigher: String,
    /// Where this is known from.
    pub source: String,
    /// How sure that is.
    pub certainty: Certainty,
}

/// The most specific conversion of `unit` that holds on `day`.
///
/// `products` is the product followed by its ancestors in the tree, `places` the place followed by those around it. A
/// conversion for a nearer product wins over one for a nearer place: product and place, product and region, product, then
/// the same for each group above it, at last the unit alone. Of two that are equally specific the later one wins.
#[must_use]
pub fn most_specific<'c>(
    conversions: impl IntoIterator<Item = &'c Conversion>,
    unit: &str,
    products: &[&str],
    places: &[&str],
    day: NaiveDate,
) -> Option<&'c Conversion> {
    // The farther from the product and the place itself, the higher; naming none is the farthest.
    let distance = |wanted: Option<&str>, chain: &[&str]| match wanted {
        Some(code) => chain.iter().position(|own| *own == code),
        None => Some(chain.len()),
    };
    conversions
        .into_iter()
        .filter(|conversion| conversion.unit == unit && conversion.validity.contains(day))
        .filter_map(|conversion| {
            let product = distance(conversion.product.as_deref(), products)?;
            let place = distance(conversion.place.as_deref(), places)?;
            Some(((product, place, std::cmp::Reverse(conversion.validity.from)), conversion))
        })
        .min_by_key(|(specificity, _)| *specificity)
        .map(|(_, conversion)| conversion)
}

/// The mass of `thousandths` of a unit that weighs `grams_per_unit`, in whole grams, halves rounded up.
///
/// None where it does not fit: no such quantity exists on earth.
#[must_use]
pub fn grams(thousandths: i64, grams_per_unit: i64) -> Option<i64> {
    let product = i128::from(thousandths) * i128::from(grams_per_unit);
    i64::try_from(half_up(product, 1_000)).ok()
}

/// The price of a kilogram in thousandths of a minor unit, given the price in minor units of a unit that weighs
/// `grams_per_unit`; halves rounded up. None where a unit weighs nothing, or the price does not fit.
///
/// ```text
/// 25 000 F a sack of 50 kg → 500 F a kg = 500 000 thousandths (the franc has no minor unit below itself)
/// ```
#[must_use]
pub fn price_per_kilogram(price_minor: i64, grams_per_unit: i64) -> Option<i64> {
    const GRAMS_PER_KILOGRAM: i128 = 1_000;
    const THOUSANDTHS: i128 = 1_000;
    if grams_per_unit <= 0 {
        return None;
    }
    let thousandth_grams = i128::from(price_minor) * GRAMS_PER_KILOGRAM * THOUSANDTHS;
    i64::try_from(half_up(thousandth_grams, i128::from(grams_per_unit))).ok()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().expect("a date")
    }

    fn conversion(product: Option<&str>, place: Option<&str>, from: &str, grams: i64) -> Conversion {
        Conversion {
            unit: "TINE".to_owned(),
            product: product.map(str::to_owned),
            place: place.map(str::to_owned),
            grams,
            validity: Validity { from: Some(day(from)), to: None },
            weigher: "test".to_owned(),
            source: "test".to_owned(),
            certainty: Certainty::Memory,
        }
    }

    #[test]
    fn the_nearest_conversion_wins_then_the_latest() {
        let known = [
            conversion(None, None, "2020-01-01", 1),
            conversion(Some("cereals"), Some("cercle-koro"), "2020-01-01", 2),
            conversion(Some("millet"), None, "2020-01-01", 3),
            conversion(Some("millet"), None, "2024-01-01", 4),
            conversion(Some("millet"), Some("bandiagara"), "2020-01-01", 5),
            conversion(Some("millet"), Some("cercle-koro"), "2025-01-01", 6),
        ];
        let weight = |products: &[&str], places: &[&str], on: &str| {
            most_specific(&known, "TINE", products, places, day(on)).map(|found| found.grams)
        };

        assert_eq!(weight(&["millet", "cereals"], &["cercle-koro", "bandiagara", "ml"], "2026-01-01"), Some(6));
        assert_eq!(weight(&["millet", "cereals"], &["cercle-koro", "bandiagara", "ml"], "2024-06-01"), Some(5));
        assert_eq!(weight(&["millet", "cereals"], &["cercle-bla", "segou", "ml"], "2024-06-01"), Some(4));
        assert_eq!(weight(&["millet", "cereals"], &[], "2023-06-01"), Some(3));
        assert_eq!(weight(&["fonio", "cereals"], &["cercle-koro"], "2026-01-01"), Some(2));
        assert_eq!(weight(&["honey"], &["cercle-koro"], "2026-01-01"), Some(1));
        assert_eq!(weight(&["honey"], &[], "2019-12-31"), None);
        assert_eq!(most_specific(&known, "SAC50", &["millet"], &[], day("2026-01-01")), None);
    }

    #[test]
    fn prices_per_kilogram_are_rounded_half_up() {
        assert_eq!(price_per_kilogram(25_000, 50_000), Some(500_000));
        assert_eq!(price_per_kilogram(1, 3_000), Some(333));
        assert_eq!(price_per_kilogram(1, 16_000), Some(63));
        assert_eq!(price_per_kilogram(500, 250), Some(2_000_000));
        assert_eq!(price_per_kilogram(500, 0), None);
        assert_eq!(price_per_kilogram(500, -1), None);
        assert_eq!(price_per_kilogram(i64::MAX, 1), None);
    }

    #[test]
    fn masses_are_rounded_half_up() {
        assert_eq!(grams(1_000, 50_000), Some(50_000));
        assert_eq!(grams(1, 500), Some(1));
        assert_eq!(grams(1, 499), Some(0));
        assert_eq!(grams(i64::MAX, i64::MAX), None);
    }

    proptest! {
        #[test]
        fn a_mass_is_off_by_at_most_half_a_gram(thousandths in 0i64..1_000_000_000, per_unit in 1i64..1_000_000_000) {
            let mass = grams(thousandths, per_unit).expect("it fits");
            let exact_thousandths = i128::from(thousandths) * i128::from(per_unit);
            prop_assert!((i128::from(mass) * 1_000 - exact_thousandths).abs() <= 500);
        }

        #[test]
        fn a_dearer_price_never_costs_less_a_kilogram(price in 0i64..1_000_000_000, more in 0i64..1_000_000, per_unit in 1i64..10_000_000) {
            let cheap = price_per_kilogram(price, per_unit).expect("it fits");
            let dear = price_per_kilogram(price + more, per_unit).expect("it fits");
            prop_assert!(cheap <= dear);
        }

        #[test]
        fn a_kilogram_costs_its_own_price(price in 0i64..1_000_000_000_000) {
            prop_assert_eq!(price_per_kilogram(price, 1_000), Some(price * 1_000));
        }
    }
}
