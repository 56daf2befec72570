//! A store in which what lies under a sealed key is encrypted; everything else passes through it as it is.
//!
//! The keys stand in a file of their own (`BFW_DOCUMENT_KEY_FILE`). Whoever holds the store, or a backup of it, without that file
//! learns how much is sealed and when it came, and nothing of what it is: neither bytes nor what they hash to. Whoever holds the
//! file without the store has nothing.
//!
//! What it does not protect from: whoever can read the file and the store, or the memory of the service.

mod format;
mod keys;
mod streams;
#[cfg(test)]
mod tests;

use std::{fmt, sync::Arc, time::Duration};

use async_trait::async_trait;
use bytes::Bytes;
use futures_util::{StreamExt as _, stream};

pub use self::keys::DocumentKeys;
use self::{
    format::{Broken, Content, HEADER_BYTES, Header, PIECE, plain_length, sealed_length, sealed_range},
    streams::{Part, Sealed, sealed, sealed_whole},
};
use super::{
    Arriving, Blob, BlobError, BlobKey, BlobStore, DownloadTerms, Links, Listed, Listing, ReceiveError, UploadLink,
    UploadTerms,
};
use crate::kernel::{Fault, clock::Timestamp, digest::Digest, entropy, key_file::KeyFile, secret_ring::ID_BYTES};

/// How often a part is tried: all of the blob may be written anew between its header and its pieces.
const TRIES: usize = 2;

/// What a content is called where it is kept sealed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SealedName {
    /// The name.
    pub name: Digest,
    /// The name of the key that it is sealed with.
    pub key: [u8; ID_BYTES],
}

/// A store, and the keys for what is sealed in it.
pub struct Vault {
    store: Arc<dyn BlobStore>,
    keys: Arc<KeyFile<DocumentKeys>>,
    links: Arc<Links>,
}

impl fmt::Debug for Vault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Vault").field("store", &self.store).finish_non_exhaustive()
    }
}

impl Vault {
    pub(super) const fn new(store: Arc<dyn BlobStore>, keys: Arc<KeyFile<DocumentKeys>>, links: Arc<Links>) -> Self {
        Self { store, keys, links }
    }

    pub(super) const fn store(&self) -> &Arc<dyn BlobStore> {
        &self.store
    }

    fn keys(&self) -> Result<Arc<DocumentKeys>, BlobError> {
        self.keys.read().map_err(no_key)
    }

    pub(super) fn name_of(&self, digest: &Digest) -> Result<SealedName, BlobError> {
        let keys = self.keys()?;
        let name = keys.name_of(digest).ok_or_else(|| BlobError::Unreadable("a name cannot be computed".to_owned()))?;
        Ok(SealedName { name, key: keys.current().id() })
    }

    /// A content of this length that is to be sealed at this place, and its header.
    fn fresh(&self, key: &BlobKey, length: u64) -> Result<(Content, Header), BlobError> {
        let keys = self.keys()?;
        let sealing = keys.current();
        let header = Header { key: sealing.id(), salt: entropy::bytes().map_err(no_key)?, length };
        let content = Content::new(sealing.secret(), &header, key.as_str());
        Ok((content.ok_or_else(|| unreadable(key, Broken::Altered))?, header))
    }

    /// The content with this header, as it lies at this place in so many bytes.
    fn lying(&self, key: &BlobKey, header: &Header, length: u64) -> Result<Content, BlobError> {
        if sealed_length(header.length) != length {
            return Err(unreadable(key, Broken::OtherLength));
        }
        let keys = self.keys()?;
        let opening = keys.named(&header.key).ok_or_else(|| {
            let (file, id) = (self.keys.path().display(), hex::encode(header.key));
            BlobError::Unreadable(format!("{key} cannot be opened: the key file {file} lacks the key {id}"))
        })?;
        Content::new(opening.secret(), header, key.as_str()).ok_or_else(|| unreadable(key, Broken::Altered))
    }

    /// All of a sealed blob.
    async fn whole(&self, key: &BlobKey) -> Result<Option<Blob>, BlobError> {
        let Some(blob) = self.store.get(key, None).await? else { return Ok(None) };
        let mut sealed = Sealed::new(blob.body);
        let header = sealed.header().await?.map_err(|broken| unreadable(key, broken))?;
        let content = self.lying(key, &header, blob.length)?;
        let part = Part { next: 0, last: content.last(), skip: 0, wanted: header.length };
        self.given(key, sealed, content, part).await.map(Some)
    }

