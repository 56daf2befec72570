//! A verifier decides about a certificate: `verifyCertificate`, `rejectCertificate`, `suspendCertificate`,
//! `reinstateCertificate` and `revokeCertificate`. What may follow what stands in [`super::model::decision`].

use chrono::NaiveDate;
use serde::Serialize;

use super::{
    Certificate, CertificateId, Certification, audit,
    certificates::sees,
    model::{
        decision::{Decided, Decision, check_revocation, void_from_revocation},
        overlap::conflicting,
    },
    store::{self, certificates::Locked},
    submit_certificate::number_taken,
};
use crate::{
    accounts::{
        Actor, OrganizationId,
        policy::{self, Action, Facts},
    },
    directory::claimed_by_another,
    kernel::{
        ErrorCode, Failure, Outcome, UserError,
        db::WriteTx,
        idempotency::{self, Claimed},
        outbox::{self, Topic},
        text::TextRule,
    },
};

const REASON: TextRule = TextRule { length_min: 3, length_max: 1_000, multiline: true };

/// What is decided about which certificate.
#[derive(Debug, Clone, Serialize)]
pub struct DecideCertificate {
    /// The certificate.
    pub certificate: CertificateId,
    /// What is decided.
    pub decision: Decision,
    /// Why. Needed where it takes something away.
    pub reason: Option<String>,
    /// The first day without force; of a revocation only.
    pub effective_from: Option<NaiveDate>,
    /// Whether a revocation may begin in the past.
    pub retroactive: bool,
    /// Refuses the decision if the certificate is no longer at this version.
    pub expected_version: Option<i64>,
    /// Makes a repeated write one.
    #[serde(skip)]
    pub idempotency_key: Option<String>,
}

impl Certification {
    /// Decides about a certificate. Who holds it, or is covered by it, decides nothing.
    ///
    /// # Errors
    /// [`ErrorCode::NotFound`], [`ErrorCode::Forbidden`], [`ErrorCode::ConflictOfInterest`],
    /// [`ErrorCode::ClaimedByAnother`], [`ErrorCode::VersionConflict`], [`ErrorCode::InvalidTransition`], what is wrong with
    /// the reason or the day, and what keeps it from being found genuine: [`ErrorCode::DuplicateRegistration`],
    /// [`ErrorCode::OverlappingCertificate`], [`ErrorCode::MemberOfAnotherGroup`].
    pub async fn decide_certificate(&self, actor: &Actor, command: DecideCertificate) -> Outcome<Certificate> {
        let now = self.knows.services.now();
        let tx = self.knows.services.db.begin().await?;
        let (scope, key) = (actor.idempotency_scope(), command.idempotency_key.as_deref());
        let claim = idempotency::claim(&tx, scope, key, command.decision.action(), &command, now).await?;
        let Locked { certificate: before, claimed } = self.to_be_decided(&tx, actor, command.certificate).await?;
        let claim = match claim {
            Claimed::New(claim) => claim,
            Claimed::Before(_) => return Ok(before),
        };
        if let Some((_, until)) = claimed.filter(|(by, until)| actor.user_id() != Some(*by) && *until > now) {
            return Err(claimed_by_another(until).into());
        }
        if command.expected_version.is_some_and(|expected| expected != before.version) {
            let error = UserError::new(ErrorCode::VersionConflict, ["input", "expectedVersion"]);
            return Err(error.with("current", before.version).into());
        }
        let decided = self.decided(&tx, actor, &command, &before).await?;
        let certificate = after(&before, &command, &decided);
        if !store::certificates::decide(&tx, &certificate, now).await? {
            return Err(number_taken(&certificate).into());
        }
        if command.decision == Decision::Verify {
            self.found_genuine(&tx, &certificate).await?;
        }
        if command.decision == Decision::Reject {
            store::groups::remove(&tx, command.certificate).await?;
        }
        self.follow_credential(&tx, &certificate, command.decision, &decided).await?;
        store::decisions::append(&tx, command.certificate, &decided).await?;
        let change = audit::decided(command.decision.action(), &before, &decided);
        audit::append(&tx, actor, &certificate, now, change).await?;
        self.announce(&tx, &certificate).await?;
        self.tell_decision(&tx, &certificate).await?;
        claim.finish(&tx, certificate.id).await?;
        tx.commit().await?;
        Ok(certificate)
    }

