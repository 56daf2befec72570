//! Holding a proof against roots.

use super::node;
use crate::kernel::digest::Digest;

/// Whether `path` leads from a leaf at `index`, counted from 0, to the root of a tree of `size` leaves (section 2.1.3.2).
#[must_use]
pub fn included(leaf: &Digest, index: u64, size: u64, path: &[Digest], root: &Digest) -> bool {
    if index >= size {
        return false;
    }
    let (mut at, mut last, mut reached) = (index, size - 1, *leaf);
    for hash in path {
        if last == 0 {
            return false;
        }
        if at & 1 == 1 || at == last {
            reached = node(hash, &reached);
            // Where it is the last of its level, it goes up as it is until it is a right child.
            while at & 1 == 0 && at != 0 {
                at >>= 1;
                last >>= 1;
            }
        } else {
            reached = node(&reached, hash);
        }
        at >>= 1;
        last >>= 1;
    }
    last == 0 && reached == *root
}

/// Whether `proof` shows that a tree of `first` leaves, with its root, is the beginning of one of `second` leaves
/// (section 2.1.4.2).
#[must_use]
pub fn consistent(
    (first, first_root): (u64, &Digest),
    (second, second_root): (u64, &Digest),
    proof: &[Digest],
) -> bool {
    if first == 0 || first > second {
        return false;
    }
    if first == second {
        return proof.is_empty() && first_root == second_root;
    }
    // The smaller tree is a whole subtree: its root leads the proof, and is not sent.
    let mut hashes = if first.is_power_of_two() { Some(first_root) } else { None }.into_iter().chain(proof);
    let (mut at, mut last) = (first - 1, second - 1);
    while at & 1 == 1 {
        at >>= 1;
        last >>= 1;
    }
    let Some(seed) = hashes.next() else { return false };
    let (mut of_first, mut of_second) = (*seed, *seed);
    for hash in hashes {
        if last == 0 {
            return false;
        }
        if at & 1 == 1 || at == last {
            of_first = node(hash, &of_first);
            of_second = node(hash, &of_second);
            while at & 1 == 0 && at != 0 {
                at >>= 1;
                last >>= 1;
            }
        } else {
            of_second = node(&of_second, hash);
        }
        at >>= 1;
        last >>= 1;
    }
    last == 0 && of_first == *first_root && of_second == *second_root
}
