//! Held against the definitions of the standard, written down as they stand there.

use proptest::prelude::*;

use super::*;

/// Leaves that all differ.
fn leaves(size: u64) -> Vec<Digest> {
    (0..size).map(|number| leaf(&Digest::of(&number.to_be_bytes()))).collect()
}

/// `MTH(D[n])` of section 2.1.1, of hashes of leaves.
fn defined(leaves: &[Digest]) -> Digest {
    match leaves {
        [] => Digest::of(b""),
        [one] => *one,
        _ => {
            let middle = leaves.len().next_power_of_two() / 2;
            node(&defined(&leaves[..middle]), &defined(&leaves[middle..]))
        }
    }
}

/// `PATH(m, D[n])` of section 2.1.3.1 for each `m`, with the tree's root.
fn defined_paths(leaves: &[Digest]) -> (Digest, Vec<Vec<Digest>>) {
    if let [one] = leaves {
        return (*one, vec![Vec::new()]);
    }
    let (left, right) = leaves.split_at(leaves.len().next_power_of_two() / 2);
    let ((left, mut paths), (right, right_paths)) = (defined_paths(left), defined_paths(right));
    paths.iter_mut().for_each(|path| path.push(right));
    paths.extend(right_paths.into_iter().map(|path| [path, vec![left]].concat()));
    (node(&left, &right), paths)
}

/// `SUBPROOF(m, D[n], b)` of section 2.1.4.1.
fn defined_proof(size: usize, leaves: &[Digest], whole: bool) -> Vec<Digest> {
    if size == leaves.len() {
        return if whole { Vec::new() } else { vec![defined(leaves)] };
    }
    let (left, right) = leaves.split_at(leaves.len().next_power_of_two() / 2);
    if size <= left.len() {
        [defined_proof(size, left, whole), vec![defined(right)]].concat()
    } else {
        [defined_proof(size - left.len(), right, false), vec![defined(left)]].concat()
    }
}

/// A tree of which only the roots of tiles, the tail, and the leaves of the tiles in `known` are at hand.
fn tiled(leaves: &[Digest], known: &[u64]) -> Tree {
    let chunks: Vec<&[Digest]> = leaves.chunks(TILE as usize).collect();
    let whole = leaves.len() / TILE as usize;
    let mut tree = Tree::new(leaves.len() as u64, chunks[..whole].iter().map(|tile| defined(tile)).collect());
    for tile in known {
        tree.know(*tile, chunks[*tile as usize].to_vec());
    }
    tree
}

#[test]
fn the_hashes_are_those_of_the_standard() {
    // The known answers of Certificate Transparency's own tests: the empty tree, and one leaf without content.
    assert_eq!(Tree::default().root(0).unwrap(), Digest::of(b""));
    let empty_leaf = Digest::finish(Sha256::new_with_prefix([0]));
    assert_eq!(empty_leaf.to_string(), "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d");
    let second = Digest::finish(Sha256::new_with_prefix([0, 0]));
    assert_eq!(
        node(&empty_leaf, &second).to_string(),
        "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"
    );
}

#[test]
fn every_leaf_of_every_size_is_proven_as_the_definition_has_it() {
    let all = leaves(600);
    let mut growing = Growing::default();
    for size in 1..=all.len() {
        growing.push(all[size - 1]);
        let leaves = &all[..size];
        let (root, paths) = defined_paths(leaves);
        assert_eq!((growing.root(), defined(leaves)), (root, root), "size {size}");
        let tree = Tree::of_leaves(leaves);
        assert_eq!(tree.root(size as u64), Ok(root), "size {size}");
        for (index, path) in paths.iter().enumerate() {
            assert!(included(&leaves[index], index as u64, size as u64, path, &root), "leaf {index} of {size}");
            // A tree hashes anew for each proof: at larger sizes it is asked for the leaves where something changes.
            let border = index % 256 < 2 || index % 256 > 253 || index + 2 > size || index == size / 2;
            if size <= 100 || border && (size % 64 < 2 || size % 16 == 7) {
                assert_eq!(tree.inclusion(index as u64).as_ref(), Ok(path), "leaf {index} of {size}");
                let from_tiles = tiled(leaves, &tree.needed_for(index as u64)).inclusion(index as u64);
                assert_eq!(from_tiles.as_ref(), Ok(path), "leaf {index} of {size} from tiles");
            }
        }
    }
}

