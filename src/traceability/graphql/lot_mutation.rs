//! Recording what happens to lots.

use async_graphql::{Context, ID, Object, Result};

use super::{
    CloseRecallInput, CorrectEventInput, Lot, OpenRecallInput, Recall, RecordAggregationInput, RecordDeliveryInput,
    RecordInspectionInput, RecordLossInput, RecordReceiptInput, RecordShipmentInput, RecordSplitInput,
    RecordTransformationInput, ReleaseHoldInput, SetListingLotsInput, ShipReservationInput, TraceEvent, room,
};
use crate::{
    accounts::graphql::actor,
    catalog::graphql::Listing,
    kernel::{ErrorCode, Failure, Outcome},
    payload,
    traceability::{Corrected, LotId, RecordTransformation, Recorded, Slips},
};

payload! {
    /// What `recordDelivery` gives back.
    RecordDeliveryPayload {
        /// The lot that it became; null when it was refused.
        lot: Lot,
        /// The event that tells of it.
        event: TraceEvent,
        /// The codes by which the producer confirms it, for her slip; where she has a phone they are sent there, and are not here.
        slips: ConfirmationSlips,
    }
}
payload! {
    /// What recording one event about one lot gives back.
    LotPayload {
        /// The lot as it is now; null when it was refused.
        lot: Lot,
        /// The event that tells of it.
        event: TraceEvent,
    }
}
payload! {
    /// What recording one event that makes lots gives back.
    LotsPayload {
        /// The lots that it made, in the order in which they were given; null when it was refused.
        lots: Vec<Lot>,
        /// The event that tells of it.
        event: TraceEvent,
    }
}
payload! {
    /// What `recordAggregation` gives back.
    RecordAggregationPayload {
        /// The lot that they became; null when it was refused.
        lot: Lot,
        /// The same lot, as other steps give theirs.
        lots: Vec<Lot>,
        /// The event that tells of it.
        event: TraceEvent,
    }
}
payload! {
    /// What `correctEvent` gives back.
    CorrectEventPayload {
        /// The event that declares the error; null when it was refused.
        event: TraceEvent,
        /// What was taken back, or is what should have been recorded.
        correction: Correction,
    }
}
payload! {
    /// What the mutations of recalls give back.
    RecallPayload {
        /// The recall as it stands now; null when it was refused.
        recall: Recall,
    }
}
payload! {
    /// What `releaseHold` gives back.
    ReleaseHoldPayload {
        /// The lot as it is now; null when it was refused.
        lot: Lot,
    }
}
payload! {
    /// What `setListingLots` gives back.
    SetListingLotsPayload {
        /// The listing; null when it was refused.
        listing: Listing,
        /// The lots that it offers now.
        lots: Vec<Lot>,
    }
}
payload! {
    /// What `shipReservation` gives back.
    ShipReservationPayload {
        /// The lots that are on their way; null when it was refused.
        lots: Vec<Lot>,
        /// The events that tell of it, one a lot.
        events: Vec<TraceEvent>,
    }
}

/// The codes by which a producer without a phone confirms what was recorded of her. They are told once.
#[derive(Debug, Clone, async_graphql::SimpleObject)]
pub struct ConfirmationSlips {
    /// For the delivery; null where it was sent to her phone.
    pub delivery_code: Option<String>,
    /// For what she was paid; null where nothing was paid, or it was sent to her phone.
    pub payment_code: Option<String>,
}

impl From<Slips> for ConfirmationSlips {
    fn from(slips: Slips) -> Self {
        Self { delivery_code: slips.delivery, payment_code: slips.payment }
    }
}

/// What a correction came to.
#[derive(Debug, Clone, async_graphql::SimpleObject)]
pub struct Correction {
    /// The lots that the wrong event was about, as they are now.
    #[graphql(complexity = "crate::kernel::graphql::list_complexity(5, child_complexity)")]
    pub lots: Vec<Lot>,
    /// The event that takes its place, where one does.
    pub instead: Option<TraceEvent>,
    /// The lots that are held now until a verifier has looked: what was made of them no longer adds up.
    pub held_lot_ids: Vec<ID>,
}

