//! What a backup says of itself. It is written last, whole or not at all.

use std::{
    fmt,
    io::{ErrorKind, Write as _},
    path::Path,
};

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{super::CommandError, files};
use crate::kernel::{
    blobs::BlobKey,
    db::{Database, DbBackend, all_migrations},
    digest::Digest,
};

/// What the file is called.
const NAME: &str = "manifest.json";
/// The form of backups that this version writes, and the latest that it reads.
const FORMAT: u32 = 1;
/// The folder of contents.
pub(super) const BLOBS: &str = "blobs/";
/// What the key files are called in a backup.
pub(super) const KEYS: [&str; 3] = ["keys/signing-key.json", "keys/sealing-key.json", "keys/document-key.json"];

/// Which database a backup is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Kind {
    Sqlite,
    Postgresql,
}

impl Kind {
    pub(super) fn of(database: &Database) -> Self {
        if database.backend() == DbBackend::Postgres { Self::Postgresql } else { Self::Sqlite }
    }

    /// What its file is called.
    pub(super) const fn file(self) -> &'static str {
        match self {
            Self::Sqlite => "database.sqlite",
            Self::Postgresql => "database.dump",
        }
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Sqlite => "a SQLite database",
            Self::Postgresql => "a PostgreSQL database",
        })
    }
}

/// A file of a backup.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct FileEntry {
    /// Where it lies in the folder.
    pub(super) path: String,
    /// How long it is.
    pub(super) bytes: u64,
    /// What it hashes to, hexadecimal.
    pub(super) sha256: String,
}

impl FileEntry {
    /// Where it lies in the store, if it is a content.
    pub(super) fn key(&self) -> Option<BlobKey> {
        self.path.strip_prefix(BLOBS).and_then(BlobKey::parse)
    }

    /// Goes on if what was read is what is listed.
    pub(super) fn is(&self, folder: &Path, (bytes, sha256): (u64, Digest)) -> Result<(), CommandError> {
        let shown = folder.join(&self.path).display().to_string();
        let refused = |what: String| Err(CommandError::Other(format!("the backup is damaged: {shown} {what}")));
        if bytes != self.bytes {
            return refused(format!("has {bytes} bytes instead of {}", self.bytes));
        }
        if sha256.to_string() == self.sha256 { Ok(()) } else { refused("is not what was backed up".to_owned()) }
    }
}

/// All of a backup.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Manifest {
    /// The form of the backup.
    pub(super) format: u32,
    /// The version of the program that made it.
    pub(super) program: String,
    /// The instant that the database is of, or shortly before it.
    pub(super) made_at: String,
    /// The kind of database.
    pub(super) database: Kind,
    /// Its version, as it says it.
    pub(super) server: String,
    /// The last migration that was applied.
    pub(super) last_migration: String,
    /// Contents that documents refer to and that the store has lost or that are damaged in it.
    pub(super) lacking: Vec<String>,
    /// All files, but this one.
    pub(super) files: Vec<FileEntry>,
    /// The SHA-256 of all of the above in its canonical form (RFC 8785).
    pub(super) sha256: String,
}

impl Manifest {
    /// Of a backup that is being made.
    pub(super) fn new(database: Kind, server: String, last_migration: String, made_at: String) -> Self {
        Self {
            format: FORMAT,
            program: env!("CARGO_PKG_VERSION").to_owned(),
            made_at,
            database,
            server,
            last_migration,
            lacking: Vec::new(),
            files: Vec::new(),
            sha256: String::new(),
        }
    }

    /// How many contents are in it.
    pub(super) fn contents(&self) -> usize {
        self.files.iter().filter(|file| file.key().is_some_and(|key| key.name().is_some())).count()
    }

    /// How many bytes.
    pub(super) fn bytes(&self) -> u64 {
        self.files.iter().map(|file| file.bytes).sum()
    }

    /// The file of the database.
    pub(super) fn database_file(&self) -> Result<&FileEntry, CommandError> {
        let of_database = self.files.iter().find(|file| file.path == self.database.file());
        of_database.ok_or_else(|| CommandError::Other("the manifest names no file of the database".to_owned()))
    }

    /// What all but the check itself hashes to.
    fn check(value: &Value) -> Result<String, CommandError> {
        let mut unchecked = value.clone();
        if let Some(fields) = unchecked.as_object_mut() {
            fields.remove("sha256");
        }
        let canonical = serde_json_canonicalizer::to_vec(&unchecked);
        canonical.map(|text| Digest::of(&text).to_string()).map_err(|error| CommandError::Other(error.to_string()))
    }

