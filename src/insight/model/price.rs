//! A price on a market.

use chrono::{Datelike as _, NaiveDate};
use serde::{Deserialize, Serialize};

use crate::{
    define_id,
    kernel::{decimal::parse_scaled, rounding::half_up},
    words,
};

define_id!(
    /// Identifies a market price.
    pub PriceId = "price"
);

/// Decimals that a price keeps behind those of its currency.
pub const EXTRA_DECIMALS: u32 = 3;

words! {
    /// At which step of trade a price was observed.
    PriceType {
        /// What buyers of small quantities pay on a market.
        Retail = "RETAIL",
        /// What traders pay each other.
        Wholesale = "WHOLESALE",
        /// What growers are paid.
        FarmGate = "FARM_GATE",
    }
}

impl PriceType {
    /// The type that a file names, whatever the case.
    #[must_use]
    pub fn named(text: &str) -> Option<Self> {
        match text.trim().to_lowercase().as_str() {
            "retail" => Some(Self::Retail),
            "wholesale" => Some(Self::Wholesale),
            "farm gate" | "producer" => Some(Self::FarmGate),
            _ => None,
        }
    }
}

/// A month of the calendar, counted from January of the year 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Month(pub i64);

impl Month {
    /// The month that a day lies in.
    #[must_use]
    pub fn of(day: NaiveDate) -> Self {
        Self(i64::from(day.year()) * 12 + i64::from(day.month0()))
    }

    /// Reads `2018-06` or `2018-06-15`.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let day = if text.len() == 7 { format!("{text}-01") } else { text.to_owned() };
        (day.len() == 10).then(|| NaiveDate::parse_from_str(&day, "%Y-%m-%d").ok()).flatten().map(Self::of)
    }

    /// So many months earlier.
    #[must_use]
    pub const fn before(self, months: i64) -> Self {
        Self(self.0.saturating_sub(months))
    }

    /// Its first day; none beyond the calendar.
    #[must_use]
    pub fn first_day(self) -> Option<NaiveDate> {
        let year = i32::try_from(self.0.div_euclid(12)).ok()?;
        let month0 = u32::try_from(self.0.rem_euclid(12)).ok()?;
        NaiveDate::from_ymd_opt(year, month0 + 1, 1)
    }

    /// Its last day; none beyond the calendar.
    #[must_use]
    pub fn last_day(self) -> Option<NaiveDate> {
        Self(self.0.saturating_add(1)).first_day()?.pred_opt()
    }
}

/// What one price of some goods on a market in a month is known by. All but the unit and the month tell a series apart.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PriceKey {
    /// The goods on their market.
    pub series: SeriesKey,
    /// When.
    pub month: Month,
    /// The unit, as the source writes it.
    pub unit: String,
}

/// What the prices of the same goods on the same market have in common.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SeriesKey {
    /// The market, the same in every spelling.
    pub market: String,
    /// The goods, the same in every spelling.
    pub commodity: String,
    /// At which step of trade.
    pub price_type: PriceType,
    /// The ISO 4217 code.
    pub currency: String,
}

/// What a price says beyond what it is known by. What a later file may correct.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PriceFacts {
    /// What the unit cost, in thousandths of the currency's minor unit.
    pub price: i64,
    /// What the unit weighs, in grams.
    pub unit_grams: i64,
    /// What a kilogram cost, in thousandths of the currency's minor unit.
    pub per_kilogram: i64,
    /// The product.
    pub product: String,
    /// The narrowest place that surely holds the market today; none where that is not known.
    pub place: Option<String>,
}

/// A price as a file tells it, checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Price {
    /// What it is known by.
    pub key: PriceKey,
    /// What it says.
    pub facts: PriceFacts,
    /// The market, as the source writes it.
    pub market: String,
    /// The region, as the source writes it; may be empty.
    pub admin1: String,
    /// The cercle, as the source writes it; may be empty.
    pub admin2: String,
    /// The goods, as the source writes them.
    pub commodity: String,
}

