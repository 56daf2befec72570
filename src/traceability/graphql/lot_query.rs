//! Reading lots, events and recalls.

use async_graphql::{Context, ID, Object, Result};

use super::{
    Lot, LotConnection, LotFilter, LotLoaders, Recall, RecallAt, RecallConnection, TraceEvent, TraceEventConnection,
    TraceEventKind,
    event::{affected_of, event_connection, recall_connection},
    lot::{lot_connection, lot_id},
    room,
};
use crate::{
    accounts::{OrganizationId, graphql::actor},
    kernel::{
        ErrorCode, Failure, Outcome, UserError,
        graphql::{failure, list_complexity, page_args, page_complexity, read_id, wants_total_count},
        page::PageArgs,
    },
    traceability::{EVENTS, EventId, LotId, RecallId},
};

/// The queries of lots.
#[derive(Debug, Default, Clone, Copy)]
pub struct LotsQuery;

#[Object]
impl LotsQuery {
    /// A lot by its id; null where there is none. What stands on its label is public.
    async fn lot(
        &self,
        ctx: &Context<'_>,
        #[graphql(name = "id", desc = "The lot's id.")] lot: ID,
    ) -> Option<Result<Lot>> {
        match lot_id(&lot, &["id"]) {
            Ok(id) => LotLoaders::lot(ctx, id).await.transpose(),
            Err(error) => Some(Err(failure(ctx, error.into()))),
        }
    }

    /// A lot by the code on its label, as somebody typed it: case, spaces and hyphens do not matter, and O is 0, I and L are 1.
    /// Null where there is none.
    async fn lot_by_code(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The code, as it stands on the label.")] code: String,
    ) -> Option<Result<Lot>> {
        let found = match room(ctx) {
            Ok(room) => room.lot_by_code(&code).await.map_err(|fault| failure(ctx, fault.into())),
            Err(error) => Err(error),
        };
        found.map(|found| found.map(Lot::from)).transpose()
    }

    /// The lots that an organization has or is to receive, the last made first; for those who belong to it.
    #[graphql(complexity = "page_complexity(__ctx, __variables_definition, __field, child_complexity)")]
    async fn lots(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The organization.")] organization_id: ID,
        #[graphql(desc = "Narrows the list.")] filter: Option<LotFilter>,
        #[graphql(desc = "How many from the beginning, at most 100.")] first: Option<i32>,
        #[graphql(desc = "Only what follows this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end, at most 100.")] last: Option<i32>,
        #[graphql(desc = "Only what precedes this cursor.")] before: Option<String>,
    ) -> Result<LotConnection> {
        let organization = read_id(&organization_id, OrganizationId::PREFIX, ["organizationId"]);
        let organization = organization.map_err(|error| failure(ctx, error.into()))?;
        let args = page_args(first, after, last, before);
        let page = lots(ctx, organization, filter.unwrap_or_default(), args).await?;
        page.map_err(|error| failure(ctx, error))
    }

    /// An event by its id; null where there is none.
    async fn trace_event(
        &self,
        ctx: &Context<'_>,
        #[graphql(name = "id", desc = "The event's id.")] event: ID,
    ) -> Option<Result<TraceEvent>> {
        match read_id(&event, EventId::PREFIX, ["id"]) {
            Ok(id) => LotLoaders::event(ctx, id).await.transpose(),
            Err(error) => Some(Err(failure(ctx, error.into()))),
        }
    }

    /// The events that an organization recorded, the last that happened first; for those who belong to it.
    #[graphql(complexity = "page_complexity(__ctx, __variables_definition, __field, child_complexity)")]
    async fn trace_events(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The organization.")] organization_id: ID,
        #[graphql(desc = "Only those of this kind.")] kind: Option<TraceEventKind>,
        #[graphql(desc = "How many from the beginning, at most 100.")] first: Option<i32>,
        #[graphql(desc = "Only what follows this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end, at most 100.")] last: Option<i32>,
        #[graphql(desc = "Only what precedes this cursor.")] before: Option<String>,
    ) -> Result<TraceEventConnection> {
        let organization = read_id(&organization_id, OrganizationId::PREFIX, ["organizationId"]);
        let organization = organization.map_err(|error| failure(ctx, error.into()))?;
        let args = page_args(first, after, last, before);
        let of = (organization, kind.map(Into::into));
        let page = Box::pin(room(ctx)?.events(actor(ctx), of, &args, wants_total_count(ctx))).await;
        page.map(|page| event_connection(EVENTS, page)).map_err(|error| failure(ctx, error))
    }

