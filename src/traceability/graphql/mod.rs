//! The room in GraphQL. Types wrap the room's values; nothing here decides.

mod chain;

use std::str::FromStr;

use async_graphql::{Context, ID};

pub use chain::{
    ChainCheckpoint, ChainCheckpointConnection, ChainCheckpointEdge, ChainQuery, ConsistencyProof, InclusionProof,
};

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
