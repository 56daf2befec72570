//! Which prices lie too far from what the same goods cost on the same market around that time.
//!
//! Prices differ by factors, not by amounts, so distances are those of logarithms; and the middle and the usual distance are medians,
//! which a wrong figure does not move. A price is an outlier if its logarithm is further from the median of its window than so many median absolute
//! deviations, and the price itself is so many times more or less than the median besides, so that the first change after a year of
//! standing still is none.
//!
//! No logarithm is taken: since it keeps order, the median of the distances |ln p − ln m| is the logarithm of the median of the ratios
//! `max(p, m) / min(p, m)`, and `k` times it is the logarithm of that ratio's `k`th power. Ratios are in millionths, rounded down, and every
//! machine reckons alike.

use serde::Deserialize;

use super::{price::Month, price_statistics::median};
use crate::kernel::reference::Certainty;

/// What the rule counts with.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OutlierRule {
    /// Months before and after a price that it is held against.
    pub window_months: i64,
    /// How many prices the window needs, the price itself among them.
    pub observations_min: usize,
    /// How many median absolute deviations a price may lie from the median.
    pub deviations_max: u32,
    /// Less than this many hundredths of the median, up or down, is never an outlier.
    pub ratio_min_percent: i64,
    /// Where the numbers are from.
    pub source: String,
    /// How sure that is.
    pub certainty: Certainty,
}

const MILLIONTHS: i128 = 1_000_000;
/// More than any price is of another.
const RATIO_MAX: i128 = 1_000_000_000_000_000_000;

impl OutlierRule {
    /// Tells for each price of a series whether it is an outlier. Prices are more than zero.
    #[must_use]
    pub fn judge(&self, series: &[(Month, i64)]) -> Vec<bool> {
        let mut by_month: Vec<(Month, i64)> = series.to_vec();
        by_month.sort_unstable();
        series.iter().map(|(month, price)| self.is_outlier(&by_month, *month, *price)).collect()
    }

    fn is_outlier(&self, by_month: &[(Month, i64)], month: Month, price: i64) -> bool {
        let first = by_month.partition_point(|(other, _)| *other < month.before(self.window_months));
        let end = by_month.partition_point(|(other, _)| *other <= month.before(-self.window_months));
        let mut window: Vec<i64> = by_month[first..end].iter().map(|(_, price)| *price).collect();
        if window.len() < self.observations_min {
            return false;
        }
        window.sort_unstable();
        let Some(middle) = median(&window) else { return false };
        let mut distances: Vec<i64> = window.iter().map(|other| ratio(*other, middle)).collect();
        distances.sort_unstable();
        let Some(usual) = median(&distances) else { return false };
        let mut allowed = MILLIONTHS;
        for _ in 0..self.deviations_max {
            allowed = (allowed * i128::from(usual) / MILLIONTHS).min(RATIO_MAX);
        }
        let least = i128::from(self.ratio_min_percent) * MILLIONTHS / 100;
        i128::from(ratio(price, middle)) > allowed.max(least)
    }
}

/// How many times the greater is the less, in millionths.
fn ratio(one: i64, other: i64) -> i64 {
    let (less, greater) = (i128::from(one.min(other).max(1)), i128::from(one.max(other)));
    i64::try_from((greater * MILLIONTHS / less).min(RATIO_MAX)).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn rule() -> OutlierRule {
        OutlierRule {
            window_months: 12,
            observations_min: 8,
            deviations_max: 5,
            ratio_min_percent: 150,
            source: "test".to_owned(),
            certainty: Certainty::Memory,
        }
    }

    fn months(prices: &[i64]) -> Vec<(Month, i64)> {
        prices.iter().zip(24_000..).map(|(price, month)| (Month(month), *price)).collect()
    }

    fn outliers(prices: &[i64]) -> Vec<i64> {
        let flags = rule().judge(&months(prices));
        prices.iter().zip(flags).filter(|(_, flag)| *flag).map(|(price, _)| *price).collect()
    }

    #[test]
    fn a_slipped_point_is_seen_on_both_sides() {
        let prices = [150, 155, 160, 1_580, 165, 160, 155, 15, 150, 148];
        assert_eq!(outliers(&prices), [1_580, 15]);
    }

    #[test]
    fn a_season_is_none() {
        let prices = [120, 125, 135, 150, 165, 180, 190, 185, 160, 135, 120, 118];
        assert_eq!(outliers(&prices), Vec::<i64>::new());
    }

    #[test]
    fn the_first_change_after_standing_still_is_none_but_a_leap_is() {
        assert_eq!(outliers(&[100, 100, 100, 100, 100, 100, 100, 100, 140]), Vec::<i64>::new());
        assert_eq!(outliers(&[100, 100, 100, 100, 100, 100, 100, 100, 151]), [151]);
    }

    #[test]
    fn too_few_prices_tell_nothing() {
        assert_eq!(outliers(&[100, 100, 100, 100, 100, 100, 9_000]), Vec::<i64>::new());
    }

    #[test]
    fn prices_of_other_years_do_not_count() {
        let mut series = months(&[100; 10]);
        series.extend((0..10).map(|month| (Month(24_100 + month), 400)));
        assert!(rule().judge(&series).iter().all(|flag| !flag));
    }

    proptest! {
        #[test]
        fn the_unit_of_the_price_does_not_matter(
            prices in proptest::collection::vec(1_000i64..100_000, 1..40), factor in 2i64..1_000,
        ) {
            // Even ones, so that no median is rounded.
            let series: Vec<_> = months(&prices).into_iter().map(|(month, price)| (month, 2 * price)).collect();
            let dearer: Vec<_> = series.iter().map(|(month, price)| (*month, price * factor)).collect();
            prop_assert_eq!(rule().judge(&series), rule().judge(&dearer));
        }

        #[test]
        fn the_order_of_the_series_does_not_matter(prices in proptest::collection::vec(1i64..100_000, 1..40)) {
            let series = months(&prices);
            let mut turned = series.clone();
            turned.reverse();
            let mut flags = rule().judge(&turned);
            flags.reverse();
            prop_assert_eq!(rule().judge(&series), flags);
        }

        #[test]
        fn at_least_half_of_a_window_is_never_outlying(prices in proptest::collection::vec(1i64..i64::MAX, 1..12)) {
            let flags = rule().judge(&months(&prices));
            prop_assert!(flags.iter().filter(|flag| **flag).count() <= prices.len() / 2);
        }
    }
}
