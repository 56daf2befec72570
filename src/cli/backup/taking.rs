//! A backup is made. In which order, and why, stands in the front of the module.

use std::{
    collections::{BTreeMap, BTreeSet},
    io::Write as _,
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use futures_util::{StreamExt as _, TryStreamExt as _, stream};
use sha2::{Digest as _, Sha256};

use super::{
    super::{CommandError, progress::Progress},
    broken, files,
    manifest::{BLOBS, FileEntry, KEYS, Kind, Manifest},
};
use crate::{
    app,
    config::{Config, sqlite_url},
    documents,
    kernel::{
        Fault,
        blobs::{BlobKey, BlobStore, Blobs},
        clock::{Clock as _, SystemClock, rfc3339},
        db::{Database, DatabaseOptions, Snapshot, health, postgres_tools::PostgresTools},
        digest::Digest,
        key_file::KeyFile,
    },
};

/// Contents that are copied at the same time.
const AT_ONCE: usize = 8;
/// Contents that are listed at once.
const PAGE: u16 = 1_000;
/// How often it is shown how far the database has come.
const LOOK_EVERY: Duration = Duration::from_millis(200);

/// Makes a backup in an empty folder.
pub(super) async fn take(config: &Config, out: &Path, with_keys: bool) -> Result<Manifest, CommandError> {
    let database = app::look(config).await?;
    let database = database.ok_or_else(|| CommandError::Other("there is no database yet to back up".to_owned()))?;
    let taken = take_of(config, &database, out, with_keys).await;
    database.close().await.map_err(broken)?;
    taken
}

async fn take_of(config: &Config, database: &Database, out: &Path, with_keys: bool) -> Result<Manifest, CommandError> {
    let pending = database.pending_migrations().await.map_err(|error| CommandError::Other(error.to_string()))?;
    let last = database.last_migration().await.map_err(broken)?;
    let Some(last) = last.filter(|_| pending.is_empty()) else {
        return Err(CommandError::Other(format!(
            "the database is of an earlier version ({} migrations are missing); back it up with that version, or run `bfw migrate` first",
            pending.len()
        )));
    };
    let kind = Kind::of(database);
    let keys = Arc::new(KeyFile::at(config.document_key_file.clone()));
    let blobs = Blobs::open(&config.blobs, keys, Arc::new(SystemClock)).map_err(Fault::from)?;
    let mut contents = Contents::new(Arc::clone(blobs.as_stored()), out);

    contents.copy_all(&BlobKey::FOLDERS).await?;
    let mut manifest =
        Manifest::new(kind, health::version(database).await.map_err(broken)?, last, rfc3339(SystemClock.now()));
    let kept = match kind {
        Kind::Sqlite => sqlite(config, database, out).await?,
        Kind::Postgresql => postgres(config, database, out).await?,
    };
    manifest.lacking = contents.settle(&kept).await?;
    // What arrived meanwhile and is waited for.
    contents.copy_all(&[BlobKey::INCOMING, BlobKey::SEALED_INCOMING]).await?;

    let (folder, file) = (out.to_owned(), kind.file());
    manifest.files.push(files::aside(move || files::listed(&folder, file)).await?);
    if with_keys {
        manifest.files.extend(copy_keys(config, out)?);
    }
    manifest.files.extend(contents.finish());
    manifest.write(out)?;
    Ok(manifest)
}

/// Copies a SQLite database, and gives what the copy refers to.
async fn sqlite(config: &Config, database: &Database, out: &Path) -> Result<BTreeSet<BlobKey>, CommandError> {
    let file = out.join(Kind::Sqlite.file());
    let copied = shown(&file, database.bytes().await.map_err(broken)?, database.copy_into(&file)).await;
    copied.map_err(broken)?;
    let options = DatabaseOptions { url: sqlite_url(&file), ..DatabaseOptions::from(config) };
    let copy = Database::look(&options).await.map_err(broken)?;
    let copy = copy.ok_or_else(|| CommandError::Other("the copy of the database is gone".to_owned()))?;
    let kept = async { documents::kept_contents(&copy.snapshot().await?).await };
    let kept = kept.await;
    copy.close().await.map_err(broken)?;
    Ok(kept?)
}

/// Dumps a PostgreSQL database, and gives what it refers to at that very instant.
async fn postgres(config: &Config, database: &Database, out: &Path) -> Result<BTreeSet<BlobKey>, CommandError> {
    let snapshot: Snapshot = database.snapshot().await.map_err(broken)?;
    let name = snapshot.name().await.map_err(broken)?;
    let (file, tools) = (out.join(Kind::Postgresql.file()), PostgresTools::reaching(&config.database_url));
    let dumped = shown(&file, 0, tools.dump(&file, &name)).await;
    dumped.map_err(|error| CommandError::Other(error.to_string()))?;
    Ok(documents::kept_contents(&snapshot).await?)
}

/// Shows how a file grows while it is written.
async fn shown<T>(file: &Path, total: u64, writing: impl Future<Output = T>) -> T {
    let progress = Progress::new("bytes of the database", total);
    let mut writing = std::pin::pin!(writing);
    let written = loop {
        match tokio::time::timeout(LOOK_EVERY, &mut writing).await {
            Ok(written) => break written,
            Err(_) => progress.at(std::fs::metadata(file).map_or(0, |metadata| metadata.len())),
        }
    };
    progress.at(std::fs::metadata(file).map_or(0, |metadata| metadata.len()));
    progress.finish();
    written
}

fn copy_keys(config: &Config, out: &Path) -> Result<Vec<FileEntry>, CommandError> {
    let of = [&config.signing_key_file, &config.sealing_key_file, &config.document_key_file];
    let copied = KEYS.iter().zip(of).map(|(path, file)| {
        files::copy(file, &out.join(path)).map_err(CommandError::file(format!("the key file {}", file.display())))?;
        files::listed(out, path)
    });
    copied.collect()
}

/// Contents on their way into a backup.
struct Contents {
    store: Arc<dyn BlobStore>,
    out: PathBuf,
    copied: BTreeMap<BlobKey, FileEntry>,
    progress: Progress,
}

impl Contents {
    fn new(store: Arc<dyn BlobStore>, out: &Path) -> Self {
        let progress = Progress::new("contents of documents", 0);
        Self { store, out: out.to_owned(), copied: BTreeMap::new(), progress }
    }

    /// Copies what there is in these folders and is not copied yet.
    async fn copy_all(&mut self, folders: &[&str]) -> Result<(), CommandError> {
        for folder in folders {
            let mut after = None;
            loop {
                let page = self.store.list(folder, after.as_ref(), PAGE).await.map_err(Fault::from)?;
                after = page.blobs.last().map(|blob| blob.key.clone());
                self.copy(page.blobs.into_iter().map(|blob| blob.key)).await?;
                if !page.has_more || after.is_none() {
                    break;
                }
            }
        }
        Ok(())
    }

    /// Copies those of these that are there and not copied yet.
    async fn copy(&mut self, keys: impl Iterator<Item = BlobKey>) -> Result<(), CommandError> {
        let keys: Vec<BlobKey> = keys.filter(|key| !self.copied.contains_key(key)).collect();
        let (store, out) = (&self.store, &self.out);
        let mut copying = stream::iter(keys)
            .map(|key| async move { Ok::<_, CommandError>((copy_one(store, out, &key).await?, key)) })
            .buffer_unordered(AT_ONCE);
        while let Some((entry, key)) = copying.try_next().await? {
            // What was removed since it was listed is missed by nobody, or by the snapshot, which is looked at next.
            if let Some(entry) = entry {
                self.copied.insert(key, entry);
                self.progress.at(self.copied.len() as u64);
            }
        }
        Ok(())
    }

    /// Sees to it that contents are those that a snapshot refers to: no less, and no more. Gives those that cannot be had.
    async fn settle(&mut self, kept: &BTreeSet<BlobKey>) -> Result<Vec<String>, CommandError> {
        self.copy(kept.iter().cloned()).await?;
        let told = |key: &BlobKey| match self.copied.get(key) {
            None => Some(format!("{key}: its bytes are gone")),
            // What is not sealed is called what it hashes to.
            Some(entry) if !key.is_sealed() && key.name().is_some_and(|name| name.to_string() != entry.sha256) => {
                Some(format!("{key}: its bytes are not what they were"))
            }
            Some(_) => None,
        };
        let lacking = kept.iter().filter_map(told).collect();
        let unneeded = |key: &&BlobKey| key.name().is_some() && !kept.contains(*key);
        for key in self.copied.keys().filter(unneeded).cloned().collect::<Vec<BlobKey>>() {
            let file = self.out.join(format!("{BLOBS}{key}"));
            std::fs::remove_file(&file).map_err(CommandError::file(file.display()))?;
            self.copied.remove(&key);
        }
        Ok(lacking)
    }

    fn finish(self) -> impl Iterator<Item = FileEntry> {
        self.progress.finish();
        self.copied.into_values()
    }
}

/// Copies one content as it lies in the store; none where it is gone.
async fn copy_one(store: &Arc<dyn BlobStore>, out: &Path, key: &BlobKey) -> Result<Option<FileEntry>, CommandError> {
    let Some(blob) = store.get(key, None).await.map_err(Fault::from)? else { return Ok(None) };
    // A content is no longer than a document may be: it is in memory as a whole.
    let content = blob.body.try_collect::<bytes::BytesMut>().await.map_err(Fault::from)?.freeze();
    if content.len() as u64 != blob.length {
        let (length, read) = (blob.length, content.len());
        return Err(CommandError::Other(format!("{key} broke off: {read} of its {length} bytes came")));
    }
    let path = format!("{BLOBS}{key}");
    let file = out.join(&path);
    files::aside(move || {
        let write = || {
            let mut written = files::create(&file)?;
            written.write_all(&content)?;
            written.sync_all()
        };
        write().map_err(CommandError::file(file.display()))?;
        let sha256 = Digest::finish(Sha256::new_with_prefix(&content)).to_string();
        Ok(Some(FileEntry { path, bytes: content.len() as u64, sha256 }))
    })
    .await
}
