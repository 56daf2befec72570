//! A verifier says what she found in a piece of evidence. What may follow what stands in [`super::model::review`].

use chrono::TimeDelta;
use serde::Serialize;
use serde_json::json;

use super::{
    Directory, EvidenceId, EvidenceRecord,
    audit::{self, Change},
    evidence::sees_evidence,
    model::{
        organization::Organization,
        ownership::{EvidenceLevel, Verdict},
        review::{NoVerdict, Review, settles},
    },
    store,
    verified::Because,
    visibility::sees,
};
use crate::{
    accounts::{
        Actor, UserId,
        policy::{self, Action, Facts},
    },
    kernel::{
        ErrorCode, Failure, Outcome, UserError,
        clock::Timestamp,
        db::WriteTx,
        idempotency::{self, Claimed},
        outbox::{self, Topic},
        text::TextRule,
    },
};

/// How long what waits for a verifier is hers to look at; afterwards it waits for anybody again.
pub const CLAIM_LASTS: TimeDelta = TimeDelta::hours(4);

const REASON: TextRule = TextRule { length_min: 3, length_max: 1_000, multiline: true };

/// What was found.
#[derive(Debug, Clone, Serialize)]
pub struct ReviewOwnershipEvidence {
    /// In which evidence.
    pub evidence: EvidenceId,
    /// Whether it supports the facts.
    pub verdict: Verdict,
    /// Why; needed for a refusal.
    pub reason: Option<String>,
    /// Whether a body outside the marketplace certifies the facts, which is more than a document that was checked.
    pub third_party: bool,
    /// Makes a repeated write one.
    #[serde(skip)]
    pub idempotency_key: Option<String>,
}

impl Directory {
    /// Gives a verdict. Whoever belongs to the organization, or handed the evidence in, gives none.
    ///
    /// # Errors
    /// `NotFound`, `Forbidden`, [`ErrorCode::ConflictOfInterest`], [`ErrorCode::ClaimedByAnother`],
    /// [`ErrorCode::InvalidTransition`] where it is settled or another verifier has to look, [`ErrorCode::Required`] for a
    /// refusal without a reason.
    pub async fn review_ownership_evidence(
        &self,
        actor: &Actor,
        command: ReviewOwnershipEvidence,
    ) -> Outcome<EvidenceRecord> {
        let now = self.knows.services.now();
        let tx = self.knows.services.db.begin().await?;
        let (scope, key) = (actor.idempotency_scope(), command.idempotency_key.as_deref());
        let claim = idempotency::claim(&tx, scope, key, "reviewOwnershipEvidence", &command, now).await?;
        let (organization, mut record, reviewer) = self.to_be_reviewed(&tx, actor, command.evidence).await?;
        let claim = match claim {
            Claimed::New(claim) => claim,
            Claimed::Before(_) => return Ok(record),
        };
        check_claim(&record, reviewer, now)?;
        let review = self.reviewed(&record, reviewer, &command)?;
        if command.third_party && review.verdict == Verdict::Accepted {
            record.evidence.level = EvidenceLevel::ThirdPartyCertified;
        }
        store::evidence::append_review(&tx, record.id, &review, record.evidence.level).await?;
        if review.decides {
            record.evidence.verdicts.push((review.verdict, now.date_naive()));
            let facts = self.facts_in(&tx, organization.id).await?;
            self.keep_assessments(&tx, &organization, &facts, Because::Review).await?;
            outbox::announce(&tx, Topic::Organization, organization.id.uuid(), now);
            self.tell_verdict(&tx, &organization, &record, review.verdict).await?;
        }
        let change = Change {
            action: "ownership_evidence.review",
            before: Some(json!({ "verdict": record.decision().map(|decision| decision.verdict) })),
            after: Some(json!({
                "evidence": record.id,
                "verdict": review.verdict,
                "decides": review.decides,
                "level": record.evidence.level,
                "reason": review.reason,
            })),
        };
        audit::append_for_nobody(&tx, actor, organization.id, now, change).await?;
        record.reviews.push(review);
        record.claimed = None;
        claim.finish(&tx, record.id.uuid()).await?;
        tx.commit().await?;
        Ok(record)
    }

