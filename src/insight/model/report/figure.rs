//! Figures: what is told of an indicator, as exact fractions.

use std::collections::BTreeMap;

use super::{
    cell::{Cell, Cells, Measure, SHARES},
    class::Class,
    ratio::Ratio,
};
use crate::kernel::money::Currency;

crate::words! {
    /// In what a figure is told.
    Unit {
        /// A share of a whole, 1 being all of it.
        Share = "SHARE",
        /// The difference of two shares.
        Gap = "GAP",
        /// One rate by another, 1 being as much.
        Parity = "PARITY",
        /// An amount of money, in whole units of its currency.
        Amount = "AMOUNT",
        /// A number of things.
        Count = "COUNT",
        /// Days.
        Days = "DAYS",
        /// Minutes.
        Minutes = "MINUTES",
        /// From 0 to 10,000, which is all in one hand.
        Index = "INDEX",
    }
}

/// A figure. What cannot be told, as nothing is divided by zero, is none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Figure {
    /// Which part of the indicator: empty, a word, a currency, or a word and a currency.
    pub part: String,
    /// In what it is told.
    pub unit: Unit,
    /// The figure.
    pub value: Option<Ratio>,
    /// What was divided.
    pub numerator: Option<Ratio>,
    /// By what.
    pub denominator: Option<Ratio>,
    /// The same of women, or what of it is theirs.
    pub women: Option<Ratio>,
    /// Of others.
    pub non_women: Option<Ratio>,
    /// Of those of whom it is not known.
    pub unknown: Option<Ratio>,
}

/// A number for each class.
#[derive(Debug, Clone, Copy, Default)]
pub struct Split {
    /// Women.
    pub women: i128,
    /// Not women.
    pub non_women: i128,
    /// Unknown.
    pub unknown: i128,
}

impl Split {
    /// The numbers of a measure, over the cells that `wanted` wants.
    #[must_use]
    pub fn of(cells: &Cells, measure: Measure, wanted: impl Fn(&Cell) -> bool) -> Self {
        let mut split = Self::default();
        for (cell, number) in cells.of(measure).filter(|(cell, _)| wanted(cell)) {
            match cell.class {
                Class::Women => split.women += number,
                Class::NonWomen => split.non_women += number,
                Class::Unknown => split.unknown += number,
            }
        }
        split
    }

    /// The numbers of a measure.
    #[must_use]
    pub fn all(cells: &Cells, measure: Measure) -> Self {
        Self::of(cells, measure, |_| true)
    }

    /// The numbers of a measure under a key.
    #[must_use]
    pub fn under(cells: &Cells, measure: Measure, key: &str) -> Self {
        Self::of(cells, measure, |cell| cell.key == key)
    }

    /// All three.
    #[must_use]
    pub const fn total(&self) -> i128 {
        self.women + self.non_women + self.unknown
    }
}

impl Figure {
    /// A figure of which nothing is told yet.
    #[must_use]
    pub fn new(part: impl Into<String>, unit: Unit) -> Self {
        Self {
            part: part.into(),
            unit,
            value: None,
            numerator: None,
            denominator: None,
            women: None,
            non_women: None,
            unknown: None,
        }
    }

    /// One number by another.
    #[must_use]
    pub fn ratio(mut self, numerator: Option<Ratio>, denominator: Option<Ratio>) -> Self {
        self.value = numerator.zip(denominator).and_then(|(numerator, denominator)| numerator.over(denominator));
        (self.numerator, self.denominator) = (numerator, denominator);
        self
    }

    /// A value that is no quotient, of so many.
    #[must_use]
    pub fn value(mut self, value: Option<Ratio>, of: i128) -> Self {
        self.value = value;
        self.denominator = Some(Ratio::whole(of));
        self
    }

