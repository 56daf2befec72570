//! The buyer opens the bids on a request, all at once and once.
//!
//! The request is closed first, in a transaction of its own: from then on nothing sealed changes, and it can be decrypted and
//! looked at without holding anybody up. What comes of it is then written in one transaction.
//!
//! A bid that answers an earlier wording lapses unopened. One that is not what was sealed, because somebody changed its row,
//! stays as it is: it is named in the result and in the chain of the process, its bidder can prove by her receipt what she had
//! sealed, and the others are opened all the same, so that nobody stops an opening by damaging a bid. Where a key is missing,
//! nothing is opened: the operator has to bring it back.

use std::sync::Arc;

use serde::Serialize;
use serde_json::json;

use super::{
    Bid, BidId, BidLot, BidPartner, BidStatus, Change, FrozenStatus, OpenedBid, Procurement, ReleaseTag, Request,
    RequestAction, RequestId, StatusOf, WholeRequest,
    bids::SeenBid,
    close_due::close,
    journal::record_all,
    look_at_bids::LookedAt,
    model::{lifecycle::Refused as RequestRefuses, offer::ReadOffer},
    revise_request::locked,
    sealing::{Plain, Refused, SealingKeys, Unreadable},
    store::{self, opening::OpenedRow, sealed::SealedRow},
};
use crate::{
    accounts::{Actor, OrganizationId, UserId, policy::Action},
    documents::DocumentId,
    kernel::{
        Failure, Fault, Outcome,
        clock::Timestamp,
        db::WriteTx,
        digest::Digest,
        idempotency::{self, Claimed},
    },
};

/// Proof that the bids on a request may be opened: it is closed, and its deadline has passed by the clock. Only this module can
/// make one, and without one no key for an opening is derived.
#[derive(Debug, Clone, Copy)]
pub(super) struct Opening {
    request: RequestId,
    at: Timestamp,
}

impl Opening {
    fn of(request: &Request, now: Timestamp) -> Result<Self, RequestRefuses> {
        request.after(RequestAction::Open, now)?;
        // That it was closed is written down; the clock has to agree, for what is written down could be written by anybody who
        // has the database.
        if request.closed_at.is_none() || now < request.bid_deadline {
            return Err(RequestRefuses::DeadlineNotReached(request.bid_deadline));
        }
        Ok(Self { request: request.id, at: now })
    }

    /// Of which request.
    pub(super) const fn request(&self) -> RequestId {
        self.request
    }

    /// At which instant.
    pub(super) const fn at(&self) -> Timestamp {
        self.at
    }

    #[cfg(test)]
    pub(super) const fn for_tests(request: RequestId, at: Timestamp) -> Self {
        Self { request, at }
    }
}

/// Which bids are to be opened.
#[derive(Debug, Clone, Serialize)]
pub struct OpenBids {
    /// Those on this request.
    pub request: RequestId,
    /// Makes a repeated write one.
    #[serde(skip)]
    pub idempotency_key: Option<String>,
}

/// What became of the bids on a request.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Opened {
    /// Those that were opened.
    pub opened: Vec<BidId>,
    /// Those that answered an earlier wording.
    pub lapsed: Vec<BidId>,
    /// Those that are not what was sealed.
    pub unreadable: Vec<BidId>,
}

/// A bid that was decrypted.
pub(super) struct Decrypted {
    pub(super) row: SealedRow,
    pub(super) text: String,
    pub(super) offer: ReadOffer,
    pub(super) submitted_by: Option<UserId>,
    pub(super) request_version: i64,
}

/// All that was sealed on a request, decrypted where it could be.
#[derive(Default)]
struct Unsealed {
    readable: Vec<Decrypted>,
    lapsed: Vec<BidId>,
    unreadable: Vec<BidId>,
}

