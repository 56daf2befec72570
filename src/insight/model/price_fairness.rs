//! Whether an offer is fair by what the market paid recently.

use serde::Deserialize;

use super::price_statistics::{median, percentile, ratio};
use crate::{kernel::reference::Certainty, words};

/// What the rule counts with.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FairnessRule {
    /// How many months are recent, the one asked about among them.
    pub months: i64,
    /// How many prices an area needs.
    pub observations_min: usize,
    /// From how many markets.
    pub markets_min: usize,
    /// Less than this many hundredths of the median is below what is fair.
    pub below_percent: i64,
    /// More than this many hundredths of the median is above what is fair.
    pub above_percent: i64,
    /// The lower end of the band that is told.
    pub band_lower: u32,
    /// Its upper end.
    pub band_upper: u32,
    /// Where the numbers are from.
    pub source: String,
    /// How sure that is.
    pub certainty: Certainty,
}

words! {
    /// How an offer stands to the market.
    Verdict {
        /// It is less than what is fair: to whoever sells.
        Below = "BELOW",
        /// It is about what the market pays.
        Fair = "FAIR",
        /// It is more than what is fair: to whoever buys.
        Above = "ABOVE",
        /// That cannot be told.
        Unknown = "UNKNOWN",
    }
}

words! {
    /// Why nothing can be told of an offer.
    WhyUnknown {
        /// Nobody has weighed the unit for this product and place.
        UnitNotWeighed = "UNIT_NOT_WEIGHED",
        /// No price of the product is recent.
        NoRecentPrices = "NO_RECENT_PRICES",
        /// There are recent prices, all of them in other currencies.
        OtherCurrencies = "OTHER_CURRENCIES",
        /// There are recent prices, but too few even in the whole country.
        TooFewPrices = "TOO_FEW_PRICES",
    }
}

/// A recent price.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecentPrice {
    /// The place that holds the market.
    pub place: String,
    /// The market, the same in every spelling.
    pub market: String,
    /// What a kilogram cost.
    pub per_kilogram: i64,
    /// Whether it is an outlier; then it counts for nothing.
    pub outlier: bool,
}

/// How an offer stands to the prices of an area.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Comparison {
    /// Which of the areas.
    pub area: usize,
    /// How it stands.
    pub verdict: Verdict,
    /// The median of the area's prices.
    pub median: i64,
    /// The offer as a multiple of the median, in thousandths.
    pub ratio: i64,
    /// The prices at both ends of the band.
    pub band: (i64, i64),
    /// How many prices counted.
    pub observations: usize,
    /// Of how many markets.
    pub markets: usize,
    /// How many prices of the area were outliers and did not count.
    pub outliers: usize,
}

impl FairnessRule {
    /// Holds an offer for a kilogram against the first of the areas that has enough prices; none where no area has. `lies_within` tells whether a
    /// place lies in the area of a number; there are `areas` of them, the nearest first.
    ///
    /// The verdict compares whole numbers: an offer is below if a hundred times it is less than `below_percent` times the median.
    #[must_use]
    pub fn compare(
        &self,
        offer: i64,
        prices: &[RecentPrice],
        areas: usize,
        lies_within: impl Fn(&str, usize) -> bool,
    ) -> Option<Comparison> {
        (0..areas).find_map(|area| {
            let (outliers, counting): (Vec<&RecentPrice>, Vec<&RecentPrice>) =
                prices.iter().filter(|price| lies_within(&price.place, area)).partition(|price| price.outlier);
            let mut markets: Vec<&str> = counting.iter().map(|price| price.market.as_str()).collect();
            markets.sort_unstable();
            markets.dedup();
            if counting.len() < self.observations_min || markets.len() < self.markets_min {
                return None;
            }
            let mut figures: Vec<i64> = counting.iter().map(|price| price.per_kilogram).collect();
            figures.sort_unstable();
            let median = median(&figures)?;
            Some(Comparison {
                area,
                verdict: self.verdict(offer, median),
                median,
                ratio: ratio(offer, median)?,
                band: (percentile(&figures, self.band_lower)?, percentile(&figures, self.band_upper)?),
                observations: figures.len(),
                markets: markets.len(),
                outliers: outliers.len(),
            })
        })
    }

