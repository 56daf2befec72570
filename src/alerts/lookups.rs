//! Reading saved searches and what they found. Nobody reads those of another.

use std::collections::HashMap;

use super::{Alerts, Match, SavedSearch, SavedSearchId, Tally, store};
use crate::{
    accounts::Actor,
    kernel::{
        Fault, Outcome,
        page::{Counted, CursorKey, Page, PageArgs, SortValue},
    },
};

/// The list that cursors of saved searches belong to.
pub const SAVED_SEARCHES: &str = "saved-searches:newest";
/// The list that cursors of what a search found belong to.
pub const MATCHES: &str = "saved-search-matches:newest";

impl Alerts {
    /// A page of the signed-in person's saved searches, the newest first.
    ///
    /// # Errors
    /// [`crate::kernel::ErrorCode::Unauthenticated`], or what is wrong with the page.
    pub async fn saved_searches(&self, actor: &Actor, args: &PageArgs, total: bool) -> Outcome<Counted<SavedSearch>> {
        let owner = actor.signed_in()?.id;
        let page = Page::new(SAVED_SEARCHES, args, SortValue::is_time)?;
        let db = &self.knows.services.db;
        let slice = store::searches::page(db, owner, &page).await?;
        let total = if total { Some(store::searches::count_of(db, owner).await?) } else { None };
        Ok((slice, total))
    }

    /// Those of these saved searches that are the actor's.
    ///
    /// # Errors
    /// When the database cannot answer.
    pub async fn saved_searches_by_ids(
        &self,
        actor: &Actor,
        ids: &[SavedSearchId],
    ) -> Result<HashMap<SavedSearchId, SavedSearch>, Fault> {
        match actor.user_id() {
            Some(owner) => store::searches::by_ids(&self.knows.services.db, owner, ids).await,
            None => Ok(HashMap::new()),
        }
    }

    /// What each of these searches, which the actor was shown, has found so far.
    ///
    /// # Errors
    /// When the database cannot answer.
    pub async fn tallies(&self, ids: &[SavedSearchId]) -> Result<HashMap<SavedSearchId, Tally>, Fault> {
        store::matches::tallies(&self.knows.services.db, ids).await
    }

    /// The same page of what each of these searches, which the actor was shown, has found: the last first.
    ///
    /// # Errors
    /// When the database cannot answer.
    pub async fn matches(
        &self,
        ids: &[SavedSearchId],
        page: &Page,
        total: bool,
    ) -> Result<HashMap<SavedSearchId, Counted<Match>>, Fault> {
        let db = &self.knows.services.db;
        let slices = store::matches::pages(db, ids, page).await?;
        let counts = match total {
            true => Some(self.tallies(ids).await?.into_iter().map(|(id, tally)| (id, tally.count)).collect()),
            false => None,
        };
        Ok(page.counted(ids, slices, counts))
    }
}

/// Where a saved search stands in the list.
#[must_use]
pub fn saved_search_key(search: &SavedSearch) -> CursorKey {
    CursorKey { sort: SortValue::Time(search.created_at), id: search.id.uuid() }
}

/// Where a found listing stands in the list.
#[must_use]
pub fn match_key(found: &Match) -> CursorKey {
    CursorKey { sort: SortValue::Time(found.at), id: found.listing.uuid() }
}
