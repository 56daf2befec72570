//! A backup is brought back: into what is empty, and whole or not at all.
//!
//! The database comes last. Until it is there, nothing refers to what was written before, and nobody takes what was broken off for
//! a marketplace.

use std::{
    ffi::OsString,
    io::ErrorKind,
    path::{Path, PathBuf},
    sync::Arc,
};

use serde_json::json;

use super::{
    super::{CommandError, progress::Progress, serve::stop_signal},
    Restored, broken, files,
    manifest::{FileEntry, KEYS, Kind, Manifest},
    note,
};
use crate::{
    app,
    config::Config,
    kernel::{
        Fault,
        blobs::{BlobKey, BlobStore, Blobs},
        clock::SystemClock,
        db::{Database, DatabaseOptions, StartupLock, postgres_tools::PostgresTools},
        digest::Digest,
        key_file::KeyFile,
    },
};

/// The kind of bytes of which only the database knows the kind.
const MEDIA_TYPE: &str = "application/octet-stream";

/// Brings a backup back.
pub(super) async fn restore(config: &Config, from: &Path) -> Result<Restored, CommandError> {
    let manifest = Manifest::read(from)?;
    let target = Target::of(config, &manifest)?;
    verify(&manifest, from).await?;
    let blobs =
        Blobs::open(&config.blobs, Arc::new(KeyFile::at(config.document_key_file.clone())), Arc::new(SystemClock));
    let blobs = blobs.map_err(Fault::from)?;
    let store = Arc::clone(blobs.as_stored());
    is_empty(&*store).await?;
    keys_may_be_written(config, &manifest, from)?;
    let place = target.open(config).await?;

    let mut written = Written { store, blobs: Vec::new(), files: Vec::new() };
    let below = tokio::select! {
        below = written.contents(&manifest, from) => below,
        () = stop_signal() => Err(CommandError::Other("asked to stop".to_owned())),
    };
    // Not broken off by anybody who asks: what is moved into its place is there or is not.
    let filled = match below.and_then(|()| written.keys(config, &manifest, from)) {
        Ok(()) => place.fill(config, manifest.database_file()?, from).await,
        Err(error) => Err(error),
    };
    if let Err(error) = filled {
        let left = written.take_back().await;
        place.leave().await;
        return Err(CommandError::Other(if left.is_empty() {
            format!("nothing was restored: {error}")
        } else {
            format!(
                "nothing was restored: {error}; what was written could not be taken back, remove it: {}",
                left.join(", ")
            )
        }));
    }
    place.leave().await;
    let migrated = brought_up(config, &manifest).await.map_err(|error| {
        CommandError::Other(format!("everything was restored, but cannot be brought up to this version: {error}"))
    })?;
    Ok(Restored { manifest, migrated })
}

/// Key files that have to be there before the service starts and are not.
pub(super) fn missing_keys(config: &Config) -> Vec<PathBuf> {
    let files = [&config.signing_key_file, &config.sealing_key_file, &config.document_key_file];
    files.into_iter().filter(|file| !file.exists()).cloned().collect()
}

/// Reads every file of the backup.
async fn verify(manifest: &Manifest, from: &Path) -> Result<(), CommandError> {
    let (files, folder) = (manifest.files.clone(), from.to_owned());
    manifest.database_file()?;
    files::aside(move || {
        let progress = Progress::new("files verified", files.len() as u64);
        for (done, file) in files.iter().enumerate() {
            let path = folder.join(&file.path);
            let measured = match files::measure(&path) {
                Err(error) if error.kind() == ErrorKind::NotFound => {
                    return Err(CommandError::Other(format!(
                        "the backup is incomplete: {} is missing",
                        path.display()
                    )));
                }
                measured => measured.map_err(CommandError::file(path.display()))?,
            };
            file.is(&folder, measured)?;
            progress.at(done as u64 + 1);
        }
        progress.finish();
        Ok(())
    })
    .await
}

