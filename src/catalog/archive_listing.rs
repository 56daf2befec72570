//! Ending a listing for good.

use serde::Serialize;

use super::{
    Catalog,
    model::{Listing, ListingAction, ListingId},
};
use crate::{
    accounts::Actor,
    kernel::{
        Outcome,
        idempotency::{self, Claimed},
    },
};

/// Which listing.
#[derive(Debug, Clone, Serialize)]
pub struct ArchiveListing {
    /// The listing.
    pub listing: ListingId,
    /// The version that the caller has read.
    pub expected_version: Option<i64>,
    /// Makes a repeated write one.
    #[serde(skip)]
    pub idempotency_key: Option<String>,
}

impl Catalog {
    /// Ends a listing for good; it stays readable to members. What is held for buyers stays held until it is released.
    ///
    /// # Errors
    /// [`ErrorCode::NotFound`](crate::kernel::ErrorCode::NotFound), `Forbidden`, `VersionConflict`, and
    /// `InvalidTransition` where its state does not allow it.
    pub async fn archive_listing(&self, actor: &Actor, command: ArchiveListing) -> Outcome<Listing> {
        // Before a place in line to write is taken.
        actor.signed_in()?;
        let tx = self.knows.services.db.begin().await?;
        let before = self.listing_to_change(&tx, actor, command.listing).await?;
        let key = command.idempotency_key.as_deref();
        let scope = actor.idempotency_scope();
        let claim =
            match idempotency::claim(&tx, scope, key, "archiveListing", &command, self.knows.services.now()).await? {
                Claimed::New(claim) => claim,
                Claimed::Before(id) => return self.replayed(tx, id).await,
            };
        before.expect_version(command.expected_version)?;
        let status = before.status.transition(ListingAction::Archive)?;
        let after = self.change(&tx, actor, &before, Listing { status, ..before.clone() }, "listing.archive").await?;
        claim.finish(&tx, after.id.uuid()).await?;
        tx.commit().await?;
        Ok(after)
    }
}
