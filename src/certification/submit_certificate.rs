//! A holder hands in a certificate, for a verifier to look at.

use serde::Serialize;
use uuid::Uuid;

use super::{
    Certificate, CertificateId, Certification, audit,
    model::{
        certificate::CertificateRecord,
        decision::Decided,
        draft::{CertificateDraft, CheckedDraft},
    },
    store,
};
use crate::{
    accounts::{
        Actor, OrganizationId, UserId,
        policy::{self, Action, Facts},
    },
    documents::{self, DocumentId},
    kernel::{
        ErrorCode, Failure, Outcome, UserError,
        db::WriteTx,
        idempotency::{self, Claimed},
    },
};

/// Documents of a certificate at most.
const DOCUMENTS_MAX: usize = 10;

/// A certificate to be looked at.
#[derive(Debug, Clone, Serialize)]
pub struct SubmitCertificate {
    /// The certificate.
    pub draft: CertificateDraft,
    /// The documents that show it, at most ten.
    pub documents: Vec<DocumentId>,
    /// Makes a repeated write one.
    #[serde(skip)]
    pub idempotency_key: Option<String>,
}

impl Certification {
    /// Hands in a certificate. It claims nothing until a verifier has found it genuine.
    ///
    /// # Errors
    /// [`ErrorCode::NotFound`] for the holder, one whom it covers or a document, [`ErrorCode::Forbidden`],
    /// [`ErrorCode::DuplicateRegistration`] where the holder has handed in this number already or a genuine certificate has
    /// it, and everything that is wrong with the input.
    pub async fn submit_certificate(&self, actor: &Actor, command: SubmitCertificate) -> Outcome<Certificate> {
        let draft = &command.draft;
        self.require_of(actor, Action::SubmitCertificate, draft.holder).await?;
        let checked = self.checked(actor, draft).await?;
        let path = ["input", "documentIds"];
        if command.documents.len() > DOCUMENTS_MAX {
            return Err(UserError::new(ErrorCode::TooLong, path).with("maximum", DOCUMENTS_MAX).into());
        }
        let submitted_by = actor.user_id();
        let now = self.knows.services.now();

        let tx = self.knows.services.db.begin().await?;
        let scope = actor.idempotency_scope();
        let key = command.idempotency_key.as_deref();
        let claim = match idempotency::claim(&tx, scope, key, "submitCertificate", &command, now).await? {
            Claimed::New(claim) => claim,
            Claimed::Before(id) => {
                drop(tx);
                return self.certificate_again(id).await;
            }
        };
        let certificate = self.certificate_of(draft, &checked, CertificateRecord::Submitted);
        if store::certificates::is_genuine_number(&tx, &certificate).await? {
            return Err(number_taken(&certificate).into());
        }
        self.knows.documents.require_ready(&tx, draft.holder, &command.documents, &path).await?;
        self.add(&tx, &certificate, &checked, submitted_by).await?;
        documents::attach(&tx, &command.documents, CertificateId::PREFIX, certificate.id).await?;
        audit::append(&tx, actor, &certificate, now, audit::submitted(&certificate, &checked)).await?;
        claim.finish(&tx, certificate.id).await?;
        tx.commit().await?;
        Ok(certificate)
    }

    /// Goes on if the actor may do this for an organization that she sees.
    pub(super) async fn require_of(&self, actor: &Actor, action: Action, organization: OrganizationId) -> Outcome<()> {
        if self.knows.directory.organization(actor, organization).await?.is_none() {
            // Before a stranger is told that nothing is there, she is asked who she is.
            actor.signed_in()?;
            return Err(UserError::new(ErrorCode::NotFound, ["input", "organizationId"]).into());
        }
        policy::require(actor, action, &Facts::of(organization))
    }

    /// The draft as it is to be kept, or everything that is wrong with it.
    pub(super) async fn checked(&self, actor: &Actor, draft: &CertificateDraft) -> Outcome<CheckedDraft> {
        let checked = draft.check(&self.knows.schemes, &self.knows.taxonomy).map_err(|wrong| match wrong.finish() {
            Err(failure) => failure,
            Ok(()) => Failure::code(ErrorCode::Required),
        })?;
        let seen = self.knows.directory.organizations_by_ids(actor, &checked.covered).await?;
        let Some(missing) = checked.covered.iter().find(|id| !seen.contains_key(id)) else { return Ok(checked) };
        let path = match draft.covered.iter().position(|id| id == missing) {
            Some(index) => vec!["input".to_owned(), "coveredOrganizationIds".to_owned(), index.to_string()],
            None => vec!["input".to_owned(), "organizationId".to_owned()],
        };
        Err(UserError::new(ErrorCode::NotFound, path).into())
    }

    /// The certificate that a draft makes.
    pub(super) fn certificate_of(
        &self,
        draft: &CertificateDraft,
        checked: &CheckedDraft,
        record: CertificateRecord,
    ) -> Certificate {
        Certificate {
            id: self.knows.services.ids.next_uuid(),
            scheme: checked.scheme.clone(),
            number: checked.number.clone(),
            issuer_name: checked.issuer_name.clone(),
            holder: draft.holder.uuid(),
            record,
            valid_from: draft.valid_from,
            valid_until: draft.valid_until,
            void_from: None,
            products: checked.products.clone(),
            sites: checked.sites.clone(),
            volume_limit_grams: checked.volume_limit_grams,
            submitted_at: self.knows.services.now(),
            version: 1,
        }
    }

    /// Adds a new certificate with its group and its first decision.
    pub(super) async fn add(
        &self,
        tx: &WriteTx,
        certificate: &Certificate,
        checked: &CheckedDraft,
        by: Option<UserId>,
    ) -> Outcome<()> {
        let now = certificate.submitted_at;
        if !store::certificates::insert(tx, certificate, &checked.covered, by, now).await? {
            return Err(number_taken(certificate).into());
        }
        let id = CertificateId::from_uuid(certificate.id);
        store::groups::insert(tx, id, &checked.members).await?;
        let first = Decided {
            sequence: 1,
            record: certificate.record,
            effective_from: None,
            reason: None,
            decided_by: by,
            decided_at: now,
        };
        Ok(store::decisions::append(tx, id, &first).await?)
    }

    /// What a write made that is repeated.
    pub(super) async fn certificate_again(&self, id: Uuid) -> Outcome<Certificate> {
        let id = CertificateId::from_uuid(id);
        let found = store::certificates::by_ids(&self.knows.services.db, &[id]).await?.remove(&id);
        found.ok_or_else(|| Failure::code(ErrorCode::NotFound))
    }
}

/// Another certificate has its number.
pub(super) fn number_taken(certificate: &Certificate) -> UserError {
    let error = UserError::new(ErrorCode::DuplicateRegistration, ["input", "number"]);
    error.with("scheme", &certificate.scheme).with("value", &certificate.number)
}
