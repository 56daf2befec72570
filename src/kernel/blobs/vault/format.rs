//! How a sealed content is written: a header, and pieces that are encrypted one by one.
//!
//! The key of each blob follows (HKDF-SHA-256, RFC 5869) from a secret of the key file, a random salt and the blob's own place,
//! so nothing opens at another place than its own. Each piece of 64 KiB is encrypted for itself (XChaCha20-Poly1305) under a nonce
//! that says which it is and whether it is the last, and authenticates the header, in which the length stands: pieces can
//! neither be exchanged, nor moved, nor left out, and a part of a blob is had without the rest. What is known of the plain length
//! from outside follows from the sealed one.

use chacha20poly1305::{AeadInPlace as _, Key, KeyInit as _, Tag, XChaCha20Poly1305, XNonce};
use hkdf::Hkdf;
use sha2::Sha256;

use crate::kernel::secret_ring::{ID_BYTES, SECRET_BYTES};

/// Plain bytes of a piece; the last may have fewer.
pub(super) const PIECE: usize = 64 * 1024;
/// Bytes that encrypting adds to a piece.
const TAG: usize = 16;
/// Bytes of a salt.
pub(super) const SALT_BYTES: usize = 16;
/// Bytes before the first piece: what it is and in which version, the name of the secret, the salt, the plain length.
pub(super) const HEADER_BYTES: usize = MAGIC.len() + ID_BYTES + SALT_BYTES + 8;
/// What it is; the last byte is the version.
const MAGIC: [u8; 8] = *b"bfw\0doc\x01";
/// What keys of blobs are derived for.
const PURPOSE: &[u8] = b"bfw documents 1 content";

/// Why something sealed cannot be opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(super) enum Broken {
    /// It does not begin as a sealed content does.
    #[error("it is not written as a sealed content")]
    Malformed,
    /// It has another length than its header says.
    #[error("bytes of it are missing, or too many")]
    OtherLength,
    /// A piece is not as it was sealed, belongs somewhere else, or was sealed with another secret of the same name.
    #[error("it is not what was sealed here")]
    Altered,
}

/// What stands before the pieces.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Header {
    /// Which secret.
    pub(super) key: [u8; ID_BYTES],
    /// Random bytes: no two blobs have one key.
    pub(super) salt: [u8; SALT_BYTES],
    /// How many bytes the plain content has.
    pub(super) length: u64,
}

impl Header {
    pub(super) fn written(&self) -> [u8; HEADER_BYTES] {
        let mut written = [0; HEADER_BYTES];
        let parts = MAGIC.into_iter().chain(self.key).chain(self.salt).chain(self.length.to_be_bytes());
        written.iter_mut().zip(parts).for_each(|(place, byte)| *place = byte);
        written
    }

    pub(super) fn read(bytes: &[u8]) -> Result<Self, Broken> {
        let read = || {
            let rest = bytes.strip_prefix(&MAGIC)?;
            let (key, rest) = rest.split_first_chunk()?;
            let (salt, rest) = rest.split_first_chunk()?;
            let (length, rest) = rest.split_first_chunk()?;
            rest.is_empty().then(|| Self { key: *key, salt: *salt, length: u64::from_be_bytes(*length) })
        };
        read().ok_or(Broken::Malformed)
    }
}

/// How many pieces a plain content of this length has: one at least.
pub(super) const fn pieces(length: u64) -> u64 {
    let pieces = length.div_ceil(PIECE as u64);
    if pieces == 0 { 1 } else { pieces }
}

/// How many bytes a content of this length has once it is sealed.
pub(super) const fn sealed_length(length: u64) -> u64 {
    (HEADER_BYTES as u64).saturating_add(length).saturating_add(pieces(length).saturating_mul(TAG as u64))
}

/// How many bytes a sealed content of this length has once it is opened; none where nothing sealed is so long.
pub(super) fn plain_length(sealed: u64) -> Option<u64> {
    let body = sealed.checked_sub(HEADER_BYTES as u64)?;
    let pieces = body.div_ceil((PIECE + TAG) as u64);
    let length = body.checked_sub(pieces.checked_mul(TAG as u64)?)?;
    (sealed_length(length) == sealed).then_some(length)
}

/// From which to before which sealed byte these pieces lie, the last of them included, in a content of this plain length.
pub(super) fn sealed_range((first, last): (u64, u64), length: u64) -> (u64, u64) {
    let from = |piece: u64| (HEADER_BYTES as u64).saturating_add(piece.saturating_mul((PIECE + TAG) as u64));
    (from(first), from(last.saturating_add(1)).min(sealed_length(length)))
}

