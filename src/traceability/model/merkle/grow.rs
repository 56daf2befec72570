//! A tree that leaves are added to one after the other, of which no more than a hash a level is kept.

use super::node;
use crate::kernel::digest::Digest;

/// A tree that grows.
#[derive(Debug, Clone, Default)]
pub struct Growing {
    size: u64,
    /// The roots of the whole subtrees that it is made of, the largest first: one for each bit of its size.
    roots: Vec<Digest>,
}

impl Growing {
    /// Adds a leaf, by its hash.
    pub fn push(&mut self, leaf: Digest) {
        let mut root = leaf;
        // As many subtrees become whole as the size has ones at its end.
        for _ in 0..self.size.trailing_ones() {
            if let Some(left) = self.roots.pop() {
                root = node(&left, &root);
            }
        }
        self.roots.push(root);
        self.size += 1;
    }

    /// How many leaves it has.
    #[must_use]
    pub const fn size(&self) -> u64 {
        self.size
    }

    /// Its root; of no leaves, the hash of nothing.
    #[must_use]
    pub fn root(&self) -> Digest {
        let joined = self.roots.iter().copied().rev().reduce(|right, left| node(&left, &right));
        joined.unwrap_or_else(|| Digest::of(b""))
    }
}
