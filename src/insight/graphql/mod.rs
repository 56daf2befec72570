//! The room in GraphQL: its queries are merged into the schema's root. Types wrap the room's values; nothing here decides.
//!
//! The room's handle is put into the context by the schema.

mod price;
mod price_fairness;
mod price_query;
mod report;

pub use price::{
    LatestPrices, MarketPrice, MarketPriceConnection, MarketPriceEdge, MarketPrices, PriceTrend, PriceType,
};
pub use price_fairness::{PriceBand, PriceFairness, PriceFairnessRule, PriceUnknownReason, PriceVerdict};
pub use price_query::PriceQuery;
pub use report::{
    GenderIndicator, GenderResponsiveReport, IndicatorFigure, IndicatorGroup, IndicatorUnit, ReportGroupBy, ReportQuery,
};

use std::str::FromStr;

use async_graphql::{Context, Error, ID};

use super::Insight;
use crate::kernel::{UserError, id::IdError};

fn insight<'c>(ctx: &Context<'c>) -> Result<&'c Insight, Error> {
    ctx.data()
}

/// Reads an identifier of one kind; `kind` is its prefix.
fn id<T: FromStr<Err = IdError>>(id: &ID, kind: &'static str, path: &[&str]) -> Result<T, UserError> {
    id.parse().map_err(|error| UserError::from_id(&error, kind, path))
}