#[test]
fn every_smaller_tree_is_proven_to_be_the_beginning_as_the_definition_has_it() {
    let all = leaves(600);
    let roots: Vec<Digest> = {
        let mut growing = Growing::default();
        all.iter().map(|leaf| (growing.push(*leaf), growing.root()).1).collect()
    };
    for size in (1..=70).chain([255, 256, 257, 300, 511, 512, 513, 599, 600]) {
        let leaves = &all[..size];
        let tree = Tree::of_leaves(leaves);
        // At larger sizes, every so many, and where tiles end.
        for first in (1..=size).filter(|first| size <= 70 || first % 16 == 5 || first % 256 < 2 || first + 2 > size) {
            let proof = tree.consistency(first as u64).unwrap();
            assert_eq!(proof, defined_proof(first, leaves, true), "{first} of {size}");
            let trees = ((first as u64, &roots[first - 1]), (size as u64, &roots[size - 1]));
            assert!(consistent(trees.0, trees.1, &proof), "{first} of {size}");
            let known = [(first as u64 - 1) / TILE, (size as u64 - 1) / TILE];
            assert_eq!(tiled(leaves, &known).consistency(first as u64), Ok(proof), "{first} of {size} from tiles");
        }
    }
}

#[test]
fn what_is_not_at_hand_is_said() {
    let leaves = leaves(600);
    let tree = tiled(&leaves, &[2]);
    assert_eq!(tree.inclusion(300), Err(Unknown { from: 384, until: 512 }));
    assert_eq!(tree.inclusion(600), Err(Unknown { from: 600, until: 601 }));
    assert_eq!(tree.root(601), Err(Unknown { from: 600, until: 601 }));
    assert!(tree.consistency(0).is_err() && tree.consistency(601).is_err());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn a_forged_proof_of_a_leaf_is_refused(size in 1_u64..600, index: prop::sample::Index, forgery in 0..6, at: prop::sample::Index) {
        let leaves = leaves(size);
        let tree = Tree::of_leaves(&leaves);
        let index = index.index(leaves.len());
        let (root, mut path) = (tree.root(size).unwrap(), tree.inclusion(index as u64).unwrap());
        let (mut leaf, mut place, mut of, mut claimed) = (leaves[index], index as u64, size, root);
        let strange = Digest::of(b"strange");
        match forgery {
            0 => leaf = strange,
            1 => claimed = strange,
            2 if !path.is_empty() => { let at = at.index(path.len()); path[at] = strange; }
            3 if !path.is_empty() => { let at = at.index(path.len()); path.remove(at); }
            4 => path.insert(at.index(path.len() + 1), strange),
            // Another place in the same tree, or beyond its end.
            _ => { place = (place + 1 + at.index(leaves.len()) as u64) % (size + 1); of = size; }
        }
        prop_assume!((leaf, place, claimed, &path) != (leaves[index], index as u64, root, &tree.inclusion(index as u64).unwrap()));
        prop_assert!(!included(&leaf, place, of, &path, &claimed));
    }

    #[test]
    fn a_forged_proof_of_a_beginning_is_refused(size in 2_u64..600, first: prop::sample::Index, forgery in 0..5, at: prop::sample::Index) {
        let leaves = leaves(size);
        let tree = Tree::of_leaves(&leaves);
        let first = 1 + first.index(leaves.len() - 1) as u64;
        let (mut of_first, mut of_second) = (tree.root(first).unwrap(), tree.root(size).unwrap());
        let mut proof = tree.consistency(first).unwrap();
        prop_assert!(consistent((first, &of_first), (size, &of_second), &proof));
        let strange = Digest::of(b"strange");
        match forgery {
            0 => of_first = strange,
            1 => of_second = strange,
            2 => { let at = at.index(proof.len()); proof[at] = strange; }
            3 => { let at = at.index(proof.len()); proof.remove(at); }
            _ => proof.insert(at.index(proof.len() + 1), strange),
        }
        prop_assert!(!consistent((first, &of_first), (size, &of_second), &proof));
    }
}
