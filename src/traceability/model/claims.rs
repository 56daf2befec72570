//! How much of a lot a certificate covers, on the way from what producers delivered.
//!
//! A claim about products only ever weakens on the way down: what was delivered counts where the organization that took it had
//! the certificate on that day; what was made counts as far as its inputs do, and only where its maker had it, too.

use std::collections::{HashMap, HashSet};

use super::{
    graph::Graph,
    ids::LotId,
    shares::{WHOLE, positive},
};

/// The covered part of every lot in the graph or among the sources, in parts of [`WHOLE`], rounded down.
///
/// `covered` are the lots whose own step was covered: their maker held the certificate for their product on the day. `delivered`
/// says how many grams producers delivered for a lot.
#[must_use]
pub fn claim_shares(graph: &Graph, covered: &HashSet<LotId>, delivered: &HashMap<LotId, i64>) -> HashMap<LotId, u64> {
    graph.sorted(delivered.keys().copied()).fold(0, |lot, inputs| {
        let delivered = delivered.get(&lot).copied().map_or(0, positive);
        let total = delivered + inputs.iter().map(|(_, grams)| positive(*grams)).sum::<i128>();
        if total == 0 || !covered.contains(&lot) {
            return 0;
        }
        let put_in = inputs.iter().map(|(share, grams)| i128::from(*share) * positive(*grams));
        let share = (delivered * i128::from(WHOLE) + put_in.sum::<i128>()) / total;
        u64::try_from(share).unwrap_or(0)
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{
        super::graph::tests::{edge, graphs, lot},
        *,
    };

    #[test]
    fn a_claim_covers_what_was_covered_all_the_way() {
        // Two deliveries, one of them covered, became one lot, and that one became another.
        let graph = Graph { edges: vec![edge(2, 0, 30), edge(2, 1, 10), edge(3, 2, 40), edge(4, 2, 40)] };
        let delivered = HashMap::from([(lot(0), 30), (lot(1), 10)]);
        let covered = HashSet::from([lot(0), lot(2), lot(3)]);

        let shares = claim_shares(&graph, &covered, &delivered);

        assert_eq!((shares[&lot(0)], shares[&lot(1)]), (WHOLE, 0));
        assert_eq!((shares[&lot(2)], shares[&lot(3)]), (WHOLE / 4 * 3, WHOLE / 4 * 3));
        assert_eq!(shares[&lot(4)], 0, "its maker was not covered");
    }

    #[test]
    fn what_came_from_nowhere_is_not_covered() {
        let graph = Graph { edges: vec![edge(1, 0, 10)] };
        let covered = HashSet::from([lot(0), lot(1)]);
        assert_eq!(claim_shares(&graph, &covered, &HashMap::new())[&lot(1)], 0);
    }

    proptest! {
        #[test]
        fn a_claim_never_grows_on_the_way(
            graph in graphs(),
            covered in prop::collection::hash_set((0..12_usize).prop_map(lot), 0..12),
            delivered in prop::collection::hash_map((0..6_usize).prop_map(lot), 1..1_000_000_i64, 0..6),
        ) {
            let shares = claim_shares(&graph, &covered, &delivered);
            for (made, share) in &shares {
                prop_assert!(*share <= WHOLE);
                prop_assert!(*share == 0 || covered.contains(made));
                let inputs = graph.edges.iter().filter(|edge| edge.child == *made).map(|edge| shares[&edge.parent]);
                if !delivered.contains_key(made) {
                    prop_assert!(*share <= inputs.max().unwrap_or(0));
                }
            }
        }

        #[test]
        fn more_certificates_never_cover_less(
            graph in graphs(),
            covered in prop::collection::hash_set((0..12_usize).prop_map(lot), 0..12),
            delivered in prop::collection::hash_map((0..6_usize).prop_map(lot), 1..1_000_000_i64, 0..6),
            further in (0..12_usize).prop_map(lot),
        ) {
            let before = claim_shares(&graph, &covered, &delivered);
            let more: HashSet<LotId> = covered.into_iter().chain([further]).collect();
            for (lot, share) in claim_shares(&graph, &more, &delivered) {
                prop_assert!(before[&lot] <= share);
            }
        }
    }
}
