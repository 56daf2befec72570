//! Who grew what a lot was made of, by mass, and how much of that the producers themselves confirmed.
//!
//! The share of a lot is the mean of the shares of what went into it, weighed by mass: what a producer delivered counts as
//! hers, a lot that was put in as its own share. Of a lot of which nothing is known that went in, nothing is known.

use std::collections::HashMap;

use super::{graph::Graph, ids::LotId};
use crate::kernel::decimal::format_scaled;

/// Decimals that a share is kept with.
const DECIMALS: u32 = 12;
/// The whole of a lot, in the parts that shares are counted in.
pub const WHOLE: u64 = 10_u64.pow(DECIMALS);

/// What producers delivered for a lot, in grams.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Origin {
    /// By women.
    pub women: i64,
    /// By others.
    pub others: i64,
    /// By producers of whom it is not known.
    pub unknown: i64,
    /// How much of all that producers confirmed.
    pub confirmed: i64,
}

/// Who grew a lot, in parts of [`WHOLE`]. The first three add up to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shares {
    /// Grown by women.
    pub women: u64,
    /// Grown by others.
    pub others: u64,
    /// Not known.
    pub unknown: u64,
    /// Confirmed by producers, whoever they are.
    pub confirmed: u64,
}

impl Shares {
    /// Nothing is known.
    pub const UNKNOWN: Self = Self { women: 0, others: 0, unknown: WHOLE, confirmed: 0 };

    /// The first three in parts of a million, which add up to a million.
    #[must_use]
    pub fn millionths(&self) -> [u32; 3] {
        let million = 1_000_000;
        let whole = i128::from(WHOLE);
        let parts = mean([self.women, self.others, self.unknown].map(|part| i128::from(part) * million), whole);
        parts.map(in_millionths)
    }
}

/// A number of at most a million.
fn in_millionths(part: u64) -> u32 {
    u32::try_from(part).unwrap_or(u32::MAX)
}

/// A part of [`WHOLE`] in parts of a million, never more than there is.
#[must_use]
pub fn millionths(part: u64) -> u32 {
    in_millionths(part / (WHOLE / 1_000_000))
}

/// A part of [`WHOLE`] as a decimal number from 0 to 1: `0.625`.
#[must_use]
pub fn decimal(part: u64) -> String {
    format_scaled(i64::try_from(part).unwrap_or(i64::MAX), DECIMALS)
}

/// The shares of every lot in the graph or among the `origins`, the masses that producers delivered for a lot. A lot in neither
/// is unknown: [`Shares::UNKNOWN`].
#[must_use]
pub fn shares(graph: &Graph, origins: &HashMap<LotId, Origin>) -> HashMap<LotId, Shares> {
    graph.sorted(origins.keys().copied()).fold(Shares::UNKNOWN, |lot, inputs| {
        let origin = origins.get(&lot).copied().unwrap_or_default();
        let delivered = [origin.women, origin.others, origin.unknown].map(positive);
        let total = delivered.iter().sum::<i128>() + inputs.iter().map(|(_, grams)| positive(*grams)).sum::<i128>();
        if total == 0 {
            return Shares::UNKNOWN;
        }
        let weighed = |delivered: i128, part: fn(&Shares) -> u64| {
            let put_in = inputs.iter().map(|(shares, grams)| positive(*grams) * i128::from(part(shares)));
            delivered * i128::from(WHOLE) + put_in.sum::<i128>()
        };
        let [women, others, unknown] = delivered;
        let parts = [
            weighed(women, |shares| shares.women),
            weighed(others, |shares| shares.others),
            weighed(unknown, |shares| shares.unknown),
        ];
        let [women, others, unknown] = mean(parts, total);
        let confirmed = positive(origin.confirmed).min(delivered.iter().sum());
        let confirmed = weighed(confirmed, |shares| shares.confirmed) / total;
        Shares { women, others, unknown, confirmed: u64::try_from(confirmed).unwrap_or(0) }
    })
}

pub(super) fn positive(grams: i64) -> i128 {
    i128::from(grams.max(0))
}

