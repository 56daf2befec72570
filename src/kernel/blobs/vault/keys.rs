//! The secrets that contents are sealed with, and how their file holds them.

use std::fmt;

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use hkdf::Hkdf;
use hmac::{Hmac, Mac as _};
use rand::{TryRngCore as _, rngs::OsRng};
use serde::{Deserialize, Serialize};
use sha2::Sha256;

use super::format::{ID_BYTES, SECRET_BYTES};
use crate::kernel::{Fault, digest::Digest, key_file::Keys};

/// How the file is written; another number is another way.
const FORMAT: u8 = 1;

/// A secret with its name.
struct Master {
    id: [u8; ID_BYTES],
    secret: [u8; SECRET_BYTES],
}

/// What the key file holds. It is never printed.
pub struct DocumentKeys {
    /// What the service's own links are signed with. It stays when another key seals.
    links: [u8; SECRET_BYTES],
    /// What contents are sealed with from now on.
    current: Master,
    /// What contents were sealed with before, and are opened with.
    earlier: Vec<Master>,
}

impl fmt::Debug for DocumentKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DocumentKeys").field("current", &self.name()).finish_non_exhaustive()
    }
}

/// Bytes that nobody can foretell.
///
/// # Errors
/// When the operating system has none.
pub(super) fn random<const LENGTH: usize>() -> Result<[u8; LENGTH], Fault> {
    let mut bytes = [0; LENGTH];
    OsRng.try_fill_bytes(&mut bytes).map_err(|error| Fault::Internal(format!("no randomness: {error}")))?;
    Ok(bytes)
}

impl Master {
    fn made() -> Result<Self, Fault> {
        Ok(Self { id: random()?, secret: random()? })
    }

    fn all(keys: &DocumentKeys) -> impl Iterator<Item = &Self> {
        std::iter::once(&keys.current).chain(&keys.earlier)
    }
}

impl DocumentKeys {
    /// New secrets.
    ///
    /// # Errors
    /// When the operating system has no randomness.
    pub fn made() -> Result<Self, Fault> {
        Ok(Self { links: random()?, current: Master::made()?, earlier: Vec::new() })
    }

    /// The same with a new key that seals from now on.
    ///
    /// # Errors
    /// When the operating system has no randomness.
    pub fn renewed(self) -> Result<Self, Fault> {
        let earlier = std::iter::once(self.current).chain(self.earlier).collect();
        Ok(Self { links: self.links, current: Master::made()?, earlier })
    }

    /// The name of the key that seals, in letters.
    #[must_use]
    pub fn name(&self) -> String {
        hex::encode(self.current.id)
    }

    /// Whether a key of this name is there.
    #[must_use]
    pub fn has(&self, id: &[u8]) -> bool {
        Master::all(self).any(|master| master.id == id)
    }

    /// How many keys there are.
    #[must_use]
    pub fn count(&self) -> usize {
        1 + self.earlier.len()
    }

    pub(in crate::kernel::blobs) const fn links(&self) -> &[u8; SECRET_BYTES] {
        &self.links
    }

    /// The key that seals: its name and its secret.
    pub(super) const fn sealing(&self) -> ([u8; ID_BYTES], &[u8; SECRET_BYTES]) {
        (self.current.id, &self.current.secret)
    }

    /// The secret of a name.
    pub(super) fn named(&self, id: [u8; ID_BYTES]) -> Option<&[u8; SECRET_BYTES]> {
        Master::all(self).find(|master| master.id == id).map(|master| &master.secret)
    }

    /// What a content is called in the store, by what it hashes to: a name that tells nothing to whoever lacks the key, not
    /// even whether it is a content that she has herself.
    pub(super) fn name_of(&self, digest: &Digest) -> Option<Digest> {
        let mut secret = [0; SECRET_BYTES];
        Hkdf::<Sha256>::new(None, &self.current.secret).expand(b"bfw documents 1 names", &mut secret).ok()?;
        let mac = Hmac::<Sha256>::new_from_slice(&secret).ok()?;
        let name: [u8; 32] = mac.chain_update(digest.as_bytes()).finalize().into_bytes().into();
        Some(Digest::from(name))
    }
}

