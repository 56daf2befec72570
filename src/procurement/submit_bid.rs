//! A bidder seals a bid.

use std::{collections::BTreeSet, sync::Arc};

use serde::Serialize;
use serde_json::json;

use super::{
    Bid, BidId, BidStatus, Change, FrozenStatus, Procurement, Request, RequestId, RequestStatus, WholeRequest,
    bids::{BidContent, SeenBid},
    close_due::close,
    journal::record,
    model::{
        check_offer::{DOCUMENTS_MAX, asks_for_invitation, check, reserved, unsatisfied},
        lifecycle::Refused,
        offer::{OfferDraft, ReadOffer},
    },
    sealing::{Place, Plain, SealingKeys, Terms},
    store::{self, sealed::SealedRow},
};
use crate::{
    accounts::{
        Actor, OrganizationId,
        policy::{self, Action, Facts},
    },
    documents::{DocumentId, DocumentState},
    kernel::{
        ErrorCode, Failure, Fault, Outcome, Rejections, UserError,
        clock::Timestamp,
        db::WriteTx,
        digest::Digest,
        entropy,
        idempotency::{self, Claimed},
    },
};

/// A bid to be sealed.
#[derive(Debug, Clone, Serialize)]
pub struct SubmitBid {
    /// What is offered.
    pub draft: OfferDraft,
    /// Whether it takes the place of the bid that the bidder has sealed before.
    pub replace: bool,
    /// Makes a repeated write one.
    #[serde(skip)]
    pub idempotency_key: Option<String>,
}

impl Procurement {
    /// Seals a bid. Nobody but the bidder can read anything of it until it is opened, and no row tells whose it is.
    ///
    /// # Errors
    /// [`ErrorCode::NotFound`] for the request, the bidder, a partner or a document, [`ErrorCode::Forbidden`],
    /// [`ErrorCode::DeadlinePassed`], [`ErrorCode::NotInvited`], [`ErrorCode::ReservedLot`], [`ErrorCode::SealedBefore`], and
    /// everything that is wrong with the input.
    pub async fn submit_bid(&self, actor: &Actor, command: SubmitBid) -> Outcome<SeenBid> {
        let request = command.draft.request;
        let sealed = Box::pin(self.sealed(actor, command)).await;
        self.noting_late(request, sealed).await
    }

    async fn sealed(&self, actor: &Actor, command: SubmitBid) -> Outcome<SeenBid> {
        let draft = &command.draft;
        self.require_bidder(actor, draft.bidder).await?;
        let unseen = || UserError::new(ErrorCode::NotFound, ["input", "requestId"]);
        self.request(actor, draft.request).await?.ok_or_else(unseen)?;
        let mut refused = Rejections::default();
        let statuses = self.of_partners(actor, draft, &mut refused).await?;
        let documents = self.sealable(actor, draft, &mut refused).await?;
        let keys = self.knows.sealing.keys()?;
        let place = Place { bid: BidId::from_uuid(self.services().ids.next_uuid()), request: draft.request };

        let tx = self.services().db.begin().await?;
        let repeated = Repeated::of(&keys, actor, command.idempotency_key.as_deref(), &("submit", &command))?;
        let claim = match repeated.claim(&tx, self.services().now()).await? {
            Claimed::New(claim) => claim,
            Claimed::Before(id) => {
                drop(tx);
                return self.own_bid(actor, BidId::from_uuid(id)).await;
            }
        };
        let (whole, now) = taking_bids(&tx, draft.request, "requestId", || self.services().now()).await?;
        let offer = check(draft, &whole, place.bid, &mut refused);
        may_bid(&tx, draft, (&whole, offer.as_ref(), &statuses), &mut refused).await?;
        refused.finish()?;
        let offer = offer.ok_or_else(|| Failure::code(ErrorCode::Required))?;
        let offer = ReadOffer { documents, ..offer };
        self.replace_sealed(actor, &tx, (&keys, &whole.request, draft.bidder), command.replace, now).await?;
        let (bid, text) = seal(&tx, &keys, (&whole.request, place), (&offer, actor), now).await?;
        let path = ["input", "documentIds"];
        self.knows.documents.hold(&tx, bid.id.uuid(), &offer.document_ids(), &path).await?;
        let after =
            json!({ "status": bid.status, "receipt": bid.receipt.to_string(), "request_version": bid.request_version });
        record(&tx, actor, now, silent("bid.seal", &bid, None, after)).await?;
        claim.finish(&tx, bid.id.uuid()).await?;
        tx.commit().await?;
        let content = Some(Arc::new(BidContent { text, offer, submitted_by: actor.user_id() }));
        let shown = bid.shown(&whole.request, now);
        Ok(SeenBid { bid, request: whole.request, shown, content, is_own: true, sees_all: true })
    }

    /// Goes on if the actor may bid for an organization that she sees.
    async fn require_bidder(&self, actor: &Actor, bidder: OrganizationId) -> Outcome<()> {
        if self.knows.directory.organization(actor, bidder).await?.is_none() {
            // Before a stranger is told that nothing is there, she is asked who she is.
            actor.signed_in()?;
            return Err(UserError::new(ErrorCode::NotFound, ["input", "bidderId"]).into());
        }
        policy::require(actor, Action::SubmitBids, &Facts::of(bidder))
    }

