//! Exact numbers: fractions of whole numbers, written as decimals where they are told.

/// Digits behind the point of a number that does not come out even.
pub const DECIMALS: u32 = 6;

/// A fraction in lowest terms, with a denominator above zero.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ratio {
    numerator: i128,
    denominator: i128,
}

impl Ratio {
    /// Nothing.
    pub const ZERO: Self = Self { numerator: 0, denominator: 1 };

    /// A whole number.
    #[must_use]
    pub const fn whole(number: i128) -> Self {
        Self { numerator: number, denominator: 1 }
    }

    /// One number by another; none by zero.
    #[must_use]
    pub fn of(numerator: i128, denominator: i128) -> Option<Self> {
        if denominator == 0 {
            return None;
        }
        let common = i128::try_from(gcd(numerator.unsigned_abs(), denominator.unsigned_abs())).ok()?;
        let sign = if denominator < 0 { -1 } else { 1 };
        Some(Self {
            numerator: (numerator / common).checked_mul(sign)?,
            denominator: (denominator / common).checked_mul(sign)?,
        })
    }

    /// By another; none by zero, or where it is too large to be told.
    #[must_use]
    pub fn over(self, other: Self) -> Option<Self> {
        let inverse = Self::of(other.denominator, other.numerator)?;
        self.times(inverse)
    }

    /// Times another; none where it is too large to be told.
    #[must_use]
    pub fn times(self, other: Self) -> Option<Self> {
        // Crosswise first, so that what can be taken out does not make it too large.
        let one = Self::of(self.numerator, other.denominator)?;
        let two = Self::of(other.numerator, self.denominator)?;
        Self::of(one.numerator.checked_mul(two.numerator)?, one.denominator.checked_mul(two.denominator)?)
    }

    /// Less another; none where it is too large to be told.
    #[must_use]
    pub fn less(self, other: Self) -> Option<Self> {
        let left = self.numerator.checked_mul(other.denominator)?;
        let right = other.numerator.checked_mul(self.denominator)?;
        Self::of(left.checked_sub(right)?, self.denominator.checked_mul(other.denominator)?)
    }

    /// And another; none where it is too large to be told.
    #[must_use]
    pub fn plus(self, other: Self) -> Option<Self> {
        self.less(Self { numerator: other.numerator.checked_neg()?, denominator: other.denominator })
    }

    /// As a decimal number: exact where it comes out even within [`DECIMALS`] digits, else rounded half to even to so many.
    #[must_use]
    pub fn decimal(self) -> String {
        let scale = 10_i128.pow(DECIMALS);
        let (whole, rest) = (self.numerator / self.denominator, self.numerator % self.denominator);
        let negative = self.numerator < 0;
        let (whole, rest, denominator) = (whole.unsigned_abs(), rest.unsigned_abs(), self.denominator.unsigned_abs());
        // Long division, digit by digit: no product that could be too large.
        let (mut digits, mut left) = (0_u128, rest);
        for _ in 0..DECIMALS {
            let (digit, remainder) = tenfold(left, denominator);
            digits = digits * 10 + digit;
            left = remainder;
        }
        let half = left.cmp(&(denominator - left));
        let up = half.is_gt() || (half.is_eq() && digits % 2 == 1);
        let mut whole = whole;
        if up {
            digits += 1;
            if digits == scale.unsigned_abs() {
                (digits, whole) = (0, whole + 1);
            }
        }
        let fraction = format!("{digits:0width$}", width = DECIMALS as usize);
        let fraction = fraction.trim_end_matches('0');
        let sign = if negative && (whole, digits) != (0, 0) { "-" } else { "" };
        if fraction.is_empty() { format!("{sign}{whole}") } else { format!("{sign}{whole}.{fraction}") }
    }
}

/// Ten times a remainder by its divisor: the digit and what is left.
fn tenfold(left: u128, divisor: u128) -> (u128, u128) {
    let (mut digit, mut sum) = (0, 0_u128);
    for _ in 0..10 {
        // Both below the divisor, which is below half of what the type holds.
        sum += left;
        if sum >= divisor {
            sum -= divisor;
            digit += 1;
        }
    }
    (digit, sum)
}

const fn gcd(mut one: u128, mut other: u128) -> u128 {
    while other != 0 {
        (one, other) = (other, one % other);
    }
    one
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn told(numerator: i128, denominator: i128) -> String {
        Ratio::of(numerator, denominator).map(Ratio::decimal).unwrap_or_default()
    }

    #[test]
    fn a_fraction_is_told_exactly_or_to_six_digits_half_to_even() {
        assert_eq!(told(1, 4), "0.25");
        assert_eq!(told(2, 3), "0.666667");
        assert_eq!(told(-1, 3), "-0.333333");
        assert_eq!(told(1, 2_000_000), "0");
        assert_eq!(told(3, 2_000_000), "0.000002");
        assert_eq!(told(1_999_999, 2_000_000), "1");
        assert_eq!(told(-1, 10_000_000), "0");
        assert_eq!(told(i128::MAX, 1), i128::MAX.to_string());
        assert_eq!(told(1, 0), "");
    }

    proptest! {
        #[test]
        fn arithmetic_agrees_with_that_of_whole_numbers(a in -999_i128..999, b in 1_i128..999, c in -999_i128..999, d in 1_i128..999) {
            let (one, other) = (Ratio::of(a, b).unwrap(), Ratio::of(c, d).unwrap());
            prop_assert_eq!(one.less(other), Ratio::of(a * d - c * b, b * d));
            prop_assert_eq!(one.plus(other), Ratio::of(a * d + c * b, b * d));
            prop_assert_eq!(one.times(other), Ratio::of(a * c, b * d));
            prop_assert_eq!(one.over(other), Ratio::of(a * d, b * c));
        }
    }
}
