//! What a client sees of documents.

use std::sync::Arc;

use async_graphql::{Context, Enum, ID, Object, Result};
use chrono::{DateTime, Utc};

use super::room;
use crate::{
    connection,
    directory::graphql::{Loaders as Organizations, Organization},
    documents::{self, Rendition, model},
    kernel::graphql::{fault, list_complexity},
};

/// Who may see a document.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "model::Visibility")]
pub enum DocumentVisibility {
    /// Everybody.
    Public,
    /// The organization's members, those whom it deals with, and whoever oversees the platform.
    Party,
    /// Those who lead the organization, whoever uploaded it, and whoever reviews evidence or oversees the platform.
    Reviewers,
}

/// Where a document stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "model::DocumentState")]
pub enum DocumentState {
    /// Its bytes are awaited, or wait for `completeUpload`.
    Pending,
    /// It was looked at and can be used.
    Ready,
    /// What was sent was not what was announced, or cannot be kept; nothing of it is.
    Refused,
}

/// A file that an organization handed in.
#[derive(Debug, Clone)]
pub struct Document(pub Arc<documents::Document>);

impl From<documents::Document> for Document {
    fn from(document: documents::Document) -> Self {
        Self(Arc::new(document))
    }
}

connection! {
    /// A page of documents.
    DocumentConnection, DocumentEdge, Document
}

/// A file that an organization handed in.
#[Object]
impl Document {
    /// Identifies the document.
    pub async fn id(&self) -> ID {
        self.0.id().to_string().into()
    }

    /// What the file is called.
    fn file_name(&self) -> &str {
        &self.0.announced.file_name
    }

    /// What kind of file is downloaded, such as `application/pdf`.
    fn media_type(&self) -> &'static str {
        self.0.media_type().as_str()
    }

    /// How many bytes are downloaded; those that were announced, until it is ready.
    fn byte_size(&self) -> i64 {
        self.0.full().map_or(self.0.announced.uploaded_size, |full| full.byte_size)
    }

    /// The SHA-256 of what is downloaded, in hexadecimal digits. Null until it is ready. A picture is written anew, so that
    /// this is not the SHA-256 of what was uploaded.
    fn sha256(&self) -> Option<String> {
        self.0.full().map(|full| full.sha256.to_string())
    }

    /// The SHA-256 that was announced, in hexadecimal digits.
    fn uploaded_sha256(&self) -> String {
        self.0.announced.uploaded_sha256.to_string()
    }

    /// Who may see it.
    fn visibility(&self) -> DocumentVisibility {
        self.0.announced.visibility.into()
    }

    /// Where it stands.
    fn state(&self) -> DocumentState {
        self.0.state.into()
    }

    /// A link to all of it, good for five minutes; null until it is ready. Whoever has it may fetch the document: it is not to
    /// be shown. Ask for it anew each time.
    async fn download_url(&self, ctx: &Context<'_>) -> Option<Result<String>> {
        let full = self.0.full()?;
        Some(Box::pin(link(ctx, &self.0, full)).await)
    }

    /// Smaller pictures of it, the smallest first; none of what is no picture, or small itself.
    #[graphql(complexity = "list_complexity(2, child_complexity)")]
    fn thumbnails(&self) -> Vec<Thumbnail> {
        let thumbnail =
            |rendition: &Rendition| Thumbnail { document: Arc::clone(&self.0), rendition: rendition.clone() };
        self.0.thumbnails().map(thumbnail).collect()
    }

    /// Why it was refused; null unless it was. The codes are those of `userErrors`.
    fn refusal(&self) -> Option<&str> {
        self.0.refusal.as_deref()
    }

    /// When it was announced.
    fn created_at(&self) -> DateTime<Utc> {
        self.0.announced.created_at
    }

    /// Whose it is; null where the caller may not see the organization.
    async fn organization(&self, ctx: &Context<'_>) -> Result<Option<Organization>> {
        Organizations::organization(ctx, self.0.organization()).await
    }
}

/// A smaller picture of a document.
#[derive(Debug, Clone)]
pub struct Thumbnail {
    document: Arc<documents::Document>,
    rendition: Rendition,
}

/// A smaller picture of a document: a JPEG.
#[Object]
impl Thumbnail {
    /// A link to it, good for five minutes.
    async fn url(&self, ctx: &Context<'_>) -> Result<String> {
        Box::pin(link(ctx, &self.document, &self.rendition)).await
    }

    /// Its width in pixels.
    fn width(&self) -> i32 {
        self.rendition.pixels.map_or(0, |(width, _)| width)
    }

    /// Its height in pixels.
    fn height(&self) -> i32 {
        self.rendition.pixels.map_or(0, |(_, height)| height)
    }

    /// How many bytes it has.
    fn byte_size(&self) -> i64 {
        self.rendition.byte_size
    }
}

/// A link for whoever was shown the document: that she may see it was found when it was loaded for her.
async fn link(ctx: &Context<'_>, document: &documents::Document, rendition: &Rendition) -> Result<String> {
    room(ctx)?.download_link(document, rendition).await.map_err(|cause| fault(ctx, &cause))
}