/// The mutations of lots.
#[derive(Debug, Default, Clone, Copy)]
pub struct LotsMutation;

#[Object]
impl LotsMutation {
    /// Records what a producer brought: a new lot. She is asked to confirm it, and what she was paid.
    async fn record_delivery(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What was brought, by whom and when.")] input: RecordDeliveryInput,
    ) -> Result<RecordDeliveryPayload> {
        let outcome = match input.read() {
            Ok(command) => Box::pin(room(ctx)?.record_delivery(actor(ctx), command)).await,
            Err(failure) => Err(failure),
        };
        let outcome = outcome.and_then(|delivery| {
            let (lot, event) = one(delivery.recorded)?;
            Ok((lot, event, delivery.slips.into()))
        });
        RecordDeliveryPayload::from_outcome(ctx, outcome)
    }

    /// Records that lots of one product became one.
    async fn record_aggregation(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What goes in, and when.")] input: RecordAggregationInput,
    ) -> Result<RecordAggregationPayload> {
        let outcome = transform(ctx, input.read()).await?.and_then(one);
        let outcome = outcome.map(|(lot, event)| (lot.clone(), vec![lot], event));
        RecordAggregationPayload::from_outcome(ctx, outcome)
    }

    /// Records that a lot became several of the same product.
    async fn record_split(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The lot, and what each new one weighs.")] input: RecordSplitInput,
    ) -> Result<LotsPayload> {
        LotsPayload::from_outcome(ctx, transform(ctx, input.read()).await?.map(many))
    }

    /// Records that lots became lots of other products. No more comes out than the rule of yield allows, unless an owner or
    /// manager signs for it.
    async fn record_transformation(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What goes in and what comes out, and when.")] input: RecordTransformationInput,
    ) -> Result<LotsPayload> {
        LotsPayload::from_outcome(ctx, transform(ctx, input.read()).await?.map(many))
    }

    /// Records that a lot was looked at. One that was found wanting is held, and so is all that was made of it.
    async fn record_inspection(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The lot, and what was found.")] input: RecordInspectionInput,
    ) -> Result<LotPayload> {
        let outcome = match input.read() {
            Ok(command) => Box::pin(room(ctx)?.record_inspection(actor(ctx), command)).await,
            Err(failure) => Err(failure),
        };
        LotPayload::from_outcome(ctx, outcome.and_then(one))
    }

    /// Records that a lot was sent. Until it is received nobody can use it.
    async fn record_shipment(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The lot, and who is to receive it.")] input: RecordShipmentInput,
    ) -> Result<LotPayload> {
        let outcome = match input.read() {
            Ok(command) => Box::pin(room(ctx)?.record_shipment(actor(ctx), command)).await,
            Err(failure) => Err(failure),
        };
        LotPayload::from_outcome(ctx, outcome.and_then(one))
    }

    /// Records that a lot arrived: from then on it is the receiver's.
    async fn record_receipt(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The lot, and how much of it arrived.")] input: RecordReceiptInput,
    ) -> Result<LotPayload> {
        let outcome = match input.read() {
            Ok(command) => Box::pin(room(ctx)?.record_receipt(actor(ctx), command)).await,
            Err(failure) => Err(failure),
        };
        LotPayload::from_outcome(ctx, outcome.and_then(one))
    }

    /// Records that something of a lot is no more.
    async fn record_loss(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The lot, how much, and why.")] input: RecordLossInput,
    ) -> Result<LotPayload> {
        let outcome = match input.read() {
            Ok(command) => Box::pin(room(ctx)?.record_loss(actor(ctx), command)).await,
            Err(failure) => Err(failure),
        };
        LotPayload::from_outcome(ctx, outcome.and_then(one))
    }

    /// Declares an event an error, and takes back what it did. What cannot be taken back, because others went on from there, is
    /// held until a verifier has looked.
    async fn correct_event(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The event, and in what way it was wrong.")] input: CorrectEventInput,
    ) -> Result<CorrectEventPayload> {
        let outcome = match input.read() {
            Ok(command) => Box::pin(room(ctx)?.correct_event(actor(ctx), command)).await,
            Err(failure) => Err(failure),
        };
        let corrected = |Corrected { recorded, instead, held }: Corrected| {
            let correction = Correction {
                lots: recorded.lots.into_iter().map(Lot::from).collect(),
                instead: instead.map(TraceEvent::from),
                held_lot_ids: held.iter().map(|lot: &LotId| ID(lot.to_string())).collect(),
            };
            (TraceEvent::from(recorded.event), correction)
        };
        CorrectEventPayload::from_outcome(ctx, outcome.map(corrected))
    }

