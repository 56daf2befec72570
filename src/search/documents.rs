//! Listings as documents without an index: for whoever holds saved searches against what changed.

use uuid::Uuid;

use super::{Search, model::SearchDocument, store};
use crate::kernel::{Outcome, clock::Timestamp};

/// A listing that everyone may find, as it is now.
#[derive(Debug, Clone)]
pub struct ChangedListing {
    /// What the index is given of it.
    pub document: SearchDocument,
    /// As its seller wrote it.
    pub title: String,
    /// The seller.
    pub seller: Uuid,
    /// The seller's name.
    pub seller_name: String,
    /// When its seller last changed it.
    pub changed_at: Timestamp,
}

impl Search {
    /// Those of these listings that everyone may find, as documents. At most a few hundred at a time.
    ///
    /// # Errors
    /// When the database cannot answer.
    pub async fn changed_listings(&self, ids: &[Uuid]) -> Outcome<Vec<ChangedListing>> {
        let db = self.services.db.read();
        let listings = store::findable(db, ids).await?;
        let sellers = listings.iter().map(|listing| listing.organization_id).collect();
        let sellers = store::organizations(db, &sellers).await?;
        let gazetteer = self.directory.gazetteer();
        let composer = self.composer(&gazetteer);
        let changed = listings.into_iter().filter_map(|listing| {
            let seller = sellers.get(&listing.organization_id)?;
            Some(ChangedListing {
                title: listing.title.clone(),
                seller: seller.id,
                seller_name: seller.name.clone(),
                changed_at: listing.updated_at,
                document: composer.listing(listing, seller).into(),
            })
        });
        Ok(changed.collect())
    }

    /// The next listings of an organization after an id, in whatever state.
    ///
    /// # Errors
    /// When the database cannot answer.
    pub async fn listings_of(&self, organization: Uuid, after: Option<Uuid>, count: u64) -> Outcome<Vec<Uuid>> {
        Ok(store::listings_of(self.services.db.read(), organization, after, count).await?)
    }
}
