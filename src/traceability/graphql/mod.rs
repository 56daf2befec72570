//! The room in GraphQL. Types wrap the room's values; nothing here decides.
//!
//! The room's handle is put into the context by the schema, and [`Loaders`] and [`LotLoaders`] by each request.

mod chain;
mod event;
mod loader;
mod lot;
mod lot_input;
mod lot_loader;
mod lot_mutation;
mod lot_query;
mod lot_reading;
mod plot;
mod producer;
mod producer_input;
mod producer_mutation;
mod producer_query;
mod way;

use async_graphql::Context;

pub use chain::{
    ChainCheckpoint, ChainCheckpointConnection, ChainCheckpointEdge, ChainQuery, ConsistencyProof, InclusionProof,
};
pub use event::{
    HoldCause, LotHold, Recall, RecallAt, RecallConnection, RecallEdge, TraceEvent, TraceEventConnection,
    TraceEventEdge, TraceEventKind,
};
pub use loader::Loaders;
pub use lot::{CustodyModel, Growers, Lot, LotClaim, LotConnection, LotEdge, LotStatus, listing_lots};
pub use lot_input::{
    CloseRecallInput, CorrectEventInput, CorrectedDeliveryInput, EventErrorReason, InspectionResult, LossReason,
    LotFilter, LotOutputInput, LotPortionInput, OpenRecallInput, RecordAggregationInput, RecordDeliveryInput,
    RecordInspectionInput, RecordLossInput, RecordReceiptInput, RecordShipmentInput, RecordSplitInput,
    RecordTransformationInput, ReleaseHoldInput, SetListingLotsInput, ShipReservationInput,
};
pub use lot_loader::LotLoaders;
pub use lot_mutation::{
    ConfirmationSlips, CorrectEventPayload, Correction, LotPayload, LotsMutation, LotsPayload, RecallPayload,
    RecordAggregationPayload, RecordDeliveryPayload, ReleaseHoldPayload, SetListingLotsPayload, ShipReservationPayload,
};
pub use lot_query::{LotsQuery, organization_lots};
pub use plot::{Plot, ProducerPayment};
pub use producer::{
    ConfirmationKind, DeliveryConfirmation, ForgetReason, Gender, Producer, ProducerConnection, ProducerEdge,
    ProducerMembership,
};
pub use producer_input::{
    AddPlotInput, AddProducerInput, ConfirmDeliveryInput, EndMembershipInput, EndPlotInput, EnrolProducerInput,
    ForgetProducerInput, PlotInput, RecordProducerPaymentInput, UpdatePlotInput, UpdateProducerInput,
};
pub use producer_mutation::{
    ConfirmDeliveryPayload, PlotPayload, ProducerMembershipPayload, ProducerPayload, ProducersMutation,
    RecordProducerPaymentPayload,
};
pub use producer_query::ProducersQuery;
pub use way::{TraceGraph, TraceLink, TraceNode};

use super::Traceability;

/// The room's handle.
fn room<'c>(ctx: &Context<'c>) -> async_graphql::Result<&'c Traceability> {
    ctx.data()
}
