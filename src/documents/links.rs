//! Links by which documents are fetched.

use std::time::Duration;

use super::{Document, Documents, Rendition, RenditionName, places::key_of};
use crate::kernel::{Fault, blobs::DownloadTerms};

/// How long a link to fetch by is good.
const DOWNLOAD_LIFETIME: Duration = Duration::from_secs(5 * 60);

impl Documents {
    /// A link by which this of a document is fetched. Whoever has it may do so: give it only to whoever may see the document,
    /// as loading it has found.
    ///
    /// # Errors
    /// When the store cannot give one.
    pub async fn download_link(&self, document: &Document, rendition: &Rendition) -> Result<String, Fault> {
        let terms = DownloadTerms {
            media_type: rendition.media_type.as_str().to_owned(),
            file_name: saved_as(document, rendition),
            inline: rendition.media_type.is_picture(),
            sha256: rendition.sha256,
        };
        Ok(self.knows.blobs.store.download_link(&key_of(&rendition.address), &terms, DOWNLOAD_LIFETIME).await?)
    }
}

/// What a file is saved as: what it was called, with the ending of what it is.
fn saved_as(document: &Document, rendition: &Rendition) -> String {
    let name = &document.announced.file_name;
    if rendition.name == RenditionName::Full && rendition.media_type == document.announced.media_type {
        return name.clone();
    }
    let stem = name.rsplit_once('.').map_or(name.as_str(), |(stem, _)| stem);
    format!("{stem}.{}", rendition.media_type.extension())
}
