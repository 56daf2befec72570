//! Awards on the wire.

use async_graphql::{Context, Enum, ID, Object, Result};
use chrono::{DateTime, Utc};

use super::{AwardLoaders, EvaluationRow, id, thousandths};
use crate::{
    connection,
    kernel::{
        graphql::{Decimal, Money, fault, list_complexity},
        money,
        page::{Counted, encode_cursor},
    },
    procurement::{
        self, AWARDS, award_key,
        graphql::{
            Bid, BidLoaders, FrozenStatus, Loaders as RequestLoaders, ProcurementRequest, RequestLot,
            procurement as room,
        },
        model, ranking_of,
    },
};

/// Where an award stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "model::award::AwardStatus")]
pub enum AwardStatus {
    /// It was announced; the standstill runs.
    Pending,
    /// It is in force, and has its contract.
    Active,
    /// The buyer took it back, or an appeal against it was upheld.
    Cancelled,
    /// The bidder did not want it.
    Declined,
}

/// A lot given to a bid.
#[derive(Debug, Clone)]
pub struct Award(pub procurement::Award);

connection! {
    /// A page of awards.
    AwardConnection, AwardEdge, Award
}

/// A lot given to a bid. Everybody sees it from the moment it is made.
#[Object]
impl Award {
    /// Identifies the award.
    pub async fn id(&self) -> ID {
        id(self.0.id)
    }

    /// Of which request; null where it cannot be seen any more.
    async fn request(&self, ctx: &Context<'_>) -> Result<Option<ProcurementRequest>> {
        RequestLoaders::request(ctx, self.0.request).await
    }

    /// Of which lot of the request.
    async fn request_lot(&self, ctx: &Context<'_>) -> Result<Option<RequestLot>> {
        RequestLoaders::lot(ctx, self.0.lot).await
    }

    /// To which bid: it says who is awarded.
    async fn bid(&self, ctx: &Context<'_>) -> Result<Option<Bid>> {
        BidLoaders::bid(ctx, self.0.bid).await
    }

    /// Where it stands.
    fn status(&self) -> AwardStatus {
        self.0.status.into()
    }

    /// What it comes to.
    fn amount(&self) -> Money {
        Money(money::Money { minor: self.0.amount_minor, currency: self.0.currency })
    }

    /// The bid's place among those that could be awarded the lot, when it was made.
    fn rank(&self) -> i64 {
        self.0.rank
    }

    /// What the bid had then, of 100 points.
    fn points(&self) -> Decimal {
        thousandths(self.0.points)
    }

    /// How the bids for the lot compared when it was made, the first one first: the summary that everybody sees.
    #[graphql(complexity = "list_complexity(10, child_complexity)")]
    async fn ranking(&self, ctx: &Context<'_>) -> Result<Vec<EvaluationRow>> {
        let ranking = ranking_of(&self.0).map_err(|cause| fault(ctx, &cause))?;
        let row = |ranked| EvaluationRow { ranked, currency: self.0.currency, is_whole: false };
        Ok(ranking.into_iter().map(row).collect())
    }

    /// What those who bid were under each definition of women's ownership on the day of the award.
    #[graphql(complexity = "list_complexity(10, child_complexity)")]
    async fn women_status(&self, ctx: &Context<'_>) -> Result<Vec<FrozenStatus>> {
        let statuses = AwardLoaders::statuses(ctx, self.0.id).await?;
        Ok(statuses.iter().copied().map(FrozenStatus).collect())
    }

    /// Why it was given so, in the buyer's words.
    fn rationale(&self) -> Option<&str> {
        self.0.rationale.as_deref()
    }

    /// The first instant at which it can take force, if no appeal is open then.
    fn standstill_until(&self) -> DateTime<Utc> {
        self.0.standstill_until
    }

    /// The first instant at which the buyer can no longer be appealed to against it.
    async fn appeals_until(&self, ctx: &Context<'_>) -> Result<DateTime<Utc>> {
        room(ctx)?.appeals_until(&self.0).map_err(|cause| fault(ctx, &cause))
    }

    /// When it was made.
    fn awarded_at(&self) -> DateTime<Utc> {
        self.0.awarded_at
    }

    /// When it took force.
    fn activated_at(&self) -> Option<DateTime<Utc>> {
        self.0.activated_at
    }

    /// When it was declined or taken back.
    fn ended_at(&self) -> Option<DateTime<Utc>> {
        self.0.ended_at
    }

    /// Why it was declined or taken back.
    fn ended_reason(&self) -> Option<&str> {
        self.0.ended_reason.as_deref()
    }

    /// Counts its changes, from 1.
    fn version(&self) -> i64 {
        self.0.version
    }
}

/// A page of awards as a connection.
pub(super) fn award_connection((slice, total): Counted<procurement::Award>) -> AwardConnection {
    let edge = |award: procurement::Award| (encode_cursor(AWARDS, &award_key(&award)), Award(award));
    AwardConnection::new(slice, edge, total)
}
