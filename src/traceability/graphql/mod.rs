//! The room in GraphQL. Types wrap the room's values; nothing here decides.

mod chain;

use async_graphql::{Context, Error};

pub use chain::{
    ChainCheckpoint, ChainCheckpointConnection, ChainCheckpointEdge, ChainQuery, ConsistencyProof, InclusionProof,
};

use super::Traceability;

fn traceability<'c>(ctx: &Context<'c>) -> Result<&'c Traceability, Error> {
    ctx.data()
}
