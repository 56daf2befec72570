//! Large contents beside the database: a folder of this machine, or any store that speaks S3.
//!
//! Both do the same and pass one suite of tests. A client sends and fetches bytes by links that are signed, say what may be
//! done, and die soon; the service itself reads and writes without one. What lies under a sealed key ([`BlobKey::is_sealed`]) is
//! encrypted in the store from the first byte on, and is sent and fetched through the service. Every call is bounded in time, so that a store that
//! is away fails what needs it and holds up nothing else.
//!
//! Nothing is known here of whose the contents are: metadata are the database's.

mod arriving;
mod drafts;
mod key;
mod link;
mod local;
mod s3;
mod sigv4;
mod vault;

use std::{fmt, io, path::PathBuf, sync::Arc, time::Duration};

use async_trait::async_trait;
use bytes::Bytes;
use futures_util::{Stream, stream::BoxStream};
use secrecy::SecretString;

pub use self::{
    arriving::{Arriving, ReceiveError},
    key::BlobKey,
    link::{Claims, Grant, LinkError, Links},
    local::LocalBlobs,
    s3::S3Blobs,
    vault::{DocumentKeys, SealedName, Vault},
};
use super::{
    clock::{Clock, Timestamp},
    digest::Digest,
    entropy,
    key_file::KeyFile,
};

/// How long a call may take that moves no more than a file.
const CALL_WAIT_MAX: Duration = Duration::from_secs(15);

/// Why a store did not do what was asked.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BlobError {
    /// It cannot be reached, refuses, or takes too long.
    #[error("the store does not answer: {0}")]
    Unavailable(String),
    /// It does not know us, or does not let us do this: the operator has to mend it.
    #[error("the store refuses: {0}")]
    Refused(String),
    /// What is sealed cannot be opened, or nothing can be sealed: its bytes are damaged, or the key is not there.
    #[error("{0}")]
    Unreadable(String),
}

/// Contents that are being read.
pub struct Blob {
    /// How many bytes all of it has, whichever part is read.
    pub length: u64,
    /// The bytes.
    pub body: BoxStream<'static, Result<Bytes, BlobError>>,
}

impl fmt::Debug for Blob {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Blob").field("length", &self.length).finish_non_exhaustive()
    }
}

/// A blob as a list shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed {
    /// Where it is.
    pub key: BlobKey,
    /// How many bytes it has.
    pub length: u64,
    /// When it was written, by the clock of the store.
    pub modified: Timestamp,
}

/// A page of a list, in the order of the keys.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Listing {
    /// What is there.
    pub blobs: Vec<Listed>,
    /// Whether more follow.
    pub has_more: bool,
}

/// What a client is allowed to send by a link: this, and nothing else.
#[derive(Debug, Clone)]
pub struct UploadTerms {
    /// Its media type.
    pub media_type: String,
    /// How many bytes.
    pub length: u64,
    /// What they hash to. A store that cannot check it takes other bytes of that length: check again after.
    pub sha256: Digest,
}

/// How a client is to be given what she fetches by a link.
#[derive(Debug, Clone)]
pub struct DownloadTerms {
    /// Its media type.
    pub media_type: String,
    /// What it is called on her side.
    pub file_name: String,
    /// Whether a browser may show it instead of saving it.
    pub inline: bool,
    /// What it hashes to, by which a client knows it again.
    pub sha256: Digest,
}

impl DownloadTerms {
    /// The value of `Content-Disposition` (RFC 6266): the name in ASCII for old programs, and as it is.
    #[must_use]
    pub fn disposition(&self) -> String {
        let plain = |sign: char| if sign.is_ascii_graphic() && !matches!(sign, '"' | '\\' | '%') { sign } else { '_' };
        let ascii: String = self.file_name.chars().map(plain).collect();
        let exact = percent_encoding::utf8_percent_encode(&self.file_name, percent_encoding::NON_ALPHANUMERIC);
        let kind = if self.inline { "inline" } else { "attachment" };
        format!("{kind}; filename=\"{ascii}\"; filename*=UTF-8''{exact}")
    }
}

