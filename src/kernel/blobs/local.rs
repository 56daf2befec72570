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
use futures_util::{Stream, StreamExt as _, stream};
use sha2::{Digest as _, Sha256};
use tokio::{
    fs,
    io::{AsyncReadExt as _, AsyncSeekExt as _, AsyncWriteExt as _},
};

use super::{
    Blob, BlobError, BlobKey, BlobStore, DownloadTerms, Listed, Listing, UploadLink, UploadTerms, bounded,
    link::{Claims, Grant, LinkError, Signer},
    random_name,
};
use crate::kernel::{
    clock::{Clock, Timestamp, truncated},
    digest::Digest,
};

/// The file of the key that links are signed with.
const KEY_FILE: &str = ".link-key";
/// The folder of what is being written.
const DRAFTS: &str = ".drafts";
/// Bytes that are read at once.
const CHUNK: usize = 64 * 1024;

/// Why what a client sends by a link is not kept. Nothing of it is.
#[derive(Debug, thiserror::Error)]
pub enum ReceiveError {
    /// It has more bytes than the link says.
    #[error("more bytes than the {0} that this link is for")]
    TooLong(u64),
    /// It has fewer bytes than the link says.
    #[error("fewer bytes than the {0} that this link is for")]
    TooShort(u64),
    /// It hashes to something else than the link says.
    #[error("the SHA-256 is not the one that this link is for")]
    OtherDigest,
    /// The client broke off.
    #[error("the bytes broke off")]
    BrokeOff,
    /// The disk failed.
    #[error(transparent)]
    Store(#[from] BlobError),
}

/// A folder of blobs.
pub struct LocalBlobs {
    folder: PathBuf,
    links: String,
    signer: Signer,
    clock: Arc<dyn Clock>,
}

impl std::fmt::Debug for LocalBlobs {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("LocalBlobs").field("folder", &self.folder).finish_non_exhaustive()
    }
}

impl LocalBlobs {
    /// Makes the folder if it is not there, and its key.
    ///
    /// # Errors
    /// When it cannot be made or written.
    pub fn open(folder: PathBuf, public_url: &str, clock: Arc<dyn Clock>) -> Result<Self, BlobError> {
        let open = || {
            std::fs::create_dir_all(folder.join(DRAFTS))?;
            Signer::open(&folder.join(KEY_FILE))
        };
        let signer = open().map_err(|error| in_folder(&folder, &error))?;
        Ok(Self { folder, links: format!("{public_url}/blobs/"), signer, clock })
    }

    /// What a link allows, by the last part of its address.
    ///
    /// # Errors
    /// When it is not one of ours, or its time is over.
    pub fn claims(&self, sealed: &str) -> Result<Claims, LinkError> {
        self.signer.read(sealed, self.clock.now())
    }

    /// Keeps what a client sends, if it is exactly what her link is for.
    ///
    /// # Errors
    /// See [`ReceiveError`].
    pub async fn receive<E>(
        &self,
        key: &BlobKey,
        (length, sha256): (u64, &str),
        mut body: impl Stream<Item = Result<Bytes, E>> + Unpin + Send,
    ) -> Result<(), ReceiveError> {
        let mut draft = self.draft().await?;
        let (mut received, mut hash) = (0_u64, Sha256::new());
        while let Some(bytes) = body.next().await {
            let Ok(bytes) = bytes else { return Err(ReceiveError::BrokeOff) };
            received += bytes.len() as u64;
            if received > length {
                return Err(ReceiveError::TooLong(length));
            }
            hash.update(&bytes);
            draft.write(&bytes).await.map_err(|error| self.trouble(&error))?;
        }
        if received < length {
            return Err(ReceiveError::TooShort(length));
        }
        if Digest::finish(hash).to_string() != sha256.to_ascii_lowercase() {
            return Err(ReceiveError::OtherDigest);
        }
        Ok(draft.keep(&self.path(key)).await.map_err(|error| self.trouble(&error))?)
    }

    fn path(&self, key: &BlobKey) -> PathBuf {
        self.folder.join(key.as_str())
    }

