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

use async_graphql::Context;

use super::Documents;

/// The room's handle.
fn room<'c>(ctx: &Context<'c>) -> async_graphql::Result<&'c Documents> {
    ctx.data()
}
