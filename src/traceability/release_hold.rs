//! A verifier lets a lot go that a correction or an inspection holds.

use serde::Serialize;
use serde_json::json;

use super::{LotId, Traceability, audit, model::lot::Lot, recording::path, store};
use crate::{
    accounts::{
        Actor,
        policy::{self, Action, Facts},
    },
    directory::is_insider,
    kernel::{
        ErrorCode, Failure, Outcome, UserError,
        idempotency::{self, Claimed},
        text::TextRule,
    },
};

const REASON: TextRule = TextRule { length_min: 10, length_max: 500, multiline: false };

/// Which lot is let go, and why.
#[derive(Debug, Clone, Serialize)]
pub struct ReleaseHold {
    /// The lot.
    pub lot: LotId,
    /// Why.
    pub reason: String,
    /// Makes a repeated write one.
    #[serde(skip)]
    pub idempotency_key: Option<String>,
}

impl Traceability {
    /// Ends what holds a lot, but recalls, which are ended by whoever opened them. A lot that was made of it stays held until it
    /// is let go itself.
    ///
    /// # Errors
    /// [`ErrorCode::NotFound`], [`ErrorCode::Forbidden`], [`ErrorCode::ConflictOfInterest`] for who belongs to the organization
    /// that has it or made it, [`ErrorCode::InvalidTransition`] where nothing but a recall holds it, and what is wrong with the
    /// reason.
    pub async fn release_hold(&self, actor: &Actor, command: ReleaseHold) -> Outcome<Lot> {
        policy::require(actor, Action::ReleaseHold, &Facts::none())?;
        let reason = REASON.check(&command.reason, ["input", "reason"])?;
        let now = self.services().now();
        let tx = self.services().db.begin().await?;
        let (scope, key) = (actor.idempotency_scope(), command.idempotency_key.as_deref());
        let claim = idempotency::claim(&tx, scope, key, "releaseHold", &command, now).await?;
        let before = store::lots::lock(&tx, &[command.lot]).await?.remove(&command.lot);
        let before = before.ok_or_else(|| UserError::new(ErrorCode::NotFound, path(&["lotId"])))?;
        let claim = match claim {
            Claimed::New(claim) => claim,
            Claimed::Before(_) => return Ok(before),
        };
        if is_insider(actor, before.organization) || is_insider(actor, before.maker) {
            return Err(Failure::code(ErrorCode::ConflictOfInterest));
        }
        let released = store::holds::release_lot(&tx, before.id, (actor.user_id(), &reason), now).await?;
        if released == 0 {
            let state = if before.holds > 0 { "RECALLED" } else { "FREE" };
            let error = UserError::new(ErrorCode::InvalidTransition, path(&["lotId"]));
            return Err(error.with("state", state).with("action", "releaseHold").into());
        }
        let lot = Lot { holds: before.holds - i64::try_from(released).unwrap_or(before.holds), ..before.clone() };
        let change = audit::Change {
            chain: lot.organization,
            on_behalf_of: None,
            action: "lot.release",
            subject: (LotId::PREFIX, lot.id.uuid()),
            before: Some(json!({ "holds": before.holds })),
            after: json!({ "holds": lot.holds, "reason": reason }),
        };
        audit::append(&tx, actor, now, change).await?;
        claim.finish(&tx, lot.id.uuid()).await?;
        tx.commit().await?;
        Ok(lot)
    }
}
