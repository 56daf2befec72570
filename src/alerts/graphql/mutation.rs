//! Writing: each mutation is one use case.

use async_graphql::{Context, ID, InputObject, MaybeUndefined, Object, Result};

use super::{SavedSearch, room};
use crate::{
    accounts::graphql::actor,
    alerts::{DeleteSavedSearch, SaveSearch, SavedSearchId, UpdateSavedSearch},
    kernel::{Outcome, Rejections, change::Change, graphql::read_id},
    notifications::{Channel, graphql::NotificationChannel},
    payload,
    search::graphql::ListingSearchFilter,
};

/// A search to be kept.
#[derive(Debug, Clone, InputObject)]
pub struct SaveSearchInput {
    /// What to call it, at most 100 signs.
    pub name: String,
    /// What to find, at most 200 signs. Every word has to be there, as it is or in another spelling; none is completed, and
    /// no slip is forgiven. A part in quotation marks must stand as it is.
    pub query: Option<String>,
    /// What narrows it, as for `searchListings`. Without words, something has to.
    pub filter: Option<ListingSearchFilter>,
    /// How to be told beside what stands in the product, as far as the preferences allow messages at all; by every way
    /// where it is left out, by none where it is empty.
    pub channels: Option<Vec<NotificationChannel>>,
    /// Repeating the mutation with the same key and input gives the first result and changes nothing.
    pub idempotency_key: Option<String>,
}

impl From<SaveSearchInput> for SaveSearch {
    fn from(input: SaveSearchInput) -> Self {
        let mut wrong = Rejections::default();
        let filter = input.filter.unwrap_or_default().read(&mut wrong);
        Self {
            name: input.name,
            query: input.query,
            filter,
            wrong,
            channels: input.channels.map_or_else(|| Channel::ALL.to_vec(), channels),
            idempotency_key: input.idempotency_key,
        }
    }
}

/// What is to be different; what is left out stays as it is.
#[derive(Debug, Clone, InputObject)]
pub struct UpdateSavedSearchInput {
    /// Which saved search.
    pub saved_search_id: ID,
    /// What to call it, at most 100 signs.
    pub name: Option<String>,
    /// What to find; null for no words.
    pub query: MaybeUndefined<String>,
    /// What narrows it, in the place of all that did; null for nothing.
    pub filter: MaybeUndefined<ListingSearchFilter>,
    /// How to be told beside what stands in the product.
    pub channels: Option<Vec<NotificationChannel>>,
    /// False pauses it; true sets it going again, from now on.
    pub active: Option<bool>,
    /// Refuses the change if the saved search is no longer at this version.
    pub expected_version: Option<i64>,
    /// Repeating the mutation with the same key and input gives the first result and changes nothing.
    pub idempotency_key: Option<String>,
}

impl UpdateSavedSearchInput {
    fn read(self) -> Outcome<UpdateSavedSearch> {
        let id = saved_search_id(&self.saved_search_id)?;
        let mut wrong = Rejections::default();
        let filter = match Change::from(self.filter) {
            Change::Keep => Change::Keep,
            Change::Clear => Change::Clear,
            Change::Set(filter) => Change::Set(filter.read(&mut wrong)),
        };
        Ok(UpdateSavedSearch {
            id,
            name: self.name,
            query: self.query.into(),
            filter,
            wrong,
            channels: self.channels.map(channels),
            active: self.active,
            expected_version: self.expected_version,
            idempotency_key: self.idempotency_key,
        })
    }
}

/// Which saved search is to be deleted.
#[derive(Debug, Clone, InputObject)]
pub struct DeleteSavedSearchInput {
    /// Which saved search.
    pub saved_search_id: ID,
    /// Refuses it if the saved search is no longer at this version.
    pub expected_version: Option<i64>,
    /// Repeating the mutation with the same key and input gives the first result and changes nothing.
    pub idempotency_key: Option<String>,
}

impl DeleteSavedSearchInput {
    fn read(self) -> Outcome<DeleteSavedSearch> {
        Ok(DeleteSavedSearch {
            id: saved_search_id(&self.saved_search_id)?,
            expected_version: self.expected_version,
            idempotency_key: self.idempotency_key,
        })
    }
}

fn channels(asked: Vec<NotificationChannel>) -> Vec<Channel> {
    asked.into_iter().map(Channel::from).collect()
}

fn saved_search_id(id: &ID) -> Outcome<SavedSearchId> {
    Ok(read_id(id, SavedSearchId::PREFIX, ["input", "savedSearchId"])?)
}

payload! {
    /// What `saveSearch` gives back.
    SaveSearchPayload {
        /// The saved search; null when it was refused.
        saved_search: SavedSearch,
    }
}

payload! {
    /// What `updateSavedSearch` gives back.
    UpdateSavedSearchPayload {
        /// The saved search as it stands now; null when the change was refused.
        saved_search: SavedSearch,
    }
}

payload! {
    /// What `deleteSavedSearch` gives back.
    DeleteSavedSearchPayload {
        /// The id that no longer leads anywhere; null when it was refused.
        deleted_id: ID,
    }
}

/// The room's mutations.
#[derive(Debug, Default, Clone, Copy)]
pub struct AlertsMutation;

#[Object]
impl AlertsMutation {
    /// Keeps a search for the signed-in person, at most 50 of them. From now on she is told, once each, of listings that are
    /// published or changed and answer it; not of those of her own organizations, and not of what was there before.
    async fn save_search(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The search.")] input: SaveSearchInput,
    ) -> Result<SaveSearchPayload> {
        let outcome = Box::pin(room(ctx)?.save_search(actor(ctx), input.into())).await;
        SaveSearchPayload::from_outcome(ctx, outcome.map(SavedSearch::from))
    }

    /// Changes a saved search, pauses it, or sets it going again. One that asks for something else tells of what changes
    /// from now on.
    async fn update_saved_search(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is to be different.")] input: UpdateSavedSearchInput,
    ) -> Result<UpdateSavedSearchPayload> {
        let outcome = match input.read() {
            Ok(command) => Box::pin(room(ctx)?.update_saved_search(actor(ctx), command)).await,
            Err(failure) => Err(failure),
        };
        UpdateSavedSearchPayload::from_outcome(ctx, outcome.map(SavedSearch::from))
    }

    /// Deletes a saved search with what it has found. What was told of it stays told.
    async fn delete_saved_search(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which saved search.")] input: DeleteSavedSearchInput,
    ) -> Result<DeleteSavedSearchPayload> {
        let outcome = match input.read() {
            Ok(command) => Box::pin(room(ctx)?.delete_saved_search(actor(ctx), command)).await,
            Err(failure) => Err(failure),
        };
        DeleteSavedSearchPayload::from_outcome(ctx, outcome.map(|id| ID(id.to_string())))
    }
}
