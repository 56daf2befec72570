//! Links to a folder's blobs: what may be done stands in them, sealed with a key that only the service has.

use std::{
    fs,
    io::{self, Write as _},
    path::Path,
};

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use hmac::{Hmac, Mac as _};
use rand::{TryRngCore as _, rngs::OsRng};
use serde::{Deserialize, Serialize};
use sha2::Sha256;
use subtle::ConstantTimeEq as _;

use super::random_name;
use crate::kernel::clock::Timestamp;

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
}

/// Seals and reads links.
pub(super) struct Signer {
    key: [u8; KEY_LENGTH],
}

impl std::fmt::Debug for Signer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Signer").finish_non_exhaustive()
    }
}

impl Signer {
    /// Takes the key from a file, which is made if it is not there. Processes that start together take the same one.
    pub(super) fn open(file: &Path) -> io::Result<Self> {
        if !file.exists() {
            make_key(file)?;
        }
        let key = fs::read(file)?;
        let key = key.try_into().map_err(|_| io::Error::other(format!("{} holds no key", file.display())))?;
        Ok(Self { key })
    }

    fn mac(&self, claims: &str) -> [u8; 32] {
        let mac = Hmac::<Sha256>::new_from_slice(&self.key);
        // HMAC takes keys of any length.
        mac.map(|mac| mac.chain_update(claims).finalize().into_bytes().into()).unwrap_or_default()
    }

    /// The part of a link that says what it allows.
    pub(super) fn seal(&self, claims: &Claims) -> Result<String, serde_json::Error> {
        let claims = URL_SAFE_NO_PAD.encode(serde_json::to_vec(claims)?);
        let mac = URL_SAFE_NO_PAD.encode(self.mac(&claims));
        Ok(format!("{claims}.{mac}"))
    }

    /// Reads such a part.
    pub(super) fn read(&self, sealed: &str, now: Timestamp) -> Result<Claims, LinkError> {
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

/// Makes a random key that only our own user reads. Of two processes that make one at once, the first wins: a link to a
/// finished file appears whole, or not because there is one.
fn make_key(file: &Path) -> io::Result<()> {
    let mut key = [0; KEY_LENGTH];
    OsRng.try_fill_bytes(&mut key).map_err(io::Error::other)?;
    let draft = file.with_extension(random_name()?);
    let mut options = fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut written = options.open(&draft)?;
    written.write_all(&key)?;
    written.sync_all()?;
    let linked = fs::hard_link(&draft, file);
    fs::remove_file(&draft)?;
    match linked {
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => Err(error),
        Ok(()) | Err(_) => Ok(()),
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

    #[test]
    fn processes_that_start_together_take_one_key() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join(".link-key");
        let keys: Vec<[u8; 32]> = std::thread::scope(|scope| {
            let opened: Vec<_> = (0..8).map(|_| scope.spawn(|| Signer::open(&file).unwrap().key)).collect();
            opened.into_iter().map(|opened| opened.join().unwrap()).collect()
        });
        assert!(keys.iter().all(|key| *key == keys[0] && *key != [0; 32]));
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1, "no draft is left");
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
        }
    }
}