async fn is_empty(store: &dyn BlobStore) -> Result<(), CommandError> {
    for folder in BlobKey::FOLDERS {
        let page = store.list(folder, None, 1).await.map_err(Fault::from)?;
        if let Some(there) = page.blobs.first() {
            return Err(CommandError::Other(format!(
                "the store of documents is not empty (it has {}); name another, or empty it",
                there.key
            )));
        }
    }
    Ok(())
}

/// The key files of a backup that has some, with where they belong.
fn keys<'a>(config: &'a Config, manifest: &'a Manifest) -> impl Iterator<Item = (&'a FileEntry, &'a PathBuf)> {
    let places = [&config.signing_key_file, &config.sealing_key_file, &config.document_key_file];
    let entry = |path: &'static str| manifest.files.iter().find(move |file| file.path == path);
    KEYS.into_iter().zip(places).filter_map(move |(path, place)| Some((entry(path)?, place)))
}

fn keys_may_be_written(config: &Config, manifest: &Manifest, from: &Path) -> Result<(), CommandError> {
    for (entry, place) in keys(config, manifest) {
        if place.exists() {
            let there = files::measure(place).map_err(CommandError::file(place.display()))?;
            entry.is(from, there).map_err(|_| {
                CommandError::Other(format!("the key file {} is there and is not that of the backup", place.display()))
            })?;
        }
    }
    Ok(())
}

/// Where the database comes to be.
enum Target {
    File(PathBuf),
    Server,
}

impl Target {
    fn of(config: &Config, manifest: &Manifest) -> Result<Self, CommandError> {
        let file = DatabaseOptions::from(config).sqlite_file();
        let (target, kind) = match file {
            Some(file) => (Self::File(file), Kind::Sqlite),
            None => (Self::Server, Kind::Postgresql),
        };
        if kind == manifest.database {
            return Ok(target);
        }
        Err(CommandError::Other(format!("the backup is of {}, and BFW_DATABASE_URL names {kind}", manifest.database)))
    }

    /// Makes sure that nothing is there, and that nobody makes something meanwhile.
    async fn open(self, config: &Config) -> Result<Place, CommandError> {
        match self {
            Self::File(file) => {
                // What another database has left beside its file would be read as if it were this one's.
                for ending in ["", "-wal", "-shm", "-journal"] {
                    let there = beside(&file, ending);
                    if there.exists() {
                        let shown = there.display();
                        return Err(CommandError::Other(format!("the database is not empty: {shown} is there")));
                    }
                }
                if let Some(folder) = file.parent() {
                    std::fs::create_dir_all(folder).map_err(CommandError::file(folder.display()))?;
                }
                Ok(Place::File(file))
            }
            Self::Server => {
                let database = app::connect(config).await?;
                let lock = database.startup_lock().await.map_err(|error| CommandError::Other(error.to_string()))?;
                let place = Place::Server(Box::new((database, lock)));
                let Place::Server(server) = &place else { return Ok(place) };
                let there = server.0.first_relation().await.map_err(broken)?;
                let Some(there) = there else { return Ok(place) };
                place.leave().await;
                Err(CommandError::Other(format!("the database is not empty: it has {there}")))
            }
        }
    }
}

/// An empty place for the database.
enum Place {
    File(PathBuf),
    Server(Box<(Database, StartupLock)>),
}

impl Place {
    /// All of the database comes to be here, or nothing does.
    async fn fill(&self, config: &Config, entry: &FileEntry, from: &Path) -> Result<(), CommandError> {
        let backup = from.join(&entry.path);
        match self {
            Self::File(file) => {
                let (file, entry, folder) = (file.clone(), entry.clone(), from.to_owned());
                let draft = beside(&file, ".restoring");
                files::aside(move || {
                    let told = || CommandError::file(file.display().to_string());
                    // One that was broken off by a power cut.
                    std::fs::remove_file(&draft).or_else(unless_missing).map_err(told())?;
                    let copied = files::copy(&backup, &draft).map_err(told());
                    let placed = copied.and_then(|copied| {
                        entry.is(&folder, copied)?;
                        // Unlike a renaming, this never takes the place of anything.
                        std::fs::hard_link(&draft, &file).map_err(told())
                    });
                    std::fs::remove_file(&draft).or_else(unless_missing).map_err(told())?;
                    placed?;
                    file.parent().map_or(Ok(()), files::sync_folder).map_err(told())
                })
                .await
            }
            Self::Server(_) => {
                let tools = PostgresTools::reaching(&config.database_url);
                tools.restore(&backup).await.map_err(|error| CommandError::Other(error.to_string()))
            }
        }
    }

