//! Building the index anew while the old one goes on answering.

use std::collections::BTreeSet;

use chrono::TimeDelta;
use uuid::Uuid;

use super::{
    Search,
    follow::READ,
    index::Rebuild,
    model::{Collection, SearchDocument, compose::ListingSource},
    store,
};
use crate::kernel::{Outcome, outbox};

/// How far before a rebuild's beginning changes are fed again: transactions that were open then carry earlier times.
const OVERLAP: TimeDelta = TimeDelta::seconds(30);

/// What a rebuild put into the index.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rebuilt {
    /// Published listings, with something left, of organizations in good standing.
    pub listings: u64,
    /// Organizations in good standing.
    pub organizations: u64,
}

impl Search {
    /// Builds the index anew from the database and puts it in the place of the old one. `progress` is told how many
    /// documents of how many were read.
    ///
    /// Searches are answered from the old index until the new one is complete. What changes meanwhile is fed to it
    /// afterwards, by whichever process follows the database. Messages of the outbox that were set aside before are done
    /// with: what they were about was read anew.
    ///
    /// # Errors
    /// When another rebuild is running, or the database or the index refuses; the old index then stays.
    pub async fn rebuild(&self, progress: impl FnMut(u64, u64) + Send) -> Outcome<Rebuilt> {
        let now = self.services.now();
        let began_at = now - OVERLAP;
        let rebuild = self.index.begin_rebuild(began_at).await?;
        let id = self.services.ids.next_uuid();
        self.note_rebuild(id, began_at).await?;
        let built = tokio::select! {
            biased;
            built = self.fill(rebuild, progress) => built?,
            never = self.keep_noted(id, began_at) => match never {},
        };
        self.feed_changes_since(began_at, Some(id)).await?;
        let forgotten = outbox::forget_parked(&self.services.db, now).await?;
        if forgotten > 0 {
            tracing::info!(messages = forgotten, "messages set aside before the rebuild are done with");
        }
        Ok(built)
    }

    async fn fill(&self, mut rebuild: Box<dyn Rebuild>, mut progress: impl FnMut(u64, u64) + Send) -> Outcome<Rebuilt> {
        let (listings, organizations) = store::counts(self.services.db.read()).await?;
        let total = listings + organizations;
        let mut read = 0;
        let mut step = |count: usize| {
            read += count as u64;
            progress(read, total.max(read));
        };
        let mut fed = [0; 2];
        for (collection, fed) in [Collection::Organizations, Collection::Listings].into_iter().zip(&mut fed) {
            let mut last = None;
            while let Some(batch) = self.documents_after(collection, last).await? {
                last = Some(batch.last);
                step(batch.read);
                *fed += batch.documents.len() as u64;
                rebuild.feed(batch.documents).await?;
            }
        }
        rebuild.finish().await?;
        let [organizations, listings] = fed;
        Ok(Rebuilt { listings, organizations })
    }

    /// The next documents of a collection after an id, as the database wants them found; none at the end.
    pub(super) async fn documents_after(&self, collection: Collection, after: Option<Uuid>) -> Outcome<Option<Batch>> {
        match collection {
            Collection::Organizations => self.organizations_after(after).await,
            Collection::Listings => self.listings_after(after).await,
        }
    }

    async fn organizations_after(&self, after: Option<Uuid>) -> Outcome<Option<Batch>> {
        let organizations = store::organizations_after(self.services.db.read(), after, READ).await?;
        let Some(last) = organizations.last().map(|last| last.id) else { return Ok(None) };
        let gazetteer = self.directory.gazetteer();
        let composer = self.composer(&gazetteer);
        let documents = organizations.iter().map(|organization| composer.organization(organization).into()).collect();
        Ok(Some(Batch { last, read: organizations.len(), documents }))
    }

    async fn listings_after(&self, after: Option<Uuid>) -> Outcome<Option<Batch>> {
        let listings = store::findable_after(self.services.db.read(), after, READ).await?;
        let Some(last) = listings.last().map(|last| last.id) else { return Ok(None) };
        let read = listings.len();
        let sellers: BTreeSet<_> = listings.iter().map(|listing| listing.organization_id).collect();
        let sellers = store::organizations(self.services.db.read(), &sellers).await?;
        let gazetteer = self.directory.gazetteer();
        let composer = self.composer(&gazetteer);
        let document = |listing: ListingSource| {
            let seller = sellers.get(&listing.organization_id)?;
            Some(composer.listing(listing, seller).into())
        };
        Ok(Some(Batch { last, read, documents: listings.into_iter().filter_map(document).collect() }))
    }
}

/// Documents read together.
pub(super) struct Batch {
    /// The id of the last row read.
    pub(super) last: Uuid,
    /// Rows read. A row whose seller is suspended makes no document.
    pub(super) read: usize,
    /// What was made of them.
    pub(super) documents: Vec<SearchDocument>,
}