/// A content that is being sealed or opened at its place.
pub(super) struct Content {
    cipher: XChaCha20Poly1305,
    header: [u8; HEADER_BYTES],
    length: u64,
}

impl Content {
    /// The content with this header at this place, by the secret that the header names; none where the cipher takes no such
    /// key, which is never.
    pub(super) fn new(secret: &[u8; SECRET_BYTES], header: &Header, place: &str) -> Option<Self> {
        let mut key = [0; SECRET_BYTES];
        let derived = Hkdf::<Sha256>::new(Some(&header.salt), secret);
        derived.expand_multi_info(&[PURPOSE, place.as_bytes()], &mut key).ok()?;
        let cipher = XChaCha20Poly1305::new(Key::from_slice(&key));
        Some(Self { cipher, header: header.written(), length: header.length })
    }

    /// How many bytes the plain content has.
    pub(super) const fn length(&self) -> u64 {
        self.length
    }

    /// Which piece is the last.
    pub(super) const fn last(&self) -> u64 {
        pieces(self.length) - 1
    }

    /// How many sealed bytes a piece has; none where there is no such piece.
    pub(super) fn piece_length(&self, number: u64) -> Option<usize> {
        if number > self.last() {
            return None;
        }
        let rest = self.length.checked_sub(number.checked_mul(PIECE as u64)?)?;
        usize::try_from(rest.min(PIECE as u64)).ok()?.checked_add(TAG)
    }

    fn nonce(&self, number: u64) -> XNonce {
        let mut nonce = XNonce::default();
        let last = u8::from(number == self.last());
        let parts = number.to_be_bytes().into_iter().chain([last]);
        nonce.iter_mut().zip(parts).for_each(|(place, byte)| *place = byte);
        nonce
    }

    /// Seals a piece in its place; the piece has to be as long as it is to be.
    pub(super) fn seal(&self, number: u64, piece: &mut Vec<u8>) -> Result<(), Broken> {
        if self.piece_length(number) != Some(piece.len() + TAG) {
            return Err(Broken::OtherLength);
        }
        let sealed = self.cipher.encrypt_in_place_detached(&self.nonce(number), &self.header, piece);
        piece.extend_from_slice(&sealed.map_err(|_| Broken::Altered)?);
        Ok(())
    }