impl Procurement {
    /// Opens every bid on a request whose deadline has passed. What those who bid were under each definition of women's ownership
    /// on the day on which they sealed is kept with them, once and for all.
    ///
    /// # Errors
    /// `NotFound`, `Forbidden`, `DeadlineNotReached`, and `InvalidTransition` once they were opened.
    pub async fn open_bids(&self, actor: &Actor, command: OpenBids) -> Outcome<(Request, Opened)> {
        let Some(request) = self.closed_for_opening(actor, command.request).await? else {
            return self.opened_before(actor, &command).await;
        };
        let opening = Opening::of(&request, self.services().now()).map_err(|refused| refused.at("requestId"))?;
        let (keys, db) = (self.knows.sealing.keys()?, &self.services().db);
        let rows = store::sealed::of_request(db, request.id).await?;
        let version = request.version;
        let unsealed = tokio::task::spawn_blocking(move || unseal(&keys, &opening, version, rows)).await;
        let mut unsealed = unsealed.map_err(|error| Fault::Internal(format!("opening bids: {error}")))??;
        let whole = WholeRequest {
            lots: store::requests::lots(db.read(), &[request.id]).await?.remove(&request.id).unwrap_or_default(),
            criteria: Vec::new(),
            measures: store::requests::measures(db.read(), &[request.id])
                .await?
                .remove(&request.id)
                .unwrap_or_default(),
            request,
        };
        let looked = self.look_at(&whole, &unsealed.readable).await?;
        let readable = std::mem::take(&mut unsealed.readable);
        Box::pin(self.write_opened(actor, &command, (unsealed, readable), looked)).await
    }

    /// The same with the bids that were opened as the actor sees them, the first sealed first.
    ///
    /// # Errors
    /// As [`Procurement::open_bids`].
    pub async fn open_bids_seen(&self, actor: &Actor, command: OpenBids) -> Outcome<(Request, Opened, Vec<SeenBid>)> {
        let (request, opened) = Box::pin(self.open_bids(actor, command)).await?;
        let mut seen = self.bids_by_ids(actor, &opened.opened).await?;
        let bids = opened.opened.iter().filter_map(|id| seen.remove(id)).collect();
        Ok((request, opened, bids))
    }

    /// The request, closed for good; none where its bids were opened already.
    async fn closed_for_opening(&self, actor: &Actor, id: RequestId) -> Outcome<Option<Request>> {
        self.request_for(actor, (id, "requestId"), Action::ManageRequests).await?;
        let tx = self.services().db.begin().await?;
        let request = locked(&tx, id).await?;
        if request.opened_at.is_some() {
            return Ok(None);
        }
        let (request, _) = close(&tx, actor, request, self.services().now()).await?;
        request.after(RequestAction::Open, self.services().now()).map_err(|refused| refused.at("requestId"))?;
        tx.commit().await?;
        Ok(Some(request))
    }

    /// What is told of bids that were opened before: the result where the very same was asked, else that it is done.
    async fn opened_before(&self, actor: &Actor, command: &OpenBids) -> Outcome<(Request, Opened)> {
        let now = self.services().now();
        let tx = self.services().db.begin().await?;
        let (scope, key) = (actor.idempotency_scope(), command.idempotency_key.as_deref());
        let claim = idempotency::claim(&tx, scope, key, "openBids", command, now).await?;
        let request = locked(&tx, command.request).await?;
        match claim {
            Claimed::Before(_) => {
                let opened = store::bids::opened_of(&*tx, request.id).await?;
                let opened = Opened { opened: opened.iter().map(|bid| bid.id).collect(), ..Opened::default() };
                Ok((request, opened))
            }
            Claimed::New(_) => Err(RequestRefuses::State(request.status, RequestAction::Open).at("requestId").into()),
        }
    }

    async fn write_opened(
        &self,
        actor: &Actor,
        command: &OpenBids,
        (unsealed, readable): (Unsealed, Vec<Decrypted>),
        looked: Vec<LookedAt>,
    ) -> Outcome<(Request, Opened)> {
        let now = self.services().now();
        let tx = self.services().db.begin().await?;
        let (scope, key) = (actor.idempotency_scope(), command.idempotency_key.as_deref());
        let claim = match idempotency::claim(&tx, scope, key, "openBids", command, now).await? {
            Claimed::New(claim) => claim,
            Claimed::Before(_) => {
                drop(tx);
                return self.opened_before(actor, command).await;
            }
        };
        let request = locked(&tx, command.request).await?;
        let status = request.after(RequestAction::Open, now).map_err(|refused| refused.at("requestId"))?;
        let bids: Vec<Bid> =
            readable.iter().zip(&looked).map(|(one, looked)| opened_bid(&request, one, looked, now)).collect();
        self.keep_opened(&tx, (&bids, &readable, &looked)).await?;
        store::opening::lapse(&tx, &unsealed.lapsed).await?;
        store::opening::opened(&tx, request.id, (actor.user_id(), now)).await?;
        let changes = changes(&request, &bids, &unsealed);
        record_all(&tx, actor, now, request.id.uuid(), changes).await?;
        claim.finish(&tx, request.id.uuid()).await?;
        tx.commit().await?;
        let opened = bids.iter().map(|bid| bid.id).collect();
        let Unsealed { lapsed, unreadable, .. } = unsealed;
        if !unreadable.is_empty() {
            tracing::error!(request = %request.id, count = unreadable.len(), "bids are not what was sealed");
        }
        Ok((Request { status, opened_at: Some(now), ..request }, Opened { opened, lapsed, unreadable }))
    }

