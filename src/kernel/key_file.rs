//! Secrets in a file of their own, apart from the database: a backup of one is worth nothing without the other.
//!
//! The file is looked at before each use and read again when it has changed, so that what was put in place by another process,
//! or by hand, is in force from then on without a restart.

use std::{
    fmt,
    fs::{File, Metadata, OpenOptions},
    io::{ErrorKind, Write as _},
    os::unix::fs::{MetadataExt as _, OpenOptionsExt as _, PermissionsExt as _},
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
    time::SystemTime,
};

use super::Fault;

/// Who may read the file: its owner.
const MODE: u32 = 0o600;
/// Bits of a file's mode that let others than its owner have it.
const OTHERS: u32 = 0o077;
/// The longest file that is read: some hundreds of keys.
const BYTES_MAX: u64 = 64 * 1024;

/// What a key file holds. Its texts tell nothing of the secrets, and neither does the error.
pub trait Keys: Sized {
    /// The setting that names the file, as an operator writes it.
    const SETTING: &'static str;
    /// Why a text is none.
    type Error: fmt::Display;

    /// Reads a file's text.
    ///
    /// # Errors
    /// Why it is none.
    fn read(text: &str) -> Result<Self, Self::Error>;

    /// Writes the text, which is a secret.
    ///
    /// # Errors
    /// None in practice: texts are always writable.
    fn write(&self) -> Result<String, serde_json::Error>;
}

/// The file and what it held when it was read last.
pub struct KeyFile<K> {
    path: PathBuf,
    held: Mutex<Option<Held<K>>>,
}

struct Held<K> {
    stamp: Stamp,
    keys: Arc<K>,
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

impl<K> fmt::Debug for KeyFile<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("KeyFile").field("path", &self.path).finish_non_exhaustive()
    }
}

impl<K: Keys> KeyFile<K> {
    /// The file at a path, whether it is there or not.
    #[must_use]
    pub const fn at(path: PathBuf) -> Self {
        Self { path, held: Mutex::new(None) }
    }

    /// Where it is.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Whether it is there.
    ///
    /// # Errors
    /// When that cannot be told.
    pub fn exists(&self) -> Result<bool, Fault> {
        self.path.try_exists().map_err(|error| self.told(&error))
    }

    /// The keys as the file holds them now.
    ///
    /// # Errors
    /// When the file is gone or is no key file.
    pub fn read(&self) -> Result<Arc<K>, Fault> {
        let metadata = self.path.metadata().map_err(|error| self.told(&error))?;
        let stamp = Stamp::of(&metadata);
        // A panic while holding the lock cannot leave half of it behind.
        let mut held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(held) = held.as_ref().filter(|held| held.stamp == stamp) {
            return Ok(Arc::clone(&held.keys));
        }
        let keys = Arc::new(self.parsed(&metadata)?);
        *held = Some(Held { stamp, keys: Arc::clone(&keys) });
        Ok(keys)
    }

    fn parsed(&self, metadata: &Metadata) -> Result<K, Fault> {
        let shown = self.path.display();
        if metadata.len() > BYTES_MAX {
            return Err(Fault::Internal(format!("the key file {shown} is too long to be one")));
        }
        let text = std::fs::read_to_string(&self.path).map_err(|error| self.told(&error))?;
        K::read(&text).map_err(|error| Fault::Internal(format!("the key file {shown}: {error}")))
    }

    /// Writes the file, whole or not at all, so that nobody reads half of it; what it held before is gone.
    ///
    /// # Errors
    /// When it cannot be written; then it is as it was.
    pub fn replace(&self, keys: &K) -> Result<(), Fault> {
        let text = keys.write().map_err(|error| Fault::Internal(error.to_string()))?;
        if text.len() as u64 > BYTES_MAX {
            // It could not be read again.
            return Err(Fault::Internal(format!("the key file {} would become too long", self.path.display())));
        }
        let new = self.path.with_extension("new");
        let attempt = || -> std::io::Result<()> {
            // What an interrupted attempt left may have any mode.
            match std::fs::remove_file(&new) {
                Err(error) if error.kind() != ErrorKind::NotFound => return Err(error),
                Ok(()) | Err(_) => {}
            }
            let mut written = OpenOptions::new().write(true).create_new(true).mode(MODE).open(&new)?;
            written.write_all(text.as_bytes())?;
            written.sync_all()?;
            std::fs::rename(&new, &self.path)?;
            // The name too must outlive a power cut.
            match self.path.parent() {
                Some(folder) => File::open(folder)?.sync_all(),
                None => Ok(()),
            }
        };
        attempt().map_err(|error| self.told(&error))
    }

    fn told(&self, error: &std::io::Error) -> Fault {
        Fault::Internal(format!("the key file {} ({}): {error}", self.path.display(), K::SETTING))
    }

    /// The keys for an operator who wonders whether all is well; none where the file is not there. Changes nothing.
    ///
    /// # Errors
    /// What is wrong and how to mend it, for the operator to read.
    pub fn examine(&self) -> Result<Option<K>, String> {
        let shown = self.path.display();
        let metadata = match self.path.metadata() {
            Ok(metadata) => metadata,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(format!("{shown}: {error}")),
        };
        let mode = metadata.permissions().mode();
        if mode & OTHERS != 0 {
            return Err(format!("{shown} may be read by others (mode {:o}); run `chmod 600 {shown}`", mode & 0o777));
        }
        let text =
            std::fs::read_to_string(&self.path).map_err(|error| format!("{shown}: {error}; let its owner run this"))?;
        K::read(&text).map(Some).map_err(|error| format!("{shown}: {error}; bring it back from where it is kept"))
    }
}
