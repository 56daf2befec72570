//! Lots, what follows from their way, and what happened to them, for many siblings at once.

use std::{collections::HashMap, sync::Arc};

use async_graphql::{Context, Error};

use super::{
    Lot, LotClaim, LotHold, Recall, TraceEvent,
    loader::{loader, shared},
};
use crate::{
    accounts::Actor,
    catalog::ListingId,
    kernel::{
        Fault,
        graphql::{BatchLoad, Batcher, PageLoad, Pages, loaders, wants_total_count},
        page::{Counted, Page},
    },
    traceability::{
        self, EventId, LotId, RecallId, Traceability,
        model::{self, recall::RecalledLot, shares::Shares},
    },
};

/// The batchers of one request; the API makes them with its actor and puts them in its context.
pub struct LotLoaders {
    lots: Batcher<Lots>,
    shares: Batcher<SharesOf>,
    claims: Batcher<ClaimsOf>,
    holds: Batcher<HoldsOf>,
    recalls: Batcher<RecallsOf>,
    events: Pages<EventsOf>,
    event: Batcher<Events>,
    corrections: Batcher<Corrections>,
    of_events: Batcher<LotsOfEvents>,
    of_listings: Batcher<LotsOfListings>,
    recall: Batcher<Recalls>,
    recalled: Batcher<Recalled>,
}

impl LotLoaders {
    /// Batchers that load what `actor` may see.
    #[must_use]
    pub fn new(room: &Traceability, actor: &Actor) -> Self {
        Self {
            lots: Batcher::new(Lots(room.clone())),
            shares: Batcher::new(SharesOf(room.clone())),
            claims: Batcher::new(ClaimsOf(room.clone(), actor.clone())),
            holds: Batcher::new(HoldsOf(room.clone())),
            recalls: Batcher::new(RecallsOf(room.clone())),
            events: Pages::new(EventsOf(room.clone())),
            event: Batcher::new(Events(room.clone())),
            corrections: Batcher::new(Corrections(room.clone())),
            of_events: Batcher::new(LotsOfEvents(room.clone())),
            of_listings: Batcher::new(LotsOfListings(room.clone())),
            recall: Batcher::new(Recalls(room.clone())),
            recalled: Batcher::new(Recalled(room.clone())),
        }
    }

    /// The lot, if there is one.
    ///
    /// # Errors
    /// The masked form of a fault.
    pub async fn lot(ctx: &Context<'_>, id: LotId) -> Result<Option<Lot>, Error> {
        Ok(loaders::<Self>(ctx)?.lots.get(ctx, id).await?.map(Lot))
    }

    /// The event, if there is one.
    ///
    /// # Errors
    /// The masked form of a fault.
    pub async fn event(ctx: &Context<'_>, id: EventId) -> Result<Option<TraceEvent>, Error> {
        Ok(loaders::<Self>(ctx)?.event.get(ctx, id).await?.map(TraceEvent))
    }

    /// The recall, if there is one.
    ///
    /// # Errors
    /// The masked form of a fault.
    pub async fn recall(ctx: &Context<'_>, id: RecallId) -> Result<Option<Recall>, Error> {
        Ok(loaders::<Self>(ctx)?.recall.get(ctx, id).await?.map(Recall))
    }

    /// These lots.
    pub(super) async fn many(ctx: &Context<'_>, ids: &[LotId]) -> Result<HashMap<LotId, Lot>, Error> {
        let loaders = loaders::<Self>(ctx)?;
        let found = ids.iter().map(|id| loaders.lots.get(ctx, *id));
        let found = futures_util::future::try_join_all(found).await?;
        Ok(ids.iter().zip(found).filter_map(|(id, lot)| Some((*id, Lot(lot?)))).collect())
    }

    pub(super) async fn shares(ctx: &Context<'_>, id: LotId) -> Result<Shares, Error> {
        Ok(loaders::<Self>(ctx)?.shares.get(ctx, id).await?.unwrap_or(Shares::UNKNOWN))
    }

    pub(super) async fn claims(ctx: &Context<'_>, id: LotId) -> Result<Vec<LotClaim>, Error> {
        let found = loaders::<Self>(ctx)?.claims.get(ctx, id).await?.unwrap_or_default();
        Ok(found.iter().filter(|claim| claim.share > 0).cloned().map(LotClaim).collect())
    }

