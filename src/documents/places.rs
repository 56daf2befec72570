//! Where the bytes of documents lie.
//!
//! Those of public documents lie as they are, where anybody may be sent to by a direct link. All others are sealed, whatever they serve
//! for: were only those sealed that belong to something secret, the store would tell which those are.

use super::{Document, Documents, model::Address};
use crate::kernel::{
    blobs::{BlobError, BlobKey, SealedName},
    digest::Digest,
    secret_ring::ID_BYTES,
};

/// What contents are to be called, and the name of the key where they are to be sealed.
#[derive(Debug, Clone, Copy)]
pub(super) struct Place {
    pub(super) address: Address,
    pub(super) key: Option<[u8; ID_BYTES]>,
}

impl Documents {
    /// Where contents of a document are kept that hash to this.
    pub(super) fn place_of(&self, document: &Document, sha256: &Digest) -> Result<Place, BlobError> {
        if !document.is_sealed() {
            return Ok(Place { address: Address::Open(*sha256), key: None });
        }
        let SealedName { name, key } = self.knows.blobs.sealed_name(sha256)?;
        Ok(Place { address: Address::Sealed(name), key: Some(key) })
    }
}

/// Where contents lie.
pub(super) fn key_of(address: &Address) -> BlobKey {
    match address {
        Address::Open(name) => BlobKey::content(name),
        Address::Sealed(name) => BlobKey::sealed(name),
    }
}

/// Where the bytes of a document arrive.
pub(super) fn arrival(document: &Document) -> BlobKey {
    let name = document.id().to_string();
    if document.is_sealed() { BlobKey::sealed_incoming(&name) } else { BlobKey::incoming(&name) }
}

/// Where bytes of a document may lie that arrived: also where earlier versions took those in that are sealed now.
pub(super) fn arrivals(document: &Document) -> Vec<BlobKey> {
    let mut arrivals = vec![arrival(document)];
    if document.is_sealed() {
        arrivals.push(BlobKey::incoming(&document.id().to_string()));
    }
    arrivals
}
