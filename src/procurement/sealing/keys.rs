//! The secrets that bids are sealed with, as their file holds them.

use std::fmt;

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use serde::{Deserialize, Serialize};

use crate::{
    accounts::entropy,
    kernel::{Fault, key_file::Keys},
};

/// Bytes of a secret.
pub(super) const SECRET_BYTES: usize = 32;
/// Bytes of the name that a secret goes by.
pub(super) const ID_BYTES: usize = 8;
/// How the file is written; another number is another way.
const FORMAT: u8 = 1;

/// A secret that other secrets follow from. It is never printed.
#[derive(Clone)]
pub(super) struct Master {
    /// What bids that are sealed with it name it by.
    pub(super) id: [u8; ID_BYTES],
    pub(super) secret: [u8; SECRET_BYTES],
}

/// What the key file holds.
pub(in crate::procurement) struct SealingKeys {
    /// What tags of bidders, of documents and of repeated writes follow from. It stays, whatever key seals: otherwise a bidder
    /// would not find her own bid.
    pub(super) tags: [u8; SECRET_BYTES],
    /// What bids are sealed with from now on.
    pub(super) current: Master,
    /// What bids were sealed with before, and are opened with.
    pub(super) earlier: Vec<Master>,
}

impl fmt::Debug for Master {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Master").field("id", &self.name()).finish_non_exhaustive()
    }
}

impl fmt::Debug for SealingKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SealingKeys").field("current", &self.current).finish_non_exhaustive()
    }
}

impl Master {
    fn made() -> Result<Self, Fault> {
        Ok(Self { id: entropy::bytes()?, secret: entropy::bytes()? })
    }

    /// Its name in letters.
    pub(super) fn name(&self) -> String {
        hex::encode(self.id)
    }
}

impl SealingKeys {
    /// New secrets, which nobody can foretell.
    ///
    /// # Errors
    /// When the operating system has no randomness.
    pub(super) fn made() -> Result<Self, Fault> {
        Ok(Self { tags: entropy::bytes()?, current: Master::made()?, earlier: Vec::new() })
    }

    /// The same with a new secret, which seals from now on; what sealed before goes on opening.
    ///
    /// # Errors
    /// When the operating system has no randomness.
    pub(super) fn with_another(&self) -> Result<Self, Fault> {
        let earlier = std::iter::once(&self.current).chain(&self.earlier).cloned().collect();
        Ok(Self { tags: self.tags, current: Master::made()?, earlier })
    }

    /// The secret of a name.
    pub(super) fn named(&self, id: [u8; ID_BYTES]) -> Option<&Master> {
        std::iter::once(&self.current).chain(&self.earlier).find(|master| master.id == id)
    }

    /// The name of the secret that seals, and how many there are.
    pub(super) fn shown(&self) -> (String, usize) {
        (self.current.name(), 1 + self.earlier.len())
    }
}

/// Why a file is no key file. Nothing of its content is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(in crate::procurement) enum SealingFileError {
    /// It is not written as one.
    #[error("it is no file of sealing keys")]
    Malformed,
    /// A later version wrote it.
    #[error("it is written in a way that this version does not know")]
    UnknownFormat,
    /// It holds no key at all.
    #[error("it holds no key")]
    Empty,
    /// Two keys go by one name.
    #[error("two of its keys have the same id")]
    SameId,
}

#[derive(Serialize, Deserialize)]
struct Stored {
    format: u8,
    tags: String,
    keys: Vec<StoredMaster>,
}

#[derive(Serialize, Deserialize)]
struct StoredMaster {
    id: String,
    secret: String,
}

fn secret(text: &str) -> Option<[u8; SECRET_BYTES]> {
    URL_SAFE_NO_PAD.decode(text).ok()?.try_into().ok()
}

impl StoredMaster {
    fn of(master: &Master) -> Self {
        Self { id: master.name(), secret: URL_SAFE_NO_PAD.encode(master.secret) }
    }

