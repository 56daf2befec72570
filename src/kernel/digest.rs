//! SHA-256 of contents, as a value.

use std::{fmt, str::FromStr};

use sha2::{Digest as _, Sha256};

/// Bytes of a SHA-256.
const LENGTH: usize = 32;

/// The SHA-256 of some content: 64 hexadecimal digits on the wire, 32 bytes in the database.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Digest([u8; LENGTH]);

/// The text or the bytes are no SHA-256.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a SHA-256 has 64 hexadecimal digits")]
pub struct NoDigest;

impl Digest {
    /// The digest of a content that is in memory.
    #[must_use]
    pub fn of(content: &[u8]) -> Self {
        Self::finish(Sha256::new_with_prefix(content))
    }

    /// The digest of what went through a running hash.
    #[must_use]
    pub fn finish(running: Sha256) -> Self {
        Self(running.finalize().into())
    }

    /// The bytes themselves.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; LENGTH] {
        &self.0
    }

    /// As the database keeps it.
    #[must_use]
    pub fn to_vec(self) -> Vec<u8> {
        self.0.to_vec()
    }
}

impl From<[u8; LENGTH]> for Digest {
    fn from(bytes: [u8; LENGTH]) -> Self {
        Self(bytes)
    }
}

impl TryFrom<&[u8]> for Digest {
    type Error = NoDigest;

    fn try_from(bytes: &[u8]) -> Result<Self, NoDigest> {
        bytes.try_into().map(Self).map_err(|_| NoDigest)
    }
}

impl FromStr for Digest {
    type Err = NoDigest;

    fn from_str(text: &str) -> Result<Self, NoDigest> {
        let mut bytes = [0; LENGTH];
        hex::decode_to_slice(text, &mut bytes).map(|()| Self(bytes)).map_err(|_| NoDigest)
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex::encode(self.0))
    }
}

impl fmt::Debug for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Digest({self})")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_digest_is_read_as_it_is_written_and_nothing_else_is() {
        let empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
        assert_eq!(Digest::of(b"").to_string(), empty);
        assert_eq!(empty.to_uppercase().parse(), Ok(Digest::of(b"")));
        for other in ["", "e3", &empty[1..], &format!("{empty}0"), &empty.replace('e', "g")] {
            assert_eq!(other.parse::<Digest>(), Err(NoDigest), "{other}");
        }
    }
}
