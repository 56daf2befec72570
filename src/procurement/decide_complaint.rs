//! An appeal is decided: by the buyer, or, as the review body decided it, by whoever runs the platform.

use serde::Serialize;
use serde_json::json;

use super::{
    Award, Change, ComplaintId, ComplaintLevel, ComplaintStatus, Procurement, Request,
    change_award::Ending,
    file_complaint::tag,
    journal::record,
    judge::{expect, lock_request, refused, rules},
    model::{
        award::AwardAction,
        complaint::{Complaint, ComplaintAction},
    },
    store,
};
use crate::{
    accounts::{
        Actor, OrganizationId,
        policy::{self, Action, Facts},
    },
    kernel::{
        ErrorCode, Failure, Fault, Outcome, UserError,
        clock::Timestamp,
        db::WriteTx,
        idempotency::{self, Claimed},
        text::TextRule,
    },
};

const DECISION: TextRule = TextRule { length_min: 10, length_max: 10_000, multiline: true };

/// What is decided about an appeal.
#[derive(Debug, Clone, Serialize)]
pub struct DecideComplaint {
    /// The appeal.
    pub complaint: ComplaintId,
    /// What is decided; never [`ComplaintAction::Withdraw`].
    pub outcome: ComplaintAction,
    /// In words.
    pub decision: String,
    /// Refuses if the appeal is no longer at this version.
    pub expected_version: Option<i64>,
    /// Makes a repeated write one.
    #[serde(skip)]
    pub idempotency_key: Option<String>,
}

impl Procurement {
    /// Decides an appeal. Upheld, it takes the award back that it is about. Refused by the buyer, it holds the award until the
    /// review body can no longer be asked.
    ///
    /// # Errors
    /// [`ErrorCode::NotFound`], [`ErrorCode::Forbidden`], [`ErrorCode::ConflictOfInterest`] for whoever belongs to the
    /// complainant, and, as the review body, to the buyer or a bidder, [`ErrorCode::VersionConflict`],
    /// [`ErrorCode::InvalidTransition`], and what is wrong with the decision.
    pub async fn decide_complaint(&self, actor: &Actor, command: DecideComplaint) -> Outcome<Complaint> {
        let now = self.services().now();
        let seen = self.complaint_seen(actor, command.complaint).await?;
        let tx = self.services().db.begin().await?;
        let (scope, key) = (actor.idempotency_scope(), command.idempotency_key.as_deref());
        let claim = idempotency::claim(&tx, scope, key, "decideComplaint", &command, now).await?;
        let (request, before) = lock_complaint(&tx, &seen).await?;
        match before.level {
            ComplaintLevel::Gracious => {
                policy::require(actor, Action::DecideComplaints, &Facts::of(request.buyer))?;
            }
            ComplaintLevel::Review => policy::require(actor, Action::ReviewComplaints, &Facts::none())?,
        }
        let claim = match claim {
            Claimed::New(claim) => claim,
            Claimed::Before(_) => return Ok(before),
        };
        refuse_concerned(&tx, actor, (&request, &before)).await?;
        expect(command.expected_version, before.version)?;
        let status = becomes(&before, command.outcome, "decideComplaint")?;
        let decision = DECISION.check(&command.decision, ["input", "decision"])?;
        let complaint = Complaint {
            status,
            decision: Some(decision),
            decided_by: actor.user_id(),
            decided_at: Some(now),
            version: before.version + 1,
            ..before.clone()
        };
        store::complaints::update(&tx, &complaint).await?;
        self.tell_decided(&tx, &request, &complaint).await?;
        self.follow(&tx, actor, (&request, &complaint), now).await?;
        record(&tx, actor, now, change(&request, &before, &complaint, "complaint.decide")).await?;
        claim.finish(&tx, complaint.id.uuid()).await?;
        tx.commit().await?;
        Ok(complaint)
    }

    /// An appeal that the actor sees, as it stood before a transaction.
    ///
    /// # Errors
    /// [`ErrorCode::NotFound`] at `complaintId`.
    pub(super) async fn complaint_seen(&self, actor: &Actor, id: ComplaintId) -> Outcome<Complaint> {
        match self.complaints_by_ids(actor, &[id]).await?.remove(&id) {
            Some(complaint) => Ok(complaint),
            None => {
                actor.signed_in()?;
                Err(UserError::new(ErrorCode::NotFound, ["input", "complaintId"]).into())
            }
        }
    }