    /// What those who bid are today; notes each who is not there.
    async fn of_partners(
        &self,
        actor: &Actor,
        draft: &OfferDraft,
        refused: &mut Rejections,
    ) -> Result<Vec<FrozenStatus>, Fault> {
        let partners: Vec<OrganizationId> = draft.partners.iter().map(|(partner, _)| *partner).collect();
        let seen = self.knows.directory.organizations_by_ids(actor, &partners).await?;
        for (index, partner) in partners.iter().enumerate() {
            if !seen.contains_key(partner) {
                let index = index.to_string();
                refused.push(UserError::new(ErrorCode::NotFound, ["input", "partners", &index, "organizationId"]));
            }
        }
        let everybody: BTreeSet<OrganizationId> = partners.into_iter().chain([draft.bidder]).collect();
        let everybody: Vec<OrganizationId> = everybody.into_iter().collect();
        let statuses = self.statuses(&everybody, self.services().clock.today()).await?;
        Ok(statuses.into_values().flatten().collect())
    }

    /// The documents of a draft with what they hash to; notes each that is not there or not ready. They are only looked at: a
    /// lock on them would tell whoever has the database that they were chosen.
    async fn sealable(
        &self,
        actor: &Actor,
        draft: &OfferDraft,
        refused: &mut Rejections,
    ) -> Result<Vec<(DocumentId, Digest)>, Fault> {
        let ids = draft.documents.get(..DOCUMENTS_MAX).unwrap_or(&draft.documents);
        let found = self.knows.documents.documents_by_ids(actor, ids).await?;
        let mut ready: Vec<(DocumentId, Digest)> = Vec::with_capacity(ids.len());
        for (index, id) in ids.iter().enumerate() {
            let document = found
                .get(id)
                .filter(|document| document.state == DocumentState::Ready && document.organization() == draft.bidder);
            match document.and_then(|document| document.full()) {
                Some(full) if ready.iter().all(|(other, _)| other != id) => ready.push((*id, full.sha256)),
                // Named twice, it belongs to the bid once.
                Some(_) => {}
                None => refused.push(UserError::new(ErrorCode::NotFound, ["input", "documentIds", &index.to_string()])),
            }
        }
        Ok(ready)
    }

    /// Writes down that a deadline has passed, where somebody came too late.
    pub(super) async fn noting_late<T>(&self, request: RequestId, outcome: Outcome<T>) -> Outcome<T> {
        let late = |errors: &[UserError]| errors.iter().any(|error| error.code == ErrorCode::DeadlinePassed);
        if matches!(&outcome, Err(Failure::Rejected(errors)) if late(errors)) {
            let tx = self.services().db.begin().await?;
            if let Some(request) = store::requests::lock(&tx, request).await? {
                close(&tx, &Actor::system("a late bid"), request, self.services().now()).await?;
            }
            tx.commit().await?;
        }
        outcome
    }

    /// Makes room for a bid: the one that was sealed before goes, where that was said.
    async fn replace_sealed(
        &self,
        actor: &Actor,
        tx: &WriteTx,
        (keys, request, bidder): (&SealingKeys, &Request, OrganizationId),
        replace: bool,
        now: Timestamp,
    ) -> Outcome<()> {
        let Some(row) = store::sealed::lock_by_tag(tx, request.id, &keys.tag(request.id, bidder)?).await? else {
            return Ok(());
        };
        if !replace {
            return Err(sealed_before());
        }
        self.take_back(actor, tx, (request.id, bidder), &row, now).await
    }

    /// Takes a sealed bid back: its content goes, and its documents are let go.
    pub(super) async fn take_back(
        &self,
        actor: &Actor,
        tx: &WriteTx,
        (request, bidder): (RequestId, OrganizationId),
        row: &SealedRow,
        now: Timestamp,
    ) -> Outcome<()> {
        let bid = Bid {
            id: row.bid,
            request,
            status: BidStatus::Withdrawn,
            request_version: 0,
            receipt: row.receipt,
            sealed_at: row.sealed_at,
            withdrawn_at: Some(now),
            opened: None,
            version: row.version + 1,
        };
        let documents = self.own_content(&bid, bidder, row)?.map(|content| content.offer.document_ids());
        store::sealed::withdraw(tx, row.bid, now).await?;
        self.knows.documents.let_go(tx, &[(row.bid.uuid(), documents.unwrap_or_default())]).await?;
        let before = json!({ "status": BidStatus::Sealed, "receipt": row.receipt.to_string() });
        let change = silent("bid.withdraw", &bid, Some(before), json!({ "status": bid.status }));
        Ok(record(tx, actor, now, change).await?)
    }

    /// A bid of the actor's own, as she sees it.
    pub(super) async fn own_bid(&self, actor: &Actor, id: BidId) -> Outcome<SeenBid> {
        self.bid(actor, id).await?.ok_or_else(|| Failure::code(ErrorCode::NotFound))
    }
}

