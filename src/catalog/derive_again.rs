//! Deriving again what follows from offers, where what it follows from has changed.

use super::{
    Catalog,
    model::{
        draft,
        taxonomy::{CONVERSIONS_CSV, PRODUCT_FILES},
    },
    store::{self, reference},
    sync_reference::digest,
};
use crate::kernel::{
    Fault, Outcome,
    outbox::{self, Topic},
};

/// The name that the digest of what listings were derived from is kept under.
const DERIVED: &str = "listing-derived";
/// Listings that one transaction looks at.
const BATCH: i64 = 500;

impl Catalog {
    /// Brings prices per kilogram, weights, regions and cercles of all listings up to date with the conversions, products
    /// and places of this process, if they were derived from others. Listings are no new version by it: nobody has changed
    /// what is offered. Call with the startup lock held.
    ///
    /// The digest is noted with the last batch: whoever breaks off begins anew.
    ///
    /// # Errors
    /// When the database refuses; what was derived until then is kept.
    pub(super) async fn derive_again(&self) -> Outcome<()> {
        let gazetteer = self.knows.directory.gazetteer();
        let places =
            serde_json::to_string(gazetteer.places()).map_err(|error| Fault::Internal(format!("places: {error}")))?;
        let sources = PRODUCT_FILES.iter().map(|(_, text)| *text).chain([CONVERSIONS_CSV, places.as_str()]);
        let current = digest(sources);
        if reference::digest(&self.knows.services.db, DERIVED).await?.as_ref() == Some(&current) {
            return Ok(());
        }
        let now = self.knows.services.now();
        let (mut last, mut changed) = (None, 0_u64);
        loop {
            let tx = self.knows.services.db.begin().await?;
            let listings = store::rows::lock_after(&tx, last, BATCH).await?;
            for listing in &listings {
                let derived = draft::derive(&listing.offer, self.reference(&gazetteer));
                if derived != listing.derived {
                    store::rows::set_derived(&tx, listing.id, &derived).await?;
                    outbox::append(&tx, Topic::Listing, listing.id.uuid(), now);
                    changed += 1;
                }
            }
            let is_last = (listings.len() as i64) < BATCH;
            if is_last {
                reference::note_digest(&tx, DERIVED, &current, now).await?;
            }
            tx.commit().await?;
            if is_last {
                break;
            }
            last = listings.last().map(|listing| listing.id);
        }
        tracing::info!(listings = changed, "derived again from changed reference data");
        Ok(())
    }
}
