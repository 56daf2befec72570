//! Being told of listings as they are published.

use std::sync::Arc;

use async_graphql::{Context, Result, SimpleObject, Subscription};
use chrono::{DateTime, Utc};
use futures_util::Stream;

use super::room;
use crate::{
    accounts::graphql::follow,
    catalog::{self, Catalog, ListingId, ListingStatus, graphql::Listing},
    kernel::{
        Rejections,
        events::{Event, Topic},
        graphql::failure,
    },
    search::graphql::ListingSearchFilter,
};

/// A listing that was just published.
#[derive(Debug, Clone, SimpleObject)]
pub struct ListingPublishedEvent {
    /// When it was published.
    pub at: DateTime<Utc>,
    /// The listing as it is now.
    pub listing: Listing,
}

/// The room's subscriptions.
#[derive(Debug, Default, Clone, Copy)]
pub struct AlertsSubscription;

#[Subscription]
impl AlertsSubscription {
    /// Listings, as they are published for the first time or again, that a saved search with the same words and filter would
    /// find: every word has to be there, none is completed, and no slip is forgiven. Anybody may listen.
    async fn listing_published(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Words that it has to have, at most 200 signs; any where it is left out.")] query: Option<
            String,
        >,
        #[graphql(desc = "What narrows it, as for `searchListings`.")] filter: Option<ListingSearchFilter>,
    ) -> Result<impl Stream<Item = Result<ListingPublishedEvent>>> {
        let (room, catalog) = (room(ctx)?, ctx.data::<Catalog>()?);
        let mut wrong = Rejections::default();
        let find = filter.unwrap_or_default().read(&mut wrong);
        let sought = Arc::new(room.sought(query, find, wrong).map_err(|error| failure(ctx, error))?);
        let wanted = |event: &Event| {
            (event.topic == Topic::Listing && event.what == catalog::PUBLISHED).then_some(event.subject)
        };
        follow(ctx, wanted, move |actor, event, id| {
            let sought = Arc::clone(&sought);
            async move {
                if !room.is_sought(&sought, &event).await? {
                    return Ok(None);
                }
                let listing = catalog.listing(&actor, ListingId::from_uuid(id)).await?;
                // Taken back a moment later, it is no longer news.
                let listing = listing.filter(|listing| listing.status == ListingStatus::Published);
                Ok(listing.map(|listing| ListingPublishedEvent { at: event.at, listing: listing.into() }))
            }
        })
    }
}
