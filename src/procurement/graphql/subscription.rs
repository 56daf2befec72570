//! Being told of requests and bids as they change.

use async_graphql::{Context, Enum, ID, Result, SimpleObject, Subscription};
use chrono::{DateTime, Utc};
use futures_util::Stream;

use super::{Bid, ProcurementRequest, ProcurementRequestFilter, procurement};
use crate::{
    accounts::graphql::{actor, follow},
    kernel::{
        Outcome, Rejections,
        events::{Event, Topic},
        graphql::{failure, read_id},
    },
    procurement::{
        BidId, Procurement, RequestId,
        model::{event, query::RequestFilter},
    },
};

/// What just happened to a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "event::RequestEventKind")]
pub enum ProcurementRequestEventKind {
    /// It was published.
    Published,
    /// It got another wording.
    Amended,
    /// A question about it was answered.
    QuestionAnswered,
    /// Its deadline has passed.
    Closed,
    /// Its bids were opened.
    Opened,
    /// The first of its bids was scored.
    Evaluating,
    /// Lots of it were awarded.
    Awarded,
    /// An award took force.
    AwardActivated,
    /// An award was declined.
    AwardDeclined,
    /// An award was taken back.
    AwardCancelled,
    /// An award fell by an appeal.
    AwardOverturned,
    /// A lot of it was given up.
    LotClosed,
    /// The buyer gave it up.
    Cancelled,
    /// It led to nothing.
    Ended,
}

/// What just happened to a bid, or to the bids on a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "event::BidEventKind")]
pub enum BidEventKind {
    /// It was sealed.
    Sealed,
    /// Its bidder took it back.
    Withdrawn,
    /// Its bidder said that it stands for the request as it was amended.
    Reconfirmed,
    /// All bids on the request were opened.
    Opened,
    /// It was found to answer the request.
    Validated,
    /// It was excluded.
    Disqualified,
}

/// Something that just happened to a request.
#[derive(Debug, Clone, SimpleObject)]
pub struct ProcurementRequestEvent {
    /// What happened.
    pub kind: ProcurementRequestEventKind,
    /// When it happened.
    pub at: DateTime<Utc>,
    /// The request as it is now, which may be further on.
    pub request: ProcurementRequest,
}

/// Something that just happened to a bid, or to all bids on a request.
#[derive(Debug, Clone, SimpleObject)]
pub struct BidEvent {
    /// What happened.
    pub kind: BidEventKind,
    /// When it happened.
    pub at: DateTime<Utc>,
    /// The bid as it is now; null for `OPENED`, which is about all bids on the request.
    pub bid: Option<Bid>,
    /// The request as it is now.
    pub request: ProcurementRequest,
}

/// The room's subscriptions.
#[derive(Debug, Default, Clone, Copy)]
pub struct ProcurementSubscription;

#[Subscription]
impl ProcurementSubscription {
    /// What happens to requests, as it happens: to those that the caller would see in `procurementRequests` with the same filter.
    /// A filter is held against the request as it is when the event is told.
    async fn procurement_request_changed(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Only to this request.")] request_id: Option<ID>,
        #[graphql(desc = "Only to requests that it lets through.")] filter: Option<ProcurementRequestFilter>,
    ) -> Result<impl Stream<Item = Result<ProcurementRequestEvent>>> {
        let room = procurement(ctx)?;
        let asked = async {
            let (id, filter) = narrowed(room, request_id, filter)?;
            if let Some(id) = id {
                room.request_to_follow(actor(ctx), id).await?;
            }
            if let Some(filter) = &filter {
                room.may_list(actor(ctx), filter)?;
            }
            Outcome::Ok((id, filter))
        };
        let (asked, filter) = Box::pin(asked).await.map_err(|error| failure(ctx, error))?;
        let wanted = move |event: &Event| {
            let of_asked = asked.is_none_or(|id| id.uuid() == event.within);
            let kind = event.what.parse::<event::RequestEventKind>().ok()?;
            (event.topic == Topic::Process && of_asked).then_some(kind)
        };
        follow(ctx, wanted, move |actor, event, kind| {
            let filter = filter.clone();
            async move {
                let request = room.followed_request(&actor, RequestId::from_uuid(event.within), filter).await?;
                let request = request.map(ProcurementRequest);
                Ok(request.map(|request| ProcurementRequestEvent { kind: kind.into(), at: event.at, request }))
            }
        })
    }

    /// What happens to the bids on a request, as it happens, as far as the caller sees them: before the opening only those that
    /// her own organization sealed. Nobody else is told that there is a bid, or how many there are.
    async fn bid_changed(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "On which request.")] request_id: ID,
    ) -> Result<impl Stream<Item = Result<BidEvent>>> {
        let room = procurement(ctx)?;
        let asked = async {
            let id: RequestId = read_id(&request_id, RequestId::PREFIX, ["requestId"])?;
            actor(ctx).signed_in()?;
            room.request_to_follow(actor(ctx), id).await?;
            Outcome::Ok(id)
        };
        let id = Box::pin(asked).await.map_err(|error| failure(ctx, error))?;
        let wanted = move |event: &Event| {
            let kind = event.what.parse::<event::BidEventKind>().ok()?;
            (event.topic == Topic::Process && event.within == id.uuid()).then_some(kind)
        };
        follow(ctx, wanted, move |actor, event, kind| async move {
            let (request, bid) = if kind == event::BidEventKind::Opened {
                (room.request(&actor, id).await?, None)
            } else {
                let bid = room.bid(&actor, BidId::from_uuid(event.subject)).await?;
                // Told late, what happened to it while it was sealed is still nobody else's.
                let bid = bid.filter(|bid| bid.is_own || !kind.is_while_sealed());
                (bid.as_ref().map(|bid| bid.request.clone()), bid.map(Bid))
            };
            let request = request.map(ProcurementRequest);
            Ok(request.map(|request| BidEvent { kind: kind.into(), at: event.at, bid, request }))
        })
    }
}

fn narrowed(
    room: &Procurement,
    request: Option<ID>,
    filter: Option<ProcurementRequestFilter>,
) -> Outcome<(Option<RequestId>, Option<RequestFilter>)> {
    let mut wrong = Rejections::default();
    let request = request.map(|id| read_id(&id, RequestId::PREFIX, ["requestId"])).transpose();
    let request = wrong.take(request).flatten();
    let filter = wrong.absorb(filter.map(|filter| filter.read(room)).transpose())?.flatten();
    wrong.finish()?;
    Ok((request, filter))
}
