//! Keys, and the file that they are kept in.

use std::fmt;

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use ed25519_dalek::{Signature, Signer as _, SigningKey, VerifyingKey};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

/// Bytes of a key, either half.
pub(super) const KEY_BYTES: usize = 32;
/// Letters of a thumbprint in a key's name: 96 bits, which no two keys share.
const NAME_LENGTH: usize = 16;

/// The half of a key that everybody may have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublicKey {
    /// What the DID document calls it, after the `#`.
    pub kid: String,
    /// The key itself (Ed25519, RFC 8032).
    pub bytes: [u8; KEY_BYTES],
}

impl PublicKey {
    /// A key under the name that follows from it: `key-` and the beginning of its thumbprint (RFC 7638).
    #[must_use]
    pub fn of(bytes: [u8; KEY_BYTES]) -> Self {
        let members = format!(r#"{{"crv":"Ed25519","kty":"OKP","x":"{}"}}"#, URL_SAFE_NO_PAD.encode(bytes));
        let thumbprint = URL_SAFE_NO_PAD.encode(Sha256::digest(members));
        Self { kid: format!("key-{}", thumbprint.get(..NAME_LENGTH).unwrap_or(&thumbprint)), bytes }
    }

    /// Whether the key's other half signed the message. A key under a name that does not follow from it signed nothing.
    #[must_use]
    pub fn verifies(&self, message: &[u8], signature: &[u8; 64]) -> bool {
        let named = Self::of(self.bytes).kid == self.kid;
        let key = VerifyingKey::from_bytes(&self.bytes);
        named && key.is_ok_and(|key| key.verify_strict(message, &Signature::from_bytes(signature)).is_ok())
    }

    /// The key as a JSON Web Key (RFC 8037).
    #[must_use]
    pub fn jwk(&self) -> Value {
        json!({
            "kty": "OKP",
            "crv": "Ed25519",
            "alg": "EdDSA",
            "use": "sig",
            "kid": self.kid,
            "x": URL_SAFE_NO_PAD.encode(self.bytes),
        })
    }
}

/// A whole key. Its private half is never printed.
#[derive(Clone)]
pub struct Key {
    public: PublicKey,
    signing: SigningKey,
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Key").field("kid", &self.public.kid).finish_non_exhaustive()
    }
}

impl Key {
    /// The key that follows from 32 bytes that nobody can foretell.
    #[must_use]
    pub fn from_entropy(secret: &[u8; KEY_BYTES]) -> Self {
        let signing = SigningKey::from_bytes(secret);
        Self { public: PublicKey::of(signing.verifying_key().to_bytes()), signing }
    }

    /// Its name, after the `#` of the DID document.
    #[must_use]
    pub fn kid(&self) -> &str {
        &self.public.kid
    }

    /// The half that everybody may have.
    #[must_use]
    pub fn public(&self) -> &PublicKey {
        &self.public
    }

    /// Signs a message.
    #[must_use]
    pub fn sign(&self, message: &[u8]) -> [u8; 64] {
        self.signing.sign(message).to_bytes()
    }
}

/// What a key file holds: the key that signs, and perhaps keys that stand in the DID document before they are used.
#[derive(Debug, Clone)]
pub struct KeySet {
    /// The key that signs.
    pub current: Key,
    /// Keys that may sign some day.
    pub others: Vec<Key>,
}

/// Why a file is no key file. Nothing of its content is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum KeyFileError {
    /// It is not written as one.
    #[error("it is no JSON Web Key Set with private keys")]
    Malformed,
    /// It holds no key at all.
    #[error("it holds no key")]
    Empty,
    /// It holds a key of another kind.
    #[error("key {0} is not an Ed25519 key of which both halves belong together")]
    NotEd25519(usize),
}

#[derive(Serialize, Deserialize)]
struct StoredSet {
    keys: Vec<StoredKey>,
}

#[derive(Serialize, Deserialize)]
struct StoredKey {
    kty: String,
    crv: String,
    #[serde(default)]
    kid: String,
    x: String,
    d: String,
}

impl KeySet {
    /// A set of one key.
    #[must_use]
    pub const fn of(current: Key) -> Self {
        Self { current, others: Vec::new() }
    }

    /// All keys, the one that signs first.
    pub fn all(&self) -> impl Iterator<Item = &Key> {
        std::iter::once(&self.current).chain(&self.others)
    }

    /// Reads a private JSON Web Key Set (RFC 7517, RFC 8037). A key's name follows from the key, whatever the file calls it.
    ///
    /// # Errors
    /// See [`KeyFileError`].
    pub fn read(text: &str) -> Result<Self, KeyFileError> {
        let stored: StoredSet = serde_json::from_str(text).map_err(|_| KeyFileError::Malformed)?;
        let mut keys =
            stored.keys.iter().enumerate().map(|(at, stored)| stored.read().ok_or(KeyFileError::NotEd25519(at)));
        let current = keys.next().ok_or(KeyFileError::Empty)??;
        Ok(Self { current, others: keys.collect::<Result<_, _>>()? })
    }

    /// Writes the set. The text is a secret.
    ///
    /// # Errors
    /// None in practice: texts are always writable.
    pub fn write(&self) -> Result<String, serde_json::Error> {
        serde_json::to_string_pretty(&StoredSet { keys: self.all().map(StoredKey::of).collect() })
    }
}

impl StoredKey {
    fn of(key: &Key) -> Self {
        Self {
            kty: "OKP".into(),
            crv: "Ed25519".into(),
            kid: key.public.kid.clone(),
            x: URL_SAFE_NO_PAD.encode(key.public.bytes),
            d: URL_SAFE_NO_PAD.encode(key.signing.to_bytes()),
        }
    }

    fn read(&self) -> Option<Key> {
        let bytes = |text: &str| -> Option<[u8; KEY_BYTES]> { URL_SAFE_NO_PAD.decode(text).ok()?.try_into().ok() };
        let key = Key::from_entropy(&bytes(&self.d)?);
        let belongs = self.kty == "OKP" && self.crv == "Ed25519" && bytes(&self.x)? == key.public.bytes;
        belongs.then_some(key)
    }
}