/// Divides parts by their total so that they add up to the whole of them: what rounding leaves over goes to the parts that it
/// took most from, and among equals to the women's last.
fn mean(parts: [i128; 3], total: i128) -> [u64; 3] {
    let mut means = parts.map(|part| part / total);
    let left = (parts.iter().sum::<i128>() - means.iter().sum::<i128>() * total) / total;
    let mut by_rest = [2, 1, 0];
    by_rest.sort_by_key(|&part| std::cmp::Reverse(parts[part] % total));
    for &part in by_rest.iter().take(usize::try_from(left).unwrap_or(0)) {
        means[part] += 1;
    }
    means.map(|mean| u64::try_from(mean).unwrap_or(0))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{
        super::graph::tests::{edge, graphs, lot},
        *,
    };

    fn of_women(grams: i64) -> Origin {
        Origin { women: grams, ..Origin::default() }
    }

    fn of_others(grams: i64) -> Origin {
        Origin { others: grams, ..Origin::default() }
    }

    #[test]
    fn a_lot_is_grown_by_whoever_grew_what_went_in() {
        // 60 kg of women's and 40 kg of a man's, half of it confirmed; then 100 kg of that and 100 kg from nowhere.
        let graph =
            Graph { edges: vec![edge(2, 0, 60_000), edge(2, 1, 40_000), edge(4, 2, 100_000), edge(4, 3, 100_000)] };
        let confirmed = Origin { confirmed: 30_000, ..of_women(60_000) };
        let origins = HashMap::from([(lot(0), confirmed), (lot(1), of_others(40_000))]);

        let shares = shares(&graph, &origins);

        let percent = WHOLE / 100;
        let expected = Shares { women: 60 * percent, others: 40 * percent, unknown: 0, confirmed: 30 * percent };
        assert_eq!(shares[&lot(2)], expected);
        let expected =
            Shares { women: 30 * percent, others: 20 * percent, unknown: 50 * percent, confirmed: 15 * percent };
        assert_eq!(shares[&lot(4)], expected);
        assert_eq!(shares[&lot(3)], Shares::UNKNOWN);
        assert_eq!(decimal(shares[&lot(4)].confirmed), "0.15");
    }

    #[test]
    fn a_lot_may_be_made_of_deliveries_and_of_lots() {
        let graph = Graph { edges: vec![edge(1, 0, 1)] };
        let shares = shares(&graph, &HashMap::from([(lot(0), of_others(1)), (lot(1), of_women(2))]));
        assert_eq!(shares[&lot(1)].women, 666_666_666_667);
        assert_eq!(shares[&lot(1)].millionths(), [666_667, 333_333, 0]);
    }

    #[test]
    fn a_chain_of_ten_thousand_lots_loses_nothing() {
        let graph = Graph { edges: (1..10_001).map(|number| edge(number, number - 1, 7)).collect() };
        let origin = Origin { women: 1, others: 2, unknown: 0, confirmed: 3 };
        let shares = shares(&graph, &HashMap::from([(lot(0), origin)]));
        assert_eq!(shares[&lot(10_000)], shares[&lot(0)]);
    }

    fn origins() -> impl Strategy<Value = HashMap<LotId, Origin>> {
        let grams = 0..=1_000_000_000_i64;
        let origin = (grams.clone(), grams.clone(), grams.clone(), grams)
            .prop_map(|(women, others, unknown, confirmed)| Origin { women, others, unknown, confirmed });
        prop::collection::hash_map((0..14_usize).prop_map(lot), origin, 0..8)
    }

    proptest! {
        #[test]
        fn parts_add_up(graph in graphs(), origins in origins()) {
            for shares in shares(&graph, &origins).values() {
                prop_assert_eq!(shares.women + shares.others + shares.unknown, WHOLE);
                prop_assert!(shares.confirmed <= WHOLE);
                prop_assert_eq!(shares.millionths().iter().sum::<u32>(), 1_000_000);
            }
        }

        #[test]
        fn a_mixture_lies_between_what_it_is_made_of(graph in graphs(), origins in origins()) {
            let shares = shares(&graph, &origins);
            let parts: [fn(&Shares) -> u64; 4] =
                [|shares| shares.women, |shares| shares.others, |shares| shares.unknown, |shares| shares.confirmed];
            for (made, its) in &shares {
                let inputs: Vec<&Shares> = graph.edges.iter()
                    .filter(|edge| edge.child == *made && edge.grams > 0)
                    .map(|edge| &shares[&edge.parent])
                    .collect();
                if inputs.is_empty() || origins.contains_key(made) {
                    continue;
                }
                for part in parts {
                    let within = inputs.iter().map(|input| part(input)).min()..=inputs.iter().map(|input| part(input)).max();
                    prop_assert!(within.contains(&Some(part(its))), "{its:?} of {inputs:?}");
                }
            }
        }

        #[test]
        fn the_order_of_the_edges_does_not_matter(
            (graph, shuffled) in graphs().prop_flat_map(|graph| {
                let shuffled = Just(graph.edges.clone()).prop_shuffle();
                (Just(graph), shuffled)
            }),
            origins in origins(),
        ) {
            prop_assert_eq!(shares(&graph, &origins), shares(&Graph { edges: shuffled }, &origins));
        }

        #[test]
        fn what_only_women_grew_is_wholly_theirs(graph in graphs(), grams in 1..1_000_000_i64) {
            let made: Vec<LotId> = graph.edges.iter().map(|edge| edge.child).collect();
            let sources = graph.edges.iter().map(|edge| edge.parent).filter(|lot| !made.contains(lot));
            let origins: HashMap<LotId, Origin> = sources.map(|lot| (lot, of_women(grams))).collect();
            let weighs = graph.edges.iter().all(|edge| edge.grams > 0);
            prop_assume!(weighs);
            for shares in shares(&graph, &origins).values() {
                prop_assert_eq!((shares.women, shares.unknown), (WHOLE, 0));
            }
        }
    }
}