/// The request with its wording, held so until the transaction ends, and the instant at which it was found to take bids.
pub(super) async fn taking_bids(
    tx: &WriteTx,
    id: RequestId,
    field: &str,
    now: impl FnOnce() -> Timestamp,
) -> Outcome<(WholeRequest, Timestamp)> {
    let shared = store::requests::share(tx, id).await?;
    let request = shared.ok_or_else(|| UserError::new(ErrorCode::NotFound, ["input", field]))?;
    // Asked once nobody can close it any more.
    let now = now();
    if request.takes_bids(now) {
        return Ok((store::requests::whole(tx, request).await?, now));
    }
    Err(match request.status {
        RequestStatus::Published | RequestStatus::Opened | RequestStatus::Evaluating | RequestStatus::Awarding => {
            Refused::DeadlinePassed(request.bid_deadline).at(field)
        }
        RequestStatus::Draft | RequestStatus::Complete | RequestStatus::Cancelled | RequestStatus::Unsuccessful => {
            let error = UserError::new(ErrorCode::InvalidTransition, ["input", field]);
            error.with("state", request.status.as_str()).with("action", "BID")
        }
    }
    .into())
}

/// Notes what keeps an organization from bidding on what it offers for.
pub(super) async fn may_bid(
    tx: &WriteTx,
    draft: &OfferDraft,
    (whole, offer, statuses): (&WholeRequest, Option<&ReadOffer>, &[FrozenStatus]),
    refused: &mut Rejections,
) -> Result<(), Fault> {
    if asks_for_invitation(whole.request.method)
        && !store::sealed::is_invited(tx, whole.request.id, draft.bidder).await?
    {
        refused.push(UserError::new(ErrorCode::NotInvited, ["input", "bidderId"]));
    }
    for (measure, lot) in offer.map(|offer| unsatisfied(offer, &whole.measures, statuses)).unwrap_or_default() {
        let title = whole.lots.iter().find(|known| known.id == lot).map(|known| known.title.as_str());
        let index = draft.lots.iter().position(|one| one.lot == lot);
        refused.push(reserved(measure, title.unwrap_or_default(), index));
    }
    Ok(())
}

/// Encrypts an offer and keeps it; gives the bid and the text that was sealed.
async fn seal(
    tx: &WriteTx,
    keys: &SealingKeys,
    (request, place): (&Request, Place),
    (offer, actor): (&ReadOffer, &Actor),
    now: Timestamp,
) -> Outcome<(Bid, String)> {
    let (text, receipt) =
        offer.with_salt(&entropy::bytes()?).text().map_err(|error| Fault::Internal(format!("a bid: {error}")))?;
    let terms = Terms { not_before: request.bid_deadline, version: request.version };
    let sealed = keys.seal(place, offer.bidder, &Plain::new(text.clone(), actor.user_id()), terms)?;
    let bid = Bid {
        id: place.bid,
        request: place.request,
        status: BidStatus::Sealed,
        request_version: request.version,
        receipt,
        sealed_at: now,
        withdrawn_at: None,
        opened: None,
        version: 1,
    };
    let row = SealedRow {
        bid: bid.id,
        tag: keys.tag(place.request, offer.bidder)?.to_vec(),
        content: Some(sealed.content),
        for_opening: Some(sealed.for_opening),
        for_bidder: Some(sealed.for_bidder),
        receipt,
        sealed_at: now,
        version: bid.version,
    };
    // Another of the bidder's came between: only one of them stands.
    if store::sealed::insert(tx, &bid, &row).await? { Ok((bid, text)) } else { Err(sealed_before()) }
}

fn sealed_before() -> Failure {
    UserError::new(ErrorCode::SealedBefore, ["input", "requestId"]).into()
}

/// A change of a sealed bid: its entry says neither who bids nor who did it.
pub(super) fn silent(
    action: &'static str,
    bid: &Bid,
    before: Option<serde_json::Value>,
    after: serde_json::Value,
) -> Change {
    Change {
        process: bid.request.uuid(),
        on_behalf_of: None,
        names_actor: false,
        action,
        subject: (BidId::PREFIX, bid.id.uuid()),
        before,
        after,
        tag: None,
    }
}

/// A write of a bidder that may be repeated: kept under names that tell neither who she is nor what she sent.
pub(super) struct Repeated(Option<(String, String)>);

impl Repeated {
    pub(super) fn of(keys: &SealingKeys, actor: &Actor, key: Option<&str>, input: &impl Serialize) -> Outcome<Self> {
        Ok(Self(idempotency::check_key(key)?.map(|key| keys.repeated(actor, key, input)).transpose()?))
    }

    pub(super) async fn claim(&self, tx: &WriteTx, now: Timestamp) -> Outcome<Claimed<'_>> {
        let (key, input) = match &self.0 {
            Some((key, input)) => (Some(key.as_str()), input.as_str()),
            None => (None, ""),
        };
        idempotency::claim(tx, "bids", key, "bid", &input, now).await
    }
}
