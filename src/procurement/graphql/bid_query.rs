//! Reading bids.

use async_graphql::{Context, ID, InputObject, Object, Result};

use super::{
    bid::{Bid, BidConnection, BidStatus, bid_connection},
    bid_loader::BidLoaders,
    procurement,
};
use crate::{
    accounts::{OrganizationId, graphql::actor},
    kernel::{
        Outcome, Rejections,
        graphql::{failure, page_args, page_complexity, read_id, wants_total_count},
    },
    procurement::{BidFilter as Filter, BidId, RequestId},
};

/// Narrows a list of bids.
#[derive(Debug, Clone, Default, InputObject)]
pub struct BidFilter {
    /// Only those on this request.
    pub request_id: Option<ID>,
    /// Only those of this organization, alone or leading others. Its members then also see what it has sealed on requests that
    /// still take bids; what it took back, or let lapse, is found by the request.
    pub bidder_id: Option<ID>,
    /// Only those that stand so.
    pub status: Option<BidStatus>,
}

impl BidFilter {
    fn read(self) -> Outcome<Filter> {
        let mut wrong = Rejections::default();
        let path = |field| ["filter", field];
        let request = self.request_id.map(|id| read_id(&id, RequestId::PREFIX, path("requestId")));
        let request = wrong.take(request.transpose()).flatten();
        let bidder = self.bidder_id.map(|id| read_id(&id, OrganizationId::PREFIX, path("bidderId")));
        let bidder = wrong.take(bidder.transpose()).flatten();
        wrong.finish()?;
        Ok(Filter { request, bidder, status: self.status.map(Into::into) })
    }
}

/// Queries of bids.
#[derive(Debug, Default, Clone, Copy)]
pub struct BidsQuery;

#[Object]
impl BidsQuery {
    /// A bid by its id; null where there is none that the caller may see. A sealed bid is seen by its bidder only.
    async fn bid(
        &self,
        ctx: &Context<'_>,
        #[graphql(name = "id", desc = "The bid's id.")] bid_id: ID,
    ) -> Option<Result<Bid>> {
        match read_id(&bid_id, BidId::PREFIX, ["id"]) {
            Ok(id) => BidLoaders::bid(ctx, id).await.transpose(),
            Err(error) => Some(Err(failure(ctx, error.into()))),
        }
    }

    /// Bids, the last sealed first: those that were opened, and of the others the caller's own.
    #[graphql(complexity = "page_complexity(__ctx, __variables_definition, __field, child_complexity)")]
    async fn bids(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Narrows the list.")] filter: Option<BidFilter>,
        #[graphql(desc = "How many from the beginning, at most 100.")] first: Option<i32>,
        #[graphql(desc = "Only what follows this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end, at most 100.")] last: Option<i32>,
        #[graphql(desc = "Only what precedes this cursor.")] before: Option<String>,
    ) -> Result<BidConnection> {
        let filter = filter.unwrap_or_default().read().map_err(|error| failure(ctx, error))?;
        let args = page_args(first, after, last, before);
        let page = procurement(ctx)?.bids(actor(ctx), filter, &args, wants_total_count(ctx));
        let page = Box::pin(page).await.map_err(|error| failure(ctx, error))?;
        Ok(bid_connection(page))
    }
}
