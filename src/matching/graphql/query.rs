//! Asking who can answer what.

use async_graphql::{Context, ID, Object, Result};

use super::{
    BarrierPreviewInput, BarrierPreviewPayload, ConsortiumPart, ConsortiumSuggestion, RequestMatch,
    RequestMatchConnection, SellerMatch, SellerMatchConnection, matching, preview::barrier_preview,
};
use crate::{
    accounts::{Actor, OrganizationId, graphql::actor},
    kernel::{
        Outcome,
        graphql::{failure, list_complexity, page_args, page_complexity, read_id},
        page::{Page, PageArgs, SortValue},
    },
    matching::{self, AskConsortium, AskSellers, Matching},
    procurement::{RequestId, RequestLotId},
};

/// The list that cursors of sellers belong to.
const SELLERS: &str = "matching:sellers";
/// The list that cursors of requests belong to.
const REQUESTS: &str = "matching:requests";

/// The room's queries.
#[derive(Debug, Default, Clone, Copy)]
pub struct MatchingQuery;

#[Object]
impl MatchingQuery {
    /// Sellers of what a request asks for, held against each of its lots: those first who fail least, and of those who can
    /// deliver most. For those who keep the buyer's requests; a draft can be asked about, too.
    #[graphql(complexity = "page_complexity(__ctx, __variables_definition, __field, child_complexity)")]
    async fn matching_sellers(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The request.")] request_id: ID,
        #[graphql(desc = "One of its lots; all where none is named.")] request_lot_id: Option<ID>,
        #[graphql(desc = "Only those who pass all criteria; all where it is left out.")] only_passing: Option<bool>,
        #[graphql(desc = "How many from the beginning, at most 100.")] first: Option<i32>,
        #[graphql(desc = "Only what follows this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end, at most 100.")] last: Option<i32>,
        #[graphql(desc = "Only what precedes this cursor.")] before: Option<String>,
    ) -> Result<SellerMatchConnection> {
        let args = page_args(first, after, last, before);
        let asked = Asked { request_id, request_lot_id, only_passing: only_passing.unwrap_or_default() };
        Box::pin(sellers(matching(ctx)?, actor(ctx), asked, &args)).await.map_err(|error| failure(ctx, error))
    }

    /// Lots that can be bid on now and that ask for what an organization offers, held against it: those first of which it
    /// fails least, and of those that close first. For those who bid for it.
    #[graphql(complexity = "page_complexity(__ctx, __variables_definition, __field, child_complexity)")]
    async fn matching_requests(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The organization.")] organization_id: ID,
        #[graphql(desc = "How many from the beginning, at most 100.")] first: Option<i32>,
        #[graphql(desc = "Only what follows this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end, at most 100.")] last: Option<i32>,
        #[graphql(desc = "Only what precedes this cursor.")] before: Option<String>,
    ) -> Result<RequestMatchConnection> {
        let args = page_args(first, after, last, before);
        Box::pin(requests(matching(ctx)?, actor(ctx), &organization_id, &args))
            .await
            .map_err(|error| failure(ctx, error))
    }

    /// How many women's suppliers a request would leave out before it is published, what keeps them out, and what smaller lots
    /// would change. Nothing is kept of it. For those who manage the buyer's requests.
    async fn barrier_preview(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The request as it might be published.")] input: BarrierPreviewInput,
    ) -> Result<BarrierPreviewPayload> {
        barrier_preview(ctx, input).await
    }

    /// Who could supply a lot together that nobody has enough of alone: the fewest from everywhere, and the fewest from the
    /// region that it is to be delivered to, where those are others. For those who keep the buyer's requests, and for whoever
    /// bids for the organization that would lead.
    #[graphql(complexity = "list_complexity(2, child_complexity)")]
    async fn consortium_suggestions(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The request.")] request_id: ID,
        #[graphql(desc = "The lot.")] request_lot_id: ID,
        #[graphql(desc = "Who would lead.")] lead_organization_id: Option<ID>,
    ) -> Result<Vec<ConsortiumSuggestion>> {
        let asked = (request_id, request_lot_id, lead_organization_id);
        Box::pin(suggestions(matching(ctx)?, actor(ctx), asked)).await.map_err(|error| failure(ctx, error))
    }
}

struct Asked {
    request_id: ID,
    request_lot_id: Option<ID>,
    only_passing: bool,
}

async fn sellers(room: &Matching, actor: &Actor, asked: Asked, args: &PageArgs) -> Outcome<SellerMatchConnection> {
    let page = Page::new(SELLERS, args, SortValue::is_text)?;
    let lot = asked.request_lot_id.map(|lot| read_id::<RequestLotId, _>(&lot, RequestLotId::PREFIX, ["requestLotId"]));
    let request = read_id::<RequestId, _>(&asked.request_id, RequestId::PREFIX, ["requestId"])?;
    let asked = AskSellers { request, lot: lot.transpose()?, only_passing: asked.only_passing };
    let found = room.matching_sellers(actor, asked).await?;
    let total = count(found.matches.len());
    let name = |found: &matching::SellerMatch| format!("{}{}", found.organization, found.lot.id);
    let slice = page.of_memory(found.matches, |item, text| name(item) == text)?;
    let node = |found| (Page::memory_cursor(SELLERS, &name(&found)), SellerMatch(found));
    Ok(SellerMatchConnection::new(slice, node, Some(total)))
}

async fn requests(
    room: &Matching,
    actor: &Actor,
    organization: &ID,
    args: &PageArgs,
) -> Outcome<RequestMatchConnection> {
    let page = Page::new(REQUESTS, args, SortValue::is_text)?;
    let organization = read_id::<OrganizationId, _>(organization, OrganizationId::PREFIX, ["organizationId"])?;
    let found = room.matching_requests(actor, organization).await?;
    let total = count(found.len());
    let name = |found: &matching::RequestMatch| found.lot.id.to_string();
    let slice = page.of_memory(found, |item, text| name(item) == text)?;
    let node = |found| (Page::memory_cursor(REQUESTS, &name(&found)), RequestMatch(found));
    Ok(RequestMatchConnection::new(slice, node, Some(total)))
}

async fn suggestions(
    room: &Matching,
    actor: &Actor,
    (request, lot, lead): (ID, ID, Option<ID>),
) -> Outcome<Vec<ConsortiumSuggestion>> {
    let lead = lead.map(|lead| read_id::<OrganizationId, _>(&lead, OrganizationId::PREFIX, ["leadOrganizationId"]));
    let asked = AskConsortium {
        request: read_id::<RequestId, _>(&request, RequestId::PREFIX, ["requestId"])?,
        lot: read_id::<RequestLotId, _>(&lot, RequestLotId::PREFIX, ["requestLotId"])?,
        lead: lead.transpose()?,
    };
    let found = room.consortium_suggestions(actor, asked).await?;
    let suggestion = |found: matching::Suggestion| ConsortiumSuggestion {
        region_code: found.region,
        parts: found.parts.into_iter().map(ConsortiumPart).collect(),
    };
    Ok(found.into_iter().map(suggestion).collect())
}

fn count(number: usize) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}