    /// A recall by its id; null where there is none. Everybody may know of it.
    async fn recall(
        &self,
        ctx: &Context<'_>,
        #[graphql(name = "id", desc = "The recall's id.")] recall: ID,
    ) -> Option<Result<Recall>> {
        match read_id(&recall, RecallId::PREFIX, ["id"]) {
            Ok(id) => LotLoaders::recall(ctx, id).await.transpose(),
            Err(error) => Some(Err(failure(ctx, error.into()))),
        }
    }

    /// The recalls of an organization, the last opened first. Everybody may know of them.
    #[graphql(complexity = "page_complexity(__ctx, __variables_definition, __field, child_complexity)")]
    async fn recalls(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The organization.")] organization_id: ID,
        #[graphql(desc = "Only those that are open; all where it is left out.")] only_open: Option<bool>,
        #[graphql(desc = "How many from the beginning, at most 100.")] first: Option<i32>,
        #[graphql(desc = "Only what follows this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end, at most 100.")] last: Option<i32>,
        #[graphql(desc = "Only what precedes this cursor.")] before: Option<String>,
    ) -> Result<RecallConnection> {
        let organization = read_id(&organization_id, OrganizationId::PREFIX, ["organizationId"]);
        let organization = organization.map_err(|error| failure(ctx, error.into()))?;
        let args = page_args(first, after, last, before);
        let only_open = only_open.unwrap_or_default();
        let page = Box::pin(room(ctx)?.recalls(organization, only_open, &args, wants_total_count(ctx))).await;
        page.map(recall_connection).map_err(|error| failure(ctx, error))
    }

    /// Who has how much of what would be called back with these lots, the most first: a look before a recall is opened. For those
    /// who belong to the organization that made the lots, or has them.
    #[graphql(complexity = "list_complexity(10, child_complexity)")]
    async fn recall_preview(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Who would recall.")] organization_id: ID,
        #[graphql(desc = "The lots to begin with, at most 100.")] lot_ids: Vec<ID>,
    ) -> Result<Vec<RecallAt>> {
        let read = || -> Outcome<(OrganizationId, Vec<LotId>)> {
            let organization = read_id(&organization_id, OrganizationId::PREFIX, ["organizationId"])?;
            if lot_ids.len() > 100 {
                return Err(UserError::new(ErrorCode::TooLong, ["lotIds"]).with("maximum", 100).into());
            }
            let lot = |(index, lot): (usize, &ID)| lot_id(lot, &["lotIds", &index.to_string()]);
            Ok((organization, lot_ids.iter().enumerate().map(lot).collect::<Result<_, _>>()?))
        };
        let (organization, lots) = read().map_err(|error| failure(ctx, error))?;
        let scope = Box::pin(room(ctx)?.recall_scope(actor(ctx), organization, &lots)).await;
        affected_of(ctx, &scope.map_err(|error| failure(ctx, error))?).await
    }
}

async fn lots(
    ctx: &Context<'_>,
    organization: OrganizationId,
    filter: LotFilter,
    args: PageArgs,
) -> Result<Outcome<LotConnection>> {
    let filter = filter.read(organization);
    let page = Box::pin(room(ctx)?.lots(actor(ctx), &filter, &args, wants_total_count(ctx))).await;
    Ok(page.map(lot_connection))
}

/// The lots that an organization has or is to receive; none to whoever does not belong to it.
///
/// # Errors
/// What is wrong with the arguments, or the masked form of a fault.
pub async fn organization_lots(
    ctx: &Context<'_>,
    organization: OrganizationId,
    args: PageArgs,
) -> Result<Option<LotConnection>> {
    match lots(ctx, organization, LotFilter::default(), args).await? {
        Ok(page) => Ok(Some(page)),
        Err(Failure::Rejected(errors))
            if errors.iter().all(|error| matches!(error.code, ErrorCode::NotFound | ErrorCode::Unauthenticated)) =>
        {
            Ok(None)
        }
        Err(error) => Err(failure(ctx, error)),
    }
}
