//! A bidder takes a sealed bid back, or says that it stands for the request as it is now.

use serde_json::json;

use super::{
    Bid, BidId, Procurement,
    bids::{SeenBid, unreadable},
    journal::record,
    model::{
        bid_lifecycle::{self, BidAction},
        check_offer::check,
        offer::{LotDraft, OfferDraft, ReadOffer},
    },
    sealing::{Place, Terms},
    store::{self, sealed::SealedRow},
    submit_bid::{Repeated, may_bid, silent, taking_bids},
};
use crate::{
    accounts::{
        Actor, OrganizationId,
        policy::{self, Action, Facts},
    },
    kernel::{
        ErrorCode, Failure, Outcome, Rejections, UserError,
        idempotency::Claimed,
        money::{Currency, Money},
    },
};

/// Which of her bids a bidder means.
#[derive(Debug, Clone)]
pub struct OwnBid {
    /// The bid.
    pub bid: BidId,
    /// Refuses the change if the bid is no longer at this version.
    pub expected_version: Option<i64>,
    /// Makes a repeated write one.
    pub idempotency_key: Option<String>,
}

const FIELD: &str = "bidId";

impl Procurement {
    /// Takes a sealed bid back before the deadline. Nothing of its content stays.
    ///
    /// # Errors
    /// [`ErrorCode::NotFound`] for whoever did not seal it, [`ErrorCode::VersionConflict`], [`ErrorCode::InvalidTransition`],
    /// [`ErrorCode::DeadlinePassed`].
    pub async fn withdraw_bid(&self, actor: &Actor, command: OwnBid) -> Outcome<SeenBid> {
        let (bid, bidder, _) = self.own_sealed(actor, command.bid).await?;
        let withdrawn = Box::pin(self.withdrawn(actor, &command, (&bid, bidder))).await;
        self.noting_late(bid.request, withdrawn).await
    }

    async fn withdrawn(
        &self,
        actor: &Actor,
        command: &OwnBid,
        (bid, bidder): (&Bid, OrganizationId),
    ) -> Outcome<SeenBid> {
        let keys = self.knows.sealing.keys()?;
        let tx = self.services().db.begin().await?;
        let key = command.idempotency_key.as_deref();
        let repeated = Repeated::of(&keys, actor, key, &("withdraw", bid.id))?;
        let Claimed::New(claim) = repeated.claim(&tx, self.services().now()).await? else {
            drop(tx);
            return self.own_bid(actor, bid.id).await;
        };
        let (_, now) = taking_bids(&tx, bid.request, FIELD, || self.services().now()).await?;
        let tag = keys.tag(bid.request, bidder)?;
        // What is sealed now; the bid may have been replaced meanwhile.
        let row = store::sealed::lock_by_tag(&tx, bid.request, &tag).await?.filter(|row| row.bid == bid.id);
        let row = row.ok_or_else(|| not_sealed(bid, BidAction::Withdraw))?;
        expect(command, &row)?;
        self.take_back(actor, &tx, (bid.request, bidder), &row, now).await?;
        claim.finish(&tx, bid.id.uuid()).await?;
        tx.commit().await?;
        self.own_bid(actor, bid.id).await
    }

    /// Says that a sealed bid stands for the request as it is now. It is held against that wording as a new one would be; what
    /// is sealed, and so its receipt, stays the same.
    ///
    /// # Errors
    /// As [`Procurement::withdraw_bid`]; and why it does not answer that wording: then it has to be replaced.
    pub async fn reconfirm_bid(&self, actor: &Actor, command: OwnBid) -> Outcome<SeenBid> {
        let (bid, bidder, row) = self.own_sealed(actor, command.bid).await?;
        let confirmed = Box::pin(self.confirmed(actor, &command, (&bid, bidder, &row))).await;
        self.noting_late(bid.request, confirmed).await
    }

