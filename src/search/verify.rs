//! Comparing the index with the database, document by document, and mending what differs.

use std::collections::{BTreeSet, HashMap, HashSet};

use uuid::Uuid;

use super::{
    Search,
    follow::BATCH,
    index::Change,
    model::{Collection, DocumentDigest},
    store,
};
use crate::kernel::{
    Outcome,
    outbox::{self, Topic},
};

/// How often what seems to differ is looked at again while it goes on changing.
const LOOKS_MAX: usize = 5;

/// In which way a document differs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Differs {
    /// The database wants it found, and the index does not have it.
    Missing,
    /// The index has it, and the database does not want it found.
    Superfluous,
    /// The index has it as it once was.
    Outdated,
}

/// A document that differs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Difference {
    /// In which way.
    pub differs: Differs,
    /// Which.
    pub id: Uuid,
}

/// The documents of a collection beside the database.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Comparison {
    /// Documents that the database wants found.
    pub wanted: u64,
    /// Documents that the index has.
    pub indexed: u64,
    /// What differs though nothing is under way that would mend it.
    pub differences: Vec<Difference>,
    /// Documents that differ for now: the outbox still has a message about them, or they go on changing.
    pub under_way: u64,
}

/// How many differ in which way.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// [`Differs::Missing`]
    pub missing: usize,
    /// [`Differs::Superfluous`]
    pub superfluous: usize,
    /// [`Differs::Outdated`]
    pub outdated: usize,
}

impl Comparison {
    /// How many differ in which way.
    #[must_use]
    pub fn counts(&self) -> Counts {
        let of = |differs| self.differences.iter().filter(|difference| difference.differs == differs).count();
        Counts { missing: of(Differs::Missing), superfluous: of(Differs::Superfluous), outdated: of(Differs::Outdated) }
    }
}

/// What the outbox still has messages about.
struct UnderWay {
    listings: HashSet<Uuid>,
    organizations: HashSet<Uuid>,
    /// Whoever sells one of the listings: what they offer follows their listings.
    sellers: BTreeSet<Uuid>,
}

impl Search {
    /// Compares the documents of a collection with the database. `progress` is told how many were compared. Changes go on
    /// being made and carried meanwhile: what differs is looked at again before it is reported.
    ///
    /// # Errors
    /// When the index or the database cannot be read.
    pub async fn compare(&self, collection: Collection, mut progress: impl FnMut(u64) + Send) -> Outcome<Comparison> {
        self.refresh().await?;
        let mut entries = self.index.entries(collection).await?;
        let mut comparison = Comparison { indexed: entries.len() as u64, ..Comparison::default() };
        let (mut last, mut suspects) = (None, Vec::new());
        while let Some(batch) = self.documents_after(collection, last).await? {
            last = Some(batch.last);
            for document in &batch.documents {
                if entries.remove(&document.id) != Some(document.digest()) {
                    suspects.push(document.id);
                }
            }
            comparison.wanted += batch.documents.len() as u64;
            progress(comparison.wanted);
        }
        suspects.extend(entries.into_keys());
        for _ in 0..LOOKS_MAX {
            if suspects.is_empty() {
                break;
            }
            suspects = self.look_again(collection, &suspects, &mut comparison).await?;
        }
        comparison.under_way += suspects.len() as u64;
        comparison.differences.sort_unstable();
        Ok(comparison)
    }

    /// Looks at documents once more, and gives those back that changed while they were looked at.
    ///
    /// What the database wanted before the outbox was read and wants after the index was, it wanted all the while. So the
    /// index must have it, unless a message about it was still waiting.
    async fn look_again(
        &self,
        collection: Collection,
        suspects: &[Uuid],
        comparison: &mut Comparison,
    ) -> Outcome<Vec<Uuid>> {
        let before = self.wanted(collection, suspects).await?;
        let under_way = self.under_way().await?;
        self.refresh().await?;
        let entries = self.index.entries(collection).await?;
        let after = self.wanted(collection, suspects).await?;
        let sellers = match collection {
            Collection::Listings => self.sellers_of(suspects).await?,
            Collection::Organizations => HashMap::new(),
        };
        let mut changing = Vec::new();
        for id in suspects {
            let differs = match (after.get(id), entries.get(id)) {
                (wanted, indexed) if wanted == indexed => continue,
                _ if before.get(id) != after.get(id) => {
                    changing.push(*id);
                    continue;
                }
                (Some(_), None) => Differs::Missing,
                (None, _) => Differs::Superfluous,
                (Some(_), Some(_)) => Differs::Outdated,
            };
            let waits = match collection {
                Collection::Organizations => under_way.organizations.contains(id) || under_way.sellers.contains(id),
                Collection::Listings => {
                    let seller = sellers.get(id);
                    under_way.listings.contains(id)
                        || seller.is_some_and(|seller| under_way.organizations.contains(seller))
                }
            };
            if waits {
                comparison.under_way += 1;
            } else {
                comparison.differences.push(Difference { differs, id: *id });
            }
        }
        Ok(changing)
    }

    /// Has everything that differs fed again, and gives the number of messages written. Whoever follows the database then
    /// mends it. Messages about the same that were set aside are replaced.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn mend(&self, collection: Collection, differences: &[Difference]) -> Outcome<u64> {
        let topic = match collection {
            Collection::Listings => Topic::Listing,
            Collection::Organizations => Topic::Organization,
        };
        let mut written = 0;
        for differences in differences.chunks(BATCH) {
            let subjects: Vec<Uuid> = differences.iter().map(|difference| difference.id).collect();
            let tx = self.services.db.begin().await?;
            outbox::forget_parked_about(&tx, topic, &subjects).await?;
            written += outbox::append_missing(&tx, topic, &subjects, self.services.now()).await?;
            tx.commit().await?;
        }
        Ok(written)
    }

    /// Whether a message about something that is searched still waits.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn is_behind(&self) -> Outcome<bool> {
        for topic in [Topic::Listing, Topic::Organization] {
            if !outbox::waiting(&self.services.db, topic).await?.is_empty() {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// What the database wants the index to say of these, as far as it wants them found.
    async fn wanted(&self, collection: Collection, ids: &[Uuid]) -> Outcome<HashMap<Uuid, DocumentDigest>> {
        let mut wanted = HashMap::with_capacity(ids.len());
        for batch in ids.chunks(BATCH) {
            let changes = match collection {
                Collection::Listings => self.listing_changes(batch).await?,
                Collection::Organizations => self.organization_changes(&batch.iter().copied().collect()).await?,
            };
            for change in changes {
                match change {
                    Change::Put(document) if document.collection == collection => {
                        wanted.insert(document.id, document.digest());
                    }
                    Change::Put(_) | Change::Remove(..) => {}
                }
            }
        }
        Ok(wanted)
    }

    async fn under_way(&self) -> Outcome<UnderWay> {
        let listings = outbox::waiting(&self.services.db, Topic::Listing).await?;
        let organizations = outbox::waiting(&self.services.db, Topic::Organization).await?;
        let mut sellers = BTreeSet::new();
        for batch in listings.iter().copied().collect::<Vec<_>>().chunks(BATCH) {
            sellers.extend(store::sellers(self.services.db.read(), batch).await?);
        }
        Ok(UnderWay { listings, organizations, sellers })
    }

    async fn sellers_of(&self, listings: &[Uuid]) -> Outcome<HashMap<Uuid, Uuid>> {
        let mut sellers = HashMap::with_capacity(listings.len());
        for batch in listings.chunks(BATCH) {
            sellers.extend(store::sellers_of(self.services.db.read(), batch).await?);
        }
        Ok(sellers)
    }
}
