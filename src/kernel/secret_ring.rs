//! Secrets by their names, as a key file holds them: one that seals from now on, those that sealed before, and beside them one
//! that lasts, whatever seals.
//!
//! What is sealed keeps the name of its secret, so that another can seal from then on and everything before it still opens.

use std::{fmt, marker::PhantomData};

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::{Fault, entropy, key_file::Keys};

/// Bytes of a secret.
pub const SECRET_BYTES: usize = 32;
/// Bytes of the name that a secret goes by.
pub const ID_BYTES: usize = 8;
/// How the file is written; another number is another way.
const FORMAT: u8 = 1;

/// What a ring of secrets is for.
pub trait Use: 'static {
    /// The setting that names the file, as an operator writes it.
    const SETTING: &'static str;
    /// What the secret that lasts is called in the file.
    const LASTING: &'static str;
}

/// A secret that others are derived from, by its name. It is never printed.
#[derive(Clone)]
pub struct Master {
    id: [u8; ID_BYTES],
    secret: [u8; SECRET_BYTES],
}

/// What the key file holds.
pub struct SecretRing<U> {
    lasting: [u8; SECRET_BYTES],
    current: Master,
    earlier: Vec<Master>,
    is_for: PhantomData<fn() -> U>,
}

impl fmt::Debug for Master {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Master").field("id", &self.name()).finish_non_exhaustive()
    }
}

impl<U> fmt::Debug for SecretRing<U> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SecretRing").field("current", &self.current).finish_non_exhaustive()
    }
}

impl Master {
    fn made() -> Result<Self, Fault> {
        Ok(Self { id: entropy::bytes()?, secret: entropy::bytes()? })
    }

    /// What is sealed with it names it by this.
    #[must_use]
    pub const fn id(&self) -> [u8; ID_BYTES] {
        self.id
    }

    /// The secret itself.
    #[must_use]
    pub const fn secret(&self) -> &[u8; SECRET_BYTES] {
        &self.secret
    }

    /// Its name in letters.
    #[must_use]
    pub fn name(&self) -> String {
        hex::encode(self.id)
    }
}

impl<U> SecretRing<U> {
    /// New secrets, which nobody can foretell.
    ///
    /// # Errors
    /// When the operating system has no randomness.
    pub fn made() -> Result<Self, Fault> {
        let (lasting, current) = (entropy::bytes()?, Master::made()?);
        Ok(Self { lasting, current, earlier: Vec::new(), is_for: PhantomData })
    }

    /// The same with a new secret, which seals from now on; what sealed before goes on opening.
    ///
    /// # Errors
    /// When the operating system has no randomness.
    pub fn with_another(&self) -> Result<Self, Fault> {
        let (current, earlier) = (Master::made()?, self.all().cloned().collect());
        Ok(Self { lasting: self.lasting, current, earlier, is_for: PhantomData })
    }

    /// The secret that stays when another one seals.
    #[must_use]
    pub const fn lasting(&self) -> &[u8; SECRET_BYTES] {
        &self.lasting
    }

    /// The secret that seals.
    #[must_use]
    pub const fn current(&self) -> &Master {
        &self.current
    }

    /// The secret of a name; none where it is not there, or this is no name.
    #[must_use]
    pub fn named(&self, id: &[u8]) -> Option<&Master> {
        self.all().find(|master| master.id == id)
    }

    /// How many secrets there are that seal or sealed.
    #[must_use]
    pub fn count(&self) -> usize {
        self.all().count()
    }

    fn all(&self) -> impl Iterator<Item = &Master> {
        std::iter::once(&self.current).chain(&self.earlier)
    }
}

/// Why a file is no key file. Nothing of its content is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum RingFileError {
    /// It is not written as one.
    #[error("it is no file of such keys")]
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
    keys: Vec<StoredMaster>,
    /// The secret that lasts, by what it is called.
    #[serde(flatten)]
    others: Map<String, Value>,
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

impl<U: Use> Keys for SecretRing<U> {
    const SETTING: &'static str = U::SETTING;
    type Error = RingFileError;