    /// What a decision does to the award that the appeal is about.
    async fn follow(
        &self,
        tx: &WriteTx,
        actor: &Actor,
        (request, complaint): (&Request, &Complaint),
        now: Timestamp,
    ) -> Outcome<()> {
        let Some(id) = complaint.award else { return Ok(()) };
        let award = store::awards::lock(tx, id).await?;
        // It may have been declined or taken back meanwhile.
        let Some(award) = award.filter(|award| AwardAction::Uphold.apply(award.status).is_some()) else {
            return Ok(());
        };
        match complaint.status {
            ComplaintStatus::Upheld => {
                let ending = Ending {
                    action: AwardAction::Uphold,
                    reason: complaint.decision.as_deref().unwrap_or_default(),
                    on_behalf_of: match complaint.level {
                        ComplaintLevel::Gracious => Some(request.buyer),
                        ComplaintLevel::Review => None,
                    },
                    path: &["input", "complaintId"],
                    now,
                };
                self.end_award(tx, actor, (request, &award), ending).await?;
            }
            ComplaintStatus::Rejected | ComplaintStatus::Inadmissible => {
                let until = rules(complaint.filed_at)?.review_until(complaint, now);
                if let Some(until) = until.filter(|until| *until > award.standstill_until) {
                    let held = Award { standstill_until: until, version: award.version + 1, ..award };
                    store::awards::update(tx, &held).await?;
                }
            }
            ComplaintStatus::Open | ComplaintStatus::Withdrawn => {}
        }
        Ok(())
    }
}

/// Refuses whoever decides in her own matter.
async fn refuse_concerned(tx: &WriteTx, actor: &Actor, (request, complaint): (&Request, &Complaint)) -> Outcome<()> {
    let mut concerned: Vec<OrganizationId> = store::scores::bidders(tx, request.id).await?;
    concerned.push(complaint.organization);
    match complaint.level {
        ComplaintLevel::Gracious => {}
        ComplaintLevel::Review => concerned.push(request.buyer),
    }
    if concerned.into_iter().any(|organization| actor.role_in(organization).is_some()) {
        return Err(Failure::code(ErrorCode::ConflictOfInterest));
    }
    Ok(())
}

/// An appeal and its request, locked: the request first, as everywhere.
///
/// # Errors
/// When they are gone.
pub(super) async fn lock_complaint(tx: &WriteTx, seen: &Complaint) -> Result<(Request, Complaint), Fault> {
    let request = lock_request(tx, seen.request).await?;
    let complaint = store::complaints::lock(tx, seen.id).await?;
    Ok((request, complaint.ok_or_else(|| Fault::corrupt("complaint", "it is gone"))?))
}

/// What an appeal becomes.
///
/// # Errors
/// [`ErrorCode::InvalidTransition`] at `complaintId`.
pub(super) fn becomes(
    complaint: &Complaint,
    action: ComplaintAction,
    mutation: &str,
) -> Result<ComplaintStatus, UserError> {
    let path = ["input", "complaintId"];
    action.apply(complaint.status).ok_or_else(|| refused(&path, complaint.status.as_str(), mutation))
}

/// An appeal's change as the chain tells it.
pub(super) fn change(request: &Request, before: &Complaint, after: &Complaint, action: &'static str) -> Change {
    let on_behalf_of = match (after.status, after.level) {
        (ComplaintStatus::Withdrawn, _) => Some(after.organization),
        (_, ComplaintLevel::Gracious) => Some(request.buyer),
        (_, ComplaintLevel::Review) => None,
    };
    Change {
        process: request.id.uuid(),
        on_behalf_of,
        names_actor: true,
        action,
        subject: (ComplaintId::PREFIX, after.id.uuid()),
        before: Some(json!({ "status": before.status, "version": before.version })),
        after: json!({ "status": after.status, "version": after.version }),
        tag: Some(tag(after)),
    }
}