    async fn confirmed(
        &self,
        actor: &Actor,
        command: &OwnBid,
        (bid, bidder, seen): (&Bid, OrganizationId, &SealedRow),
    ) -> Outcome<SeenBid> {
        let keys = self.knows.sealing.keys()?;
        let content = self.own_content(bid, bidder, seen)?;
        let content = content.ok_or_else(|| not_sealed(bid, BidAction::Confirm))?;
        let partners: Vec<OrganizationId> = content.offer.partners.iter().map(|(partner, _)| *partner).collect();
        let statuses = self.statuses(&partners, self.services().clock.today()).await?;
        let statuses: Vec<_> = statuses.into_values().flatten().collect();
        let tx = self.services().db.begin().await?;
        let key = command.idempotency_key.as_deref();
        let repeated = Repeated::of(&keys, actor, key, &("reconfirm", bid.id))?;
        let Claimed::New(claim) = repeated.claim(&tx, self.services().now()).await? else {
            drop(tx);
            return self.own_bid(actor, bid.id).await;
        };
        let (whole, now) = taking_bids(&tx, bid.request, FIELD, || self.services().now()).await?;
        let tag = keys.tag(bid.request, bidder)?;
        let row = store::sealed::lock_by_tag(&tx, bid.request, &tag).await?.filter(|row| row.bid == bid.id);
        let row = row.ok_or_else(|| not_sealed(bid, BidAction::Confirm))?;
        expect(command, &row)?;
        let mut refused = Rejections::default();
        let draft = draft_of(&content.offer);
        let offer = check(&draft, &whole, bid.id, &mut refused);
        may_bid(&tx, &draft, (&whole, offer.as_ref(), &statuses), &mut refused).await?;
        refused.finish().map_err(at_bid)?;
        let place = Place { bid: bid.id, request: bid.request };
        let terms = Terms { not_before: whole.request.bid_deadline, version: whole.request.version };
        let for_bidder = row.for_bidder.as_deref().unwrap_or_default();
        let for_opening = keys.confirm(place, bidder, for_bidder, terms).map_err(unreadable)?;
        store::sealed::confirm(&tx, bid.id, terms.version, for_opening).await?;
        let before = json!({ "request_version": bid.request_version });
        let change = silent("bid.reconfirm", bid, Some(before), json!({ "request_version": terms.version }));
        record(&tx, actor, now, change).await?;
        claim.finish(&tx, bid.id.uuid()).await?;
        tx.commit().await?;
        self.own_bid(actor, bid.id).await
    }

    /// A bid of one of the actor's organizations that was not opened, if she may bid for it. That it is hers is found by its tag:
    /// others are told the same as where there is none.
    async fn own_sealed(&self, actor: &Actor, id: BidId) -> Outcome<(Bid, OrganizationId, SealedRow)> {
        actor.signed_in()?;
        let not_found = || UserError::new(ErrorCode::NotFound, ["input", FIELD]);
        let bid = store::bids::by_ids(&self.services().db, &[id]).await?.remove(&id);
        let own = self.own_among(actor, bid.as_slice()).await?.remove(&id);
        match (bid, own) {
            (Some(bid), Some((bidder, row))) => {
                policy::require(actor, Action::SubmitBids, &Facts::of(bidder))?;
                Ok((bid, bidder, row))
            }
            // Once it is opened everybody may know of it, and her own word does not change it.
            (Some(bid), None) if bid.opened.is_some() => {
                let seen = self.bid(actor, id).await?.filter(|bid| bid.is_own).ok_or_else(not_found)?;
                Err(not_sealed(&seen.bid, BidAction::Withdraw).into())
            }
            (Some(_) | None, _) => Err(not_found().into()),
        }
    }
}

fn not_sealed(bid: &Bid, action: BidAction) -> UserError {
    match bid_lifecycle::next(bid.status, action) {
        Err(refuses) => refuses.at(FIELD),
        // It was sealed when it was read, and was taken back since.
        Ok(_) => bid_lifecycle::BidRefuses(super::BidStatus::Withdrawn, action).at(FIELD),
    }
}

fn expect(command: &OwnBid, row: &SealedRow) -> Result<(), UserError> {
    match command.expected_version {
        Some(expected) if expected != row.version => {
            let error = UserError::new(ErrorCode::VersionConflict, ["input", "expectedVersion"]);
            Err(error.with("current", row.version))
        }
        Some(_) | None => Ok(()),
    }
}

/// The draft that an offer could have been made from.
fn draft_of(offer: &ReadOffer) -> OfferDraft {
    let currency = Currency::from_code(&offer.currency).unwrap_or(Currency::XOF);
    let lot = |(lot, minor, quantity, _): &(_, i64, i64, i64)| LotDraft {
        lot: *lot,
        unit_price: Money { minor: *minor, currency },
        quantity: *quantity,
    };
    OfferDraft {
        request: offer.request,
        bidder: offer.bidder,
        partners: offer.partners.clone(),
        lots: offer.lots.iter().map(lot).collect(),
        answers: offer.answers.clone(),
        documents: offer.document_ids(),
    }
}

/// What is wrong with what was sealed is told at the bid: nothing of it was typed in now.
fn at_bid(failure: Failure) -> Failure {
    match failure {
        Failure::Rejected(errors) => {
            let at = |error: UserError| UserError { path: vec!["input".to_owned(), FIELD.to_owned()], ..error };
            Failure::Rejected(errors.into_iter().map(at).collect())
        }
        Failure::Fault(fault) => Failure::Fault(fault),
    }
}