    fn read(text: &str) -> Result<Self, RingFileError> {
        let stored: Stored = serde_json::from_str(text).map_err(|_| RingFileError::Malformed)?;
        if stored.format != FORMAT {
            return Err(RingFileError::UnknownFormat);
        }
        let lasting = stored.others.get(U::LASTING).and_then(Value::as_str).and_then(secret);
        let lasting = lasting.ok_or(RingFileError::Malformed)?;
        let masters: Option<Vec<Master>> = stored.keys.iter().map(StoredMaster::read).collect();
        let masters = masters.ok_or(RingFileError::Malformed)?;
        let is_repeated = |(at, master): (usize, &Master)| masters.iter().take(at).any(|other| other.id == master.id);
        if masters.iter().enumerate().any(is_repeated) {
            return Err(RingFileError::SameId);
        }
        let mut masters = masters.into_iter();
        let current = masters.next().ok_or(RingFileError::Empty)?;
        Ok(Self { lasting, current, earlier: masters.collect(), is_for: PhantomData })
    }

    fn write(&self) -> Result<String, serde_json::Error> {
        let lasting = Value::String(URL_SAFE_NO_PAD.encode(self.lasting));
        let others = Map::from_iter([(U::LASTING.to_owned(), lasting)]);
        serde_json::to_string_pretty(&Stored {
            format: FORMAT,
            keys: self.all().map(StoredMaster::of).collect(),
            others,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Trying;

    impl Use for Trying {
        const SETTING: &'static str = "BFW_TRYING";
        const LASTING: &'static str = "lasting";
    }

    type Ring = SecretRing<Trying>;

    #[test]
    fn a_file_is_read_as_it_is_written_and_tells_nothing_when_printed() {
        let keys = Ring::made().unwrap().with_another().unwrap();
        let read = Ring::read(&keys.write().unwrap()).unwrap();

        assert_eq!((read.lasting, read.current.secret), (keys.lasting, keys.current.secret));
        let earlier = &keys.earlier[0];
        assert_eq!(read.named(&earlier.id).map(|master| master.secret), Some(earlier.secret));
        assert!(read.named(&[0; ID_BYTES]).is_none() && read.named(b"").is_none() && read.count() == 2);
        let shown = format!("{keys:?}");
        for hidden in [keys.lasting, keys.current.secret, earlier.secret] {
            assert!(
                !shown.contains(&URL_SAFE_NO_PAD.encode(hidden)) && !shown.contains(&hex::encode(hidden)),
                "{shown}"
            );
        }
    }

    #[test]
    fn another_key_seals_and_all_before_it_open() {
        let first = Ring::made().unwrap();
        let third = first.with_another().unwrap().with_another().unwrap();
        assert_eq!((third.lasting, third.count()), (first.lasting, 3));
        assert_ne!(third.current.id, first.current.id);
        assert_eq!(third.named(&first.current.id).map(|master| master.secret), Some(first.current.secret));
        assert_eq!(third.earlier.last().map(|master| master.id), Some(first.current.id));
    }

    #[test]
    fn what_is_no_key_file_is_refused() {
        let text = Ring::made().unwrap().write().unwrap();
        let refused = |text: &str| Ring::read(text).err();
        assert_eq!(refused(""), Some(RingFileError::Malformed));
        assert_eq!(refused(&text.replace("\"format\": 1", "\"format\": 2")), Some(RingFileError::UnknownFormat));
        assert_eq!(refused(&text.replace("lasting", "other")), Some(RingFileError::Malformed));
        let mut stored: Stored = serde_json::from_str(&text).unwrap();
        stored.keys.push(StoredMaster { id: stored.keys[0].id.clone(), secret: stored.keys[0].secret.clone() });
        assert_eq!(refused(&serde_json::to_string(&stored).unwrap()), Some(RingFileError::SameId));
        stored.keys.clear();
        assert_eq!(refused(&serde_json::to_string(&stored).unwrap()), Some(RingFileError::Empty));
    }
}
