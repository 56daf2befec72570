//! What every use case from the first score to the last award begins with, and how a request ends.

use super::{
    Bid, BidId, Procurement, Request, RequestAction, RequestId, RequestLot, RequestLotStatus, RequestStatus,
    model::appeals::AppealRules, store,
};
use crate::{
    accounts::{Actor, policy::Action},
    kernel::{ErrorCode, Failure, Fault, Outcome, UserError, clock::Timestamp, db::WriteTx},
};

impl Procurement {
    /// The request of an opened bid, if the actor may do this for the buyer. Of what was never opened she learns nothing, not even
    /// that it is there. Call it before a transaction.
    ///
    /// # Errors
    /// [`ErrorCode::NotFound`] at `bidId`, [`ErrorCode::Forbidden`].
    pub(super) async fn bid_to_judge(&self, actor: &Actor, id: BidId, action: Action) -> Outcome<RequestId> {
        let known = store::bids::by_ids(&self.services().db, &[id]).await?.remove(&id);
        let Some(known) = known.filter(|bid| bid.opened.is_some()) else {
            actor.signed_in()?;
            return Err(UserError::new(ErrorCode::NotFound, ["input", "bidId"]).into());
        };
        Ok(self.request_for(actor, (known.request, "bidId"), action).await?.id)
    }
}

/// A request, locked against whoever else would change it.
///
/// # Errors
/// When it is gone.
pub(super) async fn lock_request(tx: &WriteTx, id: RequestId) -> Result<Request, Fault> {
    store::requests::lock(tx, id).await?.ok_or_else(|| Fault::corrupt("request", "it is gone"))
}

/// A bid and its request, locked: the request first, as everywhere.
///
/// # Errors
/// [`ErrorCode::ConflictOfInterest`] for whoever belongs to one that bids.
pub(super) async fn lock_bid(
    tx: &WriteTx,
    actor: &Actor,
    (request, bid): (RequestId, BidId),
) -> Outcome<(Request, Bid)> {
    let request = lock_request(tx, request).await?;
    let bid = store::bids::lock(tx, bid).await?.ok_or_else(|| Fault::corrupt("bid", "it is gone"))?;
    refuse_bidders(tx, actor, &request).await?;
    Ok((request, bid))
}

/// Refuses whoever belongs to one that bids on the request, alone or with others.
///
/// # Errors
/// [`ErrorCode::ConflictOfInterest`].
pub(super) async fn refuse_bidders(tx: &WriteTx, actor: &Actor, request: &Request) -> Outcome<()> {
    let bidders = store::scores::bidders(tx, request.id).await?;
    if bidders.into_iter().any(|bidder| actor.role_in(bidder).is_some()) {
        return Err(Failure::code(ErrorCode::ConflictOfInterest));
    }
    Ok(())
}

/// The rules of appeals and standstill that are in force at an instant.
///
/// # Errors
/// When there are none.
pub(super) fn rules(now: Timestamp) -> Result<&'static AppealRules, Fault> {
    AppealRules::on(now.date_naive()).map_err(Fault::Internal)
}

/// What refuses an action that a thing's state does not allow.
pub(super) fn refused(path: &[&str], state: &str, action: &str) -> UserError {
    UserError::new(ErrorCode::InvalidTransition, path).with("state", state).with("action", action)
}

/// Refuses a thing that was changed since it was read.
///
/// # Errors
/// [`ErrorCode::VersionConflict`].
pub(super) fn expect(expected: Option<i64>, current: i64) -> Result<(), UserError> {
    if expected.is_none_or(|expected| expected == current) {
        return Ok(());
    }
    let error = UserError::new(ErrorCode::VersionConflict, ["input", "expectedVersion"]);
    Err(error.with("current", current))
}

/// Ends a request of which no lot is left to award, and gives what it became: complete where a lot has its award in force,
/// unsuccessful where none has. `lots` are as they stand now.
///
/// # Errors
/// When its state does not allow it, or the database refuses.
pub(super) async fn end_if_done(
    tx: &WriteTx,
    request: &Request,
    lots: &[RequestLot],
    (reason, now): (Option<&str>, Timestamp),
) -> Outcome<Option<RequestStatus>> {
    if lots.iter().any(|lot| lot.status == RequestLotStatus::Active) {
        return Ok(None);
    }
    let is_complete = lots.iter().any(|lot| lot.status == RequestLotStatus::Complete);
    let action = if is_complete { RequestAction::Complete } else { RequestAction::Fail };
    let status = request.after(action, now).map_err(|refused| refused.at("requestId"))?;
    store::progress::end_request(tx, request.id, (status, reason), now).await?;
    Ok(Some(status))
}