    /// Everything of opened bids, in few statements.
    async fn keep_opened(
        &self,
        tx: &WriteTx,
        (bids, readable, looked): (&[Bid], &[Decrypted], &[LookedAt]),
    ) -> Outcome<()> {
        let rows: Vec<OpenedRow<'_>> =
            bids.iter().zip(readable).map(|(bid, one)| OpenedRow { bid, tag: &one.row.tag }).collect();
        store::opening::open(tx, &rows).await?;
        let lots: Vec<BidLot> = readable.iter().flat_map(|one| bid_lots(one.row.bid, &one.offer)).collect();
        store::opening::insert_lots(tx, &lots).await?;
        let partners: Vec<BidPartner> = readable.iter().flat_map(|one| bid_partners(one.row.bid, &one.offer)).collect();
        store::opening::insert_partners(tx, &partners).await?;
        let statuses = readable.iter().zip(looked);
        let statuses: Vec<(uuid::Uuid, &FrozenStatus)> = statuses
            .flat_map(|(one, looked)| looked.statuses.iter().map(|status| (one.row.bid.uuid(), status)))
            .collect();
        store::statuses::insert(tx, StatusOf::Bid, statuses).await?;
        let held: Vec<(uuid::Uuid, Vec<DocumentId>)> =
            readable.iter().map(|one| (one.row.bid.uuid(), one.offer.document_ids())).collect();
        self.knows.documents.let_go(tx, &held).await?;
        let used: Vec<(uuid::Uuid, &[DocumentId])> = readable
            .iter()
            .zip(looked)
            .map(|(one, looked)| (one.row.bid.uuid(), looked.documents.as_slice()))
            .collect();
        crate::documents::attach_each(tx, BidId::PREFIX, &used).await?;
        Ok(())
    }
}

/// Decrypts all that was sealed, and tells apart what lapses and what is not what was sealed.
fn unseal(keys: &Arc<SealingKeys>, opening: &Opening, version: i64, rows: Vec<SealedRow>) -> Result<Unsealed, Failure> {
    let mut unsealed = Unsealed::default();
    for row in rows {
        let (Some(content), Some(for_opening)) = (&row.content, &row.for_opening) else {
            unsealed.unreadable.push(row.bid);
            continue;
        };
        match keys.open(opening, row.bid, (content, for_opening)) {
            Ok((_, answered)) if answered != version => unsealed.lapsed.push(row.bid),
            Ok((plain, answered)) => match read(keys, opening.request(), &row, &plain)? {
                Some(offer) => {
                    let submitted_by = plain.submitted_by();
                    let text = plain.content;
                    unsealed.readable.push(Decrypted { row, text, offer, submitted_by, request_version: answered });
                }
                None => unsealed.unreadable.push(row.bid),
            },
            Err(Refused::Unreadable(Unreadable::Damaged)) => unsealed.unreadable.push(row.bid),
            Err(Refused::Unreadable(Unreadable::TooEarly(instant))) => {
                return Err(RequestRefuses::DeadlineNotReached(instant).at("requestId").into());
            }
            Err(Refused::Unreadable(unknown @ Unreadable::UnknownKey)) => {
                return Err(Fault::Internal(format!("bid {}: {unknown} (BFW_SEALING_KEY_FILE)", row.bid)).into());
            }
            Err(Refused::Fault(fault)) => return Err(fault.into()),
        }
    }
    Ok(unsealed)
}

