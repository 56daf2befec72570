//! What something comes to.

use super::rounding::half_even;

/// Thousandths in a whole unit.
const UNIT: i128 = 1_000;

/// A price of a whole unit times thousandths of the unit, rounded half to even, once; none where it is beyond what an amount
/// holds.
#[must_use]
pub fn amount_of(unit_price_minor: i64, quantity: i64) -> Option<i64> {
    let exact = i128::from(unit_price_minor) * i128::from(quantity);
    i64::try_from(half_even(exact, UNIT)).ok()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn halves_go_to_the_even_neighbour() {
        assert_eq!([amount_of(1, 500), amount_of(3, 500), amount_of(5, 500)], [Some(0), Some(2), Some(2)]);
        assert_eq!([amount_of(1_250, 12_345), amount_of(7, 1_499)], [Some(15_431), Some(10)]);
        assert_eq!(amount_of(i64::MAX, 1_001), None);
    }

    proptest! {
        #[test]
        fn it_is_never_further_from_the_exact_product_than_half(price in 0_i64..1_000_000_000, quantity in 0_i64..1_000_000_000) {
            let amount = i128::from(amount_of(price, quantity).unwrap()) * UNIT;
            prop_assert!((amount - i128::from(price) * i128::from(quantity)).abs() * 2 <= UNIT);
        }
    }
}
