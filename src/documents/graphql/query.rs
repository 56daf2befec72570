//! Reading documents.

use async_graphql::{Context, ID, Object, Result};

use super::{Document, DocumentConnection, Loaders, room};
use crate::{
    accounts::{OrganizationId, graphql::actor},
    documents::{self, DOCUMENTS, DocumentId, document_key},
    kernel::{
        graphql::{failure, page_args, page_complexity, read_id, wants_total_count},
        page::encode_cursor,
    },
};

/// The room's queries.
#[derive(Debug, Default, Clone, Copy)]
pub struct DocumentsQuery;

#[Object]
impl DocumentsQuery {
    /// A document; null where there is none that the caller may see.
    async fn document(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The id of the document.")] id: ID,
    ) -> Option<Result<Document>> {
        let found = match read_id(&id, DocumentId::PREFIX, ["id"]) {
            Ok(id) => Loaders::document(ctx, id).await,
            Err(error) => Err(failure(ctx, error.into())),
        };
        found.transpose()
    }

    /// The documents of an organization that the caller may see, the newest first.
    #[graphql(complexity = "page_complexity(__ctx, __variables_definition, __field, child_complexity)")]
    async fn documents(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Whose documents.")] organization_id: ID,
        #[graphql(desc = "How many from the beginning, at most 100.")] first: Option<i32>,
        #[graphql(desc = "Only what follows this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end, at most 100.")] last: Option<i32>,
        #[graphql(desc = "Only what precedes this cursor.")] before: Option<String>,
    ) -> Result<DocumentConnection> {
        let organization = read_id(&organization_id, OrganizationId::PREFIX, ["organizationId"])
            .map_err(|error| failure(ctx, error.into()))?;
        let args = page_args(first, after, last, before);
        // Boxed: what a field waits in stays small, since all fields of a type take as much memory as the largest.
        let page = room(ctx)?.documents_page(actor(ctx), organization, &args, wants_total_count(ctx));
        let (slice, total) = Box::pin(page).await.map_err(|error| failure(ctx, error))?;
        let turn = |document: documents::Document| {
            (encode_cursor(DOCUMENTS, &document_key(&document)), Document::from(document))
        };
        Ok(DocumentConnection::new(slice, turn, total))
    }
}
