//! Files that are being written, and are whole or gone.

use std::{
    io,
    path::{Path, PathBuf},
};

use futures_util::TryStreamExt as _;
use tokio::{fs, io::AsyncWriteExt as _};

use super::{Arriving, BlobError, ReceiveError, random_name};
use crate::kernel::clock::Timestamp;

/// The folder of what is being written. It is made when it is needed.
#[derive(Debug, Clone)]
pub(super) struct Drafts {
    folder: PathBuf,
}

impl Drafts {
    pub(super) const fn within(folder: PathBuf) -> Self {
        Self { folder }
    }

    pub(super) async fn begin(&self) -> Result<Draft, BlobError> {
        let begun = async {
            fs::create_dir_all(&self.folder).await?;
            let path = self.folder.join(random_name()?);
            let file = fs::File::create_new(&path).await?;
            Ok(Draft { path: Some(path), file })
        };
        begun.await.map_err(|error: io::Error| self.trouble(&error))
    }

    /// A draft of what comes, once all of it has come. Nothing is left of what did not end well.
    pub(super) async fn receive(&self, mut body: Arriving) -> Result<Draft, ReceiveError> {
        let mut draft = self.begin().await?;
        while let Some(bytes) = body.try_next().await? {
            draft.write(&bytes).await.map_err(|error| self.trouble(&error))?;
        }
        Ok(draft)
    }

    /// Removes what writes that were broken off before an instant have left.
    pub(super) async fn tidy(&self, before: Timestamp) -> Result<u64, BlobError> {
        let work = async {
            let mut removed = 0;
            let mut drafts = match fs::read_dir(&self.folder).await {
                Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(0),
                drafts => drafts?,
            };
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

    pub(super) fn trouble(&self, error: &io::Error) -> BlobError {
        BlobError::Unavailable(format!("{}: {error}", self.folder.display()))
    }
}

/// A file that is being written. Dropped before it is kept, it is removed.
pub(super) struct Draft {
    path: Option<PathBuf>,
    file: fs::File,
}

impl Draft {
    pub(super) async fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.file.write_all(bytes).await
    }

    /// Brings it to the disk, and then to its place.
    pub(super) async fn keep(mut self, place: &Path) -> io::Result<()> {
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

    /// All that was written; the file is gone then.
    pub(super) async fn taken(mut self) -> io::Result<Vec<u8>> {
        self.file.flush().await?;
        match &self.path {
            Some(path) => fs::read(path).await,
            None => Ok(Vec::new()),
        }
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
