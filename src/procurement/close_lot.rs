//! A buyer says of one lot that nothing is awarded.

use serde::Serialize;

use super::{Procurement, Request, RequestLotId, cancel_award::REASON, judge::lock_request, store};
use crate::{
    accounts::{Actor, policy::Action},
    kernel::{
        ErrorCode, Outcome, UserError,
        idempotency::{self, Claimed},
    },
};

/// Which lot comes to nothing, and why.
#[derive(Debug, Clone, Serialize)]
pub struct CloseLot {
    /// The lot.
    pub lot: RequestLotId,
    /// Why, for everybody to read.
    pub reason: String,
    /// Makes a repeated write one.
    #[serde(skip)]
    pub idempotency_key: Option<String>,
}

impl Procurement {
    /// Closes a lot that is not awarded; the last one ends the request. Gives the request as it stands then.
    ///
    /// # Errors
    /// As [`Procurement::end_procurement`].
    pub async fn close_lot(&self, actor: &Actor, command: CloseLot) -> Outcome<Request> {
        let now = self.services().now();
        let Some(request) = store::progress::request_of(self.services().db.read(), command.lot).await? else {
            actor.signed_in()?;
            return Err(UserError::new(ErrorCode::NotFound, ["input", "requestLotId"]).into());
        };
        let seen = self.request_for(actor, (request, "requestLotId"), Action::AwardBids).await?;
        let tx = self.services().db.begin().await?;
        let (scope, key) = (actor.idempotency_scope(), command.idempotency_key.as_deref());
        let claim = idempotency::claim(&tx, scope, key, "closeLot", &command, now).await?;
        let request = lock_request(&tx, seen.id).await?;
        let claim = match claim {
            Claimed::New(claim) => claim,
            Claimed::Before(_) => return Ok(request),
        };
        let reason = REASON.check(&command.reason, ["input", "reason"])?;
        let of = (Some(command.lot), "requestLotId");
        let request = self.let_go(&tx, actor, request, of, (&reason, now)).await?;
        claim.finish(&tx, request.id.uuid()).await?;
        tx.commit().await?;
        Ok(request)
    }
}
