//! Amounts: price times quantity, parts of a sum, and how they are rounded. Each is rounded once, half to even, to a whole minor
//! unit; nothing is rounded before.

/// `numerator / denominator` as a whole number, halves to the even one. The denominator is more than zero.
///
/// ```text
/// 5/2 → 2, 7/2 → 4
/// ```
#[must_use]
pub fn half_even(numerator: i128, denominator: i128) -> i128 {
    let (whole, rest) = (numerator.div_euclid(denominator), numerator.rem_euclid(denominator));
    match (rest * 2).cmp(&denominator) {
        std::cmp::Ordering::Less => whole,
        std::cmp::Ordering::Greater => whole + 1,
        std::cmp::Ordering::Equal => whole + whole.rem_euclid(2),
    }
}

/// What so many thousandths of a unit cost, in minor units; none where it does not fit.
#[must_use]
pub fn priced(unit_price_minor: i64, thousandths: i64) -> Option<i64> {
    i64::try_from(half_even(i128::from(unit_price_minor) * i128::from(thousandths), 1_000)).ok()
}

/// So many thousandths of an amount.
#[must_use]
pub fn permille(minor: i64, permille: i64) -> i64 {
    // A part of an amount fits where the amount does, since no rate is over a thousand thousandths.
    i64::try_from(half_even(i128::from(minor) * i128::from(permille), 1_000)).unwrap_or(i64::MAX)
}

/// A sum parted by shares, which are thousandths of a percent and 100,000 together: each is rounded down, and the last gets what
/// is left.
#[must_use]
pub fn parted(minor: i64, shares: &[i64]) -> Vec<i64> {
    const WHOLE: i128 = 100_000;
    let mut left = minor;
    let mut parts = Vec::with_capacity(shares.len());
    for (position, share) in shares.iter().enumerate() {
        let part = if position + 1 == shares.len() {
            left
        } else {
            i64::try_from(i128::from(minor) * i128::from(*share) / WHOLE).unwrap_or(0)
        };
        left -= part;
        parts.push(part);
    }
    parts
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn halves_go_to_the_even_neighbour() {
        let rounded: Vec<i128> = [1, 3, 5, 7, -1, -3].iter().map(|half| half_even(*half, 2)).collect();
        assert_eq!(rounded, [0, 2, 2, 4, 0, -2]);
        assert_eq!((half_even(249, 100), half_even(251, 100), half_even(250, 100), half_even(350, 100)), (2, 3, 2, 4));
    }

    #[test]
    fn a_price_times_a_quantity_is_rounded_once() {
        assert_eq!(priced(1_250, 10_500), Some(13_125));
        assert_eq!(priced(1, 500), Some(0), "half a franc");
        assert_eq!(priced(3, 500), Some(2), "a franc and a half");
        assert_eq!(priced(i64::MAX, 1_001), None);
    }

    #[test]
    fn the_last_gets_what_rounding_leaves() {
        assert_eq!(parted(100, &[33_333, 33_333, 33_334]), [33, 33, 34]);
        assert_eq!(parted(1, &[50_000, 50_000]), [0, 1]);
        assert_eq!(parted(7, &[100_000]), [7]);
    }

    proptest! {
        #[test]
        fn parts_are_what_was_parted(minor in 0_i64..1_000_000_000_000, first in 0_i64..=100_000) {
            let parts = parted(minor, &[first, 100_000 - first]);
            prop_assert_eq!(parts.iter().sum::<i64>(), minor);
            prop_assert!(parts.iter().all(|part| *part >= 0));
        }

        #[test]
        fn rounding_is_off_by_half_at_most(numerator in -1_000_000_i128..1_000_000, denominator in 1_i128..1_000) {
            let off = (half_even(numerator, denominator) * denominator - numerator).abs() * 2;
            prop_assert!(off <= denominator);
        }
    }
}