/// What a content says, if it is the one of this row: by its receipt, its names and its bidder's tag.
fn read(keys: &SealingKeys, request: RequestId, row: &SealedRow, plain: &Plain) -> Result<Option<ReadOffer>, Fault> {
    let Ok(offer) = ReadOffer::read(&plain.content) else { return Ok(None) };
    let is_it = Digest::of(plain.content.as_bytes()) == row.receipt
        && (offer.bid, offer.request) == (row.bid, request)
        && keys.tag(request, offer.bidder)?.as_slice() == row.tag.as_slice()
        && offer.amount_minor().is_some();
    Ok(is_it.then_some(offer))
}

fn opened_bid(request: &Request, one: &Decrypted, looked: &LookedAt, now: Timestamp) -> Bid {
    Bid {
        id: one.row.bid,
        request: request.id,
        // What nobody has to look at answers the request.
        status: if looked.findings.is_empty() { BidStatus::Valid } else { BidStatus::Opened },
        request_version: one.request_version,
        receipt: one.row.receipt,
        sealed_at: one.row.sealed_at,
        withdrawn_at: None,
        opened: Some(OpenedBid {
            at: now,
            bidder: one.offer.bidder,
            submitted_by: one.submitted_by,
            content: one.text.clone(),
            amount_minor: one.offer.amount_minor().unwrap_or_default(),
            disqualified: None,
            findings: looked.findings.clone(),
        }),
        version: one.row.version + 1,
    }
}

fn bid_lots(bid: BidId, offer: &ReadOffer) -> impl Iterator<Item = BidLot> + '_ {
    offer.lots.iter().map(move |(lot, unit_price_minor, quantity, amount_minor)| BidLot {
        bid,
        lot: *lot,
        unit_price_minor: *unit_price_minor,
        quantity: *quantity,
        amount_minor: *amount_minor,
    })
}

fn bid_partners(bid: BidId, offer: &ReadOffer) -> impl Iterator<Item = BidPartner> + '_ {
    let lead = offer.bidder;
    offer.partners.iter().map(move |(organization, share)| BidPartner {
        bid,
        organization: *organization,
        share: *share,
        is_lead: *organization == lead,
    })
}

/// What the chain of the process keeps: one entry a bid, and last that the request's bids were opened.
fn changes(request: &Request, bids: &[Bid], unsealed: &Unsealed) -> Vec<Change> {
    let buyer: OrganizationId = request.buyer;
    let change = |action: &'static str, subject: (&'static str, uuid::Uuid), after: serde_json::Value| Change {
        process: request.id.uuid(),
        on_behalf_of: Some(buyer),
        names_actor: true,
        action,
        subject,
        before: Some(json!({ "status": BidStatus::Sealed })),
        after,
        tag: None,
    };
    let of_bid = |action, bid: &BidId, after| change(action, (BidId::PREFIX, bid.uuid()), after);
    let opened = bids.iter().map(|bid| {
        let content = bid.opened.as_ref();
        let after = json!({
            "status": bid.status,
            "receipt": bid.receipt.to_string(),
            "bidder": content.map(|opened| opened.bidder),
            "amount_minor": content.map(|opened| opened.amount_minor),
            "findings": content.map(|opened| &opened.findings),
        });
        of_bid("bid.open", &bid.id, after)
    });
    let lapsed = unsealed.lapsed.iter().map(|bid| of_bid("bid.lapse", bid, json!({ "status": BidStatus::Lapsed })));
    let unreadable =
        unsealed.unreadable.iter().map(|bid| of_bid("bid.unreadable", bid, json!({ "status": BidStatus::Sealed })));
    let mut changes: Vec<Change> = opened.chain(lapsed).chain(unreadable).collect();
    let whole = json!({
        "status": "OPENED",
        "opened": bids.len(),
        "lapsed": unsealed.lapsed.len(),
        "unreadable": unsealed.unreadable.len(),
    });
    changes.push(Change {
        before: Some(json!({ "status": request.status })),
        tag: Some(ReleaseTag::TenderUpdate),
        ..change("request.open", (RequestId::PREFIX, request.id.uuid()), whole)
    });
    changes
}
