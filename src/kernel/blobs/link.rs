//! Links to the service itself, for blobs that are had through it: what may be done stands in them, signed with a key that only
//! the service has.

use std::{fmt, sync::Arc, time::Duration};

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use hmac::{Hmac, Mac as _};
use serde::{Deserialize, Serialize};
use sha2::Sha256;
use subtle::ConstantTimeEq as _;

use super::{BlobError, BlobKey, DownloadTerms, UploadLink, UploadTerms, vault::DocumentKeys};
use crate::kernel::{
    clock::{Clock, Timestamp},
    key_file::KeyFile,
};

/// Bytes of the key.
const KEY_LENGTH: usize = 32;

/// What a link allows, to whom has it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Claims {
    /// The key of the blob.
    #[serde(rename = "k")]
    pub key: String,
    /// Until when, in seconds since 1970.
    #[serde(rename = "e")]
    pub expires: i64,
    /// What.
    #[serde(rename = "g")]
    pub grant: Grant,
}

/// What a link allows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Grant {
    /// To send exactly this.
    #[serde(rename = "put")]
    Upload {
        /// Its media type.
        media_type: String,
        /// How many bytes.
        length: u64,
        /// What they hash to, in hexadecimal digits.
        sha256: String,
    },
    /// To fetch it, and to be given it so.
    #[serde(rename = "get")]
    Download {
        /// Its media type.
        media_type: String,
        /// The value of `Content-Disposition`.
        disposition: String,
        /// What it hashes to, in hexadecimal digits.
        sha256: String,
    },
}

/// Why a link is not honoured.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum LinkError {
    /// It is not one of ours, or was changed.
    #[error("this link was not given by the service, or was changed")]
    Forged,
    /// Its time is over.
    #[error("this link has expired; ask for a new one")]
    Expired,
    /// The key that links are signed with cannot be had.
    #[error("links cannot be read at the moment; try again later")]
    NoKey,
}

/// Gives and reads the links of the service.
pub struct Links {
    keys: Arc<KeyFile<DocumentKeys>>,
    /// What every link begins with.
    begin: String,
    clock: Arc<dyn Clock>,
}

impl fmt::Debug for Links {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Links").field("begin", &self.begin).finish_non_exhaustive()
    }
}

impl Links {
    /// Links to the service as the outside reaches it at `public_url`, signed with the key of this file.
    pub(super) fn new(keys: Arc<KeyFile<DocumentKeys>>, public_url: &str, clock: Arc<dyn Clock>) -> Self {
        Self { keys, begin: format!("{public_url}/blobs/"), clock }
    }

    /// What a link allows, by the last part of its address.
    ///
    /// # Errors
    /// When it is not one of ours, or its time is over.
    pub fn claims(&self, sealed: &str) -> Result<Claims, LinkError> {
        let keys = self.keys.read().map_err(|error| {
            tracing::error!(%error, "links cannot be read");
            LinkError::NoKey
        })?;
        Signer { key: *keys.lasting() }.read(sealed, self.clock.now())
    }

    /// A link by which a client sends exactly this.
    pub(super) fn upload(
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

    /// A link by which a client fetches a blob.
    pub(super) fn download(
        &self,
        key: &BlobKey,
        terms: &DownloadTerms,
        lifetime: Duration,
    ) -> Result<String, BlobError> {
        let (media_type, disposition) = (terms.media_type.clone(), terms.disposition());
        self.link(key, Grant::Download { media_type, disposition, sha256: terms.sha256.to_string() }, lifetime)
    }

    fn link(&self, key: &BlobKey, grant: Grant, lifetime: Duration) -> Result<String, BlobError> {
        let seconds = i64::try_from(lifetime.as_secs()).unwrap_or(i64::MAX);
        let expires = self.clock.now().timestamp().saturating_add(seconds);
        let claims = Claims { key: key.as_str().to_owned(), expires, grant };
        let keys = self.keys.read().map_err(|error| BlobError::Unreadable(error.to_string()))?;
        let sealed = Signer { key: *keys.lasting() }.seal(&claims);
        Ok(format!("{}{}", self.begin, sealed.map_err(|error| BlobError::Refused(error.to_string()))?))
    }
}

/// Signs and reads links.
struct Signer {
    key: [u8; KEY_LENGTH],
}

impl Signer {
    fn mac(&self, claims: &str) -> [u8; 32] {
        let mac = Hmac::<Sha256>::new_from_slice(&self.key);
        // HMAC takes keys of any length.
        mac.map(|mac| mac.chain_update(claims).finalize().into_bytes().into()).unwrap_or_default()
    }

    /// The part of a link that says what it allows.
    fn seal(&self, claims: &Claims) -> Result<String, serde_json::Error> {
        let claims = URL_SAFE_NO_PAD.encode(serde_json::to_vec(claims)?);
        let mac = URL_SAFE_NO_PAD.encode(self.mac(&claims));
        Ok(format!("{claims}.{mac}"))
    }

    /// Reads such a part.
    fn read(&self, sealed: &str, now: Timestamp) -> Result<Claims, LinkError> {
        let (claims, mac) = sealed.split_once('.').ok_or(LinkError::Forged)?;
        let mac = URL_SAFE_NO_PAD.decode(mac).map_err(|_| LinkError::Forged)?;
        if !bool::from(self.mac(claims).ct_eq(&mac)) {
            return Err(LinkError::Forged);
        }
        let read = URL_SAFE_NO_PAD.decode(claims).ok().and_then(|claims| serde_json::from_slice(&claims).ok());
        let claims: Claims = read.ok_or(LinkError::Forged)?;
        if claims.expires <= now.timestamp() { Err(LinkError::Expired) } else { Ok(claims) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn claims() -> Claims {
        let grant = Grant::Upload { media_type: "application/pdf".into(), length: 4, sha256: "00".repeat(32) };
        Claims { key: "incoming/a".into(), expires: 1_000, grant }
    }

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_timestamp(seconds, 0).unwrap()
    }

    #[test]
    fn a_link_says_what_it_said_until_its_time_is_over() {
        let signer = Signer { key: [7; 32] };
        let sealed = signer.seal(&claims()).unwrap();
        assert_eq!(signer.read(&sealed, at(999)), Ok(claims()));
        assert_eq!(signer.read(&sealed, at(1_000)), Err(LinkError::Expired));
    }

    #[test]
    fn no_sign_of_a_link_can_be_changed() {
        let signer = Signer { key: [7; 32] };
        let sealed = signer.seal(&claims()).unwrap();
        for position in 0..sealed.len() {
            let mut changed = sealed.clone().into_bytes();
            changed[position] = if changed[position] == b'A' { b'B' } else { b'A' };
            let changed = String::from_utf8(changed).unwrap();
            assert_eq!(signer.read(&changed, at(0)), Err(LinkError::Forged), "{changed}");
        }
        let (of_all, _) = sealed.split_once('.').unwrap();
        for other in ["", ".", of_all, &format!("{of_all}."), &format!("{sealed}AA")] {
            assert_eq!(signer.read(other, at(0)), Err(LinkError::Forged), "{other}");
        }
        assert_eq!(Signer { key: [8; 32] }.read(&sealed, at(0)), Err(LinkError::Forged));
    }
}
