//! Listings that changed are held against saved searches.
//!
//! The worker hands over what changed, at least once and by several processes at a time. A match is written once, in the
//! transaction that also writes the notification and its deliveries; whoever comes second finds it written.

use std::collections::{BTreeMap, BTreeSet};

use uuid::Uuid;

use super::{
    Alerts,
    model::{Asked, Match, SavedSearch},
    store,
};
use crate::{
    catalog::ListingId,
    kernel::{Fault, Outcome},
    notifications::{Notice, NoticeKind},
    search::{ChangedListing, model::percolate::Readable},
};

/// Listings that are read together.
const LISTINGS_AT_ONCE: usize = 100;
/// Terms that are looked up together: SQLite takes 32,766 parameters, and a listing with the longest description has
/// some 4,000 terms.
const TERMS_AT_ONCE: usize = 8_000;
/// Saved searches that are confirmed together.
const SEARCHES_AT_ONCE: usize = 4_000;
/// Listings of an organization that are listed together.
const READ: u64 = 500;

/// A listing that was taken apart.
struct Held<'l> {
    listing: &'l ChangedListing,
    readable: Readable<'l>,
}

impl Alerts {
    /// Tells of listings that were published or changed. May be done again with the same outcome.
    ///
    /// # Errors
    /// When the database refuses; then all of it is to be done again.
    pub async fn percolate_listings(&self, ids: &[Uuid]) -> Outcome<()> {
        for ids in ids.chunks(LISTINGS_AT_ONCE) {
            if !store::terms::any(&self.knows.services.db).await? {
                return Ok(());
            }
            let changed = self.knows.search.changed_listings(ids).await?;
            let mut together: Vec<Held<'_>> = Vec::new();
            let mut terms = BTreeSet::new();
            for listing in &changed {
                let readable = Readable::of(&listing.document);
                terms.extend(readable.terms());
                together.push(Held { listing, readable });
                if terms.len() >= TERMS_AT_ONCE {
                    self.percolate(&std::mem::take(&mut together), std::mem::take(&mut terms)).await?;
                }
            }
            self.percolate(&together, terms).await?;
        }
        Ok(())
    }

    /// Tells of the listings of organizations that changed. May be done again with the same outcome.
    ///
    /// # Errors
    /// When the database refuses; then all of it is to be done again.
    pub async fn percolate_organizations(&self, ids: &[Uuid]) -> Outcome<()> {
        if !store::terms::any(&self.knows.services.db).await? {
            return Ok(());
        }
        for organization in ids {
            let mut last = None;
            loop {
                let listings = self.knows.search.listings_of(*organization, last, READ).await?;
                last = listings.last().copied();
                if last.is_none() {
                    break;
                }
                self.percolate_listings(&listings).await?;
            }
        }
        Ok(())
    }

    async fn percolate(&self, listings: &[Held<'_>], terms: BTreeSet<String>) -> Outcome<()> {
        let Some(newest) = listings.iter().map(|held| held.listing.changed_at).max() else { return Ok(()) };
        let filed: Vec<Uuid> = store::terms::filed(&self.knows.services.db, &terms).await?.into_iter().collect();
        for some in filed.chunks(SEARCHES_AT_ONCE) {
            let candidates = store::terms::candidates(&self.knows.services.db, some, newest).await?;
            self.tell(self.confirmed(candidates, listings)?).await?;
        }
        Ok(())
    }

    /// Which of the candidates are answered by which of the listings.
    fn confirmed<'l>(
        &self,
        candidates: Vec<SavedSearch>,
        listings: &[Held<'l>],
    ) -> Result<Vec<(SavedSearch, Vec<&'l ChangedListing>)>, Fault> {
        let mut confirmed = Vec::new();
        for search in candidates {
            let asked = Asked::new(search.query.as_deref(), &search.filter);
            let asked = asked.map_err(|error| Fault::corrupt("saved search", error))?;
            let asked = asked.and(self.knows.search.of_today(&search.filter));
            let answers = listings.iter().filter(|held| held.listing.changed_at >= search.listens_since);
            let answers: Vec<&ChangedListing> =
                answers.filter(|held| asked.is_answered_by(&held.readable)).map(|held| held.listing).collect();
            if !answers.is_empty() {
                confirmed.push((search, answers));
            }
        }
        Ok(confirmed)
    }

    /// Writes what was found and not told yet, and tells it.
    async fn tell(&self, confirmed: Vec<(SavedSearch, Vec<&ChangedListing>)>) -> Outcome<()> {
        if confirmed.is_empty() {
            return Ok(());
        }
        let sellers: BTreeSet<Uuid> =
            confirmed.iter().flat_map(|(_, found)| found.iter().map(|one| one.seller)).collect();
        let owners: BTreeSet<_> = confirmed.iter().map(|(search, _)| search.owner).collect();
        let own = store::matches::own_organizations(&self.knows.services.db, &owners, &sellers).await?;
        let now = self.knows.services.now();
        let mut found: BTreeMap<(Uuid, Uuid), (&SavedSearch, &ChangedListing)> = BTreeMap::new();
        for (search, listings) in &confirmed {
            let others = listings.iter().filter(|listing| !own.contains(&(search.owner, listing.seller)));
            found.extend(others.map(|listing| ((search.id.uuid(), listing.document.id), (search, *listing))));
        }
        if found.is_empty() {
            return Ok(());
        }
        let matches: Vec<Match> = found
            .values()
            .map(|(search, listing)| Match {
                search: search.id,
                listing: ListingId::from_uuid(listing.document.id),
                at: now,
            })
            .collect();

        let tx = self.knows.services.db.begin().await?;
        let new = store::matches::insert(&tx, &matches).await?;
        let notices =
            new.into_iter().filter_map(|one| found.get(&one)).map(|(search, listing)| notice(search, listing));
        self.knows.notifications.tell(&tx, notices.collect()).await?;
        tx.commit().await?;
        Ok(())
    }
}

fn notice(search: &SavedSearch, listing: &ChangedListing) -> Notice {
    let arguments = [("title", &listing.title), ("seller", &listing.seller_name), ("search", &search.name)];
    Notice {
        recipient: search.owner,
        kind: NoticeKind::SearchMatch,
        subject: ListingId::from_uuid(listing.document.id).to_string(),
        cause: Some(search.id.to_string()),
        arguments: arguments.into_iter().map(|(name, value)| (name.to_owned(), value.clone())).collect(),
        channels: search.channels.clone(),
    }
}
