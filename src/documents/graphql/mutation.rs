//! Handing in documents: each mutation is one use case.

use async_graphql::{Context, ID, InputObject, Object, Result, SimpleObject};
use chrono::{DateTime, Utc};

use super::{Document, DocumentVisibility, room};
use crate::{
    accounts::{OrganizationId, graphql::actor},
    documents::{DocumentId, RequestUpload, Upload},
    kernel::{
        UserError,
        graphql::{list_complexity, read_id},
    },
    payload,
};

/// A file that is to be sent.
#[derive(Debug, Clone, InputObject)]
pub struct RequestUploadInput {
    /// Whose document it is to be.
    pub organization_id: ID,
    /// What the file is called: a name and no path, at most 200 characters.
    pub file_name: String,
    /// What kind of file it is: `application/pdf`, `image/jpeg`, `image/png` or `image/webp`.
    pub media_type: String,
    /// How many bytes it has, at most 25 MB (26,214,400).
    pub byte_size: i64,
    /// The SHA-256 of its bytes, in 64 hexadecimal digits.
    pub sha256: String,
    /// Who may see it.
    #[graphql(default_with = "DocumentVisibility::Reviewers")]
    pub visibility: DocumentVisibility,
    /// Makes a repeated announcement one, and gives a fresh link to it: that is how a broken upload is taken up again.
    pub idempotency_key: Option<String>,
}

impl RequestUploadInput {
    fn read(self) -> Result<RequestUpload, UserError> {
        let path = ["input", "organizationId"];
        Ok(RequestUpload {
            organization: read_id(&self.organization_id, OrganizationId::PREFIX, path)?,
            file_name: self.file_name,
            media_type: self.media_type,
            byte_size: self.byte_size,
            sha256: self.sha256,
            visibility: self.visibility.into(),
            idempotency_key: self.idempotency_key,
        })
    }
}

/// Which document's bytes have been sent.
#[derive(Debug, Clone, InputObject)]
pub struct CompleteUploadInput {
    /// The document, as `requestUpload` gave it.
    pub document_id: ID,
}

/// Which document is to be removed.
#[derive(Debug, Clone, InputObject)]
pub struct DeleteDocumentInput {
    /// The document.
    pub document_id: ID,
}

/// A header of a request.
#[derive(Debug, Clone, SimpleObject)]
pub struct UploadHeader {
    /// Its name.
    pub name: String,
    /// Its value.
    pub value: String,
}

/// Where and how the bytes of a document are sent: in one request, all of them.
#[derive(Debug, Clone, SimpleObject)]
pub struct DocumentUpload {
    /// The document, for `completeUpload`.
    pub document_id: ID,
    /// The address to send to. Whoever has it may send: it is not to be shown. Null where the bytes were sent and looked at
    /// before.
    pub url: Option<String>,
    /// The method to send with.
    pub method: String,
    /// The headers to send. Programs that set `Content-Length` by themselves set it right.
    #[graphql(complexity = "list_complexity(2, child_complexity)")]
    pub headers: Vec<UploadHeader>,
    /// Until when the address is good. Ask again under the same idempotency key for a fresh one.
    pub expires_at: DateTime<Utc>,
}

impl From<Upload> for DocumentUpload {
    fn from(upload: Upload) -> Self {
        let (url, headers) = upload.link.map(|link| (link.url, link.headers)).unzip();
        let header = |(name, value): (&str, String)| UploadHeader { name: name.to_owned(), value };
        Self {
            document_id: upload.document.id().to_string().into(),
            url,
            method: "PUT".to_owned(),
            headers: headers.unwrap_or_default().into_iter().map(header).collect(),
            expires_at: upload.expires_at,
        }
    }
}

payload! {
    /// What `requestUpload` gives back.
    RequestUploadPayload {
        /// Where to send the bytes; null when it was refused.
        upload: DocumentUpload,
    }
}

payload! {
    /// What `completeUpload` gives back.
    CompleteUploadPayload {
        /// The document, ready to be used; null when it was refused.
        document: Document,
    }
}

payload! {
    /// What `deleteDocument` gives back.
    DeleteDocumentPayload {
        /// The document that is no more; null when it was refused.
        deleted_document_id: ID,
    }
}

fn document_id(id: &ID) -> Result<DocumentId, UserError> {
    read_id(id, DocumentId::PREFIX, ["input", "documentId"])
}

/// The room's mutations.
#[derive(Debug, Default, Clone, Copy)]
pub struct DocumentsMutation;

#[Object]
impl DocumentsMutation {
    /// Announces a document and tells where to send its bytes. Then send them, and call `completeUpload`.
    async fn request_upload(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The file.")] input: RequestUploadInput,
    ) -> Result<RequestUploadPayload> {
        let outcome = match input.read() {
            Ok(command) => Box::pin(room(ctx)?.request_upload(actor(ctx), command)).await,
            Err(error) => Err(error.into()),
        };
        RequestUploadPayload::from_outcome(ctx, outcome.map(DocumentUpload::from))
    }

    /// Looks at the bytes that were sent: they must be what was announced, in length, SHA-256 and kind. A picture is turned
    /// upright and written anew without place, hour, owner and other hidden data, and smaller ones are made of it. What is
    /// found wrong is refused for good, and nothing of it is kept. Doing it again changes nothing.
    async fn complete_upload(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The document.")] input: CompleteUploadInput,
    ) -> Result<CompleteUploadPayload> {
        let outcome = match document_id(&input.document_id) {
            Ok(id) => Box::pin(room(ctx)?.complete_upload(actor(ctx), id)).await,
            Err(error) => Err(error.into()),
        };
        CompleteUploadPayload::from_outcome(ctx, outcome.map(Document::from))
    }

    /// Removes a document that serves for nothing.
    async fn delete_document(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The document.")] input: DeleteDocumentInput,
    ) -> Result<DeleteDocumentPayload> {
        let outcome = match document_id(&input.document_id) {
            Ok(id) => Box::pin(room(ctx)?.delete_document(actor(ctx), id)).await,
            Err(error) => Err(error.into()),
        };
        DeleteDocumentPayload::from_outcome(ctx, outcome.map(|id| id.to_string().into()))
    }
}
