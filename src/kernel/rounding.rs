//! How quotients become whole: what is owed or scored half to even, so that sums of many roundings lean to no side; what is only
//! shown and compared, such as the price of a kilogram, half up, as people round.

/// A quotient, rounded half to even. The divisor is above nothing.
#[must_use]
pub fn half_even(dividend: i128, divisor: i128) -> i128 {
    let (whole, rest) = (dividend.div_euclid(divisor), dividend.rem_euclid(divisor));
    // Compared with what is left to the next whole, since twice the rest might not fit.
    match rest.cmp(&(divisor - rest)) {
        std::cmp::Ordering::Less => whole,
        std::cmp::Ordering::Greater => whole + 1,
        std::cmp::Ordering::Equal => whole + whole.rem_euclid(2),
    }
}

/// A quotient, halves rounded up. The divisor is above nothing, and twice the dividend fits.
#[must_use]
pub fn half_up(dividend: i128, divisor: i128) -> i128 {
    (2 * dividend + divisor).div_euclid(2 * divisor)
}

/// Thousandths in a whole unit.
const UNIT: i128 = 1_000;

/// A price of a whole unit times thousandths of the unit, rounded half to even, once; none where it is beyond what an amount
/// holds.
#[must_use]
pub fn priced(unit_price_minor: i64, thousandths: i64) -> Option<i64> {
    i64::try_from(half_even(i128::from(unit_price_minor) * i128::from(thousandths), UNIT)).ok()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn halves_go_to_the_even_neighbour_on_either_side_of_nothing() {
        let rounded = |dividend| half_even(dividend, 10);
        assert_eq!([5, 15, 25, 14, 16].map(rounded), [0, 2, 2, 1, 2]);
        assert_eq!([-5, -15, -25, -14, -16].map(rounded), [0, -2, -2, -1, -2]);
        assert_eq!(half_even(i128::MAX, i128::MAX), 1);
    }

    #[test]
    fn halves_go_up() {
        assert_eq!([5, 15, 14, 16, -5, -15, -16].map(|dividend| half_up(dividend, 10)), [1, 2, 1, 2, 0, -1, -2]);
    }

    #[test]
    fn a_price_times_a_quantity_is_rounded_once() {
        assert_eq!([priced(1, 500), priced(3, 500), priced(5, 500)], [Some(0), Some(2), Some(2)]);
        assert_eq!([priced(1_250, 12_345), priced(7, 1_499)], [Some(15_431), Some(10)]);
        assert_eq!(priced(i64::MAX, 1_001), None);
    }

    proptest! {
        #[test]
        fn rounding_is_off_by_half_at_most(dividend in -1_000_000_i128..1_000_000, divisor in 1_i128..1_000) {
            let off = (half_even(dividend, divisor) * divisor - dividend).abs() * 2;
            prop_assert!(off <= divisor);
        }
    }
}
