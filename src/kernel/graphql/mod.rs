//! The GraphQL building blocks that the rooms share: scalars, money and quantities, user errors, payloads, connections.
//!
//! The rooms' own types wrap domain values and live with their rooms; the schema is put together in `api`.

mod asked;
mod at_need;
mod batch;
mod change;
mod connection;
mod failure;
pub mod fields;
mod id;
mod pages;
mod payload;
mod scalar;
mod value;
mod written;

pub use asked::Asked;
pub use at_need::{AtNeed, loaders};
pub use batch::{BatchLoad, Batcher};
pub use connection::{
    Cursor, OrderDirection, PageInfo, asked_of_nodes, asks_only, list_complexity, page_args, page_complexity,
    wants_total_count,
};
pub use failure::{SystemErrorCode, failure, fault, system_error, user_errors};
pub use id::{read_id, read_ids};
pub use pages::{PageLoad, Pages};
pub use payload::{Unexpected, UserError, UserErrorCode};
pub use scalar::{Date, Decimal, Json};
pub use value::{LanguageCode, Money, MoneyInput, Quantity, QuantityInput};
pub use written::{
    AsTree, Edges, Member, Members, Out, Plans, Resolved, Selected, Word, Written, plan_of, resolve_fields,
    resolve_within, write,
};

use super::{locale::Locale, telemetry::RequestId};

/// The language that this request is answered in.
#[must_use]
pub fn locale(ctx: &async_graphql::Context<'_>) -> Locale {
    ctx.data_opt::<Locale>().copied().unwrap_or_default()
}

/// The request's id, as its log lines and audit entries carry it.
#[must_use]
pub fn request_id(ctx: &async_graphql::Context<'_>) -> RequestId {
    ctx.data_opt::<RequestId>().cloned().unwrap_or_else(|| RequestId::new("-"))
}
