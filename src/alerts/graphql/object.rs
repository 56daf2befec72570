//! What a client sees of saved searches.

use std::sync::Arc;

use async_graphql::{Context, ID, Object, Result};
use chrono::{DateTime, Utc};

use super::{Loaders, SavedSearchFilter, filter::summary};
use crate::{
    alerts::{self, MATCHES, Match, SAVED_SEARCHES, match_key, saved_search_key},
    catalog::graphql::{self as catalog, Listing},
    connection,
    kernel::{
        graphql::{failure, fault, locale, page_args, page_complexity},
        page::{Counted, Page, SortValue, encode_cursor},
    },
    notifications::graphql::NotificationChannel,
    search::Search,
};

/// A search that a person keeps to be told of what it finds later.
#[derive(Debug, Clone)]
pub struct SavedSearch(pub Arc<alerts::SavedSearch>);

impl From<alerts::SavedSearch> for SavedSearch {
    fn from(search: alerts::SavedSearch) -> Self {
        Self(Arc::new(search))
    }
}

/// A search that a person keeps to be told of what is published or changed later and answers it. Nobody sees those of
/// another.
#[Object]
impl SavedSearch {
    /// Identifies the saved search.
    pub async fn id(&self) -> ID {
        self.0.id.to_string().into()
    }

    /// What its owner calls it.
    fn name(&self) -> &str {
        &self.0.name
    }

    /// The words, as they were typed; null where it has only a filter.
    fn query(&self) -> Option<&str> {
        self.0.query.as_deref()
    }

    /// What it is narrowed to.
    async fn filter(&self, ctx: &Context<'_>) -> Result<SavedSearchFilter> {
        SavedSearchFilter::try_from(&self.0.filter).map_err(|error| fault(ctx, &error))
    }

    /// Words and filter in one line, by the names of things, in the language of the request.
    async fn summary(&self, ctx: &Context<'_>) -> Result<String> {
        let search = ctx.data::<Search>()?;
        Ok(summary(search, self.0.query.as_deref(), &self.0.filter, locale(ctx)))
    }

    /// How its owner is told beside what stands in the product, as far as she wants messages at all.
    fn channels(&self) -> Vec<NotificationChannel> {
        self.0.channels.iter().copied().map(NotificationChannel::from).collect()
    }

    /// False while it is paused.
    fn active(&self) -> bool {
        self.0.active
    }

    /// It tells of listings that were published or changed since.
    fn listens_since(&self) -> DateTime<Utc> {
        self.0.listens_since
    }

    /// Counts changes from 1; give it as `expectedVersion` to change nothing that was changed meanwhile.
    fn version(&self) -> i64 {
        self.0.version
    }

    /// When it was saved.
    fn created_at(&self) -> DateTime<Utc> {
        self.0.created_at
    }

    /// When it last changed.
    fn updated_at(&self) -> DateTime<Utc> {
        self.0.updated_at
    }

    /// When it last found something; null while it has found nothing.
    async fn last_matched_at(&self, ctx: &Context<'_>) -> Result<Option<DateTime<Utc>>> {
        Ok(Loaders::tally(ctx, self.0.id).await?.last_at)
    }

    /// How many listings it has found since it was saved.
    async fn match_count(&self, ctx: &Context<'_>) -> Result<i64> {
        Ok(Loaders::tally(ctx, self.0.id).await?.count)
    }

    /// The listings that it has found since it was saved, the last first.
    #[graphql(complexity = "page_complexity(__ctx, __variables_definition, __field, child_complexity)")]
    async fn matches(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many from the beginning, at most 100.")] first: Option<i32>,
        #[graphql(desc = "Only what follows this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end, at most 100.")] last: Option<i32>,
        #[graphql(desc = "Only what precedes this cursor.")] before: Option<String>,
    ) -> Result<SavedSearchMatchConnection> {
        let args = page_args(first, after, last, before);
        let page = Page::new(MATCHES, &args, SortValue::is_time).map_err(|error| failure(ctx, error.into()))?;
        Ok(Box::pin(Loaders::matches(ctx, self.0.id, page)).await?.into())
    }
}

/// A listing that a saved search has found.
#[derive(Debug, Clone, Copy)]
pub struct SavedSearchMatch(Match);

/// A listing that a saved search has found.
#[Object]
impl SavedSearchMatch {
    /// When it was found.
    fn matched_at(&self) -> DateTime<Utc> {
        self.0.at
    }

    /// The listing as it is now; null where it can no longer be seen.
    async fn listing(&self, ctx: &Context<'_>) -> Option<Result<Listing>> {
        catalog::Loaders::listing(ctx, self.0.listing).await.transpose()
    }
}

connection! {
    /// A page of saved searches.
    SavedSearchConnection, SavedSearchEdge, SavedSearch
}

connection! {
    /// A page of what a saved search has found.
    SavedSearchMatchConnection, SavedSearchMatchEdge, SavedSearchMatch
}

impl From<Counted<alerts::SavedSearch>> for SavedSearchConnection {
    fn from((slice, total): Counted<alerts::SavedSearch>) -> Self {
        let turn =
            |row: alerts::SavedSearch| (encode_cursor(SAVED_SEARCHES, &saved_search_key(&row)), SavedSearch::from(row));
        Self::new(slice, turn, total)
    }
}

impl From<Counted<Match>> for SavedSearchMatchConnection {
    fn from((slice, total): Counted<Match>) -> Self {
        Self::new(slice, |row: Match| (encode_cursor(MATCHES, &match_key(&row)), SavedSearchMatch(row)), total)
    }
}
