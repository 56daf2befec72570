//! The room in GraphQL. Nothing here decides.

mod loader;
mod mutation;
mod object;
mod query;

pub use self::{
    loader::Loaders,
    mutation::{
        CompleteUploadInput, CompleteUploadPayload, DeleteDocumentInput, DeleteDocumentPayload, DocumentUpload,
        DocumentsMutation, RequestUploadInput, RequestUploadPayload, UploadHeader,
    },
    object::{Document, DocumentConnection, DocumentEdge, DocumentState, DocumentVisibility, Thumbnail},
    query::DocumentsQuery,
};

use async_graphql::{Context, ID};

use super::{DocumentId, Documents};
use crate::kernel::{Rejections, graphql::read_ids};

/// The room's handle.
fn room<'c>(ctx: &Context<'c>) -> async_graphql::Result<&'c Documents> {
    ctx.data()
}

/// The documents that an input names at `documentIds`, if any.
pub(crate) fn document_ids(ids: Option<Vec<ID>>, wrong: &mut Rejections) -> Vec<DocumentId> {
    read_ids(&ids.unwrap_or_default(), DocumentId::PREFIX, "documentIds", wrong)
}