    /// Opens a piece in its place.
    pub(super) fn open(&self, number: u64, piece: &mut Vec<u8>) -> Result<(), Broken> {
        if self.piece_length(number) != Some(piece.len()) {
            return Err(Broken::OtherLength);
        }
        let tag = piece.split_off(piece.len() - TAG);
        let opened =
            self.cipher.decrypt_in_place_detached(&self.nonce(number), &self.header, piece, Tag::from_slice(&tag));
        opened.map_err(|_| Broken::Altered)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const SECRET: [u8; SECRET_BYTES] = [7; SECRET_BYTES];

    fn header(length: usize) -> Header {
        Header { key: [1; ID_BYTES], salt: [2; SALT_BYTES], length: length as u64 }
    }

    fn plain(length: usize) -> Vec<u8> {
        (0..length).map(|at| u8::try_from(at % 251).unwrap()).collect()
    }

    fn sealed(plain: &[u8], place: &str) -> Vec<u8> {
        let header = header(plain.len());
        let content = Content::new(&SECRET, &header, place).unwrap();
        let mut sealed = header.written().to_vec();
        for number in 0..=content.last() {
            let from = usize::try_from(number).unwrap() * PIECE;
            let mut piece = plain[from..plain.len().min(from + PIECE)].to_vec();
            content.seal(number, &mut piece).unwrap();
            sealed.extend(piece);
        }
        sealed
    }

    /// Opens these pieces of something sealed, the last included.
    fn opened(sealed: &[u8], place: &str, secret: &[u8; SECRET_BYTES], part: (u64, u64)) -> Result<Vec<u8>, Broken> {
        let header = Header::read(&sealed[..HEADER_BYTES.min(sealed.len())])?;
        if sealed.len() as u64 != sealed_length(header.length) {
            return Err(Broken::OtherLength);
        }
        let content = Content::new(secret, &header, place).unwrap();
        let mut all = Vec::new();
        for number in part.0..=part.1.min(content.last()) {
            let (from, to) = sealed_range((number, number), header.length);
            let mut piece = sealed[usize::try_from(from).unwrap()..usize::try_from(to).unwrap()].to_vec();
            content.open(number, &mut piece)?;
            all.extend(piece);
        }
        Ok(all)
    }

    #[test]
    fn contents_of_every_length_around_the_end_of_a_piece_are_had_back() {
        for length in [0, 1, 2, PIECE - 1, PIECE, PIECE + 1, 2 * PIECE - 1, 2 * PIECE, 2 * PIECE + 1, 5 * PIECE + 77] {
            let (plain, sealed) = (plain(length), sealed(&plain(length), "a"));
            assert_eq!(sealed.len() as u64, sealed_length(length as u64), "{length}");
            assert_eq!(plain_length(sealed.len() as u64), Some(length as u64));
            assert!(opened(&sealed, "a", &SECRET, (0, u64::MAX)).as_ref() == Ok(&plain), "{length}");
            for last in 0..pieces(length as u64) {
                let from = usize::try_from(last).unwrap() * PIECE;
                let part = opened(&sealed, "a", &SECRET, (last, last)).unwrap();
                assert!(part == plain[from..length.min(from + PIECE)], "piece {last} of {length}");
            }
        }
    }

    #[test]
    fn no_sealed_content_has_these_lengths() {
        let header = HEADER_BYTES as u64;
        let piece = (PIECE + TAG) as u64;
        for sealed in [0, header, header + 15, header + piece + 1, header + piece + 16] {
            assert_eq!(plain_length(sealed), None, "{sealed}");
        }
    }

    #[test]
    fn what_is_cut_exchanged_or_moved_is_refused() {
        let whole = sealed(&plain(3 * PIECE), "sealed/a");
        let step = PIECE + TAG;
        let all = (0, u64::MAX);
        for pieces in 0..3 {
            let cut = &whole[..HEADER_BYTES + pieces * step];
            assert_eq!(opened(cut, "sealed/a", &SECRET, all), Err(Broken::OtherLength), "{pieces} pieces");
            // As if it had been so from the beginning: the header is authenticated too.
            let mut claimed = header(pieces * PIECE).written().to_vec();
            claimed.extend(&whole[HEADER_BYTES..HEADER_BYTES + pieces.max(1) * step]);
            let told = opened(&claimed, "sealed/a", &SECRET, all);
            assert!(matches!(told, Err(Broken::Altered | Broken::OtherLength)), "{pieces} pieces: {told:?}");
        }
        let mut swapped = whole.clone();
        swapped[HEADER_BYTES..HEADER_BYTES + step]
            .copy_from_slice(&whole[HEADER_BYTES + step..HEADER_BYTES + 2 * step]);
        assert_eq!(opened(&swapped, "sealed/a", &SECRET, all), Err(Broken::Altered));
        assert_eq!(opened(&whole, "sealed/b", &SECRET, all), Err(Broken::Altered), "at another place");
        assert_eq!(opened(&whole, "sealed/a", &[8; SECRET_BYTES], all), Err(Broken::Altered), "another secret");
        let mut longer = whole;
        longer.push(0);
        assert_eq!(opened(&longer, "sealed/a", &SECRET, all), Err(Broken::OtherLength));
    }

    #[test]
    fn a_piece_of_another_length_is_not_sealed() {
        let content = Content::new(&SECRET, &header(PIECE + 1), "a").unwrap();
        for (number, length) in [(0, PIECE - 1), (0, PIECE + 1), (1, 0), (1, 2), (2, 1), (u64::MAX, 1)] {
            assert_eq!(content.seal(number, &mut plain(length)), Err(Broken::OtherLength), "{number}, {length}");
            assert_eq!(content.open(number, &mut plain(length)), Err(Broken::OtherLength), "{number}, {length}");
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn any_part_of_any_content_is_had_by_its_pieces_alone(
            length in 1_usize..3 * PIECE,
            from in any::<prop::sample::Index>(),
            to in any::<prop::sample::Index>(),
        ) {
            let plain = plain(length);
            let sealed = sealed(&plain, "a");
            let (from, to) = (from.index(length), to.index(length));
            let (from, to) = (from.min(to), from.max(to));
            let part = ((from / PIECE) as u64, (to / PIECE) as u64);
            let opened = opened(&sealed, "a", &SECRET, part).unwrap();
            let skipped = from / PIECE * PIECE;
            prop_assert!(opened[from - skipped..=to - skipped] == plain[from..=to]);
        }

        #[test]
        fn no_bit_can_be_flipped(length in 0_usize..2 * PIECE, at in any::<prop::sample::Index>(), bit in 0_u8..8) {
            let mut sealed = sealed(&plain(length), "a");
            let at = at.index(sealed.len());
            sealed[at] ^= 1 << bit;
            prop_assert!(opened(&sealed, "a", &SECRET, (0, u64::MAX)).is_err(), "byte {at}, bit {bit}");
        }

        #[test]
        fn lengths_follow_from_each_other(length in 0_u64..1 << 40) {
            prop_assert_eq!(plain_length(sealed_length(length)), Some(length));
        }
    }
}