/// Where and how a client sends bytes. Whoever has it may do so: it is not to be logged.
#[derive(Clone)]
pub struct UploadLink {
    /// The address to send to with `PUT`.
    pub url: String,
    /// Headers to send, by name.
    pub headers: Vec<(&'static str, String)>,
}

impl fmt::Debug for UploadLink {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("UploadLink").finish_non_exhaustive()
    }
}

/// A place for contents. All of it may be done again with the same outcome.
#[async_trait]
pub trait BlobStore: fmt::Debug + Send + Sync {
    /// Writes all of a blob, in place of what was there. Nobody ever sees a part of it.
    async fn put(&self, key: &BlobKey, content: Bytes, media_type: &str) -> Result<(), BlobError>;

    /// Writes all of a blob, of so many bytes and of this kind, as they come; nothing of it is kept unless all of them come. Of
    /// what comes there is never much more than 64 KiB in memory.
    async fn receive(
        &self,
        key: &BlobKey,
        (length, media_type): (u64, &str),
        body: Arriving,
    ) -> Result<(), ReceiveError>;

    /// Reads a blob, or of its bytes those from the first to before the second number; none where there is no such blob.
    /// A range must lie within it.
    async fn get(&self, key: &BlobKey, range: Option<(u64, u64)>) -> Result<Option<Blob>, BlobError>;

    /// How many bytes a blob has; none where there is no such blob.
    async fn length(&self, key: &BlobKey) -> Result<Option<u64>, BlobError>;

    /// Removes a blob, if it is there.
    async fn delete(&self, key: &BlobKey) -> Result<(), BlobError>;

    /// Blobs whose keys begin with a folder such as `incoming/`, after a key, `limit` at most (1,000 at most).
    async fn list(&self, folder: &str, after: Option<&BlobKey>, limit: u16) -> Result<Listing, BlobError>;

    /// Forgets what writes that were broken off before an instant have left.
    async fn tidy(&self, before: Timestamp) -> Result<u64, BlobError>;

    /// A link by which a client sends exactly this.
    async fn upload_link(
        &self,
        key: &BlobKey,
        terms: &UploadTerms,
        lifetime: Duration,
    ) -> Result<UploadLink, BlobError>;

    /// A link by which a client fetches a blob.
    async fn download_link(
        &self,
        key: &BlobKey,
        terms: &DownloadTerms,
        lifetime: Duration,
    ) -> Result<String, BlobError>;
}

/// Which store, as it is configured.
#[derive(Debug, Clone)]
pub enum BlobSettings {
    /// A folder of this machine, whose links lead to the service itself.
    Local {
        /// The folder.
        folder: PathBuf,
        /// How the outside reaches the service, without a slash at the end.
        public_url: String,
    },
    /// A store that speaks S3.
    S3 {
        /// Where it is.
        endpoint: String,
        /// Its region.
        region: String,
        /// The bucket, which must be there.
        bucket: String,
        /// Who we are to it.
        access_key: SecretString,
        /// What proves it.
        secret_key: SecretString,
        /// How the outside reaches the service, without a slash at the end: what is sealed is had through it.
        public_url: String,
        /// A folder of this machine for what is on its way through the service.
        drafts: PathBuf,
    },
}

/// The store of this process. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Blobs {
    /// The store.
    pub store: Arc<dyn BlobStore>,
    /// What is sealed in it.
    vault: Arc<Vault>,
    /// The links that the service itself answers.
    links: Arc<Links>,
}

