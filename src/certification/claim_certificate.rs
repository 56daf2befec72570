//! A verifier takes a certificate to look at, so that no two look at the same, or gives it back.

use super::{Certificate, CertificateId, CertificateRecord, Certification, store};
use crate::{
    accounts::Actor,
    directory::{CLAIM_LASTS, claimed_by_another},
    kernel::{
        ErrorCode, Outcome, UserError,
        idempotency::{self, Claimed},
    },
};

impl Certification {
    /// Takes a certificate that waits, for [`CLAIM_LASTS`]; taking it again makes the time begin anew.
    ///
    /// # Errors
    /// [`ErrorCode::NotFound`], [`ErrorCode::Forbidden`], [`ErrorCode::ConflictOfInterest`],
    /// [`ErrorCode::ClaimedByAnother`], [`ErrorCode::InvalidTransition`] where it no longer waits.
    pub async fn claim_certificate(&self, actor: &Actor, id: CertificateId, key: Option<&str>) -> Outcome<Certificate> {
        let now = self.knows.services.now();
        let tx = self.knows.services.db.begin().await?;
        let claim = idempotency::claim(&tx, actor.idempotency_scope(), key, "claimCertificate", &id, now).await?;
        let locked = self.to_be_decided(&tx, actor, id).await?;
        let Claimed::New(claim) = claim else { return Ok(locked.certificate) };
        let reviewer = actor.signed_in()?.id;
        if let Some((_, until)) = locked.claimed.filter(|(by, until)| *by != reviewer && *until > now) {
            return Err(claimed_by_another(until).into());
        }
        if locked.certificate.record != CertificateRecord::Submitted {
            let error = UserError::new(ErrorCode::InvalidTransition, ["input", "certificateId"]);
            return Err(error.with("state", locked.certificate.record.as_str()).with("action", "claim").into());
        }
        store::certificates::set_claim(&tx, id, Some((reviewer, now + CLAIM_LASTS))).await?;
        claim.finish(&tx, id.uuid()).await?;
        tx.commit().await?;
        Ok(locked.certificate)
    }

    /// Gives a certificate back that she had taken; what she has not taken stays as it is.
    ///
    /// # Errors
    /// As for [`Certification::claim_certificate`].
    pub async fn release_certificate(
        &self,
        actor: &Actor,
        id: CertificateId,
        key: Option<&str>,
    ) -> Outcome<Certificate> {
        let now = self.knows.services.now();
        let tx = self.knows.services.db.begin().await?;
        let claim = idempotency::claim(&tx, actor.idempotency_scope(), key, "releaseCertificate", &id, now).await?;
        let locked = self.to_be_decided(&tx, actor, id).await?;
        let Claimed::New(claim) = claim else { return Ok(locked.certificate) };
        if locked.claimed.is_some_and(|(by, _)| actor.user_id() == Some(by)) {
            store::certificates::set_claim(&tx, id, None).await?;
        }
        claim.finish(&tx, id.uuid()).await?;
        tx.commit().await?;
        Ok(locked.certificate)
    }
}
