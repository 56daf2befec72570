//! What a file changes of what is known.

use std::collections::{BTreeMap, HashMap};

use super::{
    price::{Month, Price, PriceFacts, PriceId, PriceKey, SeriesKey},
    price_outlier::OutlierRule,
};

/// A price that is known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KnownPrice {
    /// Its id.
    pub id: PriceId,
    /// What it is known by.
    pub key: PriceKey,
    /// What it says.
    pub facts: PriceFacts,
    /// Whether it is an outlier.
    pub outlier: bool,
}

/// What is to be written.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Merge {
    /// Prices that are new, each with whether it is an outlier.
    pub added: Vec<(Price, bool)>,
    /// Prices that say otherwise than what is known, each with the id of what it takes the place of.
    pub changed: Vec<(PriceId, Price, bool)>,
    /// How many prices say what is known.
    pub unchanged: u64,
    /// Known prices that became outliers, or no longer are, for what is around them changed.
    pub flagged: Vec<(PriceId, bool)>,
}

/// Where a price of a merged series comes from.
enum Origin<'p> {
    Known(&'p KnownPrice),
    Added(&'p Price),
    Changed(PriceId, &'p Price),
}

impl Merge {
    /// Holds the prices of a file, each key once, against all that is known of their series.
    #[must_use]
    pub fn of(known: &[KnownPrice], file: &[Price], rule: &OutlierRule) -> Self {
        let mut merge = Self::default();
        let mut said: HashMap<&PriceKey, &Price> = file.iter().map(|price| (&price.key, price)).collect();
        let mut series: BTreeMap<&SeriesKey, Vec<(Month, i64, Origin<'_>)>> = BTreeMap::new();
        for known in known {
            let origin = match said.remove(&known.key) {
                Some(price) if price.facts != known.facts => Origin::Changed(known.id, price),
                Some(_) => {
                    merge.unchanged += 1;
                    Origin::Known(known)
                }
                None => Origin::Known(known),
            };
            let per_kilogram = match &origin {
                Origin::Known(known) => known.facts.per_kilogram,
                Origin::Added(price) | Origin::Changed(_, price) => price.facts.per_kilogram,
            };
            series.entry(&known.key.series).or_default().push((known.key.month, per_kilogram, origin));
        }
        for price in file.iter().filter(|price| said.contains_key(&price.key)) {
            let own = series.entry(&price.key.series).or_default();
            own.push((price.key.month, price.facts.per_kilogram, Origin::Added(price)));
        }
        for prices in series.into_values() {
            let figures: Vec<(Month, i64)> = prices.iter().map(|(month, price, _)| (*month, *price)).collect();
            for ((_, _, origin), outlier) in prices.into_iter().zip(rule.judge(&figures)) {
                match origin {
                    Origin::Known(known) if known.outlier != outlier => merge.flagged.push((known.id, outlier)),
                    Origin::Known(_) => {}
                    Origin::Added(price) => merge.added.push((price.clone(), outlier)),
                    Origin::Changed(id, price) => merge.changed.push((id, price.clone(), outlier)),
                }
            }
        }
        merge
    }

    /// Whether nothing is to be written.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.added.is_empty() && self.changed.is_empty() && self.flagged.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use uuid::Uuid;

    use super::*;
    use crate::{insight::model::price::PriceType, kernel::reference::Certainty};

    fn rule() -> OutlierRule {
        OutlierRule {
            window_months: 12,
            observations_min: 8,
            deviations_max: 5,
            ratio_min_percent: 150,
            source: "test".to_owned(),
            certainty: Certainty::Memory,
        }
    }

    fn price(market: &str, month: i64, figure: i64) -> Price {
        let series = SeriesKey {
            market: market.to_owned(),
            commodity: "millet".to_owned(),
            price_type: PriceType::Retail,
            currency: "XOF".to_owned(),
        };
        let facts = PriceFacts {
            price: figure,
            unit_grams: 1_000,
            per_kilogram: figure,
            product: "millet".to_owned(),
            place: None,
        };
        Price {
            key: PriceKey { series, month: Month(month), unit: "KG".to_owned() },
            facts,
            market: market.to_owned(),
            admin1: String::new(),
            admin2: String::new(),
            commodity: "Millet".to_owned(),
        }
    }

    /// What is known once a merge was written.
    fn written(mut known: Vec<KnownPrice>, merge: &Merge) -> Vec<KnownPrice> {
        for (id, price, outlier) in &merge.changed {
            let row = known.iter_mut().find(|row| row.id == *id).unwrap();
            (row.facts, row.outlier) = (price.facts.clone(), *outlier);
        }
        for (id, outlier) in &merge.flagged {
            known.iter_mut().find(|row| row.id == *id).unwrap().outlier = *outlier;
        }
        for (price, outlier) in &merge.added {
            let id = PriceId::from_uuid(Uuid::from_u128(known.len() as u128 + 1));
            known.push(KnownPrice { id, key: price.key.clone(), facts: price.facts.clone(), outlier: *outlier });
        }
        known
    }

    #[test]
    fn a_price_becomes_an_outlier_once_others_stand_around_it() {
        let first = [price("gao", 0, 1_000)];
        let known = written(vec![], &Merge::of(&[], &first, &rule()));
        assert!(!known[0].outlier);
        let more: Vec<Price> = (1..9).map(|month| price("gao", month, 100)).collect();
        let merge = Merge::of(&known, &more, &rule());
        assert_eq!(merge.flagged, [(known[0].id, true)]);
        assert_eq!(merge.added.len(), 8);
    }

    #[test]
    fn a_later_file_corrects_an_earlier_one() {
        let known = written(vec![], &Merge::of(&[], &[price("gao", 0, 100), price("gao", 1, 100)], &rule()));
        let merge = Merge::of(&known, &[price("gao", 1, 120), price("gao", 0, 100)], &rule());
        assert_eq!((merge.added.len(), merge.changed.len(), merge.unchanged), (0, 1, 1));
        assert_eq!(merge.changed[0].0, known[1].id);
    }

    proptest! {
        #[test]
        fn the_same_file_twice_changes_nothing_and_nothing_is_lost(
            figures in proptest::collection::btree_map((0i64..3, 0i64..30), 1i64..1_000, 0..60), cut in 0usize..60,
        ) {
            let prices: Vec<Price> =
                figures.into_iter().map(|((market, month), figure)| price(&market.to_string(), month, figure)).collect();
            let (first, rest) = prices.split_at(cut.min(prices.len()));
            let mut known = written(vec![], &Merge::of(&[], first, &rule()));
            let merge = Merge::of(&known, rest, &rule());
            prop_assert_eq!(merge.added.len(), rest.len());
            known = written(known, &merge);
            // In one go or in two, the outliers are the same.
            let whole = written(vec![], &Merge::of(&[], &prices, &rule()));
            let flags = |known: &[KnownPrice]| -> BTreeMap<PriceKey, bool> {
                known.iter().map(|row| (row.key.clone(), row.outlier)).collect()
            };
            prop_assert_eq!(flags(&known), flags(&whole));
            let again = Merge::of(&known, &prices, &rule());
            prop_assert!(again.is_empty());
            prop_assert_eq!(again.unchanged, prices.len() as u64);
        }
    }
}
