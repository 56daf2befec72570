//! Files that organizations hand in: certificates, proofs, photographs of what they sell.
//!
//! A document is announced (`requestUpload`), its bytes are sent past the service to the store by a signed link, and then it
//! is looked at (`completeUpload`): length, SHA-256 and kind must be what was announced, and of a picture only what the eye
//! sees is kept, written anew. Until then nobody can use it, and nothing of what is refused stays.
//!
//! Other rooms say that they use documents: [`Documents::require_ready`] and [`attach`] in the transaction in which they do,
//! [`detach`] when they no longer do.
//!
//! What holds at any time: bytes lie under their SHA-256 and are shared by equal documents; they are there as long as a
//! document refers to them; a document that is used is not removed; a link is given only to whoever may see the document, and
//! dies soon.
//!
//! Deliberately absent: a scan for malicious software. Only a few kinds of file are taken, pictures are written anew, and
//! everything else is served to be saved and never to be run.

mod access;
mod complete_upload;
mod delete_document;
pub mod graphql;
mod links;
mod lookups;
pub mod model;
mod personal;
mod pictures;
mod request_upload;
mod store;
mod sweep;
mod uses;
mod visibility;

use std::sync::{Arc, Mutex};

pub use lookups::{DOCUMENTS, document_key};
pub use model::{Document, DocumentId, DocumentState, MediaType, Rendition, RenditionName, Visibility};
pub use request_upload::{RequestUpload, Upload};
use tokio::sync::Semaphore;
pub use uses::{attach, detach, used_by};
pub use visibility::{is_visible, shown_to_parties};

use crate::kernel::{
    Services,
    blobs::{BlobKey, Blobs},
};

/// Documents that are looked at at the same time. Each takes the memory of its bytes, and of its pixels.
const WORKERS: usize = 2;

/// The room's handle. Cheap to clone, and small: whatever runs the application holds all rooms' handles.
#[derive(Debug, Clone)]
pub struct Documents {
    knows: Arc<Known>,
}

/// What the room stands on.
#[derive(Debug)]
struct Known {
    services: Services,
    blobs: Blobs,
    /// Bytes that an organization's documents may take.
    quota_bytes: i64,
    workers: Semaphore,
    /// Where the search for contents without a document goes on.
    orphans_after: Mutex<Option<BlobKey>>,
}

impl Documents {
    /// The room, over a store; an organization's documents may take so many bytes.
    #[must_use]
    pub fn new(services: Services, blobs: Blobs, quota_bytes: i64) -> Self {
        let (workers, orphans_after) = (Semaphore::new(WORKERS), Mutex::new(None));
        Self { knows: Arc::new(Known { services, blobs, quota_bytes, workers, orphans_after }) }
    }

    /// The store, for whoever answers its links or checks it.
    #[must_use]
    pub fn blobs(&self) -> &Blobs {
        &self.knows.blobs
    }
}
