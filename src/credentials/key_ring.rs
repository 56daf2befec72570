//! The private keys, in their file.
//!
//! The file is looked at before each signature and read again when it has changed, so that a key that was put in place by
//! another process, or by hand, signs from then on without a restart.

use std::{
    fs::{File, Metadata, OpenOptions},
    io::{ErrorKind, Write as _},
    os::unix::fs::{MetadataExt as _, OpenOptionsExt as _},
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
    time::SystemTime,
};

use super::model::{Key, KeySet};
use crate::{accounts::entropy, kernel::Fault};

/// Who may read the file: its owner.
const MODE: u32 = 0o600;
/// The longest file that is read: some hundreds of keys.
const BYTES_MAX: u64 = 64 * 1024;

/// The file and what it held when it was read last.
#[derive(Debug)]
pub(super) struct KeyRing {
    file: PathBuf,
    held: Mutex<Option<Held>>,
}

#[derive(Debug)]
struct Held {
    stamp: Stamp,
    keys: Arc<KeySet>,
}

/// What tells one content of the file from another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Stamp {
    modified: Option<SystemTime>,
    length: u64,
    /// Another with each file that takes the place of one, however soon.
    inode: u64,
}

impl Stamp {
    fn of(metadata: &Metadata) -> Self {
        Self { modified: metadata.modified().ok(), length: metadata.len(), inode: metadata.ino() }
    }
}

impl KeyRing {
    /// The ring over a file, which is made with a first key where it is missing.
    ///
    /// # Errors
    /// When it can be neither read nor made.
    pub(super) fn open(file: PathBuf) -> Result<Self, Fault> {
        if !file.try_exists().map_err(|error| told(&file, &error))? {
            let first = KeySet::of(Key::from_entropy(&entropy::bytes()?));
            write(&file, &first)?;
            tracing::info!(file = %file.display(), kid = first.current.kid(), "made the first key that signs credentials");
        }
        Ok(Self { file, held: Mutex::new(None) })
    }

    /// The keys as the file holds them now.
    ///
    /// # Errors
    /// When the file is gone or is no key file.
    pub(super) fn read(&self) -> Result<Arc<KeySet>, Fault> {
        let metadata = self.file.metadata().map_err(|error| told(&self.file, &error))?;
        let stamp = Stamp::of(&metadata);
        // A panic while holding the lock cannot leave half of it behind.
        let mut held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(held) = held.as_ref().filter(|held| held.stamp == stamp) {
            return Ok(Arc::clone(&held.keys));
        }
        let keys = Arc::new(read(&self.file, &metadata)?);
        *held = Some(Held { stamp, keys: Arc::clone(&keys) });
        Ok(keys)
    }

    /// Puts other keys in the place of those that the file holds.
    ///
    /// # Errors
    /// When it cannot be written.
    pub(super) fn replace(&self, keys: &KeySet) -> Result<(), Fault> {
        write(&self.file, keys)
    }
}

fn read(file: &Path, metadata: &Metadata) -> Result<KeySet, Fault> {
    if metadata.len() > BYTES_MAX {
        return Err(Fault::Internal(format!("the key file {} is too long to be one", file.display())));
    }
    let text = std::fs::read_to_string(file).map_err(|error| told(file, &error))?;
    KeySet::read(&text).map_err(|error| Fault::Internal(format!("the key file {}: {error}", file.display())))
}

/// Writes the file, whole or not at all, so that nobody reads half of it.
fn write(file: &Path, keys: &KeySet) -> Result<(), Fault> {
    let text = keys.write().map_err(|error| Fault::Internal(error.to_string()))?;
    let new = file.with_extension("new");
    let attempt = || -> std::io::Result<()> {
        // What an interrupted attempt left may have any mode.
        match std::fs::remove_file(&new) {
            Err(error) if error.kind() != ErrorKind::NotFound => return Err(error),
            Ok(()) | Err(_) => {}
        }
        let mut written = OpenOptions::new().write(true).create_new(true).mode(MODE).open(&new)?;
        written.write_all(text.as_bytes())?;
        written.sync_all()?;
        std::fs::rename(&new, file)?;
        // The name too must outlive a power cut.
        match file.parent() {
            Some(folder) => File::open(folder)?.sync_all(),
            None => Ok(()),
        }
    };
    attempt().map_err(|error| told(file, &error))
}

fn told(file: &Path, error: &std::io::Error) -> Fault {
    Fault::Internal(format!("the key file {} (BFW_SIGNING_KEY_FILE): {error}", file.display()))
}
