//! What a document is, who may see it, and what may be one: no I/O, no clock, no randomness.

mod document;
mod media;
mod upload;

pub use document::{Address, Document, DocumentState, NewDocument, Rendition, RenditionName, Sight, Visibility};
pub use media::MediaType;
pub use upload::{CheckedFile, FILE_BYTES_MAX, check_file};

use crate::define_id;

define_id!(
    /// Identifies a document.
    pub DocumentId = "document"
);