    pub(super) async fn holds(ctx: &Context<'_>, id: LotId) -> Result<Vec<LotHold>, Error> {
        let found = loaders::<Self>(ctx)?.holds.get(ctx, id).await?.unwrap_or_default();
        Ok(found.iter().cloned().map(LotHold).collect())
    }

    pub(super) async fn recalls(ctx: &Context<'_>, id: LotId) -> Result<Vec<Recall>, Error> {
        let found = loaders::<Self>(ctx)?.recalls.get(ctx, id).await?.unwrap_or_default();
        Ok(found.iter().cloned().map(Recall::from).collect())
    }

    pub(super) async fn events(
        ctx: &Context<'_>,
        id: LotId,
        page: Page,
    ) -> Result<Counted<model::event::Event>, Error> {
        loaders::<Self>(ctx)?.events.get(ctx, id, page, wants_total_count(ctx)).await
    }

    pub(super) async fn correction(ctx: &Context<'_>, id: EventId) -> Result<Option<TraceEvent>, Error> {
        Ok(loaders::<Self>(ctx)?.corrections.get(ctx, id).await?.map(TraceEvent))
    }

    pub(super) async fn of_event(ctx: &Context<'_>, id: EventId) -> Result<Vec<Lot>, Error> {
        let found = loaders::<Self>(ctx)?.of_events.get(ctx, id).await?.unwrap_or_default();
        Ok(found.iter().cloned().map(Lot::from).collect())
    }

    pub(super) async fn of_listing(ctx: &Context<'_>, id: ListingId) -> Result<Vec<Lot>, Error> {
        let found = loaders::<Self>(ctx)?.of_listings.get(ctx, id).await?.unwrap_or_default();
        Ok(found.iter().cloned().map(Lot::from).collect())
    }

    pub(super) async fn recalled(ctx: &Context<'_>, id: RecallId) -> Result<Arc<Vec<RecalledLot>>, Error> {
        Ok(loaders::<Self>(ctx)?.recalled.get(ctx, id).await?.unwrap_or_default())
    }
}

loader!(Lots(Traceability), LotId => model::lot::Lot, Traceability::lots_by_ids);
loader!(HoldsOf(Traceability), LotId => Vec<model::hold::Hold>, Traceability::holds_of);
loader!(RecallsOf(Traceability), LotId => Vec<model::recall::Recall>, Traceability::recalls_of_lots);
loader!(Events(Traceability), EventId => model::event::Event, Traceability::events_by_ids);
loader!(Corrections(Traceability), EventId => model::event::Event, Traceability::corrections_of);
loader!(LotsOfEvents(Traceability), EventId => Vec<model::lot::Lot>, Traceability::lots_of_events);
loader!(LotsOfListings(Traceability), ListingId => Vec<model::lot::Lot>, Traceability::lots_of_listings);
loader!(Recalls(Traceability), RecallId => model::recall::Recall, Traceability::recalls_by_ids);
loader!(Recalled(Traceability), RecallId => Vec<RecalledLot>, Traceability::lots_of_recalls);

struct SharesOf(Traceability);

impl BatchLoad for SharesOf {
    type Key = LotId;
    type Value = Shares;

    async fn load(&self, keys: Vec<LotId>) -> Result<HashMap<LotId, Shares>, Fault> {
        self.0.shares_of(&keys).await
    }
}

struct ClaimsOf(Traceability, Actor);

impl BatchLoad for ClaimsOf {
    type Key = LotId;
    type Value = Arc<Vec<traceability::LotClaim>>;

    async fn load(&self, keys: Vec<LotId>) -> Result<HashMap<LotId, Self::Value>, Fault> {
        let found = self.0.claims_of(&self.1, &keys).await?;
        Ok(found.into_iter().map(|(lot, claims)| (lot, Arc::new(claims))).collect())
    }
}

struct EventsOf(Traceability);

impl PageLoad for EventsOf {
    type Parent = LotId;
    type Item = model::event::Event;

    async fn load(
        &self,
        lots: Vec<LotId>,
        page: &Page,
        count: bool,
    ) -> Result<HashMap<LotId, Counted<model::event::Event>>, Fault> {
        self.0.events_of_lots(&lots, page, count).await
    }
}
