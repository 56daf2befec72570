//! The room in GraphQL: `AlertsQuery`, `AlertsMutation` and `AlertsSubscription` are merged into the schema's roots. Found listings come from the
//! room that owns them, through its loaders, so that nobody is shown what she may not see.

mod filter;
mod loader;
mod mutation;
mod object;
mod query;
mod subscription;

use async_graphql::Context;

pub use self::{
    filter::{SavedSearchFilter, SavedSearchNear, SavedSearchPriceRange, SavedSearchWomenOwned},
    loader::Loaders,
    mutation::{
        AlertsMutation, DeleteSavedSearchInput, DeleteSavedSearchPayload, SaveSearchInput, SaveSearchPayload,
        UpdateSavedSearchInput, UpdateSavedSearchPayload,
    },
    object::{
        SavedSearch, SavedSearchConnection, SavedSearchEdge, SavedSearchMatch, SavedSearchMatchConnection,
        SavedSearchMatchEdge,
    },
    query::AlertsQuery,
    subscription::{AlertsSubscription, ListingPublishedEvent},
};
use super::Alerts;

/// The room's handle.
fn room<'c>(ctx: &Context<'c>) -> async_graphql::Result<&'c Alerts> {
    ctx.data()
}