/// Why a file is no key file. Nothing of its content is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum DocumentFileError {
    /// It is not written as one.
    #[error("it is no file of document keys")]
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
    links: String,
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
    fn read(&self) -> Option<Master> {
        Some(Master { id: hex::decode(&self.id).ok()?.try_into().ok()?, secret: secret(&self.secret)? })
    }
}

impl Keys for DocumentKeys {
    const SETTING: &'static str = "BFW_DOCUMENT_KEY_FILE";
    type Error = DocumentFileError;

    fn read(text: &str) -> Result<Self, DocumentFileError> {
        let stored: Stored = serde_json::from_str(text).map_err(|_| DocumentFileError::Malformed)?;
        if stored.format != FORMAT {
            return Err(DocumentFileError::UnknownFormat);
        }
        let links = secret(&stored.links).ok_or(DocumentFileError::Malformed)?;
        let masters: Option<Vec<Master>> = stored.keys.iter().map(StoredMaster::read).collect();
        let masters = masters.ok_or(DocumentFileError::Malformed)?;
        let is_repeated = |(at, master): (usize, &Master)| masters.iter().take(at).any(|other| other.id == master.id);
        if masters.iter().enumerate().any(is_repeated) {
            return Err(DocumentFileError::SameId);
        }
        let mut masters = masters.into_iter();
        let current = masters.next().ok_or(DocumentFileError::Empty)?;
        Ok(Self { links, current, earlier: masters.collect() })
    }

    fn write(&self) -> Result<String, serde_json::Error> {
        let stored = |master: &Master| StoredMaster {
            id: hex::encode(master.id),
            secret: URL_SAFE_NO_PAD.encode(master.secret),
        };
        let keys = Master::all(self).map(stored).collect();
        serde_json::to_string_pretty(&Stored { format: FORMAT, links: URL_SAFE_NO_PAD.encode(self.links), keys })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_read_as_it_is_written_and_tells_nothing_when_printed() {
        let first = DocumentKeys::made().unwrap();
        let (former, links) = (first.current.id, first.links);
        let keys = first.renewed().unwrap();
        let read = DocumentKeys::read(&keys.write().unwrap()).unwrap();

        assert_eq!((read.links, links, read.current.secret), (keys.links, keys.links, keys.current.secret));
        assert_eq!(read.named(former), Some(&keys.earlier[0].secret));
        assert!(read.has(&former) && !read.has(&[0; ID_BYTES]) && read.count() == 2);
        let shown = format!("{keys:?}");
        for hidden in [keys.links, keys.current.secret, keys.earlier[0].secret] {
            assert!(!shown.contains(&URL_SAFE_NO_PAD.encode(hidden)) && !shown.contains(&hex::encode(hidden)));
        }
    }

    #[test]
    fn what_is_no_key_file_is_refused() {
        let text = DocumentKeys::made().unwrap().write().unwrap();
        let refused = |text: &str| DocumentKeys::read(text).err();
        assert_eq!(refused(""), Some(DocumentFileError::Malformed));
        assert_eq!(refused(&text.replace("\"format\": 1", "\"format\": 2")), Some(DocumentFileError::UnknownFormat));
        assert_eq!(refused(r#"{"format":1,"links":"","keys":[]}"#), Some(DocumentFileError::Malformed));
        let mut stored: Stored = serde_json::from_str(&text).unwrap();
        stored.keys.push(StoredMaster { id: stored.keys[0].id.clone(), secret: stored.keys[0].secret.clone() });
        assert_eq!(refused(&serde_json::to_string(&stored).unwrap()), Some(DocumentFileError::SameId));
        stored.keys.clear();
        assert_eq!(refused(&serde_json::to_string(&stored).unwrap()), Some(DocumentFileError::Empty));
    }

    #[test]
    fn a_name_is_the_same_for_the_same_content_under_one_key_only() {
        let keys = DocumentKeys::made().unwrap();
        let (one, other) = (Digest::of(b"one"), Digest::of(b"other"));
        let name = keys.name_of(&one);
        assert!(name.is_some() && name != Some(one));
        assert_eq!(name, keys.name_of(&one));
        assert_ne!(name, keys.name_of(&other));
        assert_ne!(name, DocumentKeys::made().unwrap().name_of(&one));
    }
}