    /// Lets others use it.
    async fn leave(self) {
        if let Self::Server(server) = self {
            let (database, lock) = *server;
            for left in [lock.release().await, database.close().await] {
                if let Err(error) = left {
                    tracing::warn!(%error, "the database did not close cleanly");
                }
            }
        }
    }
}

fn beside(file: &Path, ending: &str) -> PathBuf {
    let mut name: OsString = file.as_os_str().to_owned();
    name.push(ending);
    name.into()
}

fn unless_missing(error: std::io::Error) -> std::io::Result<()> {
    if error.kind() == ErrorKind::NotFound { Ok(()) } else { Err(error) }
}

/// What was written so far, to be taken back.
struct Written {
    store: Arc<dyn BlobStore>,
    blobs: Vec<BlobKey>,
    files: Vec<PathBuf>,
}

impl Written {
    async fn contents(&mut self, manifest: &Manifest, from: &Path) -> Result<(), CommandError> {
        let contents: Vec<(&FileEntry, BlobKey)> =
            manifest.files.iter().filter_map(|file| Some((file, file.key()?))).collect();
        let progress = Progress::new("contents of documents", contents.len() as u64);
        for (entry, key) in contents {
            let path = from.join(&entry.path);
            let content = tokio::fs::read(&path).await.map_err(CommandError::file(path.display()))?;
            entry.is(from, (content.len() as u64, Digest::of(&content)))?;
            self.blobs.push(key.clone());
            self.store.put(&key, content.into(), MEDIA_TYPE).await.map_err(Fault::from)?;
            progress.at(self.blobs.len() as u64);
        }
        progress.finish();
        Ok(())
    }

    fn keys(&mut self, config: &Config, manifest: &Manifest, from: &Path) -> Result<(), CommandError> {
        for (entry, place) in keys(config, manifest) {
            if place.exists() {
                continue;
            }
            let copied = files::copy(&from.join(&entry.path), place);
            self.files.push(place.clone());
            entry.is(from, copied.map_err(CommandError::file(place.display()))?)?;
        }
        Ok(())
    }

    /// Removes it, and gives what stays all the same.
    async fn take_back(&self) -> Vec<String> {
        let mut left = Vec::new();
        for key in &self.blobs {
            if let Err(error) = self.store.delete(key).await {
                left.push(format!("{key} ({error})"));
            }
        }
        for file in &self.files {
            if let Err(error) = std::fs::remove_file(file).or_else(unless_missing) {
                left.push(format!("{} ({error})", file.display()));
            }
        }
        left
    }
}

/// Brings the schema up to this version, notes the restore, and tells how many migrations that took.
async fn brought_up(config: &Config, manifest: &Manifest) -> Result<usize, CommandError> {
    let database = app::connect(config).await?;
    let told = |error: crate::kernel::db::MigrateError| CommandError::Other(error.to_string());
    let migrated = async {
        let lock = database.startup_lock().await.map_err(told)?;
        let applied = database.migrate(&lock).await.map_err(told)?;
        lock.release().await.map_err(broken)?;
        let told = json!({ "madeAt": manifest.made_at, "manifest": manifest.sha256 });
        note(&database, "platform.restore", "bfw restore", told).await.map_err(broken)?;
        Ok(applied.len())
    };
    let migrated = migrated.await;
    database.close().await.map_err(broken)?;
    migrated
}