    /// Calls lots back, with all that was made of them, whoever has it. None of it may move from this moment; listings that
    /// offer it are paused; and those who have it are told.
    async fn open_recall(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The lots, and why.")] input: OpenRecallInput,
    ) -> Result<RecallPayload> {
        let outcome = match input.read() {
            Ok(command) => Box::pin(room(ctx)?.open_recall(actor(ctx), command)).await,
            Err(failure) => Err(failure),
        };
        RecallPayload::from_outcome(ctx, outcome.map(Recall::from))
    }

    /// Ends a recall. What it held may move again, if nothing else holds it; listings stay paused until they are published.
    async fn close_recall(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The recall, and what was done about it.")] input: CloseRecallInput,
    ) -> Result<RecallPayload> {
        let outcome = match input.read() {
            Ok(command) => Box::pin(room(ctx)?.close_recall(actor(ctx), command)).await,
            Err(failure) => Err(failure),
        };
        RecallPayload::from_outcome(ctx, outcome.map(Recall::from))
    }

    /// Lets a lot go that a correction or an inspection holds. For verifiers who do not belong to who has it.
    async fn release_hold(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The lot, and why.")] input: ReleaseHoldInput,
    ) -> Result<ReleaseHoldPayload> {
        let outcome = match input.read() {
            Ok(command) => Box::pin(room(ctx)?.release_hold(actor(ctx), command)).await,
            Err(failure) => Err(failure),
        };
        ReleaseHoldPayload::from_outcome(ctx, outcome.map(Lot::from))
    }

    /// Says which lots a listing offers. What buyers reserve of it is held in them, in their order.
    async fn set_listing_lots(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The listing, and its lots.")] input: SetListingLotsInput,
    ) -> Result<SetListingLotsPayload> {
        let outcome = match input.read() {
            Ok(command) => Box::pin(room(ctx)?.set_listing_lots(actor(ctx), command)).await,
            Err(failure) => Err(failure),
        };
        let offered = |(listing, lots): (crate::catalog::Listing, Vec<_>)| {
            (Listing::from(listing), lots.into_iter().map(Lot::from).collect())
        };
        SetListingLotsPayload::from_outcome(ctx, outcome.map(offered))
    }

    /// Sends what was reserved of a listing to whoever reserved it: the reservation is fulfilled, and its lots are on their way.
    async fn ship_reservation(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The reservation.")] input: ShipReservationInput,
    ) -> Result<ShipReservationPayload> {
        let outcome = match input.read() {
            Ok(command) => Box::pin(room(ctx)?.ship_reservation(actor(ctx), command)).await,
            Err(failure) => Err(failure),
        };
        let sent = |recorded: Vec<Recorded>| {
            let (lots, events): (Vec<_>, Vec<_>) = recorded.into_iter().map(many).unzip();
            (lots.into_iter().flatten().collect(), events)
        };
        ShipReservationPayload::from_outcome(ctx, outcome.map(sent))
    }
}

async fn transform(ctx: &Context<'_>, command: Outcome<RecordTransformation>) -> Result<Outcome<Recorded>> {
    Ok(match command {
        Ok(command) => Box::pin(room(ctx)?.record_transformation(actor(ctx), command)).await,
        Err(failure) => Err(failure),
    })
}

/// What was recorded of one lot.
fn one(recorded: Recorded) -> Outcome<(Lot, TraceEvent)> {
    let (lots, event) = many(recorded);
    let lot = lots.into_iter().next().ok_or_else(|| Failure::code(ErrorCode::NotFound))?;
    Ok((lot, event))
}

fn many(recorded: Recorded) -> (Vec<Lot>, TraceEvent) {
    (recorded.lots.into_iter().map(Lot::from).collect(), TraceEvent::from(recorded.event))
}