    /// Takes a piece of evidence that waits, for [`CLAIM_LASTS`], so that no other verifier looks at it.
    ///
    /// # Errors
    /// As for [`Directory::review_ownership_evidence`].
    pub async fn claim_ownership_evidence(
        &self,
        actor: &Actor,
        id: EvidenceId,
        key: Option<&str>,
    ) -> Outcome<EvidenceRecord> {
        let now = self.knows.services.now();
        let tx = self.knows.services.db.begin().await?;
        let claim = idempotency::claim(&tx, actor.idempotency_scope(), key, "claimOwnershipEvidence", &id, now).await?;
        let (_, mut record, reviewer) = self.to_be_reviewed(&tx, actor, id).await?;
        let Claimed::New(claim) = claim else { return Ok(record) };
        check_claim(&record, reviewer, now)?;
        if let Some(decision) = record.decision() {
            return Err(no_verdict(NoVerdict::Settled(decision.verdict)).into());
        }
        record.claimed = Some((reviewer, now + CLAIM_LASTS));
        store::evidence::set_claim(&tx, id, record.claimed).await?;
        claim.finish(&tx, id.uuid()).await?;
        tx.commit().await?;
        Ok(record)
    }

    /// Gives a piece of evidence back that she had taken; what she has not taken stays as it is.
    ///
    /// # Errors
    /// As for [`Directory::review_ownership_evidence`].
    pub async fn release_ownership_evidence(
        &self,
        actor: &Actor,
        id: EvidenceId,
        key: Option<&str>,
    ) -> Outcome<EvidenceRecord> {
        let (tx, scope) = (self.knows.services.db.begin().await?, actor.idempotency_scope());
        let claim =
            idempotency::claim(&tx, scope, key, "releaseOwnershipEvidence", &id, self.knows.services.now()).await?;
        let (_, mut record, reviewer) = self.to_be_reviewed(&tx, actor, id).await?;
        let Claimed::New(claim) = claim else { return Ok(record) };
        if record.claimed.is_some_and(|(by, _)| by == reviewer) {
            record.claimed = None;
            store::evidence::set_claim(&tx, id, None).await?;
        }
        claim.finish(&tx, id.uuid()).await?;
        tx.commit().await?;
        Ok(record)
    }

    /// The organization and the evidence, both locked, and who is to look at it, if she may.
    async fn to_be_reviewed(
        &self,
        tx: &WriteTx,
        actor: &Actor,
        id: EvidenceId,
    ) -> Outcome<(Organization, EvidenceRecord, UserId)> {
        let reviewer = actor.signed_in()?.id;
        let not_found = || Failure::from(UserError::new(ErrorCode::NotFound, ["input", "evidenceId"]));
        let found = store::evidence::by_id(tx, id).await?.ok_or_else(not_found)?;
        // The organization first, as everything that assesses it locks it.
        let organization = store::organizations::lock(tx, found.organization).await?;
        let organization = organization.filter(|organization| sees(actor, organization)).ok_or_else(not_found)?;
        let record = store::evidence::lock(tx, id).await?.filter(|record| sees_evidence(actor, record));
        let record = record.ok_or_else(not_found)?;
        policy::require(actor, Action::Review, &Facts::none())?;
        if actor.role_in(organization.id).is_some() || record.submitted_by == reviewer {
            return Err(Failure::code(ErrorCode::ConflictOfInterest));
        }
        Ok((organization, record, reviewer))
    }

    fn reviewed(
        &self,
        record: &EvidenceRecord,
        reviewer: UserId,
        command: &ReviewOwnershipEvidence,
    ) -> Outcome<Review> {
        let decides =
            settles(&record.reviews, reviewer, command.verdict, self.knows.reviewers_needed).map_err(no_verdict)?;
        let reason = match &command.reason {
            Some(reason) => Some(REASON.check(reason, ["input", "reason"])?),
            None if command.verdict == Verdict::Rejected => {
                return Err(UserError::new(ErrorCode::Required, ["input", "reason"]).into());
            }
            None => None,
        };
        let last = record.reviews.last().map_or(0, |review| review.sequence);
        let reviewed_at = self.knows.services.now();
        Ok(Review { sequence: last + 1, reviewer, verdict: command.verdict, reason, decides, reviewed_at })
    }
}

fn check_claim(record: &EvidenceRecord, reviewer: UserId, now: Timestamp) -> Result<(), UserError> {
    match record.claimed.filter(|(by, until)| *by != reviewer && *until > now) {
        None => Ok(()),
        Some((_, until)) => Err(claimed_by_another(until)),
    }
}

/// The error where another verifier looks at what waits.
#[must_use]
pub fn claimed_by_another(until: Timestamp) -> UserError {
    UserError::new(ErrorCode::ClaimedByAnother, ["input"]).with("until", until.format("%Y-%m-%d %H:%M UTC"))
}

fn no_verdict(why: NoVerdict) -> UserError {
    let state = match why {
        NoVerdict::Settled(verdict) => verdict.as_str(),
        NoVerdict::AnotherVerifierNeeded => "AWAITS_ANOTHER_VERIFIER",
    };
    UserError::new(ErrorCode::InvalidTransition, ["input", "evidenceId"]).with("state", state).with("action", "review")
}