    /// What is told class by class.
    #[must_use]
    pub fn classes(mut self, of: impl Fn(Class) -> Option<Ratio>) -> Self {
        (self.women, self.non_women, self.unknown) = (of(Class::Women), of(Class::NonWomen), of(Class::Unknown));
        self
    }

    /// Numbers of things, class by class.
    #[must_use]
    pub fn counts(self, split: Split) -> Self {
        self.classes(|class| Some(Ratio::whole(split.get(class))))
    }

    /// Amounts, class by class.
    #[must_use]
    pub fn amounts(self, split: Split, currency: &str) -> Self {
        self.classes(|class| money(split.get(class), currency))
    }

    /// Rates, class by class.
    #[must_use]
    pub fn rates(self, of: Split, by: Split) -> Self {
        self.classes(|class| Ratio::of(of.get(class), by.get(class)))
    }
}

impl Split {
    /// The number of one class.
    #[must_use]
    pub const fn get(&self, class: Class) -> i128 {
        match class {
            Class::Women => self.women,
            Class::NonWomen => self.non_women,
            Class::Unknown => self.unknown,
        }
    }
}

/// An amount of cells in whole units of its currency; none of a currency that there is not.
#[must_use]
pub fn money(shares: i128, currency: &str) -> Option<Ratio> {
    let decimals = Currency::from_code(currency)?.exponent().map_or(0, u32::from);
    Ratio::of(shares, SHARES.checked_mul(10_i128.pow(decimals))?)
}

/// The number in the middle of what a measure has in its buckets; of an even count the mean of both in the middle.
#[must_use]
pub fn median(cells: &Cells, measure: Measure, wanted: impl Fn(&Cell) -> bool) -> (Option<Ratio>, i128) {
    let mut buckets: BTreeMap<i64, i128> = BTreeMap::new();
    for (cell, number) in cells.of(measure).filter(|(cell, _)| wanted(cell)) {
        *buckets.entry(cell.bucket).or_default() += number;
    }
    let count: i128 = buckets.values().sum();
    let at = |rank: i128| {
        let mut before = 0;
        buckets.iter().find_map(|(bucket, number)| {
            before += number;
            (before > rank).then_some(i128::from(*bucket))
        })
    };
    let middle = at((count - 1) / 2).zip(at(count / 2)).and_then(|(lower, upper)| Ratio::of(lower + upper, 2));
    (middle.filter(|_| count > 0), count)
}

/// The median of a measure, of all and class by class.
#[must_use]
pub fn medians(part: &str, unit: Unit, cells: &Cells, measure: Measure) -> Figure {
    let (value, count) = median(cells, measure, |_| true);
    Figure::new(part, unit).value(value, count).classes(|class| median(cells, measure, |cell| cell.class == class).0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_middle_is_found_and_of_an_even_count_the_mean_of_two() {
        let middle = |numbers: &[(i64, i128)]| {
            let mut cells = Cells::default();
            for (bucket, number) in numbers {
                cells.add(Cell::of(Measure::PaymentDays, Class::Women).bucket(*bucket), *number);
            }
            median(&cells, Measure::PaymentDays, |_| true).0.map(Ratio::decimal)
        };
        assert_eq!(middle(&[]), None);
        assert_eq!(middle(&[(7, 1)]).as_deref(), Some("7"));
        assert_eq!(middle(&[(7, 1), (10, 1)]).as_deref(), Some("8.5"));
        assert_eq!(middle(&[(-3, 2), (10, 1)]).as_deref(), Some("-3"));
        assert_eq!(middle(&[(1, 2), (5, 2)]).as_deref(), Some("3"));
    }

    #[test]
    fn amounts_are_told_in_whole_units_of_their_currency() {
        assert_eq!(money(1_250 * SHARES, "XOF").map(Ratio::decimal).as_deref(), Some("1250"));
        assert_eq!(money(1_250 * SHARES + 1, "EUR").map(Ratio::decimal).as_deref(), Some("12.5"));
        assert_eq!(money(1, "???"), None);
    }
}