    fn read(&self) -> Option<Master> {
        Some(Master { id: hex::decode(&self.id).ok()?.try_into().ok()?, secret: secret(&self.secret)? })
    }
}

impl Keys for SealingKeys {
    const SETTING: &'static str = "BFW_SEALING_KEY_FILE";
    type Error = SealingFileError;

    fn read(text: &str) -> Result<Self, SealingFileError> {
        let stored: Stored = serde_json::from_str(text).map_err(|_| SealingFileError::Malformed)?;
        if stored.format != FORMAT {
            return Err(SealingFileError::UnknownFormat);
        }
        let tags = secret(&stored.tags).ok_or(SealingFileError::Malformed)?;
        let masters: Option<Vec<Master>> = stored.keys.iter().map(StoredMaster::read).collect();
        let masters = masters.ok_or(SealingFileError::Malformed)?;
        let is_repeated = |(at, master): (usize, &Master)| masters.iter().take(at).any(|other| other.id == master.id);
        if masters.iter().enumerate().any(is_repeated) {
            return Err(SealingFileError::SameId);
        }
        let mut masters = masters.into_iter();
        let current = masters.next().ok_or(SealingFileError::Empty)?;
        Ok(Self { tags, current, earlier: masters.collect() })
    }

    fn write(&self) -> Result<String, serde_json::Error> {
        let keys = std::iter::once(&self.current).chain(&self.earlier).map(StoredMaster::of).collect();
        serde_json::to_string_pretty(&Stored { format: FORMAT, tags: URL_SAFE_NO_PAD.encode(self.tags), keys })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_read_as_it_is_written_and_tells_nothing_when_printed() {
        let mut keys = SealingKeys::made().unwrap();
        keys.earlier.push(Master::made().unwrap());
        let text = keys.write().unwrap();
        let read = SealingKeys::read(&text).unwrap();

        assert_eq!((read.tags, read.current.secret), (keys.tags, keys.current.secret));
        assert_eq!(read.named(keys.earlier[0].id).map(|master| master.secret), Some(keys.earlier[0].secret));
        assert!(read.named([0; ID_BYTES]).is_none());
        let shown = format!("{keys:?}");
        for hidden in [keys.tags, keys.current.secret] {
            assert!(
                !shown.contains(&URL_SAFE_NO_PAD.encode(hidden)) && !shown.contains(&hex::encode(hidden)),
                "{shown}"
            );
        }
    }

    #[test]
    fn another_key_seals_and_all_before_it_open() {
        let first = SealingKeys::made().unwrap();
        let third = first.with_another().unwrap().with_another().unwrap();
        assert_eq!((third.tags, third.shown().1), (first.tags, 3));
        assert_ne!(third.current.id, first.current.id);
        assert_eq!(third.named(first.current.id).map(|master| master.secret), Some(first.current.secret));
        assert_eq!(third.earlier.last().map(|master| master.id), Some(first.current.id));
    }

    #[test]
    fn what_is_no_key_file_is_refused() {
        let text = SealingKeys::made().unwrap().write().unwrap();
        let refused = |text: &str| SealingKeys::read(text).err();
        assert_eq!(refused(""), Some(SealingFileError::Malformed));
        assert_eq!(refused(&text.replace("\"format\": 1", "\"format\": 2")), Some(SealingFileError::UnknownFormat));
        assert_eq!(refused(r#"{"format":1,"tags":"","keys":[]}"#), Some(SealingFileError::Malformed));
        let mut stored: Stored = serde_json::from_str(&text).unwrap();
        stored.keys.push(StoredMaster { id: stored.keys[0].id.clone(), secret: stored.keys[0].secret.clone() });
        assert_eq!(refused(&serde_json::to_string(&stored).unwrap()), Some(SealingFileError::SameId));
        stored.keys.clear();
        assert_eq!(refused(&serde_json::to_string(&stored).unwrap()), Some(SealingFileError::Empty));
    }
}
