//! Merkle trees over the seals of a chain, as Certificate Transparency has them
//! ([RFC 9162](https://www.rfc-editor.org/rfc/rfc9162), section 2.1).
//!
//! Whoever holds the signed root of a tree can be shown that one event is in it ([`Tree::inclusion`]), or that a later tree
//! begins with it ([`Tree::consistency`]), by a few hashes and without the other events. Both are checked by pure functions
//! ([`included`], [`consistent`]) that anybody can write again from the standard.
//!
//! A **tile** is a whole subtree of [`TILE`] leaves. Since a tree splits at powers of two, every subtree is either inside one
//! tile or made of whole tiles and the leaves after the last of them (the **tail**). So who keeps the roots of tiles
//! needs the leaves of one or two tiles and of the tail.

mod grow;
#[cfg(test)]
mod tests;
mod verify;

use std::{collections::HashMap, ops::Range};

use sha2::{Digest as _, Sha256};

pub use self::{
    grow::Growing,
    verify::{consistent, included},
};
use crate::kernel::digest::Digest;

/// Leaves of a tile.
pub const TILE: u64 = 256;

/// The hash of a leaf: of a zero byte and the seal.
#[must_use]
pub fn leaf(seal: &Digest) -> Digest {
    Digest::finish(Sha256::new_with_prefix([0]).chain_update(seal.as_bytes()))
}

/// The hash of a node: of a one byte and the hashes below it.
#[must_use]
pub fn node(left: &Digest, right: &Digest) -> Digest {
    Digest::finish(Sha256::new_with_prefix([1]).chain_update(left.as_bytes()).chain_update(right.as_bytes()))
}

/// What is asked of a tree does not follow from the leaves and tiles that are at hand, or is outside of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("leaves {from} to {until} of the tree are not at hand")]
pub struct Unknown {
    /// The first leaf, counted from 0.
    pub from: u64,
    /// The leaf after the last.
    pub until: u64,
}

/// A tree, as far as its leaves and tiles are at hand.
#[derive(Debug, Clone, Default)]
pub struct Tree {
    size: u64,
    /// The roots of the whole tiles, from the first on.
    tiles: Vec<Digest>,
    /// Hashes of leaves by their tile, each tile's from its first leaf on.
    leaves: HashMap<u64, Vec<Digest>>,
}

impl Tree {
    /// A tree of `size` leaves of which the roots of the first tiles are known.
    #[must_use]
    pub fn new(size: u64, tiles: Vec<Digest>) -> Self {
        Self { size, tiles, leaves: HashMap::new() }
    }

    /// A tree of which all leaves are at hand.
    #[must_use]
    pub fn of_leaves(leaves: &[Digest]) -> Self {
        let mut tree = Self::new(leaves.len() as u64, Vec::new());
        for (tile, leaves) in leaves.chunks(TILE as usize).enumerate() {
            tree.know(tile as u64, leaves.to_vec());
        }
        tree
    }

    /// Hands over the hashes of a tile's leaves, from its first on.
    pub fn know(&mut self, tile: u64, leaves: Vec<Digest>) {
        self.leaves.insert(tile, leaves);
    }

    /// How many leaves it has.
    #[must_use]
    pub const fn size(&self) -> u64 {
        self.size
    }

    /// The tiles of which leaves are needed to prove the leaf at `index`: its own, and the tail's where there is one.
    #[must_use]
    pub fn needed_for(&self, index: u64) -> Vec<u64> {
        let mut tiles = vec![index / TILE];
        if !self.size.is_multiple_of(TILE) && self.size / TILE != index / TILE {
            tiles.push(self.size / TILE);
        }
        tiles
    }

    /// The hash over the first `size` leaves.
    ///
    /// # Errors
    /// When it does not follow from what is at hand.
    pub fn root(&self, size: u64) -> Result<Digest, Unknown> {
        match size {
            0 => Ok(Digest::of(b"")),
            size if size <= self.size => self.hash(0..size),
            size => Err(Unknown { from: self.size, until: size }),
        }
    }

    /// The hashes that lead from the leaf at `index`, counted from 0, to the root (section 2.1.3.1): those nearest to the
    /// leaf first.
    ///
    /// # Errors
    /// When they do not follow from what is at hand, or there is no such leaf.
    pub fn inclusion(&self, index: u64) -> Result<Vec<Digest>, Unknown> {
        if index >= self.size {
            return Err(Unknown { from: index, until: index + 1 });
        }
        let (mut path, mut within) = (Vec::new(), 0..self.size);
        while within.end - within.start > 1 {
            let middle = within.start + split(within.end - within.start);
            let (taken, other) = if index < middle {
                (within.start..middle, middle..within.end)
            } else {
                (middle..within.end, within.start..middle)
            };
            path.push(self.hash(other)?);
            within = taken;
        }
        path.reverse();
        Ok(path)
    }

    /// The hashes that show that the tree over the first `size` leaves is the beginning of this one (section 2.1.4.1).
    ///
    /// # Errors
    /// When they do not follow from what is at hand, or `size` is 0 or larger than the tree.
    pub fn consistency(&self, size: u64) -> Result<Vec<Digest>, Unknown> {
        if size == 0 || size > self.size {
            return Err(Unknown { from: self.size, until: size });
        }
        // Until something is left out, the smaller tree's root is one that the verifier has.
        let (mut proof, mut within, mut whole) = (Vec::new(), 0..self.size, true);
        while size < within.end {
            let middle = within.start + split(within.end - within.start);
            if size <= middle {
                proof.push(self.hash(middle..within.end)?);
                within.end = middle;
            } else {
                proof.push(self.hash(within.start..middle)?);
                within.start = middle;
                whole = false;
            }
        }
        if !whole {
            proof.push(self.hash(within)?);
        }
        proof.reverse();
        Ok(proof)
    }

    /// The hash over a range of leaves that is a subtree of a tree that begins with these leaves.
    fn hash(&self, leaves: Range<u64>) -> Result<Digest, Unknown> {
        let (tile, length) = (leaves.start / TILE, leaves.end - leaves.start);
        if length > TILE {
            let middle = leaves.start + split(length);
            return Ok(node(&self.hash(leaves.start..middle)?, &self.hash(middle..leaves.end)?));
        }
        if length == TILE
            && let Some(root) = self.tiles.get(usize::try_from(tile).unwrap_or(usize::MAX))
        {
            return Ok(*root);
        }
        let unknown = Unknown { from: leaves.start, until: leaves.end };
        // No more than the leaves of a tile.
        let (from, until) = ((leaves.start % TILE) as usize, (leaves.start % TILE + length) as usize);
        let known = self.leaves.get(&tile).and_then(|known| known.get(from..until)).ok_or(unknown)?;
        let mut growing = Growing::default();
        for leaf in known {
            growing.push(*leaf);
        }
        Ok(growing.root())
    }
}

/// How many of `size` leaves, which are two at least, are left of the root: the largest power of two below it.
const fn split(size: u64) -> u64 {
    1 << (size - 1).ilog2()
}
