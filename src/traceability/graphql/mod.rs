//! The room in GraphQL. Types wrap the room's values; nothing here decides.
//!
//! The room's handle is put into the context by the schema, and [`Loaders`] by each request.

mod loader;
mod plot;
mod producer;
mod producer_input;
mod producer_mutation;
mod producer_query;

use std::str::FromStr;

use async_graphql::{Context, ID};

pub use loader::Loaders;
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

use super::Traceability;
use crate::kernel::{UserError, id::IdError};

/// The room's handle.
fn room<'c>(ctx: &Context<'c>) -> async_graphql::Result<&'c Traceability> {
    ctx.data()
}

/// Reads an identifier of one kind; `kind` is its prefix.
fn id<T: FromStr<Err = IdError>>(id: &ID, kind: &'static str, path: &[&str]) -> Result<T, UserError> {
    id.parse().map_err(|error| UserError::from_id(&error, kind, path))
}
