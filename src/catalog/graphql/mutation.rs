//! Changing the catalogue.

use async_graphql::{Context, Object, Result};

use super::{
    Listing, StockReservation, actor, catalog,
    input::{
        ArchiveListingInput, CreateListingInput, PauseListingInput, PublishListingInput, ReleaseReservationInput,
        ReserveStockInput, SetListingImagesInput, UpdateListingInput,
    },
};
use crate::{
    kernel::{Failure, Outcome, UserError, graphql::locale},
    payload,
};

/// The catalogue's mutations.
#[derive(Debug, Default, Clone, Copy)]
pub struct CatalogMutation;

payload! {
    /// What `createListing` gives back.
    CreateListingPayload {
        /// The draft; null when it was refused.
        listing: Listing,
    }
}
payload! {
    /// What `updateListing` gives back.
    UpdateListingPayload {
        /// The listing as it stands now; null when the change was refused.
        listing: Listing,
    }
}
payload! {
    /// What `publishListing` gives back.
    PublishListingPayload {
        /// The listing as it stands now; null when it was refused.
        listing: Listing,
    }
}
payload! {
    /// What `pauseListing` gives back.
    PauseListingPayload {
        /// The listing as it stands now; null when it was refused.
        listing: Listing,
    }
}
payload! {
    /// What `archiveListing` gives back.
    ArchiveListingPayload {
        /// The listing as it stands now; null when it was refused.
        listing: Listing,
    }
}
payload! {
    /// What `setListingImages` gives back.
    SetListingImagesPayload {
        /// The listing as it stands now; null when it was refused.
        listing: Listing,
    }
}
payload! {
    /// What `reserveStock` gives back.
    ReserveStockPayload {
        /// What is held; null when it was refused.
        reservation: StockReservation,
    }
}
payload! {
    /// What `releaseReservation` gives back.
    ReleaseReservationPayload {
        /// The reservation as it stands now; null when it was refused.
        reservation: StockReservation,
    }
}

/// Carries out what was read of an input.
async fn carry_out<C, T>(
    command: std::result::Result<C, UserError>,
    work: impl AsyncFnOnce(C) -> Outcome<T>,
) -> Outcome<T> {
    work(command.map_err(Failure::from)?).await
}

#[Object]
impl CatalogMutation {
    /// Writes a draft of a listing. Only members of its organization see it until it is published.
    async fn create_listing(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The new listing.")] input: CreateListingInput,
    ) -> Result<CreateListingPayload> {
        let (catalog, actor) = (catalog(ctx)?, actor(ctx));
        let made = carry_out(input.read(locale(ctx)), async |command| catalog.create_listing(actor, command).await);
        CreateListingPayload::from_outcome(ctx, made.await.map(Listing::from))
    }

    /// Changes what a listing offers. A published listing stays fit to be published, and what is held for buyers stays theirs.
    async fn update_listing(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The changes.")] input: UpdateListingInput,
    ) -> Result<UpdateListingPayload> {
        let (catalog, actor) = (catalog(ctx)?, actor(ctx));
        let changed = carry_out(input.read(), async |command| catalog.update_listing(actor, command).await);
        UpdateListingPayload::from_outcome(ctx, changed.await.map(Listing::from))
    }

    /// Offers a draft or paused listing to everyone. It needs a price, a quantity and a place.
    async fn publish_listing(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which listing.")] input: PublishListingInput,
    ) -> Result<PublishListingPayload> {
        let (catalog, actor) = (catalog(ctx)?, actor(ctx));
        let published = carry_out(input.read(), async |command| catalog.publish_listing(actor, command).await);
        PublishListingPayload::from_outcome(ctx, published.await.map(Listing::from))
    }

    /// Takes a published listing back until it is published again. What is held for buyers stays held.
    async fn pause_listing(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which listing.")] input: PauseListingInput,
    ) -> Result<PauseListingPayload> {
        let (catalog, actor) = (catalog(ctx)?, actor(ctx));
        let paused = carry_out(input.read(), async |command| catalog.pause_listing(actor, command).await);
        PauseListingPayload::from_outcome(ctx, paused.await.map(Listing::from))
    }

    /// Ends a listing for good. Members can still read it.
    async fn archive_listing(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which listing.")] input: ArchiveListingInput,
    ) -> Result<ArchiveListingPayload> {
        let (catalog, actor) = (catalog(ctx)?, actor(ctx));
        let archived = carry_out(input.read(), async |command| catalog.archive_listing(actor, command).await);
        ArchiveListingPayload::from_outcome(ctx, archived.await.map(Listing::from))
    }

    /// Shows these pictures beside a listing, and no others.
    async fn set_listing_images(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which pictures.")] input: SetListingImagesInput,
    ) -> Result<SetListingImagesPayload> {
        let (catalog, actor) = (catalog(ctx)?, actor(ctx));
        let shown = carry_out(input.read(), async |command| catalog.set_listing_images(actor, command).await);
        SetListingImagesPayload::from_outcome(ctx, shown.await.map(Listing::from))
    }

    /// Holds a quantity of a published listing for a buyer for a while. However many ask at once, no more is held than
    /// there is.
    async fn reserve_stock(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How much of what, for whom.")] input: ReserveStockInput,
    ) -> Result<ReserveStockPayload> {
        let (catalog, actor) = (catalog(ctx)?, actor(ctx));
        let held = carry_out(input.read(), async |command| catalog.reserve_stock(actor, command).await);
        ReserveStockPayload::from_outcome(ctx, held.await.map(StockReservation))
    }

    /// Gives held stock free before its time. Buyer and seller may both do so.
    async fn release_reservation(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which reservation.")] input: ReleaseReservationInput,
    ) -> Result<ReleaseReservationPayload> {
        let (catalog, actor) = (catalog(ctx)?, actor(ctx));
        let released = carry_out(input.read(), async |command| catalog.release_reservation(actor, command).await);
        ReleaseReservationPayload::from_outcome(ctx, released.await.map(StockReservation))
    }
}
