//! The private keys, in their file.

use std::path::PathBuf;

use super::model::{Key, KeyFileError, KeySet};
use crate::kernel::{
    Fault, entropy,
    key_file::{KeyFile, Keys},
};

/// The file and what it held when it was read last.
pub(super) type KeyRing = KeyFile<KeySet>;

impl Keys for KeySet {
    const SETTING: &'static str = "BFW_SIGNING_KEY_FILE";
    type Error = KeyFileError;

    fn read(text: &str) -> Result<Self, KeyFileError> {
        Self::read(text)
    }

    fn write(&self) -> Result<String, serde_json::Error> {
        self.write()
    }
}

/// The ring over a file, which is made with a first key where it is missing.
///
/// # Errors
/// When it can be neither read nor made.
pub(super) fn open(file: PathBuf) -> Result<KeyRing, Fault> {
    let ring = KeyRing::at(file);
    if !ring.exists()? {
        let first = KeySet::of(Key::from_entropy(&entropy::bytes()?));
        ring.replace(&first)?;
        tracing::info!(file = %ring.path().display(), kid = first.current.kid(), "made the first key that signs credentials");
    }
    Ok(ring)
}
