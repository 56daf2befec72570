//! Listings are held against what somebody listens for, as they are published.
//!
//! By the same rule as saved searches. What an index would be given of a listing is put together once for all who listen, since
//! that depends on none of them; the listing itself is then read for each who is told of it.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex, PoisonError},
};

use tokio::sync::OnceCell;
use uuid::Uuid;

use super::{Alerts, model::Asked};
use crate::{
    kernel::{Fault, Outcome, Rejections, events::Event},
    search::{
        ChangedListing, FindListings, ListingCriteria,
        model::{ListingFilter, percolate::Readable},
    },
};

/// Events whose listings are kept at hand: as many as listeners are likely to be at.
const AT_HAND: usize = 64;

type Read = Arc<OnceCell<Option<Arc<ChangedListing>>>>;

/// What was read of listings that were just published, by event.
#[derive(Debug, Default)]
pub(super) struct JustRead(Mutex<VecDeque<(i64, Read)>>);

impl JustRead {
    fn of(&self, event: i64) -> Read {
        let mut recent = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, read)) = recent.iter().find(|(id, _)| *id == event) {
            return Arc::clone(read);
        }
        if recent.len() >= AT_HAND {
            recent.pop_front();
        }
        let read = Read::default();
        recent.push_back((event, Arc::clone(&read)));
        read
    }
}

/// What somebody listens for.
#[derive(Debug)]
pub struct Sought {
    asked: Asked,
    filter: ListingFilter,
}

impl Alerts {
    /// What words and a filter seek, by the checks of `searchListings`. Without either: everything.
    ///
    /// # Errors
    /// Everything that is wrong with them.
    pub fn sought(&self, words: Option<String>, mut find: FindListings, mut wrong: Rejections) -> Outcome<Sought> {
        find.query = words.clone();
        let ListingCriteria { filter, .. } = self.knows.search.listing_criteria(&mut find, &mut wrong);
        wrong.finish()?;
        // Its length was checked.
        let asked = Asked::new(words.as_deref(), &filter).map_err(|error| Fault::Internal(error.to_string()))?;
        Ok(Sought { asked, filter })
    }

    /// Whether a listing that was just published is sought. One that nobody may find by now is not.
    ///
    /// # Errors
    /// When the database cannot answer.
    pub async fn is_sought(&self, sought: &Sought, event: &Event) -> Outcome<bool> {
        let read = self.knows.just_read.of(event.id);
        let listing = read.get_or_try_init(|| self.changed(event.subject)).await?;
        let Some(listing) = listing else { return Ok(false) };
        let asked = sought.asked.clone().and(self.knows.search.of_today(&sought.filter));
        Ok(asked.is_answered_by(&Readable::of(&listing.document)))
    }

    async fn changed(&self, id: Uuid) -> Outcome<Option<Arc<ChangedListing>>> {
        Ok(self.knows.search.changed_listings(&[id]).await?.pop().map(Arc::new))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn as_many_are_at_hand_as_there_is_room_for() {
        let read = JustRead::default();
        let first = read.of(0);
        assert!(Arc::ptr_eq(&first, &read.of(0)), "the same for all who are told of the event");
        for event in 1..=AT_HAND as i64 {
            read.of(event);
        }
        assert_eq!(read.0.lock().unwrap().len(), AT_HAND);
        assert!(!Arc::ptr_eq(&first, &read.of(0)));
    }
}
