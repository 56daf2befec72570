//! Following the database: what changed there is put into the index, or taken out.

use std::collections::BTreeSet;

use chrono::{Days, NaiveDate};
use uuid::Uuid;

use super::{
    Search,
    index::Change,
    model::{Collection, SearchDocument, compose::Composer},
    store,
};
use crate::kernel::{Outcome, clock::Timestamp};

/// Documents that are composed and written together.
pub(super) const BATCH: usize = 500;

/// Documents that are read from the database at a time.
pub(super) const READ: u64 = BATCH as u64;

/// Days back for which certificates are looked at after a start: whoever was down longer has rebuilt or is rebuilt.
const CATCH_UP_DAYS: u64 = 31;

impl Search {
    /// Brings listings, and what their sellers offer, up to date. May be done again with the same outcome.
    ///
    /// # Errors
    /// When the database or the index refuses; then all of it is to be done again.
    pub async fn follow_listings(&self, ids: &[Uuid]) -> Outcome<()> {
        for batch in ids.chunks(BATCH) {
            let changes = self.listing_changes(batch).await?;
            self.index.apply(changes).await?;
        }
        Ok(())
    }

    /// Brings organizations and all their listings up to date. May be done again with the same outcome.
    ///
    /// # Errors
    /// When the database or the index refuses; then all of it is to be done again.
    pub async fn follow_organizations(&self, ids: &[Uuid]) -> Outcome<()> {
        let db = self.services.db.read();
        for batch in ids.chunks(BATCH) {
            let changes = self.organization_changes(&batch.iter().copied().collect()).await?;
            self.index.apply(changes).await?;
        }
        // Each application to the index is a commit, so that many organizations with a few listings each share one.
        let mut waiting = Vec::new();
        for organization in ids {
            let mut last = None;
            loop {
                let listings = store::listings_of(db, *organization, last, READ).await?;
                last = listings.last().copied();
                waiting.extend(listings);
                if waiting.len() >= BATCH {
                    self.follow_listings(&std::mem::take(&mut waiting)).await?;
                }
                if last.is_none() {
                    break;
                }
            }
        }
        self.follow_listings(&waiting).await
    }

    /// Brings everything up to date that changed at or after an instant.
    pub(super) async fn catch_up(&self, since: Timestamp) -> Outcome<()> {
        let db = self.services.db.read();
        let organizations: Vec<Uuid> = store::organizations_changed(db, since).await?.into_iter().collect();
        self.follow_organizations(&organizations).await?;
        self.follow_listings(&store::listings_changed(db, since).await?).await
    }

    /// Brings up to date whose certificates began or ceased to hold since a day; since long ago, where it is not known.
    pub(super) async fn follow_days(&self, since: Option<NaiveDate>, today: NaiveDate) -> Outcome<()> {
        let since = since.or_else(|| today.checked_sub_days(Days::new(CATCH_UP_DAYS))).unwrap_or(today);
        let holders = store::certificates_turned(self.services.db.read(), since, today).await?;
        self.follow_organizations(&holders.into_iter().collect::<Vec<_>>()).await
    }

    /// What is to be done with these listings, and with the documents of their sellers.
    async fn listing_changes(&self, ids: &[Uuid]) -> Outcome<Vec<Change>> {
        let listings = store::published(self.services.db.read(), ids).await?;
        let sellers = store::sellers_of(self.services.db.read(), ids).await?;
        let sellers = store::organizations(self.services.db.read(), &sellers).await?;
        let mut absent: BTreeSet<Uuid> = ids.iter().copied().collect();
        let mut changes = Vec::with_capacity(ids.len() + sellers.len());
        let gazetteer = self.directory.gazetteer();
        let composer = self.composer(&gazetteer);
        for listing in listings {
            if let Some(seller) = sellers.get(&listing.organization_id) {
                absent.remove(&listing.id);
                changes.push(put(composer.listing(listing, seller).into()));
            }
        }
        changes.extend(absent.into_iter().map(|id| Change::Remove(Collection::Listings, id)));
        changes.extend(sellers.values().map(|seller| put(composer.organization(seller).into())));
        Ok(changes)
    }

    async fn organization_changes(&self, ids: &BTreeSet<Uuid>) -> Outcome<Vec<Change>> {
        let organizations = store::organizations(self.services.db.read(), ids).await?;
        let gazetteer = self.directory.gazetteer();
        let composer = self.composer(&gazetteer);
        let change = |id: &Uuid| match organizations.get(id) {
            Some(organization) => put(composer.organization(organization).into()),
            None => Change::Remove(Collection::Organizations, *id),
        };
        Ok(ids.iter().map(change).collect())
    }

    /// What documents are composed with now.
    pub(super) fn composer<'r>(&'r self, gazetteer: &'r crate::directory::model::gazetteer::Gazetteer) -> Composer<'r> {
        Composer { taxonomy: &self.taxonomy, gazetteer, schemes: &self.schemes, today: self.services.clock.today() }
    }
}

fn put(document: SearchDocument) -> Change {
    Change::Put(Box::new(document))
}
