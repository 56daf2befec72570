//! Blobs in a folder of this machine.
//!
//! A blob is written beside its place, brought to the disk, and then renamed: after a power cut there is all of it or none.

use std::{
    io::{self, SeekFrom},
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use async_trait::async_trait;
use bytes::Bytes;
use futures_util::{StreamExt as _, stream};
use tokio::{
    fs,
    io::{AsyncReadExt as _, AsyncSeekExt as _},
};

use super::{
    Arriving, Blob, BlobError, BlobKey, BlobStore, DownloadTerms, Links, Listed, Listing, ReceiveError, UploadLink,
    UploadTerms, bounded, drafts::Drafts,
};
use crate::kernel::clock::{Timestamp, truncated};

/// The folder of what is being written.
const DRAFTS: &str = ".drafts";
/// Bytes that are read at once.
const CHUNK: usize = 64 * 1024;

/// A folder of blobs.
pub struct LocalBlobs {
    folder: PathBuf,
    drafts: Drafts,
    links: Arc<Links>,
}

impl std::fmt::Debug for LocalBlobs {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("LocalBlobs").field("folder", &self.folder).finish_non_exhaustive()
    }
}

impl LocalBlobs {
    /// Makes the folder if it is not there. Its blobs are had by these links.
    ///
    /// # Errors
    /// When it cannot be made.
    pub(super) fn open(folder: PathBuf, links: Arc<Links>) -> Result<Self, BlobError> {
        let drafts = folder.join(DRAFTS);
        std::fs::create_dir_all(&drafts).map_err(|error| in_folder(&folder, &error))?;
        Ok(Self { folder, drafts: Drafts::within(drafts), links })
    }

    fn path(&self, key: &BlobKey) -> PathBuf {
        self.folder.join(key.as_str())
    }

    fn trouble(&self, error: &io::Error) -> BlobError {
        in_folder(&self.folder, error)
    }
}

fn in_folder(folder: &Path, error: &io::Error) -> BlobError {
    BlobError::Unavailable(format!("{}: {error}", folder.display()))
}

#[async_trait]
impl BlobStore for LocalBlobs {
    async fn put(&self, key: &BlobKey, content: Bytes, _media_type: &str) -> Result<(), BlobError> {
        bounded(async {
            let mut draft = self.drafts.begin().await?;
            draft.write(&content).await.map_err(|error| self.trouble(&error))?;
            draft.keep(&self.path(key)).await.map_err(|error| self.trouble(&error))
        })
        .await
    }

    async fn receive(
        &self,
        key: &BlobKey,
        (_length, _media_type): (u64, &str),
        body: Arriving,
    ) -> Result<(), ReceiveError> {
        let draft = self.drafts.receive(body).await?;
        Ok(draft.keep(&self.path(key)).await.map_err(|error| self.trouble(&error))?)
    }

    async fn get(&self, key: &BlobKey, range: Option<(u64, u64)>) -> Result<Option<Blob>, BlobError> {
        let opened = async {
            let mut file = match fs::File::open(self.path(key)).await {
                Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
                opened => opened?,
            };
            let length = file.metadata().await?.len();
            let (from, to) = range.unwrap_or((0, length));
            if from > 0 {
                file.seek(SeekFrom::Start(from)).await?;
            }
            Ok(Some((file.take(to.saturating_sub(from)), length)))
        };
        let opened = bounded(async { opened.await.map_err(|error: io::Error| self.trouble(&error)) }).await?;
        let Some((file, length)) = opened else { return Ok(None) };
        let body = stream::try_unfold(file, |mut file| async move {
            let mut chunk = Vec::with_capacity(CHUNK);
            let read = file.read_buf(&mut chunk).await;
            let read = read.map_err(|error| BlobError::Unavailable(error.to_string()))?;
            Ok((read > 0).then(|| (Bytes::from(chunk), file)))
        });
        Ok(Some(Blob { length, body: body.boxed() }))
    }

    async fn length(&self, key: &BlobKey) -> Result<Option<u64>, BlobError> {
        match fs::metadata(self.path(key)).await {
            Ok(found) => Ok(Some(found.len())),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(self.trouble(&error)),
        }
    }

    async fn delete(&self, key: &BlobKey) -> Result<(), BlobError> {
        match fs::remove_file(self.path(key)).await {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(self.trouble(&error)),
            Ok(()) | Err(_) => Ok(()),
        }
    }

    async fn list(&self, folder: &str, after: Option<&BlobKey>, limit: u16) -> Result<Listing, BlobError> {
        let (root, folder, after) = (self.folder.clone(), folder.to_owned(), after.cloned());
        let walked = tokio::task::spawn_blocking(move || {
            let mut walk = Walk {
                root: &root,
                after: after.as_ref().map(BlobKey::as_str),
                limit: usize::from(limit),
                found: Vec::new(),
            };
            walk.folder(folder.trim_end_matches('/'))?;
            let has_more = walk.found.len() > walk.limit;
            walk.found.truncate(walk.limit);
            Ok(Listing { blobs: walk.found, has_more })
        });
        let walked: io::Result<Listing> = walked.await.map_err(|error| BlobError::Unavailable(error.to_string()))?;
        walked.map_err(|error| self.trouble(&error))
    }

    async fn tidy(&self, before: Timestamp) -> Result<u64, BlobError> {
        self.drafts.tidy(before).await
    }

    async fn upload_link(
        &self,
        key: &BlobKey,
        terms: &UploadTerms,
        lifetime: Duration,
    ) -> Result<UploadLink, BlobError> {
        self.links.upload(key, terms, lifetime)
    }

    async fn download_link(
        &self,
        key: &BlobKey,
        terms: &DownloadTerms,
        lifetime: Duration,
    ) -> Result<String, BlobError> {
        self.links.download(key, terms, lifetime)
    }
}

/// Looks through folders in the order of the keys.
struct Walk<'a> {
    root: &'a Path,
    after: Option<&'a str>,
    limit: usize,
    /// One more than asked for tells that there are more.
    found: Vec<Listed>,
}

impl Walk<'_> {
    fn folder(&mut self, folder: &str) -> io::Result<()> {
        let entries = match std::fs::read_dir(self.root.join(folder)) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
            entries => entries?,
        };
        let mut names: Vec<(String, bool)> = Vec::new();
        for entry in entries {
            let entry = entry?;
            let is_folder = entry.file_type()?.is_dir();
            let Ok(name) = entry.file_name().into_string() else { continue };
            let key = if folder.is_empty() { name } else { format!("{folder}/{name}") };
            // A folder whose keys all come before is not opened.
            let end = if is_folder { format!("{key}/~") } else { key.clone() };
            if BlobKey::parse(&key).is_some() && self.after.is_none_or(|after| end.as_str() > after) {
                names.push((key, is_folder));
            }
        }
        // In the order of the keys, in which a folder counts with the stroke after its name.
        names.sort_unstable_by_key(|(name, is_folder)| if *is_folder { format!("{name}/") } else { name.clone() });
        for (name, is_folder) in names {
            if self.found.len() > self.limit {
                break;
            }
            if is_folder {
                self.folder(&name)?;
                continue;
            }
            let metadata = match std::fs::metadata(self.root.join(&name)) {
                // Removed since.
                Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
                metadata => metadata?,
            };
            let Some(key) = BlobKey::parse(&name) else { continue };
            let modified = truncated(metadata.modified()?.into());
            self.found.push(Listed { key, length: metadata.len(), modified });
        }
        Ok(())
    }
}
