//! The one way in which this room rounds: half to even, so that sums of many roundings lean to no side.

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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn halves_go_to_the_even_neighbour_on_either_side_of_nothing() {
        let rounded = |dividend| half_even(dividend, 10);
        assert_eq!([5, 15, 25, 14, 16].map(rounded), [0, 2, 2, 1, 2]);
        assert_eq!([-5, -15, -25, -14, -16].map(rounded), [0, -2, -2, -1, -2]);
        assert_eq!(half_even(i128::MAX, i128::MAX), 1);
    }
}
