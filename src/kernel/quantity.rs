//! Quantities: whole thousandths of a unit, and the unit's code.

use std::fmt;

use super::decimal::{self, DecimalError};

/// Decimals that a quantity keeps.
pub const DECIMALS: u32 = 3;

/// A UN/CEFACT Recommendation 20 code (`KGM`, `TNE`, `LTR`, `H87`) or a local one (`SAC50`, `TINE`).
///
/// Which codes exist, and what each weighs, is the catalog's knowledge; here it is a name.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
pub struct UnitCode(String);

impl UnitCode {
    /// Takes a code as it stands.
    pub fn new(code: impl Into<String>) -> Self {
        Self(code.into())
    }

    /// The code's letters.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for UnitCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// An amount of something counted or measured in a unit.
#[derive(Debug, Clone, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
pub struct Quantity {
    /// How many thousandths of the unit.
    pub thousandths: i64,
    /// The unit.
    pub unit: UnitCode,
}

impl Quantity {
    /// Reads a decimal value with at most three decimals.
    ///
    /// # Errors
    /// When the text is not a number, too precise, or too large.
    pub fn parse(value: &str, unit: UnitCode) -> Result<Self, DecimalError> {
        Ok(Self { thousandths: decimal::parse_scaled(value, DECIMALS)?, unit })
    }

    /// The value as on the wire: `"12.5"`.
    #[must_use]
    pub fn value(&self) -> String {
        decimal::format_scaled(self.thousandths, DECIMALS)
    }
}
