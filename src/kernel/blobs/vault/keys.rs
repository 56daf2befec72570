//! The secrets that contents are sealed with.

use hkdf::Hkdf;
use hmac::{Hmac, Mac as _};
use sha2::Sha256;

use crate::kernel::{
    digest::Digest,
    secret_ring::{SECRET_BYTES, SecretRing, Use},
};

/// The secrets that contents are sealed with. What lasts beside them is what the service's own links are signed with.
pub type DocumentKeys = SecretRing<ForDocuments>;

/// A ring of secrets for documents.
#[derive(Debug)]
pub enum ForDocuments {}

impl Use for ForDocuments {
    const SETTING: &'static str = "BFW_DOCUMENT_KEY_FILE";
    const LASTING: &'static str = "links";
}

impl DocumentKeys {
    /// What a content is called in the store, by what it hashes to: a name that tells nothing to whoever lacks the key, not
    /// even whether it is a content that she has herself.
    pub(super) fn name_of(&self, digest: &Digest) -> Option<Digest> {
        let mut secret = [0; SECRET_BYTES];
        Hkdf::<Sha256>::new(None, self.current().secret()).expand(b"bfw documents 1 names", &mut secret).ok()?;
        let mac = Hmac::<Sha256>::new_from_slice(&secret).ok()?;
        let name: [u8; 32] = mac.chain_update(digest.as_bytes()).finalize().into_bytes().into();
        Some(Digest::from(name))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_the_same_for_the_same_content_under_one_key_only() {
        let keys = DocumentKeys::made().unwrap();
        let (one, other) = (Digest::of(b"one"), Digest::of(b"other"));
        let name = keys.name_of(&one);
        assert!(name.is_some() && name != Some(one));
        assert_eq!(name, keys.name_of(&one));
        assert_ne!(name, keys.name_of(&other));
        assert_ne!(name, DocumentKeys::made().unwrap().name_of(&one));
    }
}
