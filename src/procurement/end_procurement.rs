//! A buyer ends a request of which nothing more is to be awarded.

use serde::Serialize;
use serde_json::json;

use super::{
    Change, ComplaintStatus, Procurement, ReleaseTag, Request, RequestAction, RequestId, RequestLot, RequestLotId,
    RequestLotStatus, RequestStatus,
    cancel_award::REASON,
    journal::record,
    judge::{end_if_done, lock_request, refuse_bidders, refused},
    model::judging::Judging,
    store,
};
use crate::{
    accounts::{Actor, policy::Action},
    kernel::{
        ErrorCode, Outcome, UserError,
        clock::Timestamp,
        db::WriteTx,
        idempotency::{self, Claimed},
    },
};

/// Which request ends, and why.
#[derive(Debug, Clone, Serialize)]
pub struct EndProcurement {
    /// The request.
    pub request: RequestId,
    /// Why, for everybody to read.
    pub reason: String,
    /// Makes a repeated write one.
    #[serde(skip)]
    pub idempotency_key: Option<String>,
}

impl Procurement {
    /// Ends a request whose deadline has passed: the lots that are left come to nothing. It is complete where a lot has its award
    /// in force, else unsuccessful.
    ///
    /// # Errors
    /// [`ErrorCode::NotFound`], [`ErrorCode::Forbidden`], [`ErrorCode::InvalidTransition`], [`ErrorCode::DeadlineNotReached`],
    /// [`ErrorCode::AlreadyAwarded`] where an award waits for its standstill, [`ErrorCode::ComplaintOpen`], and what is wrong with
    /// the reason.
    pub async fn end_procurement(&self, actor: &Actor, command: EndProcurement) -> Outcome<Request> {
        let now = self.services().now();
        let seen = self.request_for(actor, (command.request, "requestId"), Action::AwardBids).await?;
        let tx = self.services().db.begin().await?;
        let (scope, key) = (actor.idempotency_scope(), command.idempotency_key.as_deref());
        let claim = idempotency::claim(&tx, scope, key, "endProcurement", &command, now).await?;
        let request = lock_request(&tx, seen.id).await?;
        let claim = match claim {
            Claimed::New(claim) => claim,
            Claimed::Before(_) => return Ok(request),
        };
        let reason = REASON.check(&command.reason, ["input", "reason"])?;
        let request = self.let_go(&tx, actor, request, (None, "requestId"), (&reason, now)).await?;
        claim.finish(&tx, request.id.uuid()).await?;
        tx.commit().await?;
        Ok(request)
    }

    /// Says of one lot, or of all that are left, that nothing is awarded, and ends the request where none is left. Gives it as it
    /// stands then.
    pub(super) async fn let_go(
        &self,
        tx: &WriteTx,
        actor: &Actor,
        request: Request,
        (only, field): (Option<RequestLotId>, &'static str),
        (reason, now): (&str, Timestamp),
    ) -> Outcome<Request> {
        let path = ["input", field];
        refuse_bidders(tx, actor, &request).await?;
        // What may not fail now cannot lose a lot either.
        request.after(RequestAction::Fail, now).map_err(|refused| refused.at(field))?;
        let complaints = store::complaints::of_request(tx, request.id).await?;
        if complaints.iter().any(|complaint| complaint.status == ComplaintStatus::Open) {
            return Err(UserError::new(ErrorCode::ComplaintOpen, path).into());
        }
        let judging = store::judging::read(&**tx, request.clone()).await?;
        let lots = let_go(&judging, only, &path)?;
        let gone: Vec<RequestLotId> = lots.iter().map(|lot| lot.id).collect();
        store::progress::set_lots(tx, &gone, RequestLotStatus::Unsuccessful).await?;
        let mut after = judging.whole.lots.clone();
        for lot in after.iter_mut().filter(|lot| gone.contains(&lot.id)) {
            lot.status = RequestLotStatus::Unsuccessful;
        }
        let ended = end_if_done(tx, &request, &after, (Some(reason), now)).await?;
        let change = Change {
            process: request.id.uuid(),
            on_behalf_of: Some(request.buyer),
            names_actor: true,
            action: if only.is_some() { "request.close_lot" } else { "request.end" },
            subject: (RequestId::PREFIX, request.id.uuid()),
            before: Some(json!({ "status": request.status })),
            after: json!({ "status": ended.unwrap_or(request.status), "lots": gone, "reason": reason }),
            tag: Some(match ended {
                Some(RequestStatus::Unsuccessful) => ReleaseTag::TenderCancellation,
                Some(_) | None => ReleaseTag::TenderUpdate,
            }),
        };
        record(tx, actor, now, change).await?;
        Ok(lock_request(tx, request.id).await?)
    }
}

/// The lots of which nothing is awarded.
///
/// # Errors
/// [`ErrorCode::AlreadyAwarded`], or [`ErrorCode::InvalidTransition`] for a lot that has ended.
fn let_go<'j>(judging: &'j Judging, only: Option<RequestLotId>, path: &[&str]) -> Outcome<Vec<&'j RequestLot>> {
    let named = judging.whole.lots.iter().filter(|lot| only.is_none_or(|only| only == lot.id));
    let mut lots = Vec::new();
    for lot in named {
        match lot.status {
            RequestLotStatus::Active if judging.standing(lot.id).is_some() => {
                return Err(UserError::new(ErrorCode::AlreadyAwarded, path).into());
            }
            RequestLotStatus::Active => lots.push(lot),
            RequestLotStatus::Cancelled | RequestLotStatus::Unsuccessful | RequestLotStatus::Complete => {
                if only.is_some() {
                    return Err(refused(path, lot.status.as_str(), "closeLot").into());
                }
            }
        }
    }
    Ok(lots)
}
