//! Reading saved searches.

use async_graphql::{Context, ID, Object, Result};

use super::{Loaders, SavedSearch, SavedSearchConnection, room};
use crate::{
    accounts::graphql::actor,
    alerts::SavedSearchId,
    kernel::graphql::{failure, page_args, page_complexity, read_id, wants_total_count},
};

/// The room's queries.
#[derive(Debug, Default, Clone, Copy)]
pub struct AlertsQuery;

#[Object]
impl AlertsQuery {
    /// The searches that the signed-in person keeps, the newest first.
    #[graphql(complexity = "page_complexity(__ctx, __variables_definition, __field, child_complexity)")]
    async fn saved_searches(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many from the beginning, at most 100.")] first: Option<i32>,
        #[graphql(desc = "Only what follows this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end, at most 100.")] last: Option<i32>,
        #[graphql(desc = "Only what precedes this cursor.")] before: Option<String>,
    ) -> Result<SavedSearchConnection> {
        let args = page_args(first, after, last, before);
        // Boxed: what a field waits in stays small, since all fields of a type take as much memory as the largest.
        let page = Box::pin(room(ctx)?.saved_searches(actor(ctx), &args, wants_total_count(ctx))).await;
        Ok(page.map_err(|error| failure(ctx, error))?.into())
    }

    /// A saved search of the signed-in person by its id; null where there is none.
    async fn saved_search(
        &self,
        ctx: &Context<'_>,
        #[graphql(name = "id", desc = "The saved search's id.")] saved_search_id: ID,
    ) -> Option<Result<SavedSearch>> {
        match read_id(&saved_search_id, SavedSearchId::PREFIX, ["id"]) {
            Ok(id) => Loaders::saved_search(ctx, id).await.transpose(),
            Err(error) => Some(Err(failure(ctx, error.into()))),
        }
    }
}