    /// Writes it, whole or not at all.
    pub(super) fn write(&mut self, folder: &Path) -> Result<(), CommandError> {
        let other = |error: serde_json::Error| CommandError::Other(error.to_string());
        self.sha256 = Self::check(&serde_json::to_value(&*self).map_err(other)?)?;
        let text = serde_json::to_vec_pretty(self).map_err(other)?;
        let (draft, file) = (folder.join("manifest.new"), folder.join(NAME));
        let write = || {
            let mut written = files::create(&draft)?;
            written.write_all(&text)?;
            written.sync_all()?;
            files::sync_folder(folder)?;
            std::fs::rename(&draft, &file)?;
            files::sync_folder(folder)
        };
        write().map_err(CommandError::file(file.display()))
    }

    /// Reads that of a folder, if it is a backup that this version can bring back.
    pub(super) fn read(folder: &Path) -> Result<Self, CommandError> {
        let file = folder.join(NAME);
        let shown = file.display();
        let text = match std::fs::read(&file) {
            Err(error) if error.kind() == ErrorKind::NotFound => {
                return Err(CommandError::Other(format!(
                    "{shown} is not there: {} is a backup that was broken off, or none",
                    folder.display()
                )));
            }
            read => read.map_err(CommandError::file(&shown))?,
        };
        let damaged = |why: &dyn fmt::Display| CommandError::Other(format!("the backup is damaged: {shown}: {why}"));
        let value: Value = serde_json::from_slice(&text).map_err(|error| damaged(&error))?;
        let format = value["format"].as_u64().unwrap_or(0);
        if format > u64::from(FORMAT) {
            return Err(CommandError::Other(format!(
                "the backup is of form {format}, which a newer version of bfw wrote; restore it with that version"
            )));
        }
        if value["sha256"] != Self::check(&value)?.as_str() {
            return Err(damaged(&"it is not what was written"));
        }
        let manifest: Self = serde_json::from_value(value).map_err(|error| damaged(&error))?;
        if !all_migrations().contains(&manifest.last_migration) {
            return Err(CommandError::Other(format!(
                "the backup was made by bfw {}, whose database has {}, which this version does not know; restore it with that \
                 version or a later one",
                manifest.program, manifest.last_migration
            )));
        }
        let is_known = |file: &FileEntry| {
            file.path == manifest.database.file() || KEYS.contains(&file.path.as_str()) || file.key().is_some()
        };
        if let Some(strange) = manifest.files.iter().find(|file| !is_known(file)) {
            return Err(damaged(&format_args!("it names {:?}, which is no file of a backup", strange.path)));
        }
        Ok(manifest)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(change: impl FnOnce(&mut Manifest)) -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        let last = all_migrations().pop().unwrap();
        let mut manifest = Manifest::new(Kind::Sqlite, "SQLite 3".into(), last, "2026-11-02T08:00:00Z".into());
        manifest.files.push(FileEntry { path: "database.sqlite".into(), bytes: 1, sha256: "00".into() });
        change(&mut manifest);
        manifest.write(folder.path()).unwrap();
        folder
    }

    fn refusal(folder: &Path) -> String {
        Manifest::read(folder).unwrap_err().to_string()
    }

    #[test]
    fn a_manifest_is_read_as_it_was_written() {
        let folder = written(|_| {});
        let read = Manifest::read(folder.path()).unwrap();
        assert_eq!((read.files.len(), read.contents(), read.bytes()), (1, 0, 1));
        assert_eq!(read.database_file().unwrap().path, "database.sqlite");
    }

    #[test]
    fn a_manifest_that_was_touched_or_is_of_a_later_version_is_refused_with_the_reason() {
        let folder = written(|_| {});
        let file = folder.path().join(NAME);
        let text = std::fs::read_to_string(&file).unwrap();
        std::fs::write(&file, text.replace("\"bytes\": 1", "\"bytes\": 2")).unwrap();
        assert!(refusal(folder.path()).contains("manifest.json: it is not what was written"));
        std::fs::write(&file, &text[..text.len() / 2]).unwrap();
        assert!(refusal(folder.path()).contains("the backup is damaged"));
        std::fs::remove_file(&file).unwrap();
        assert!(refusal(folder.path()).contains("broken off"));
        let later = written(|manifest| manifest.last_migration = "m20991231_000001_later".into());
        assert!(refusal(later.path()).contains("m20991231_000001_later, which this version does not know"));
        let later = written(|manifest| manifest.format = 2);
        assert!(refusal(later.path()).contains("of form 2"));
    }

    #[test]
    fn no_manifest_leads_out_of_its_folder() {
        for path in ["../x", "/etc/passwd", "blobs/../../x", "blobs/.x", "keys/other"] {
            let folder = written(|manifest| {
                manifest.files.push(FileEntry { path: path.into(), bytes: 0, sha256: String::new() });
            });
            assert!(refusal(folder.path()).contains("which is no file of a backup"), "{path}");
        }
    }
}
