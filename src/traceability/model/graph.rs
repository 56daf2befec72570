//! What went into what: lots and the masses that went from one into another.

use std::collections::HashMap;

use super::ids::LotId;

/// So much of one lot went into another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Edge {
    /// What was made.
    pub child: LotId,
    /// What it was made of.
    pub parent: LotId,
    /// How much of it, in grams.
    pub grams: i64,
}

/// What went into what, for some lots.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Graph {
    /// Each pair of lots once, in any order.
    pub edges: Vec<Edge>,
}

/// The lots of a graph, each after everything that it was made of.
#[derive(Debug)]
pub struct Sorted {
    lots: Vec<LotId>,
    /// Where the inputs of each lot begin in `inputs`; one more than there are lots.
    begins: Vec<usize>,
    /// The position of what went in, and its grams.
    inputs: Vec<(usize, i64)>,
    /// The positions, sources first. What was made of itself, which no step allows, is not among them.
    order: Vec<usize>,
}

impl Graph {
    /// Puts the lots in order, among them those of `alone`, which may stand in no edge. Takes time in proportion to lots and
    /// edges, however deep the graph is.
    #[must_use]
    pub fn sorted(&self, alone: impl IntoIterator<Item = LotId>) -> Sorted {
        let mut lots = Vec::new();
        let mut positions: HashMap<LotId, usize> = HashMap::with_capacity(self.edges.len());
        let mut position = |lot| {
            *positions.entry(lot).or_insert_with(|| {
                lots.push(lot);
                lots.len() - 1
            })
        };
        let edges: Vec<(usize, usize, i64)> =
            self.edges.iter().map(|edge| (position(edge.child), position(edge.parent), edge.grams)).collect();
        for lot in alone {
            position(lot);
        }
        let (begins, inputs) =
            grouped(lots.len(), edges.iter().map(|&(child, parent, grams)| (child, (parent, grams))));
        let (uses, used_in) = grouped(lots.len(), edges.iter().map(|&(child, parent, _)| (parent, child)));
        let mut waits_for: Vec<usize> = begins.windows(2).map(|pair| pair[1] - pair[0]).collect();
        let mut order: Vec<usize> = (0..lots.len()).filter(|&lot| waits_for[lot] == 0).collect();
        let mut next = 0;
        while let Some(&lot) = order.get(next) {
            next += 1;
            for &child in &used_in[uses[lot]..uses[lot + 1]] {
                waits_for[child] -= 1;
                if waits_for[child] == 0 {
                    order.push(child);
                }
            }
        }
        Sorted { lots, begins, inputs, order }
    }
}

/// Groups pairs by the first, a position below `count`: where each group begins, and the seconds.
fn grouped<T: Copy + Default>(count: usize, pairs: impl Iterator<Item = (usize, T)> + Clone) -> (Vec<usize>, Vec<T>) {
    let mut begins = vec![0; count + 1];
    for (group, _) in pairs.clone() {
        begins[group + 1] += 1;
    }
    for group in 0..count {
        begins[group + 1] += begins[group];
    }
    let mut free = begins.clone();
    let mut seconds = vec![T::default(); begins[count]];
    for (group, second) in pairs {
        seconds[free[group]] = second;
        free[group] += 1;
    }
    (begins, seconds)
}

impl Sorted {
    /// Derives something of each lot from what is derived of its inputs: `derive` is given the lot and, with its grams, what was
    /// derived of each input. Of a lot that was made of itself, which no step allows, `circular` is taken.
    pub fn fold<T: Copy>(&self, circular: T, mut derive: impl FnMut(LotId, &[(T, i64)]) -> T) -> HashMap<LotId, T> {
        let mut derived = vec![circular; self.lots.len()];
        let mut inputs = Vec::new();
        for &lot in &self.order {
            inputs.clear();
            let made_of = &self.inputs[self.begins[lot]..self.begins[lot + 1]];
            inputs.extend(made_of.iter().map(|&(parent, grams)| (derived[parent], grams)));
            derived[lot] = derive(self.lots[lot], &inputs);
        }
        self.lots.iter().copied().zip(derived).collect()
    }
}

#[cfg(test)]
pub(super) mod tests {
    use proptest::prelude::*;
    use uuid::Uuid;

    use super::*;

    pub(in crate::traceability::model) fn lot(number: usize) -> LotId {
        LotId::from_uuid(Uuid::from_u128(number as u128 + 1))
    }

    pub(in crate::traceability::model) fn edge(child: usize, parent: usize, grams: i64) -> Edge {
        Edge { child: lot(child), parent: lot(parent), grams }
    }

    /// A graph of lots 0 to 11, in which every lot is made of lots with smaller numbers.
    pub(in crate::traceability::model) fn graphs() -> impl Strategy<Value = Graph> {
        let pair = (1..12_usize, any::<prop::sample::Index>(), 0..=5_000_000_000_i64);
        prop::collection::vec(pair, 0..40).prop_map(|pairs| {
            let edges: std::collections::BTreeMap<(usize, usize), i64> =
                pairs.into_iter().map(|(child, parent, grams)| ((child, parent.index(child)), grams)).collect();
            Graph { edges: edges.into_iter().map(|((child, parent), grams)| edge(child, parent, grams)).collect() }
        })
    }

    /// How many steps lie between a lot and its furthest source.
    fn depths(graph: &Graph) -> HashMap<LotId, usize> {
        let deepest = |inputs: &[(usize, i64)]| inputs.iter().map(|(depth, _)| depth + 1).max().unwrap_or(0);
        graph.sorted([]).fold(usize::MAX, |_, inputs| deepest(inputs))
    }

    #[test]
    fn a_chain_of_ten_thousand_is_walked() {
        let graph = Graph { edges: (1..10_001).map(|number| edge(number, number - 1, 1)).collect() };
        assert_eq!(depths(&graph)[&lot(10_000)], 10_000);
    }

    #[test]
    fn what_was_made_of_itself_does_not_hold_anything_up() {
        let graph = Graph { edges: vec![edge(1, 2, 1), edge(2, 1, 1), edge(3, 0, 1)] };
        let depths = depths(&graph);
        assert_eq!((depths[&lot(1)], depths[&lot(2)], depths[&lot(3)]), (usize::MAX, usize::MAX, 1));
    }

    proptest! {
        #[test]
        fn every_lot_comes_once_and_after_its_inputs(graph in graphs()) {
            let mut seen = Vec::new();
            graph.sorted([lot(99)]).fold((), |lot, _| seen.push(lot));
            let place = |lot: LotId| seen.iter().position(|one| *one == lot).unwrap();
            for edge in &graph.edges {
                prop_assert!(place(edge.parent) < place(edge.child));
            }
            let mut each = seen.clone();
            each.sort_unstable();
            each.dedup();
            prop_assert_eq!(each.len(), seen.len());
            prop_assert!(seen.contains(&lot(99)));
        }
    }
}
