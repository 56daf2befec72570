//! Who may do what to a document, and what the audit log says of it.

use serde_json::{Value, json};

use super::{Document, DocumentId, Documents, store};
use crate::{
    accounts::{
        Actor, OrganizationId, UserId,
        policy::{self, Action, Facts},
    },
    kernel::{
        ErrorCode, Failure, Outcome, UserError,
        audit::{self, AuditEntry},
        clock::Timestamp,
        db::{DbErr, WriteTx},
    },
};

impl Documents {
    /// Goes on if the actor may hand in documents for this organization.
    pub(super) async fn require_uploader(&self, actor: &Actor, organization: OrganizationId) -> Outcome<()> {
        let Err(refusal) = policy::require(actor, Action::UploadDocument, &Facts::of(organization)) else {
            return Ok(());
        };
        // Whoever is not signed in is told so; to others, an organization that they cannot see does not exist.
        let sees = actor.user().is_none()
            || actor.role_in(organization).is_some()
            || store::changes::organization_is_public(&self.knows.services.db, organization).await?;
        Err(if sees { refusal } else { UserError::new(ErrorCode::NotFound, ["input", "organizationId"]).into() })
    }

    /// The document, if the actor may see it and hand in documents for its organization.
    pub(super) async fn own_document(&self, actor: &Actor, id: DocumentId) -> Outcome<Document> {
        let found = self.documents_by_ids(actor, &[id]).await?.remove(&id);
        let document = found.ok_or_else(not_found)?;
        policy::require(actor, Action::UploadDocument, &Facts::of(document.organization()))?;
        Ok(document)
    }
}

/// There is no such document that the actor may see.
pub(super) fn not_found() -> Failure {
    UserError::new(ErrorCode::NotFound, ["input", "documentId"]).into()
}

/// Appends to the audit log of the document's organization.
pub(super) async fn record(
    tx: &WriteTx,
    actor: &Actor,
    document: &Document,
    (action, before, after): (&'static str, Option<Value>, Option<Value>),
    now: Timestamp,
) -> Result<(), DbErr> {
    let entry = AuditEntry {
        chain: document.organization().uuid(),
        at: now,
        actor_user: actor.user_id().map(UserId::uuid),
        on_behalf_of: Some(document.organization().uuid()),
        action,
        subject_kind: DocumentId::PREFIX,
        subject_id: document.id().uuid(),
        before,
        after,
        request_id: actor.request.id.as_str().to_owned(),
    };
    audit::append(tx, &entry).await
}

/// A document as the audit log keeps it.
pub(super) fn snapshot(document: &Document) -> Value {
    let announced = &document.announced;
    json!({
        "state": document.state,
        "refusal": document.refusal,
        "file_name": announced.file_name,
        "media_type": document.media_type(),
        "visibility": announced.visibility,
        "uploaded_sha256": announced.uploaded_sha256.to_string(),
        "uploaded_size": announced.uploaded_size,
        "sha256": document.full().map(|full| full.sha256.to_string()),
    })
}
