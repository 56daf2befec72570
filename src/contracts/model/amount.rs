//! Parts of an amount.

use crate::kernel::rounding::half_even;

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
    }
}
