//! A bit for each place of a status list, and the form that lists are handed out in.

use std::io::Write as _;

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use flate2::{Compression, GzBuilder};

use super::LIST_LENGTH;

/// What base64url without padding is told apart by
/// ([Multibase](https://www.w3.org/TR/controller-document/#multibase-0)).
const MULTIBASE_BASE64URL: char = 'u';

/// As many bits as a list has places, none of them set.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bitstring(Vec<u8>);

impl Default for Bitstring {
    fn default() -> Self {
        Self(vec![0; (LIST_LENGTH / 8) as usize])
    }
}

impl Bitstring {
    /// Sets the bit of a place. A place that no list has is none.
    pub fn set(&mut self, index: u32) {
        if let Some(byte) = self.0.get_mut((index / 8) as usize) {
            *byte |= mask(index);
        }
    }

    /// Whether the bit of a place is set.
    #[must_use]
    pub fn is_set(&self, index: u32) -> bool {
        self.0.get((index / 8) as usize).is_some_and(|byte| byte & mask(index) != 0)
    }

    /// The bits as a list tells them: compressed with gzip, then multibase
    /// ([Bitstring Status List](https://www.w3.org/TR/vc-bitstring-status-list/), section 3.3). Equal bits are equal texts.
    ///
    /// # Errors
    /// None in practice: memory takes all that is written to it.
    pub fn encode(&self) -> std::io::Result<String> {
        // Neither a name nor a time, which would make equal bits differ.
        let mut gzip = GzBuilder::new().write(Vec::new(), Compression::default());
        gzip.write_all(&self.0)?;
        let mut text = String::from(MULTIBASE_BASE64URL);
        URL_SAFE_NO_PAD.encode_string(gzip.finish()?, &mut text);
        Ok(text)
    }
}

/// The first place is the leftmost bit.
const fn mask(index: u32) -> u8 {
    0b1000_0000 >> (index % 8)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_place_is_the_leftmost_bit() {
        let mut bits = Bitstring::default();
        bits.set(0);
        bits.set(15);
        bits.set(LIST_LENGTH - 1);
        bits.set(LIST_LENGTH);

        assert_eq!((bits.0[0], bits.0[1], bits.0[16_383]), (0b1000_0000, 1, 1));
        assert_eq!(bits.0.len(), 16_384);
        assert!(bits.is_set(15) && !bits.is_set(14) && !bits.is_set(LIST_LENGTH));
    }
}