/// A price that was observed.
#[derive(Debug, Clone)]
pub struct Observation {
    /// Its id.
    pub id: PriceId,
    /// What it is known by.
    pub key: PriceKey,
    /// What it says.
    pub facts: PriceFacts,
    /// The market, as the source writes it.
    pub market: String,
    /// The region, as the source writes it; may be empty.
    pub admin1: String,
    /// The goods, as the source writes them.
    pub commodity: String,
    /// Whether it is an outlier.
    pub outlier: bool,
    /// Where it comes from.
    pub source: String,
}

/// Where markets lie.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Within {
    /// Anywhere, also where no place of ours is known.
    Everywhere,
    /// In the country: in any place of ours.
    Country,
    /// In one of these places.
    Places(Vec<String>),
}

/// Which prices.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PriceFilter {
    /// Of which product.
    pub product: String,
    /// Where.
    pub within: Within,
    /// At which step of trade.
    pub price_type: PriceType,
    /// The ISO 4217 code.
    pub currency: String,
    /// The first month.
    pub from: Option<Month>,
    /// The last month.
    pub to: Option<Month>,
}

/// Reads a decimal number and rounds it, halves up, to so many decimals: averages are published with more than they mean.
#[must_use]
pub fn parse_rounded(text: &str, decimals: u32) -> Option<i64> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let kept = decimals as usize;
    if fraction.len() <= kept {
        return parse_scaled(text, decimals).ok();
    }
    if whole.starts_with('-') || !fraction.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let truncated = if kept == 0 { whole.to_owned() } else { format!("{whole}.{}", &fraction[..kept]) };
    let rounds_up = fraction.as_bytes()[kept] >= b'5';
    parse_scaled(&truncated, decimals).ok()?.checked_add(i64::from(rounds_up))
}

/// The price of a kilogram, halves rounded up, given that of a unit that weighs `grams`; in the unit of the price. None where a unit
/// weighs nothing or the price does not fit.
#[must_use]
pub fn per_kilogram(price: i64, grams: i64) -> Option<i64> {
    if grams <= 0 {
        return None;
    }
    i64::try_from(half_up(i128::from(price) * 1_000, i128::from(grams))).ok()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn months_are_read_in_both_forms() {
        let june = Month::parse("2018-06").unwrap();
        assert_eq!(Month::parse("2018-06-15"), Some(june));
        assert_eq!(june.first_day(), NaiveDate::from_ymd_opt(2018, 6, 1));
        assert_eq!(june.last_day(), NaiveDate::from_ymd_opt(2018, 6, 30));
        assert_eq!(june.before(6).first_day(), NaiveDate::from_ymd_opt(2017, 12, 1));
        for wrong in ["", "2018", "2018-13", "2018-02-30", "06/2018", "2018-6-1", "é018-06"] {
            assert_eq!(Month::parse(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn averages_are_rounded_half_up() {
        assert_eq!(parse_rounded("153.65", 3), Some(153_650));
        assert_eq!(parse_rounded("283.3333333", 3), Some(283_333));
        assert_eq!(parse_rounded("0.0005", 3), Some(1));
        assert_eq!(parse_rounded("567.0", 3), Some(567_000));
        assert_eq!(parse_rounded("2.5", 0), Some(3));
        for wrong in ["", "-1.00001", "1.0000x", "1e3", "1,5", "NaN", ".", "1.2.34567"] {
            assert_eq!(parse_rounded(wrong, 3), None, "{wrong}");
        }
    }

    proptest! {
        #[test]
        fn a_month_survives_its_first_day(number in 0i64..100_000) {
            prop_assert_eq!(Month(number).first_day().map(Month::of), Some(Month(number)));
        }

        #[test]
        fn rounding_is_off_by_at_most_half(whole in 0i64..1_000_000, fraction in 0i64..1_000_000) {
            let rounded = parse_rounded(&format!("{whole}.{fraction:06}"), 3).unwrap();
            let exact_millionths = whole * 1_000_000 + fraction;
            prop_assert!((rounded * 1_000 - exact_millionths).abs() <= 500);
        }

        #[test]
        fn a_kilogram_of_a_kilogram_costs_the_same(price in 1i64..i64::MAX / 2_000) {
            prop_assert_eq!(per_kilogram(price, 1_000), Some(price));
        }
    }
}