    /// The bytes of a sealed blob from the first to before the second number: no more is read than the pieces that they lie in.
    async fn part(&self, key: &BlobKey, (from, to): (u64, u64)) -> Result<Option<Blob>, BlobError> {
        let Some(head) = self.store.get(key, Some((0, HEADER_BYTES as u64))).await? else { return Ok(None) };
        let header = Sealed::new(head.body).header().await?.map_err(|broken| unreadable(key, broken))?;
        let content = self.lying(key, &header, head.length)?;
        let to = to.min(header.length);
        if from >= to {
            return Ok(Some(Blob { length: header.length, body: stream::empty().boxed() }));
        }
        let (next, last) = (from / PIECE as u64, (to - 1) / PIECE as u64);
        let range = sealed_range((next, last), header.length);
        let Some(blob) = self.store.get(key, Some(range)).await? else { return Ok(None) };
        let skip = usize::try_from(from % PIECE as u64).unwrap_or(0);
        let part = Part { next, last, skip, wanted: to - from };
        self.given(key, Sealed::new(blob.body), content, part).await.map(Some)
    }

    async fn given(&self, key: &BlobKey, sealed: Sealed, content: Content, part: Part) -> Result<Blob, BlobError> {
        let (length, key) = (content.length(), key.clone());
        let body = sealed.opened(content, part, move |broken| unreadable(&key, broken)).await?;
        Ok(Blob { length, body })
    }
}

fn no_key(fault: Fault) -> BlobError {
    BlobError::Unreadable(fault.to_string())
}

fn unreadable(key: &BlobKey, broken: Broken) -> BlobError {
    BlobError::Unreadable(format!("{key} cannot be opened: {broken}"))
}

#[async_trait]
impl BlobStore for Vault {
    async fn put(&self, key: &BlobKey, content: Bytes, media_type: &str) -> Result<(), BlobError> {
        if !key.is_sealed() {
            return self.store.put(key, content, media_type).await;
        }
        let (sealing, header) = self.fresh(key, content.len() as u64)?;
        let written = tokio::task::spawn_blocking(move || sealed_whole(&content, &sealing, &header));
        let written = written.await.map_err(|error| BlobError::Unavailable(error.to_string()))??;
        self.store.put(key, written.into(), SEALED_TYPE).await
    }

    async fn receive(
        &self,
        key: &BlobKey,
        (length, media_type): (u64, &str),
        body: Arriving,
    ) -> Result<(), ReceiveError> {
        if !key.is_sealed() {
            return self.store.receive(key, (length, media_type), body).await;
        }
        let (content, header) = self.fresh(key, length)?;
        self.store.receive(key, (sealed_length(length), SEALED_TYPE), sealed(body, content, &header)).await
    }

    async fn get(&self, key: &BlobKey, range: Option<(u64, u64)>) -> Result<Option<Blob>, BlobError> {
        if !key.is_sealed() {
            return self.store.get(key, range).await;
        }
        let Some(range) = range else { return self.whole(key).await };
        let mut tried = 1;
        loop {
            match self.part(key, range).await {
                Err(BlobError::Unreadable(_)) if tried < TRIES => tried += 1,
                answer => return answer,
            }
        }
    }

    async fn length(&self, key: &BlobKey) -> Result<Option<u64>, BlobError> {
        let length = self.store.length(key).await?;
        match length {
            Some(length) if key.is_sealed() => {
                plain_length(length).map(Some).ok_or_else(|| unreadable(key, Broken::OtherLength))
            }
            Some(_) | None => Ok(length),
        }
    }

    async fn delete(&self, key: &BlobKey) -> Result<(), BlobError> {
        self.store.delete(key).await
    }

    async fn list(&self, folder: &str, after: Option<&BlobKey>, limit: u16) -> Result<Listing, BlobError> {
        let listing = self.store.list(folder, after, limit).await?;
        // What has a length that nothing sealed has is shown with it: that it is damaged is told when it is read.
        let plain = |blob: Listed| {
            let length = Some(blob.length).filter(|_| blob.key.is_sealed()).and_then(plain_length);
            Listed { length: length.unwrap_or(blob.length), ..blob }
        };
        Ok(Listing { blobs: listing.blobs.into_iter().map(plain).collect(), has_more: listing.has_more })
    }

    async fn tidy(&self, before: Timestamp) -> Result<u64, BlobError> {
        self.store.tidy(before).await
    }

    async fn upload_link(
        &self,
        key: &BlobKey,
        terms: &UploadTerms,
        lifetime: Duration,
    ) -> Result<UploadLink, BlobError> {
        if key.is_sealed() {
            return self.links.upload(key, terms, lifetime);
        }
        self.store.upload_link(key, terms, lifetime).await
    }

    async fn download_link(
        &self,
        key: &BlobKey,
        terms: &DownloadTerms,
        lifetime: Duration,
    ) -> Result<String, BlobError> {
        if key.is_sealed() {
            return self.links.download(key, terms, lifetime);
        }
        self.store.download_link(key, terms, lifetime).await
    }
}

/// The kind that something sealed has in the store, whatever it is.
const SEALED_TYPE: &str = "application/octet-stream";
