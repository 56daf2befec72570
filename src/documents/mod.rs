//! Files that organizations hand in: certificates, proofs, photographs of what they sell.
//!
//! A document is announced (`requestUpload`), its bytes are sent past the service to the store by a signed link, and then it
//! is looked at (`completeUpload`): length, SHA-256 and kind must be what was announced, and of a picture only what the eye
//! sees is kept, written anew. Until then nobody can use it, and nothing of what is refused stays.
//!
//! Other rooms say that they use documents: [`Documents::require_ready`] and [`attach`] in the transaction in which they do,
//! [`detach`] when they no longer do. What may not be told that it uses documents holds them ([`Documents::hold`]).
//!
//! What holds at any time: bytes of public documents lie under their SHA-256, those of all others encrypted, and from the first byte
//! on (`places`); equal documents share them; they are there as long as a document refers to them; a document that is used is not removed; a link is given only to whoever may see the document, and
//! dies soon.
//!
//! Deliberately absent: a scan for malicious software. Only a few kinds of file are taken, pictures are written anew, and
//! everything else is served to be saved and never to be run.

mod access;
mod check_documents;
mod complete_upload;
mod delete_document;
pub mod graphql;
mod hold;
mod kept_contents;
mod links;
mod lookups;
pub mod model;
mod personal;
mod pictures;
mod places;
mod request_upload;
mod seal_exposed;
mod start_keys;
mod store;
mod sweep;
mod uses;
mod visibility;

use std::sync::{
    Arc, Mutex,
    atomic::{AtomicI64, Ordering},
};

pub use check_documents::{Checked, check_contents, check_keys};
pub use hold::{HELD_MAX, HoldKey};
pub use kept_contents::kept_contents;
pub use lookups::{DOCUMENTS, document_key};
pub use model::{Address, Document, DocumentId, DocumentState, MediaType, Rendition, RenditionName, Visibility};
pub use request_upload::{RequestUpload, Upload};
pub use start_keys::start_keys;
use tokio::sync::Semaphore;
pub use uses::{attach, attach_each, detach, used_by};
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
    quota_bytes: AtomicI64,
    workers: Semaphore,
    /// What documents are held by for what may not be told.
    hold_key: HoldKey,
    /// Where the search for documents that serve for nothing goes on: some of them may be held.
    unused_after: Mutex<Option<DocumentId>>,
    /// Where the search for contents without a document goes on, of those that lie as they are and of those that are sealed.
    orphans_after: [Mutex<Option<BlobKey>>; 2],
    /// Where the search for contents goes on that are yet to be sealed: some of them may be unreadable.
    exposed_after: Mutex<Option<(DocumentId, RenditionName)>>,
}

impl Documents {
    /// The room, over a store; an organization's documents may take so many bytes, and are held by this key.
    #[must_use]
    pub fn new(services: Services, blobs: Blobs, quota_bytes: i64, hold_key: HoldKey) -> Self {
        let knows = Known {
            services,
            blobs,
            quota_bytes: quota_bytes.into(),
            workers: Semaphore::new(WORKERS),
            hold_key,
            unused_after: Mutex::default(),
            orphans_after: Default::default(),
            exposed_after: Mutex::default(),
        };
        Self { knows: Arc::new(knows) }
    }

    /// From now on an organization's documents may take so many bytes; those that are there stay.
    pub fn allow_bytes(&self, quota_bytes: i64) {
        self.knows.quota_bytes.store(quota_bytes, Ordering::Relaxed);
    }

    /// The store, for whoever answers its links or checks it.
    #[must_use]
    pub fn blobs(&self) -> &Blobs {
        &self.knows.blobs
    }
}
