//! What prices come to: the newest month, and how it stands to earlier ones.
//!
//! Markets come and go in such files. So two months are compared on the markets that have prices of the same goods in both: else a dear market that was left
//! out would look as if prices had fallen.

use std::collections::{BTreeMap, HashMap};

use super::{
    price::Month,
    price_statistics::{change, median},
};

/// How many months back prices are compared.
pub const TREND_MONTHS: [i64; 2] = [3, 12];

/// A price in a few columns.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Figure {
    /// The market, the same in every spelling.
    pub market: String,
    /// The goods, the same in every spelling.
    pub commodity: String,
    /// When.
    pub month: Month,
    /// What a kilogram cost.
    pub per_kilogram: i64,
}

/// What prices come to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MarketSummary {
    /// The median of all of them, outliers left out.
    pub median: Option<i64>,
    /// The newest month; none where there is no price.
    pub latest: Option<Latest>,
    /// How the newest month stands to earlier ones; those that have no market in common with it are left out.
    pub trends: Vec<Trend>,
}

/// The newest month that has prices.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Latest {
    /// Which.
    pub month: Month,
    /// The median, outliers left out.
    pub median: i64,
    /// The least.
    pub lowest: i64,
    /// The greatest.
    pub highest: i64,
    /// How many prices.
    pub observations: usize,
    /// Of how many markets.
    pub markets: usize,
}

/// How the newest month stands to an earlier one, on the markets that have prices of the same goods in both.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trend {
    /// How many months earlier.
    pub months: i64,
    /// The earlier month.
    pub then_month: Month,
    /// Its median on those markets.
    pub then: i64,
    /// The newest month's median on those markets.
    pub now: i64,
    /// By how much it is more, as a share, in thousandths.
    pub change: i64,
    /// How many markets.
    pub markets: usize,
}

impl MarketSummary {
    /// Reckons what figures of the newest month and of earlier ones come to. None of them is an outlier.
    #[must_use]
    pub fn of(median_of_all: Option<i64>, figures: &[Figure]) -> Self {
        let Some(month) = figures.iter().map(|figure| figure.month).max() else {
            return Self { median: median_of_all, latest: None, trends: Vec::new() };
        };
        let of_month = |month: Month| {
            let mut markets: BTreeMap<&str, HashMap<&str, Vec<i64>>> = BTreeMap::new();
            for figure in figures.iter().filter(|figure| figure.month == month) {
                markets.entry(&figure.market).or_default().entry(&figure.commodity).or_default().push(figure.per_kilogram);
            }
            markets
        };
        let newest = of_month(month);
        let all = sorted(newest.values().flat_map(HashMap::values).flatten());
        let latest = median(&all).zip(all.first().zip(all.last())).map(|(median, (lowest, highest))| Latest {
            month,
            median,
            lowest: *lowest,
            highest: *highest,
            observations: all.len(),
            markets: newest.len(),
        });
        let trend = |months: i64| {
            let then_month = month.before(months);
            let earlier = of_month(then_month);
            let (mut now, mut then, mut markets) = (Vec::new(), Vec::new(), 0);
            for (market, goods) in &newest {
                let Some(earlier) = earlier.get(market) else { continue };
                let mut is_common = false;
                for (commodity, figures) in goods {
                    if let Some(before) = earlier.get(commodity) {
                        now.extend(figures);
                        then.extend(before);
                        is_common = true;
                    }
                }
                markets += usize::from(is_common);
            }
            let (now, then) = (median(&sorted(&now))?, median(&sorted(&then))?);
            Some(Trend { months, then_month, then, now, change: change(now, then)?, markets })
        };
        Self { median: median_of_all, latest, trends: TREND_MONTHS.into_iter().filter_map(trend).collect() }
    }
}

fn sorted<'f>(figures: impl IntoIterator<Item = &'f i64>) -> Vec<i64> {
    let mut figures: Vec<i64> = figures.into_iter().copied().collect();
    figures.sort_unstable();
    figures
}

#[cfg(test)]
mod tests {
    use super::*;

    fn figure(market: &str, commodity: &str, month: i64, per_kilogram: i64) -> Figure {
        Figure { market: market.to_owned(), commodity: commodity.to_owned(), month: Month(month), per_kilogram }
    }

    #[test]
    fn months_are_compared_on_the_markets_that_both_have() {
        let figures = [
            figure("a", "millet", 112, 220),
            figure("b", "millet", 112, 240),
            // A dear market that was not there before
            figure("c", "millet", 112, 900),
            figure("a", "millet", 100, 200),
            figure("b", "millet", 100, 200),
            // And one that is no longer
            figure("d", "millet", 100, 10),
        ];
        let summary = MarketSummary::of(Some(210), &figures);
        let latest = summary.latest.unwrap();
        assert_eq!((latest.month, latest.median, latest.observations, latest.markets), (Month(112), 240, 3, 3));
        assert_eq!((latest.lowest, latest.highest), (220, 900));
        assert_eq!(summary.trends.len(), 1);
        let year = &summary.trends[0];
        assert_eq!((year.months, year.then, year.now, year.change, year.markets), (12, 200, 230, 150, 2));
    }

    #[test]
    fn goods_are_compared_with_the_same_goods() {
        let figures = [figure("a", "sorghumred", 112, 220), figure("a", "sorghumwhite", 100, 100)];
        assert_eq!(MarketSummary::of(None, &figures).trends, []);
    }

    #[test]
    fn where_there_is_nothing_nothing_is_said() {
        assert_eq!(MarketSummary::of(None, &[]), MarketSummary { median: None, latest: None, trends: Vec::new() });
    }
}
