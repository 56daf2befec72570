//! Following the database: what changed there is put into the index, or taken out.
//!
//! Only whoever holds a subject's messages of the outbox calls this: of two that read and write one subject at a time, the
//! later to write could have been the earlier to read, and what it wrote would stay. Whatever else finds that the index
//! lacks something appends messages ([`super::feed_again`]).

use std::{
    collections::{BTreeSet, HashMap},
    time::Duration,
};

use uuid::Uuid;

use super::{
    Search,
    index::{Change, IndexError},
    model::{
        Collection, DocumentDigest, SearchDocument,
        compose::{Composer, OrganizationSource},
    },
    store,
};
use crate::kernel::Outcome;

/// Documents that are composed and written together.
pub(super) const BATCH: usize = 500;

/// Documents that are read from the database at a time.
pub(super) const READ: u64 = BATCH as u64;

/// How often the documents of organizations are looked at after they were written.
const LOOKS_MAX: usize = 5;

/// How long an engine may take over one batch. Only one that hangs takes longer, and nobody else could follow meanwhile.
const APPLY_WAIT_MAX: Duration = Duration::from_secs(120);

impl Search {
    /// Brings listings, and what their sellers offer, up to date. May be done again with the same outcome.
    ///
    /// # Errors
    /// When the database or the index refuses; then all of it is to be done again.
    pub async fn follow_listings(&self, ids: &[Uuid]) -> Outcome<()> {
        for batch in ids.chunks(BATCH) {
            let changes = self.listing_changes(batch).await?;
            self.apply_settled(changes).await?;
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
            self.apply_settled(changes).await?;
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

    /// Writes changes, and the documents of organizations among them again for as long as they are no longer what the database
    /// says. Several workers may write the document of one seller, each for another of her listings: whoever writes last may have
    /// read first, but she looks once more after she has written.
    async fn apply_settled(&self, changes: Vec<Change>) -> Outcome<()> {
        let mut written = of_organizations(&changes);
        self.apply(changes).await?;
        for _ in 0..LOOKS_MAX {
            let mut now = self.organization_changes(&written.keys().copied().collect()).await?;
            now.retain(|change| {
                of_organizations(std::slice::from_ref(change)).iter().any(|(id, is)| written.get(id) != Some(is))
            });
            if now.is_empty() {
                return Ok(());
            }
            written = of_organizations(&now);
            self.apply(now).await?;
        }
        // Whoever changes them so often has messages on their way, too.
        Ok(())
    }

    async fn apply(&self, changes: Vec<Change>) -> Outcome<()> {
        let applied = tokio::time::timeout(APPLY_WAIT_MAX, self.index.apply(changes)).await;
        Ok(applied.unwrap_or_else(|late| Err(IndexError::Unavailable(late.into())))?)
    }

    /// What is to be done with these listings, and with the documents of their sellers.
    pub(super) async fn listing_changes(&self, ids: &[Uuid]) -> Outcome<Vec<Change>> {
        let db = self.services.db.read();
        let listings = store::findable(db, ids).await?;
        // Of all of them: the seller of a listing that is paused or sold out offers something less.
        let sellers = store::sellers(db, ids).await?;
        let organizations = store::organizations(db, &sellers).await?;
        let mut absent: BTreeSet<Uuid> = ids.iter().copied().collect();
        let mut changes = Vec::with_capacity(ids.len() + sellers.len());
        let gazetteer = self.directory.gazetteer();
        let composer = self.composer(&gazetteer);
        for listing in listings {
            if let Some(seller) = organizations.get(&listing.organization_id) {
                absent.remove(&listing.id);
                changes.push(put(composer.listing(listing, seller).into()));
            }
        }
        changes.extend(absent.into_iter().map(|id| Change::Remove(Collection::Listings, id)));
        changes.extend(organization_changes(&sellers, &organizations, &composer));
        Ok(changes)
    }

    pub(super) async fn organization_changes(&self, ids: &BTreeSet<Uuid>) -> Outcome<Vec<Change>> {
        let organizations = store::organizations(self.services.db.read(), ids).await?;
        let gazetteer = self.directory.gazetteer();
        Ok(organization_changes(ids, &organizations, &self.composer(&gazetteer)).collect())
    }

    /// What documents are composed with now.
    pub(super) fn composer<'r>(&'r self, gazetteer: &'r crate::directory::model::gazetteer::Gazetteer) -> Composer<'r> {
        Composer { taxonomy: &self.taxonomy, gazetteer, schemes: &self.schemes, today: self.services.clock.today() }
    }
}

/// What the documents of organizations become by these changes: their digests, or nothing where they are taken out.
fn of_organizations(changes: &[Change]) -> HashMap<Uuid, Option<DocumentDigest>> {
    let of_one = |change: &Change| match change {
        Change::Put(document) if document.collection == Collection::Organizations => {
            Some((document.id, Some(document.digest())))
        }
        Change::Remove(Collection::Organizations, id) => Some((*id, None)),
        Change::Put(_) | Change::Remove(Collection::Listings, _) => None,
    };
    changes.iter().filter_map(of_one).collect()
}

/// Those in good standing are put into the index, the others taken out.
fn organization_changes<'a>(
    ids: &'a BTreeSet<Uuid>,
    organizations: &'a HashMap<Uuid, OrganizationSource>,
    composer: &'a Composer<'_>,
) -> impl Iterator<Item = Change> + 'a {
    ids.iter().map(|id| match organizations.get(id) {
        Some(organization) => put(composer.organization(organization).into()),
        None => Change::Remove(Collection::Organizations, *id),
    })
}

fn put(document: SearchDocument) -> Change {
    Change::Put(Box::new(document))
}
