//! Medians, percentiles and changes, in whole numbers.

use crate::kernel::rounding::half_up;

/// The number in the middle; of an even count the mean of both in the middle, halves rounded up. `sorted` ascends.
#[must_use]
pub fn median(sorted: &[i64]) -> Option<i64> {
    let upper = *sorted.get(sorted.len() / 2)?;
    if sorted.len() % 2 == 1 {
        return Some(upper);
    }
    let lower = *sorted.get(sorted.len() / 2 - 1)?;
    i64::try_from(half_up(i128::from(lower) + i128::from(upper), 2)).ok()
}

/// The least number that at least `percent` of a hundred are not above: the nearest rank. `sorted` ascends.
#[must_use]
pub fn percentile(sorted: &[i64], percent: u32) -> Option<i64> {
    let rank = (sorted.len() * percent.min(100) as usize).div_ceil(100).max(1);
    sorted.get(rank - 1).copied()
}

/// `now` as a multiple of `then`, in thousandths, halves rounded up.
#[must_use]
pub fn ratio(now: i64, then: i64) -> Option<i64> {
    if then <= 0 {
        return None;
    }
    i64::try_from(half_up(i128::from(now) * 1_000, i128::from(then))).ok()
}

/// By how much `now` is more than `then`, as a share of it, in thousandths: 125 for an eighth more, -125 for an eighth less.
#[must_use]
pub fn change(now: i64, then: i64) -> Option<i64> {
    ratio(now, then).map(|ratio| ratio - 1_000)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_middle_is_found() {
        assert_eq!(median(&[]), None);
        assert_eq!(median(&[3]), Some(3));
        assert_eq!(median(&[1, 2, 9]), Some(2));
        assert_eq!(median(&[1, 2, 3, 9]), Some(3));
        assert_eq!(median(&[i64::MAX, i64::MAX]), Some(i64::MAX));
    }

    #[test]
    fn percentiles_are_numbers_that_were_observed() {
        let sorted = [10, 20, 30, 40];
        assert_eq!(percentile(&sorted, 0), Some(10));
        assert_eq!(percentile(&sorted, 25), Some(10));
        assert_eq!(percentile(&sorted, 26), Some(20));
        assert_eq!(percentile(&sorted, 75), Some(30));
        assert_eq!(percentile(&sorted, 100), Some(40));
        assert_eq!(percentile(&[], 50), None);
    }

    #[test]
    fn changes_are_told_in_thousandths() {
        assert_eq!(change(225, 200), Some(125));
        assert_eq!(change(175, 200), Some(-125));
        assert_eq!(change(1, 3), Some(-667));
        assert_eq!(change(1, 0), None);
    }

    proptest! {
        #[test]
        fn the_median_parts_the_numbers(mut numbers in proptest::collection::vec(0i64..1_000_000, 1..50)) {
            numbers.sort_unstable();
            let middle = median(&numbers).unwrap();
            let below = numbers.iter().filter(|number| **number < middle).count();
            let above = numbers.iter().filter(|number| **number > middle).count();
            prop_assert!(below <= numbers.len().div_ceil(2) && above <= numbers.len() / 2);
        }

        #[test]
        fn percentiles_ascend(mut numbers in proptest::collection::vec(0i64..1_000_000, 1..50), low in 0u32..100) {
            numbers.sort_unstable();
            prop_assert!(percentile(&numbers, low) <= percentile(&numbers, low + 1));
        }
    }
}
