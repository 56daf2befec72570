//! Whoever appealed takes the appeal back.

use serde::Serialize;

use super::{
    ComplaintId, Procurement,
    decide_complaint::{becomes, change, lock_complaint},
    journal::record,
    judge::expect,
    model::complaint::{Complaint, ComplaintAction},
    store,
};
use crate::{
    accounts::{
        Actor,
        policy::{self, Action, Facts},
    },
    kernel::{
        Outcome,
        idempotency::{self, Claimed},
    },
};

/// Which appeal is taken back.
#[derive(Debug, Clone, Serialize)]
pub struct WithdrawComplaint {
    /// The appeal.
    pub complaint: ComplaintId,
    /// Refuses if the appeal is no longer at this version.
    pub expected_version: Option<i64>,
    /// Makes a repeated write one.
    #[serde(skip)]
    pub idempotency_key: Option<String>,
}

impl Procurement {
    /// Takes an appeal back; it holds nothing any more.
    ///
    /// # Errors
    /// `NotFound`, `Forbidden`, `VersionConflict`, or `InvalidTransition` where it is not open.
    pub async fn withdraw_complaint(&self, actor: &Actor, command: WithdrawComplaint) -> Outcome<Complaint> {
        let now = self.services().now();
        let seen = self.complaint_seen(actor, command.complaint).await?;
        let tx = self.services().db.begin().await?;
        let (scope, key) = (actor.idempotency_scope(), command.idempotency_key.as_deref());
        let claim = idempotency::claim(&tx, scope, key, "withdrawComplaint", &command, now).await?;
        let (request, before) = lock_complaint(&tx, &seen).await?;
        policy::require(actor, Action::FileComplaints, &Facts::of(before.organization))?;
        let claim = match claim {
            Claimed::New(claim) => claim,
            Claimed::Before(_) => return Ok(before),
        };
        expect(command.expected_version, before.version)?;
        let status = becomes(&before, ComplaintAction::Withdraw, "withdrawComplaint")?;
        let complaint = Complaint { status, decided_at: Some(now), version: before.version + 1, ..before.clone() };
        store::complaints::update(&tx, &complaint).await?;
        record(&tx, actor, now, change(&request, &before, &complaint, "complaint.withdraw")).await?;
        claim.finish(&tx, complaint.id.uuid()).await?;
        tx.commit().await?;
        Ok(complaint)
    }
}
