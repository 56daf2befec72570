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

use async_graphql::{Context, Error};

use super::Matching;

fn matching<'c>(ctx: &Context<'c>) -> Result<&'c Matching, Error> {
    ctx.data()
}
