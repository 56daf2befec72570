//! The way of a lot: back to what it was made of, or forward to what was made of it.

use std::collections::{HashMap, HashSet};

use super::{graph::Edge, ids::LotId};
use crate::words;

words! {
    /// Which way.
    Direction {
        /// To what it was made of.
        Back = "BACK",
        /// To what was made of it.
        Forward = "FORWARD",
    }
}

/// A lot on the way, and how many steps it is away at least.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Node {
    /// The lot.
    pub lot: LotId,
    /// Steps; 0 for the lot that was asked about.
    pub depth: u32,
}

/// A part of a way: lots, the nearest first, and what went from one into another.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Trace {
    /// The lots.
    pub nodes: Vec<Node>,
    /// What went from one into another, for each of these lots: all that leads to it from lots that are as near or nearer.
    pub edges: Vec<Edge>,
    /// How many lots the whole way has, as far as it was asked.
    pub total: usize,
    /// Whether lots follow that are not told here.
    pub has_more: bool,
}

/// Puts a way in order: by steps, then by id; so that it can be told part by part, and the parts together tell all of it.
///
/// `edges` is all that went into, or came out of, everything on the way. Lots farther than `depth_max` are left out. Told are
/// `count` lots from the position `from` on.
#[must_use]
pub fn walk(lot: LotId, direction: Direction, edges: &[Edge], depth_max: u32, (from, count): (usize, usize)) -> Trace {
    let mut next: HashMap<LotId, Vec<LotId>> = HashMap::with_capacity(edges.len());
    for edge in edges {
        let (near, far) = match direction {
            Direction::Back => (edge.child, edge.parent),
            Direction::Forward => (edge.parent, edge.child),
        };
        next.entry(near).or_default().push(far);
    }
    let mut nodes = vec![Node { lot, depth: 0 }];
    let mut positions = HashMap::from([(lot, 0)]);
    let mut begin = 0;
    while begin < nodes.len() && nodes[begin].depth < depth_max {
        let depth = nodes[begin].depth + 1;
        let end = nodes.len();
        let mut layer: Vec<LotId> = nodes[begin..end]
            .iter()
            .filter_map(|node| next.get(&node.lot))
            .flatten()
            .filter(|lot| !positions.contains_key(lot))
            .copied()
            .collect::<HashSet<_>>()
            .into_iter()
            .collect();
        layer.sort_unstable();
        for lot in layer {
            positions.insert(lot, nodes.len());
            nodes.push(Node { lot, depth });
        }
        begin = end;
    }
    let total = nodes.len();
    let told = from.min(total)..from.saturating_add(count).min(total);
    // An edge is told with the later of its two lots, so that both are known by then, and it is told once.
    let mut edges: Vec<(usize, Edge)> = edges
        .iter()
        .filter_map(|edge| {
            let later = (*positions.get(&edge.child)?).max(*positions.get(&edge.parent)?);
            told.contains(&later).then_some((later, *edge))
        })
        .collect();
    edges.sort_unstable_by_key(|(later, edge)| (*later, edge.child, edge.parent));
    Trace {
        has_more: told.end < total,
        nodes: nodes[told].to_vec(),
        edges: edges.into_iter().map(|(_, edge)| edge).collect(),
        total,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{
        super::graph::tests::{edge, graphs, lot},
        *,
    };

    #[test]
    fn a_lot_stands_at_its_shortest_way_and_edges_come_with_the_later_lot() {
        // 3 is made of 1 and 2, 1 of 0, and 2 of 1 and 0.
        let edges = [edge(3, 1, 5), edge(3, 2, 5), edge(1, 0, 9), edge(2, 1, 1), edge(2, 0, 4)];

        let back = walk(lot(3), Direction::Back, &edges, 9, (0, 9));

        let depths: Vec<_> = back.nodes.iter().map(|node| (node.lot, node.depth)).collect();
        assert_eq!(depths, [(lot(3), 0), (lot(1), 1), (lot(2), 1), (lot(0), 2)]);
        assert_eq!(back.edges.len(), 5);
        let near = walk(lot(3), Direction::Back, &edges, 1, (0, 9));
        assert_eq!((near.total, near.edges), (3, vec![edge(3, 1, 5), edge(2, 1, 1), edge(3, 2, 5)]));
        let forward = walk(lot(0), Direction::Forward, &edges, 9, (0, 2));
        assert_eq!((forward.nodes.len(), forward.has_more, forward.total), (2, true, 4));
    }

    proptest! {
        #[test]
        fn the_parts_of_a_way_together_are_the_whole_of_it(graph in graphs(), begin in 0..12_usize, size in 1..5_usize) {
            for direction in [Direction::Back, Direction::Forward] {
                let whole = walk(lot(begin), direction, &graph.edges, u32::MAX, (0, usize::MAX));
                let mut parts = Trace::default();
                loop {
                    let part = walk(lot(begin), direction, &graph.edges, u32::MAX, (parts.nodes.len(), size));
                    parts.nodes.extend(part.nodes);
                    parts.edges.extend(part.edges);
                    if !part.has_more {
                        break;
                    }
                }
                prop_assert_eq!(&parts.nodes, &whole.nodes);
                prop_assert_eq!(&parts.edges, &whole.edges);
                prop_assert!(whole.nodes.windows(2).all(|pair| pair[0].depth <= pair[1].depth));
            }
        }
    }
}
