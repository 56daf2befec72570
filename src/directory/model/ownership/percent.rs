//! Shares in percent, exact to a thousandth.

use std::fmt;

use crate::kernel::decimal::{self, DecimalError};

/// A share from 0 to 100 %, kept as thousandths of a percent so that 33.333 % is exact and no float is needed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Percent(i64);

/// Why something is not a share.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PercentError {
    /// Not a decimal number of at most three decimals.
    #[error(transparent)]
    Number(#[from] DecimalError),
    /// Below 0 or above 100.
    #[error("not between 0 and 100")]
    OutOfRange,
}

impl Percent {
    /// How many digits behind the point are kept.
    pub const DECIMALS: u32 = 3;
    /// Nothing.
    pub const ZERO: Self = Self(0);
    /// Everything.
    pub const WHOLE: Self = Self(100_000);

    /// A share of so many thousandths of a percent; `None` outside 0 to 100 %.
    #[must_use]
    pub const fn from_thousandths(thousandths: i64) -> Option<Self> {
        if thousandths >= Self::ZERO.0 && thousandths <= Self::WHOLE.0 { Some(Self(thousandths)) } else { None }
    }

    /// The share in thousandths of a percent, 0 to 100,000.
    #[must_use]
    pub const fn thousandths(self) -> i64 {
        self.0
    }

    /// Reads `"48.5"` as forty-eight and a half percent.
    ///
    /// # Errors
    /// When it is not a decimal number of at most three decimals between 0 and 100.
    pub fn parse(text: &str) -> Result<Self, PercentError> {
        Self::from_thousandths(decimal::parse_scaled(text, Self::DECIMALS)?).ok_or(PercentError::OutOfRange)
    }

    /// What share `part` is of `whole`, rounded down; `None` where that has no meaning.
    #[must_use]
    pub fn of(part: i64, whole: i64) -> Option<Self> {
        if whole <= 0 || part < 0 || part > whole {
            return None;
        }
        // Through i128, because a count times 100,000 may leave 64 bits.
        let thousandths = i128::from(part) * i128::from(Self::WHOLE.0) / i128::from(whole);
        i64::try_from(thousandths).ok().and_then(Self::from_thousandths)
    }
}

impl fmt::Display for Percent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&decimal::format_scaled(self.0, Self::DECIMALS))
    }
}

impl serde::Serialize for Percent {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> serde::Deserialize<'de> for Percent {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = <std::borrow::Cow<'de, str>>::deserialize(deserializer)?;
        Self::parse(&text).map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_are_read_exactly_and_bounded() {
        assert_eq!(Percent::parse("48.5").unwrap().thousandths(), 48_500);
        assert_eq!(Percent::parse("100").unwrap(), Percent::WHOLE);
        assert_eq!(Percent::parse("33.333").unwrap().to_string(), "33.333");
        assert_eq!(Percent::parse("100.001"), Err(PercentError::OutOfRange));
        assert_eq!(Percent::parse("-1"), Err(PercentError::OutOfRange));
        assert!(matches!(Percent::parse("12.3456"), Err(PercentError::Number(DecimalError::TooPrecise { .. }))));
        assert!(matches!(Percent::parse("half"), Err(PercentError::Number(DecimalError::Malformed))));
    }

    #[test]
    fn a_share_of_a_count_is_rounded_down_and_never_invented() {
        assert_eq!(Percent::of(1, 3).unwrap().thousandths(), 33_333);
        assert_eq!(Percent::of(i64::MAX, i64::MAX), Some(Percent::WHOLE));
        assert_eq!(Percent::of(1, 0), None);
        assert_eq!(Percent::of(4, 3), None);
        assert_eq!(Percent::of(-1, 3), None);
    }
}
