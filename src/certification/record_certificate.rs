//! Recording a certificate that its scheme's own register confirms.

use serde::Serialize;

use super::{
    Certificate, Certification, audit,
    model::{certificate::CertificateRecord, draft::CertificateDraft},
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

/// A certificate, as its register shows it.
#[derive(Debug, Clone, Serialize)]
pub struct RecordCertificate {
    /// The certificate.
    pub draft: CertificateDraft,
    /// Makes a repeated write one.
    #[serde(skip)]
    pub idempotency_key: Option<String>,
}

impl Certification {
    /// Records a certificate as verified. Whoever records it has looked it up in the scheme's register.
    ///
    /// # Errors
    /// `Forbidden`, `NotFound` for the holder, what keeps a certificate from being found genuine, and everything that is wrong
    /// with the input.
    pub async fn record_certificate(&self, actor: &Actor, command: RecordCertificate) -> Outcome<Certificate> {
        let draft = &command.draft;
        policy::require(actor, Action::RecordCertificate, &Facts::of(draft.holder))?;
        let checked = self.checked(actor, draft).await?;
        let now = self.knows.services.now();

        let tx = self.knows.services.db.begin().await?;
        let scope = actor.idempotency_scope();
        let key = command.idempotency_key.as_deref();
        let claim = match idempotency::claim(&tx, scope, key, "recordCertificate", &command, now).await? {
            Claimed::New(claim) => claim,
            Claimed::Before(id) => {
                drop(tx);
                return self.certificate_again(id).await;
            }
        };
        let certificate = self.certificate_of(draft, &checked, CertificateRecord::Verified);
        self.add(&tx, &certificate, &checked, actor.user_id()).await?;
        self.found_genuine(&tx, &certificate).await?;
        self.issue_credential(&tx, &certificate).await?;
        audit::append(&tx, actor, &certificate, now, audit::recorded(&certificate, &checked)).await?;
        self.announce(&tx, &certificate).await?;
        claim.finish(&tx, certificate.id).await?;
        tx.commit().await?;
        Ok(certificate)
    }
}