    fn verdict(&self, offer: i64, median: i64) -> Verdict {
        let (offer, median) = (i128::from(offer) * 100, i128::from(median));
        if offer < median * i128::from(self.below_percent) {
            Verdict::Below
        } else if offer > median * i128::from(self.above_percent) {
            Verdict::Above
        } else {
            Verdict::Fair
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn rule() -> FairnessRule {
        FairnessRule {
            months: 12,
            observations_min: 3,
            markets_min: 2,
            below_percent: 85,
            above_percent: 115,
            band_lower: 25,
            band_upper: 75,
            source: "test".to_owned(),
            certainty: Certainty::Memory,
        }
    }

    fn price(place: &str, market: &str, per_kilogram: i64, outlier: bool) -> RecentPrice {
        RecentPrice { place: place.to_owned(), market: market.to_owned(), per_kilogram, outlier }
    }

    /// Area 0 is `near`, area 1 holds everything.
    fn compare(offer: i64, prices: &[RecentPrice]) -> Option<Comparison> {
        rule().compare(offer, prices, 2, |place, area| area == 1 || place == "near")
    }

    fn verdict(offer: i64, prices: &[RecentPrice]) -> Option<Verdict> {
        compare(offer, prices).map(|found| found.verdict)
    }

    #[test]
    fn the_bounds_themselves_are_fair() {
        let prices = [price("near", "a", 200, false), price("near", "a", 200, false), price("near", "b", 200, false)];
        assert_eq!(verdict(169, &prices), Some(Verdict::Below));
        assert_eq!(verdict(170, &prices), Some(Verdict::Fair));
        assert_eq!(verdict(230, &prices), Some(Verdict::Fair));
        assert_eq!(verdict(231, &prices), Some(Verdict::Above));
    }

    #[test]
    fn the_nearest_area_with_enough_prices_of_enough_markets_is_asked() {
        let mut prices = vec![price("near", "a", 100, false), price("near", "a", 100, false)];
        assert_eq!(compare(100, &prices), None);
        // Enough prices near, of one market alone
        prices.push(price("near", "a", 100, false));
        assert_eq!(compare(100, &prices), None);
        // Another market far off
        prices.extend([price("far", "b", 300, false), price("far", "b", 300, false), price("far", "b", 300, false)]);
        let wide = compare(100, &prices).unwrap();
        assert_eq!((wide.area, wide.median, wide.observations, wide.markets), (1, 200, 6, 2));
        assert_eq!((wide.ratio, wide.band), (500, (100, 300)));
        // And one near
        prices.push(price("near", "c", 100, false));
        assert_eq!(compare(100, &prices).unwrap().area, 0);
    }

    #[test]
    fn outliers_are_counted_and_count_for_nothing() {
        let mut prices = vec![price("near", "a", 100, false), price("near", "b", 100, false), price("near", "b", 9_000, true)];
        assert_eq!(compare(100, &prices), None);
        prices.push(price("near", "a", 100, false));
        let found = compare(100, &prices).unwrap();
        assert_eq!((found.median, found.observations, found.outliers), (100, 3, 1));
    }

    proptest! {
        #[test]
        fn a_dearer_offer_is_never_judged_cheaper(
            figures in proptest::collection::vec(1i64..1_000_000, 6..30), offer in 1i64..1_000_000, more in 0i64..1_000_000,
        ) {
            let prices: Vec<RecentPrice> = figures
                .iter()
                .enumerate()
                .map(|(index, figure)| price("near", if index % 2 == 0 { "a" } else { "b" }, *figure, false))
                .collect();
            let (cheap, dear) = (compare(offer, &prices).unwrap(), compare(offer + more, &prices).unwrap());
            prop_assert!(cheap.verdict <= dear.verdict && cheap.ratio <= dear.ratio);
            prop_assert!(cheap.band.0 <= cheap.median && cheap.median <= cheap.band.1.max(cheap.median));
        }
    }
}
