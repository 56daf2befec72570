//! Saved searches and what they found for many siblings at once.

use std::{collections::HashMap, sync::Arc};

use async_graphql::{Context, Error};

use super::SavedSearch;
use crate::{
    accounts::Actor,
    alerts::{self, Alerts, Match, SavedSearchId, Tally},
    kernel::{
        Fault,
        graphql::{BatchLoad, Batcher, PageLoad, Pages, loaders, wants_total_count},
        page::{Counted, Page},
    },
};

/// The batchers of one request; the API makes them with its actor and puts them in its context.
pub struct Loaders {
    by_id: Batcher<ById>,
    tallies: Batcher<Tallies>,
    matches: Pages<MatchesOf>,
}

impl Loaders {
    /// Batchers that load what is `actor`'s.
    #[must_use]
    pub fn new(alerts: &Alerts, actor: &Actor) -> Self {
        Self {
            by_id: Batcher::new(ById(alerts.clone(), actor.clone())),
            tallies: Batcher::new(Tallies(alerts.clone())),
            matches: Pages::new(MatchesOf(alerts.clone())),
        }
    }

    /// The saved search, if it is the request's actor's.
    ///
    /// # Errors
    /// The masked form of a fault.
    pub async fn saved_search(ctx: &Context<'_>, id: SavedSearchId) -> Result<Option<SavedSearch>, Error> {
        Ok(loaders::<Self>(ctx)?.by_id.get(ctx, id).await?.map(SavedSearch))
    }

    /// The saved search that a wire id names, if it is the request's actor's; none for the id of anything else.
    ///
    /// # Errors
    /// The masked form of a fault.
    pub async fn saved_search_named(ctx: &Context<'_>, id: &str) -> Result<Option<SavedSearch>, Error> {
        match id.parse() {
            Ok(id) => Self::saved_search(ctx, id).await,
            Err(_) => Ok(None),
        }
    }

    /// What a search that the actor was shown has found so far.
    pub(super) async fn tally(ctx: &Context<'_>, id: SavedSearchId) -> Result<Tally, Error> {
        Ok(loaders::<Self>(ctx)?.tallies.get(ctx, id).await?.unwrap_or_default())
    }

    /// A page of what a search that the actor was shown has found.
    pub(super) async fn matches(ctx: &Context<'_>, id: SavedSearchId, page: Page) -> Result<Counted<Match>, Error> {
        loaders::<Self>(ctx)?.matches.get(ctx, id, page, wants_total_count(ctx)).await
    }
}

struct ById(Alerts, Actor);

impl BatchLoad for ById {
    type Key = SavedSearchId;
    type Value = Arc<alerts::SavedSearch>;

    async fn load(&self, ids: Vec<Self::Key>) -> Result<HashMap<Self::Key, Self::Value>, Fault> {
        let found = self.0.saved_searches_by_ids(&self.1, &ids).await?;
        Ok(found.into_iter().map(|(id, search)| (id, Arc::new(search))).collect())
    }
}

struct Tallies(Alerts);

impl BatchLoad for Tallies {
    type Key = SavedSearchId;
    type Value = Tally;

    async fn load(&self, ids: Vec<Self::Key>) -> Result<HashMap<Self::Key, Self::Value>, Fault> {
        self.0.tallies(&ids).await
    }
}

struct MatchesOf(Alerts);

impl PageLoad for MatchesOf {
    type Parent = SavedSearchId;
    type Item = Match;

    async fn load(
        &self,
        searches: Vec<SavedSearchId>,
        page: &Page,
        count: bool,
    ) -> Result<HashMap<SavedSearchId, Counted<Match>>, Fault> {
        self.0.matches(&searches, page, count).await
    }
}