impl Blobs {
    /// Opens the store. Nothing is asked of a server, and the file of keys is not read yet.
    ///
    /// # Errors
    /// When the folder cannot be used, or the settings cannot be.
    pub fn open(
        settings: &BlobSettings,
        keys: Arc<KeyFile<DocumentKeys>>,
        clock: Arc<dyn Clock>,
    ) -> Result<Self, BlobError> {
        let links = |public_url: &str| Arc::new(Links::new(Arc::clone(&keys), public_url, clock));
        let (store, links): (Arc<dyn BlobStore>, _) = match settings {
            BlobSettings::Local { folder, public_url } => {
                let links = links(public_url);
                (Arc::new(LocalBlobs::open(folder.clone(), Arc::clone(&links))?), links)
            }
            BlobSettings::S3 { endpoint, region, bucket, access_key, secret_key, public_url, drafts } => {
                let s3 = S3Blobs::new(endpoint, region, bucket, (access_key, secret_key), drafts.clone())?;
                (Arc::new(s3), links(public_url))
            }
        };
        let vault = Arc::new(Vault::new(store, keys, Arc::clone(&links)));
        Ok(Self { store: Arc::clone(&vault) as _, vault, links })
    }

    /// The store itself, in which what is sealed stays so: what a backup is of. What is put into it has to have been taken out of one
    /// like it.
    #[must_use]
    pub fn as_stored(&self) -> &Arc<dyn BlobStore> {
        self.vault.store()
    }

    /// What a link of the service allows, by the last part of its address.
    ///
    /// # Errors
    /// When it is not one of ours, or its time is over.
    pub fn claims(&self, link: &str) -> Result<Claims, LinkError> {
        self.links.claims(link)
    }

    /// Keeps what a client sends by a link of the service, if it is exactly what the link is for.
    ///
    /// # Errors
    /// See [`ReceiveError`].
    pub async fn receive<E>(
        &self,
        key: &BlobKey,
        (length, sha256, media_type): (u64, &str, &str),
        body: impl Stream<Item = Result<Bytes, E>> + Unpin + Send + 'static,
    ) -> Result<(), ReceiveError> {
        self.store.receive(key, (length, media_type), arriving::checked(body, (length, sha256))).await
    }

    /// What a content is called where it is kept sealed.
    ///
    /// # Errors
    /// When the key cannot be had.
    pub fn sealed_name(&self, digest: &Digest) -> Result<SealedName, BlobError> {
        self.vault.name_of(digest)
    }

    /// Writes, reads and removes a blob that nobody else has.
    ///
    /// # Errors
    /// What the store cannot do.
    pub async fn probe(&self) -> Result<(), BlobError> {
        let name = random_name().map_err(|error| BlobError::Unavailable(error.to_string()))?;
        let (key, content) = (BlobKey::incoming(&format!("probe-{name}")), Bytes::from_static(b"probe"));
        self.store.put(&key, content.clone(), "application/octet-stream").await?;
        let length = self.store.length(&key).await?;
        self.store.delete(&key).await?;
        if length == Some(content.len() as u64) {
            return Ok(());
        }
        Err(BlobError::Unavailable(format!("what was written has {length:?} bytes instead of {}", content.len())))
    }
}

/// A name that nobody else has taken.
fn random_name() -> io::Result<String> {
    Ok(hex::encode(entropy::bytes::<16>().map_err(io::Error::other)?))
}

/// Waits no longer than a call may take.
async fn bounded<T>(work: impl Future<Output = Result<T, BlobError>> + Send) -> Result<T, BlobError> {
    match tokio::time::timeout(CALL_WAIT_MAX, work).await {
        Ok(done) => done,
        Err(_) => Err(BlobError::Unavailable(format!("no answer within {} s", CALL_WAIT_MAX.as_secs()))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_given_as_it_is_and_cannot_end_its_header() {
        let terms = |file_name: &str, inline| DownloadTerms {
            media_type: "application/pdf".into(),
            file_name: file_name.into(),
            inline,
            sha256: Digest::of(b""),
        };
        assert_eq!(
            terms("Reçu \"2026\".pdf", false).disposition(),
            "attachment; filename=\"Re_u__2026_.pdf\"; filename*=UTF-8''Re%C3%A7u%20%222026%22%2Epdf"
        );
        assert!(terms("a\r\nSet-Cookie: b", true).disposition().starts_with("inline; filename=\"a__Set-Cookie:_b\""));
    }
}
