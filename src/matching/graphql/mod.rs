//! The room in GraphQL. Types wrap the room's values; nothing here decides.

mod object;
mod preview;
mod query;
mod text;

pub use object::{
    ConsortiumPart, ConsortiumSuggestion, Criterion, RequestMatch, RequestMatchConnection, RequestMatchEdge,
    SellerMatch, SellerMatchConnection, SellerMatchEdge,
};
pub use preview::{Barrier, BarrierPreview, BarrierPreviewInput, BarrierPreviewPayload, LotPreview, LotSplit};
pub use query::MatchingQuery;

use std::str::FromStr;

use async_graphql::{Context, Error, ID};

use super::Matching;
use crate::kernel::{UserError, id::IdError};

fn matching<'c>(ctx: &Context<'c>) -> Result<&'c Matching, Error> {
    ctx.data()
}

/// Reads an identifier of one kind; `kind` is its prefix.
fn id<T: FromStr<Err = IdError>>(id: &ID, kind: &'static str, path: &[&str]) -> Result<T, UserError> {
    id.parse().map_err(|error| UserError::from_id(&error, kind, path))
}
