//! Removing a document that serves for nothing.

use super::{
    DocumentId, Documents,
    access::{not_found, record, snapshot},
    store::{self, documents::Lock},
};
use crate::{
    accounts::{
        Actor,
        policy::{self, Action, Facts},
    },
    kernel::{ErrorCode, Outcome, UserError},
};

impl Documents {
    /// Removes a document: whoever handed it in may, and who leads its organization. Its bytes go with the last document
    /// that shares them.
    ///
    /// # Errors
    /// [`ErrorCode::NotFound`], also once it is removed; [`ErrorCode::Forbidden`]; [`ErrorCode::DocumentInUse`].
    pub async fn delete_document(&self, actor: &Actor, id: DocumentId) -> Outcome<DocumentId> {
        actor.signed_in()?;
        let found = self.documents_by_ids(actor, &[id]).await?.remove(&id);
        let seen = found.ok_or_else(not_found)?;
        let facts = Facts::of(seen.organization());
        let is_hers = seen.announced.uploader.is_some() && seen.announced.uploader == actor.user_id();
        let action = if is_hers { Action::UploadDocument } else { Action::DeleteDocument };
        policy::require(actor, action, &facts)?;
        let services = &self.knows.services;

        let tx = services.db.begin().await?;
        let document = store::documents::lock(&tx, &[id], Lock::Alone).await?.remove(&id).ok_or_else(not_found)?;
        let is_used = !store::uses::used(&tx, &[id]).await?.is_empty();
        if is_used || !self.held_in(&tx, &[id]).await?.is_empty() {
            return Err(UserError::new(ErrorCode::DocumentInUse, ["input", "documentId"]).into());
        }
        store::changes::delete(&tx, &[id]).await?;
        let entry = ("document.delete", Some(snapshot(&document)), None);
        record(&tx, actor, &document, entry, services.now()).await?;
        tx.commit().await?;
        Ok(id)
    }
}
