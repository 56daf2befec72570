//! A bidder does not want what she was awarded.

use serde::Serialize;

use super::{
    Award, AwardId, Procurement,
    cancel_award::REASON,
    change_award::{Ending, lock_award},
    judge::expect,
    model::award::AwardAction,
    store,
};
use crate::{
    accounts::{
        Actor,
        policy::{self, Action, Facts},
    },
    kernel::{
        Fault, Outcome,
        idempotency::{self, Claimed},
    },
};

/// Which award is declined, and why.
#[derive(Debug, Clone, Serialize)]
pub struct DeclineAward {
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
    /// Declines an award for whoever leads the bid. The lot can be awarded to the next rank.
    ///
    /// # Errors
    /// `NotFound`, `Forbidden`, `VersionConflict`, `InvalidTransition` where it is in force or ended, or what is wrong with the
    /// reason.
    pub async fn decline_award(&self, actor: &Actor, command: DeclineAward) -> Outcome<Award> {
        let now = self.services().now();
        let seen = self.award_seen(actor, command.award).await?;
        let tx = self.services().db.begin().await?;
        let (scope, key) = (actor.idempotency_scope(), command.idempotency_key.as_deref());
        let claim = idempotency::claim(&tx, scope, key, "declineAward", &command, now).await?;
        let (request, award) = lock_award(&tx, &seen).await?;
        let partners = store::bids::partners(&*tx, &[award.bid]).await?.remove(&award.bid).unwrap_or_default();
        let lead = partners.iter().find(|partner| partner.is_lead);
        let lead = lead.ok_or_else(|| Fault::corrupt("bid", "nobody leads it"))?.organization;
        policy::require(actor, Action::FileComplaints, &Facts::of(lead))?;
        let claim = match claim {
            Claimed::New(claim) => claim,
            Claimed::Before(_) => return Ok(award),
        };
        expect(command.expected_version, award.version)?;
        let reason = REASON.check(&command.reason, ["input", "reason"])?;
        let ending = Ending {
            action: AwardAction::Decline,
            reason: &reason,
            on_behalf_of: Some(lead),
            path: &["input", "awardId"],
            now,
        };
        let award = self.end_award(&tx, actor, (&request, &award), ending).await?;
        claim.finish(&tx, award.id.uuid()).await?;
        tx.commit().await?;
        Ok(award)
    }
}
