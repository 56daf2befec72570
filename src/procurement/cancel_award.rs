//! A buyer takes an award back before it takes force.

use serde::Serialize;

use super::{
    Award, AwardId, Procurement,
    change_award::{Ending, lock_award},
    judge::{expect, refuse_bidders},
    model::award::AwardAction,
};
use crate::{
    accounts::{
        Actor,
        policy::{self, Action, Facts},
    },
    kernel::{
        Outcome,
        idempotency::{self, Claimed},
        text::TextRule,
    },
};

pub(super) const REASON: TextRule = TextRule { length_min: 3, length_max: 2_000, multiline: true };

/// Which award is taken back, and why.
#[derive(Debug, Clone, Serialize)]
pub struct CancelAward {
    /// The award.
    pub award: AwardId,
    /// Why, for everybody to read.
    pub reason: String,
    /// Refuses if the award is no longer at this version.
    pub expected_version: Option<i64>,
    /// Makes a repeated write one.
    #[serde(skip)]
    pub idempotency_key: Option<String>,
}

impl Procurement {
    /// Takes an award back. The lot can be awarded to the next rank; the bid it was given to is out for this lot.
    ///
    /// # Errors
    /// `NotFound`, `Forbidden`, `ConflictOfInterest`, `VersionConflict`, `InvalidTransition` where it is in force or ended, or what
    /// is wrong with the reason.
    pub async fn cancel_award(&self, actor: &Actor, command: CancelAward) -> Outcome<Award> {
        let now = self.services().now();
        let seen = self.award_seen(actor, command.award).await?;
        let tx = self.services().db.begin().await?;
        let (scope, key) = (actor.idempotency_scope(), command.idempotency_key.as_deref());
        let claim = idempotency::claim(&tx, scope, key, "cancelAward", &command, now).await?;
        let (request, award) = lock_award(&tx, &seen).await?;
        policy::require(actor, Action::AwardBids, &Facts::of(request.buyer))?;
        let claim = match claim {
            Claimed::New(claim) => claim,
            Claimed::Before(_) => return Ok(award),
        };
        refuse_bidders(&tx, actor, &request).await?;
        expect(command.expected_version, award.version)?;
        let reason = REASON.check(&command.reason, ["input", "reason"])?;
        let ending = Ending {
            action: AwardAction::Cancel,
            reason: &reason,
            on_behalf_of: Some(request.buyer),
            path: &["input", "awardId"],
            now,
        };
        let award = self.end_award(&tx, actor, (&request, &award), ending).await?;
        claim.finish(&tx, award.id.uuid()).await?;
        tx.commit().await?;
        Ok(award)
    }
}
