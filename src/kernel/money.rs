//! Amounts of money: whole minor units and a currency, never a float.

pub use iso_currency::Currency;

use super::{
    decimal::{self, DecimalError},
    locale::Locale,
};

/// An amount in the smallest unit of its currency (one franc for XOF, one cent for EUR).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
pub struct Money {
    /// How many minor units.
    pub minor: i64,
    /// The ISO 4217 currency.
    pub currency: Currency,
}

/// Why a text is not an amount.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MoneyError {
    /// The number itself is wrong for this currency.
    #[error(transparent)]
    Amount(#[from] DecimalError),
    /// Not an ISO 4217 code in use.
    #[error("no such currency: {0}")]
    UnknownCurrency(String),
}

impl Money {
    /// An amount of francs of the West African monetary union.
    #[must_use]
    pub const fn xof(francs: i64) -> Self {
        Self { minor: francs, currency: Currency::XOF }
    }

    /// Reads a decimal amount in the currency's major unit: `("12.50", "EUR")`.
    ///
    /// # Errors
    /// When the code is unknown or the amount has more decimals than the currency.
    pub fn parse(amount: &str, currency: &str) -> Result<Self, MoneyError> {
        let currency = Currency::from_code(currency).ok_or_else(|| MoneyError::UnknownCurrency(currency.to_owned()))?;
        let minor = decimal::parse_scaled(amount, decimals(currency))?;
        Ok(Self { minor, currency })
    }

    /// The amount in the currency's major unit, as on the wire: `"12.5"`, `"1250"`.
    #[must_use]
    pub fn amount(&self) -> String {
        decimal::format_scaled(self.minor, decimals(self.currency))
    }

    /// The amount as a person of that language expects to read it: `1 250 000 F CFA` in French and Bambara,
    /// `XOF 1,250,000` in English. Spaces do not break.
    #[must_use]
    pub fn formatted(&self, locale: Locale) -> String {
        let places = decimals(self.currency) as usize;
        let digits = format!("{:0width$}", self.minor.unsigned_abs(), width = places + 1);
        let (whole, fraction) = digits.split_at(digits.len() - places);
        let sign = if self.minor < 0 { "-" } else { "" };
        let (group, point) = match locale {
            Locale::Fr | Locale::Bm => ('\u{202f}', ','),
            Locale::En => (',', '.'),
        };
        let mut number = grouped(whole, group);
        if !fraction.is_empty() {
            number.push(point);
            number.push_str(fraction);
        }
        let code = self.currency.code();
        match locale {
            Locale::Fr | Locale::Bm => {
                let symbol = if self.currency == Currency::XOF { "F\u{a0}CFA" } else { code };
                format!("{sign}{number}\u{a0}{symbol}")
            }
            Locale::En => format!("{sign}{code}\u{a0}{number}"),
        }
    }
}

/// How many decimals the currency has in ISO 4217; none where the standard gives none.
fn decimals(currency: Currency) -> u32 {
    currency.exponent().map_or(0, u32::from)
}

fn grouped(digits: &str, separator: char) -> String {
    let mut text = String::with_capacity(digits.len() * 2);
    for (position, digit) in digits.chars().enumerate() {
        if position > 0 && (digits.len() - position).is_multiple_of(3) {
            text.push(separator);
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn francs_have_no_cents_and_euros_have_two() {
        assert_eq!(Money::parse("1250", "XOF"), Ok(Money::xof(1_250)));
        assert_eq!(Money::parse("1250.5", "XOF"), Err(MoneyError::Amount(DecimalError::TooPrecise { decimals: 0 })));
        assert_eq!(Money::parse("12.50", "EUR").unwrap().minor, 1_250);
        assert_eq!(Money::parse("1", "CFA"), Err(MoneyError::UnknownCurrency("CFA".into())));
    }

    #[test]
    fn a_malian_reads_her_own_notation() {
        assert_eq!(Money::xof(1_250_000).formatted(Locale::Fr), "1\u{202f}250\u{202f}000\u{a0}F\u{a0}CFA");
        assert_eq!(Money::xof(950).formatted(Locale::En), "XOF\u{a0}950");
        assert_eq!(Money::parse("-12.5", "EUR").unwrap().formatted(Locale::Fr), "-12,50\u{a0}EUR");
    }
}
