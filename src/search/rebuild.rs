//! Building the index anew while the old one goes on answering.

use std::collections::BTreeSet;

use chrono::TimeDelta;

use super::{
    Search,
    follow::READ,
    index::{IndexError, Rebuild},
    model::SearchDocument,
    store,
};
use crate::kernel::{Failure, Fault, Outcome, outbox};

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
    /// afterwards, by this process or by whichever is following the database. Messages of the outbox that were set aside
    /// before are done with: what they were about was read anew.
    ///
    /// # Errors
    /// When another rebuild is running, or the database or the index refuses; the old index then stays.
    pub async fn rebuild(&self, mut progress: impl FnMut(u64, u64) + Send) -> Outcome<Rebuilt> {
        let now = self.services.now();
        let began_at = now - OVERLAP;
        let db = self.services.db.read();
        let (listings, organizations) = store::counts(db).await?;
        let total = listings + organizations;
        let mut read = 0;
        let mut step = |count: usize| {
            read += count as u64;
            progress(read, total.max(read));
        };
        let mut rebuild = self.index.begin_rebuild(began_at).await?;
        let organizations = self.feed_organizations(rebuild.as_mut(), &mut step).await?;
        let listings = self.feed_listings(rebuild.as_mut(), &mut step).await?;
        rebuild.finish().await?;
        match self.catch_up(began_at).await {
            Ok(()) => {}
            Err(Failure::Fault(Fault::Search(reason))) if reason == IndexError::HeldElsewhere.to_string() => {
                tracing::info!("another process follows the database and brings the new index up to date");
            }
            Err(failure) => return Err(failure),
        }
        let forgotten = outbox::forget_parked(&self.services.db, now).await?;
        if forgotten > 0 {
            tracing::info!(messages = forgotten, "messages set aside before the rebuild are done with");
        }
        Ok(Rebuilt { listings, organizations })
    }

    async fn feed_organizations(
        &self,
        rebuild: &mut dyn Rebuild,
        step: &mut (impl FnMut(usize) + Send),
    ) -> Outcome<u64> {
        let (mut last, mut fed) = (None, 0);
        loop {
            let organizations = store::organizations_after(self.services.db.read(), last, READ).await?;
            let Some(end) = organizations.last() else { return Ok(fed) };
            last = Some(end.id);
            step(organizations.len());
            let gazetteer = self.directory.gazetteer();
            let composer = self.composer(&gazetteer);
            let documents: Vec<SearchDocument> =
                organizations.iter().map(|organization| composer.organization(organization).into()).collect();
            fed += documents.len() as u64;
            rebuild.feed(documents).await?;
        }
    }

    async fn feed_listings(&self, rebuild: &mut dyn Rebuild, step: &mut (impl FnMut(usize) + Send)) -> Outcome<u64> {
        let (mut last, mut fed) = (None, 0);
        loop {
            let listings = store::findable_after(self.services.db.read(), last, READ).await?;
            let Some(end) = listings.last() else { return Ok(fed) };
            last = Some(end.id);
            step(listings.len());
            let sellers: BTreeSet<_> = listings.iter().map(|listing| listing.organization_id).collect();
            let sellers = store::organizations(self.services.db.read(), &sellers).await?;
            let gazetteer = self.directory.gazetteer();
            let composer = self.composer(&gazetteer);
            let documents: Vec<SearchDocument> = listings
                .into_iter()
                .filter_map(|listing| {
                    let seller = sellers.get(&listing.organization_id)?;
                    Some(composer.listing(listing, seller).into())
                })
                .collect();
            fed += documents.len() as u64;
            rebuild.feed(documents).await?;
        }
    }
}
