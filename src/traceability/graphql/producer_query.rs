//! Reading producers.

use async_graphql::{Context, ID, Object, Result};

use super::{Gender, Loaders, Producer, ProducerConnection, producer::producer_connection, room};
use crate::{
    accounts::{OrganizationId, graphql::actor},
    kernel::graphql::{failure, page_args, page_complexity, read_id, wants_total_count},
    traceability::{ProducerId, ProducerSearch},
};

/// The room's queries about people.
#[derive(Debug, Default, Clone, Copy)]
pub struct ProducersQuery;

#[Object]
impl ProducersQuery {
    /// The producers of an organization by name, for those who work there and those who oversee the platform.
    #[graphql(complexity = "page_complexity(__ctx, __variables_definition, __field, child_complexity)")]
    async fn producers(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The organization.")] organization_id: ID,
        #[graphql(desc = "Words that the name holds, in any spelling of case and accents.")] text: Option<String>,
        #[graphql(desc = "Only who lives in this place or within it: its code, official number or name.")]
        village_code: Option<String>,
        #[graphql(desc = "Only those.")] gender: Option<Gender>,
        #[graphql(desc = "How many from the beginning, at most 100.")] first: Option<i32>,
        #[graphql(desc = "Only what follows this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end, at most 100.")] last: Option<i32>,
        #[graphql(desc = "Only what precedes this cursor.")] before: Option<String>,
    ) -> Result<ProducerConnection> {
        let organization = read_id(&organization_id, OrganizationId::PREFIX, ["organizationId"]);
        let organization = organization.map_err(|error| failure(ctx, error.into()))?;
        let search = ProducerSearch { text, village: village_code, gender: gender.map(Into::into) };
        let args = page_args(first, after, last, before);
        let page = room(ctx)?.producers(actor(ctx), organization, &search, &args, wants_total_count(ctx));
        let page = Box::pin(page).await.map_err(|error| failure(ctx, error))?;
        Ok(producer_connection(page))
    }

    /// A producer by her id; null where there is none whom the caller may see.
    async fn producer(
        &self,
        ctx: &Context<'_>,
        #[graphql(name = "id", desc = "The producer's id.")] producer_id: ID,
    ) -> Option<Result<Producer>> {
        match read_id(&producer_id, ProducerId::PREFIX, ["id"]) {
            Ok(id) => Loaders::producer(ctx, id).await.transpose(),
            Err(error) => Some(Err(failure(ctx, error.into()))),
        }
    }
}
