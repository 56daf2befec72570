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

use async_graphql::{Context, Error};

use super::Insight;

fn insight<'c>(ctx: &Context<'c>) -> Result<&'c Insight, Error> {
    ctx.data()
}
