//! Offering a listing to everyone.

use serde::Serialize;

use super::{
    Catalog,
    model::{Listing, ListingAction, ListingId, draft::derive},
};
use crate::{
    accounts::Actor,
    kernel::{
        Outcome, Rejections,
        idempotency::{self, Claimed},
    },
};

/// Which listing.
#[derive(Debug, Clone, Serialize)]
pub struct PublishListing {
    /// The listing.
    pub listing: ListingId,
    /// The version that the caller has read.
    pub expected_version: Option<i64>,
    /// Makes a repeated write one.
    #[serde(skip)]
    pub idempotency_key: Option<String>,
}

impl Catalog {
    /// Offers a draft or paused listing to everyone.
    ///
    /// # Errors
    /// [`ErrorCode::NotFound`](crate::kernel::ErrorCode::NotFound), `Forbidden`, `VersionConflict`, `InvalidTransition`
    /// where its state does not allow it, and `MissingForPublication` for each thing it lacks: a price, a quantity, a place.
    pub async fn publish_listing(&self, actor: &Actor, command: PublishListing) -> Outcome<Listing> {
        // Before a place in line to write is taken.
        actor.signed_in()?;
        let tx = self.knows.services.db.begin().await?;
        let before = self.listing_to_change(&tx, actor, command.listing).await?;
        let key = command.idempotency_key.as_deref();
        let scope = actor.idempotency_scope();
        let claim =
            match idempotency::claim(&tx, scope, key, "publishListing", &command, self.knows.services.now()).await? {
                Claimed::New(claim) => claim,
                Claimed::Before(id) => return self.replayed(tx, id).await,
            };
        before.expect_version(command.expected_version)?;
        let after = self.published(&before, &["input"])?;
        self.knows.lots.publishing(&tx, &after).await?;
        let after = self.change(&tx, actor, &before, after, "listing.publish").await?;
        claim.finish(&tx, after.id.uuid()).await?;
        tx.commit().await?;
        Ok(after)
    }

    /// The listing as it will be when it is published; prices a kilogram follow the conversions of the day.
    pub(super) fn published(&self, before: &Listing, path: &[&str]) -> Outcome<Listing> {
        let status = before.status.transition(ListingAction::Publish)?;
        let mut rejections = Rejections::default();
        before.offer.check_publishable(self.knows.services.clock.today(), path, &mut rejections);
        rejections.finish()?;
        let gazetteer = self.knows.directory.gazetteer();
        let derived = derive(&before.offer, self.reference(&gazetteer));
        let published_at = before.published_at.or_else(|| Some(self.knows.services.now()));
        Ok(Listing { status, derived, published_at, ..before.clone() })
    }
}
