//! A person keeps a search no longer.

use super::{Alerts, SavedSearchId, audit, store};
use crate::{
    accounts::Actor,
    kernel::{
        ErrorCode, Failure, Outcome, UserError,
        idempotency::{self, Claimed},
    },
};

/// Which search is to be deleted.
#[derive(Debug)]
pub struct DeleteSavedSearch {
    /// Which.
    pub id: SavedSearchId,
    /// Refuses it if the search is no longer at this version.
    pub expected_version: Option<i64>,
    /// Makes a repetition harmless.
    pub idempotency_key: Option<String>,
}

impl Alerts {
    /// Deletes a saved search with what it has found. What was told of it stays told.
    ///
    /// # Errors
    /// [`ErrorCode::Unauthenticated`], [`ErrorCode::NotFound`] for what is not hers, [`ErrorCode::VersionConflict`].
    pub async fn delete_saved_search(&self, actor: &Actor, command: DeleteSavedSearch) -> Outcome<SavedSearchId> {
        let owner = actor.signed_in()?.id;
        let now = self.knows.services.now();
        let tx = self.knows.services.db.begin().await?;
        let input = (command.id, command.expected_version);
        let (scope, key) = (actor.idempotency_scope(), command.idempotency_key.as_deref());
        let claim = match idempotency::claim(&tx, scope, key, "deleteSavedSearch", &input, now).await? {
            Claimed::New(claim) => claim,
            Claimed::Before(id) => return Ok(SavedSearchId::from_uuid(id)),
        };
        let found = store::searches::lock(&tx, owner, command.id).await?;
        let before =
            found.ok_or_else(|| Failure::from(UserError::new(ErrorCode::NotFound, ["input", "savedSearchId"])))?;
        before.expect_version(command.expected_version)?;
        store::terms::unfile(&tx, before.id).await?;
        store::searches::delete(&tx, before.id).await?;
        audit::record(&tx, actor, "saved_search.delete", (Some(&before), None), now).await?;
        claim.finish(&tx, before.id.uuid()).await?;
        tx.commit().await?;
        Ok(before.id)
    }
}