    /// The certificate, locked, if the actor may decide about it.
    pub(super) async fn to_be_decided(&self, tx: &WriteTx, actor: &Actor, id: CertificateId) -> Outcome<Locked> {
        let locked = store::certificates::lock(tx, id).await?;
        let Some(locked) = locked.filter(|locked| sees(actor, &locked.certificate)) else {
            actor.signed_in()?;
            return Err(UserError::new(ErrorCode::NotFound, ["input", "certificateId"]).into());
        };
        policy::require(actor, Action::Review, &Facts::none())?;
        let covered = store::certificates::covered_by(&**tx, &[id]).await?.remove(&id).unwrap_or_default();
        if covered.iter().any(|organization| actor.role_in(*organization).is_some()) {
            return Err(Failure::code(ErrorCode::ConflictOfInterest));
        }
        Ok(locked)
    }

    async fn decided(
        &self,
        tx: &WriteTx,
        actor: &Actor,
        command: &DecideCertificate,
        before: &Certificate,
    ) -> Outcome<Decided> {
        let today = self.knows.services.clock.today();
        let Some(record) = command.decision.apply(before.record) else {
            let error = UserError::new(ErrorCode::InvalidTransition, ["input", "certificateId"]);
            return Err(error.with("state", before.record.as_str()).with("action", command.decision.action()).into());
        };
        let reason = match &command.reason {
            Some(reason) => Some(REASON.check(reason, ["input", "reason"])?),
            None if command.decision.needs_reason() => {
                return Err(UserError::new(ErrorCode::Required, ["input", "reason"]).into());
            }
            None => None,
        };
        let effective_from = match command.decision {
            Decision::Verify | Decision::Reject => None,
            Decision::Suspend | Decision::Reinstate => Some(today),
            Decision::Revoke => {
                let from = command.effective_from.unwrap_or(today);
                check_revocation(before, from, command.retroactive, today)?;
                Some(from)
            }
        };
        let sequence = store::decisions::last(tx, command.certificate).await? + 1;
        let decided_at = self.knows.services.now();
        Ok(Decided { sequence, record, effective_from, reason, decided_by: actor.user_id(), decided_at })
    }

    /// Refuses what may not stand beside the certificates that there are.
    ///
    /// # Errors
    /// [`ErrorCode::OverlappingCertificate`], [`ErrorCode::MemberOfAnotherGroup`].
    pub(super) async fn found_genuine(&self, tx: &WriteTx, certificate: &Certificate) -> Outcome<()> {
        let Some(scheme) = self.knows.schemes.scheme(&certificate.scheme) else { return Ok(()) };
        store::certificates::lock_genuine(tx).await?;
        if scheme.one_certifier {
            let held = store::certificates::held(tx, certificate.holder, &certificate.scheme).await?;
            if let Some(other) = conflicting(scheme, &self.knows.taxonomy, certificate, &held) {
                let error = UserError::new(ErrorCode::OverlappingCertificate, ["input"]);
                return Err(error.with("number", &other.number).with("issuer", &other.issuer_name).into());
            }
        }
        if scheme.group_rule.is_some() {
            let members = store::groups::in_other_groups(tx, CertificateId::from_uuid(certificate.id)).await?;
            if !members.is_empty() {
                let error = UserError::new(ErrorCode::MemberOfAnotherGroup, ["input"]);
                return Err(error.with("members", members.join(", ")).into());
            }
        }
        Ok(())
    }

    /// Tells search, and those who wait for such a change, of everyone whom it covers.
    pub(super) async fn announce(&self, tx: &WriteTx, certificate: &Certificate) -> Outcome<()> {
        let id = CertificateId::from_uuid(certificate.id);
        let covered = store::certificates::covered_by(&**tx, &[id]).await?.remove(&id).unwrap_or_default();
        for organization in covered.into_iter().map(OrganizationId::uuid) {
            outbox::announce(tx, Topic::Organization, organization, self.knows.services.now());
        }
        Ok(())
    }
}

/// The certificate as it is after a decision.
fn after(before: &Certificate, command: &DecideCertificate, decided: &Decided) -> Certificate {
    let void_from = match (command.decision, decided.effective_from) {
        (Decision::Suspend, from) => from,
        (Decision::Revoke, from) => from.map(|from| void_from_revocation(before, from)),
        (Decision::Verify | Decision::Reject | Decision::Reinstate, _) => None,
    };
    Certificate { record: decided.record, void_from, version: before.version + 1, ..before.clone() }
}