    fn trouble(&self, error: &io::Error) -> BlobError {
        in_folder(&self.folder, error)
    }

    async fn draft(&self) -> Result<Draft, BlobError> {
        let name = random_name().map_err(|error| self.trouble(&error))?;
        let path = self.folder.join(DRAFTS).join(name);
        let file = fs::File::create_new(&path).await.map_err(|error| self.trouble(&error))?;
        Ok(Draft { path: Some(path), file })
    }

    /// A link to the service itself.
    fn link(&self, key: &BlobKey, grant: Grant, lifetime: Duration) -> Result<String, BlobError> {
        let seconds = i64::try_from(lifetime.as_secs()).unwrap_or(i64::MAX);
        let expires = self.clock.now().timestamp().saturating_add(seconds);
        let claims = Claims { key: key.as_str().to_owned(), expires, grant };
        let sealed = self.signer.seal(&claims).map_err(|error| BlobError::Refused(error.to_string()))?;
        Ok(format!("{}{sealed}", self.links))
    }
}

fn in_folder(folder: &Path, error: &io::Error) -> BlobError {
    BlobError::Unavailable(format!("{}: {error}", folder.display()))
}

/// A file that is being written. Dropped before it is kept, it is removed.
struct Draft {
    path: Option<PathBuf>,
    file: fs::File,
}

impl Draft {
    async fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.file.write_all(bytes).await
    }

    /// Brings it to the disk, and then to its place.
    async fn keep(mut self, place: &Path) -> io::Result<()> {
        self.file.flush().await?;
        self.file.sync_all().await?;
        let Some(path) = self.path.take() else { return Ok(()) };
        let kept = async {
            let folder = place.parent().unwrap_or(place);
            fs::create_dir_all(folder).await?;
            fs::rename(&path, place).await?;
            // The name is in the folder, which is written to the disk by itself.
            fs::File::open(folder).await?.sync_all().await
        };
        let kept = kept.await;
        if kept.is_err() {
            drop(fs::remove_file(&path).await);
        }
        kept
    }
}

impl Drop for Draft {
    fn drop(&mut self) {
        if let Some(path) = self.path.take() {
            // What cannot be removed now is found by `tidy`.
            drop(std::fs::remove_file(path));
        }
    }
}

#[async_trait]
impl BlobStore for LocalBlobs {
    async fn put(&self, key: &BlobKey, content: Bytes, _media_type: &str) -> Result<(), BlobError> {
        bounded(async {
            let mut draft = self.draft().await?;
            draft.write(&content).await.map_err(|error| self.trouble(&error))?;
            draft.keep(&self.path(key)).await.map_err(|error| self.trouble(&error))
        })
        .await
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
        let work = async {
            let (mut removed, mut drafts) = (0, fs::read_dir(self.folder.join(DRAFTS)).await?);
            while let Some(draft) = drafts.next_entry().await? {
                if Timestamp::from(draft.metadata().await?.modified()?) < before {
                    fs::remove_file(draft.path()).await?;
                    removed += 1;
                }
            }
            Ok(removed)
        };
        work.await.map_err(|error: io::Error| self.trouble(&error))
    }

    async fn upload_link(
        &self,
        key: &BlobKey,
        terms: &UploadTerms,
        lifetime: Duration,
    ) -> Result<UploadLink, BlobError> {
        let (media_type, sha256) = (terms.media_type.clone(), terms.sha256.to_string());
        let grant = Grant::Upload { media_type, length: terms.length, sha256 };
        let headers = vec![("Content-Type", terms.media_type.clone()), ("Content-Length", terms.length.to_string())];
        Ok(UploadLink { url: self.link(key, grant, lifetime)?, headers })
    }

    async fn download_link(
        &self,
        key: &BlobKey,
        terms: &DownloadTerms,
        lifetime: Duration,
    ) -> Result<String, BlobError> {
        let grant = Grant::Download { media_type: terms.media_type.clone(), disposition: terms.disposition() };
        self.link(key, grant, lifetime)
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
