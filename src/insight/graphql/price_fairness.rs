//! How an offer stands to the market.

use async_graphql::{Context, Enum, Object, Result, SimpleObject};

use super::{PriceType, insight, price::decimal};
use crate::{
    directory::graphql::{Certainty, Place},
    insight::{
        Fairness,
        model::price_fairness::{self, Comparison},
    },
    kernel::{
        decimal::format_scaled,
        graphql::{Date, Decimal, Money},
    },
};

/// How an offer stands to what the market paid recently.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "price_fairness::Verdict")]
pub enum PriceVerdict {
    /// Less than what is fair, to whoever sells.
    Below,
    /// About what the market pays.
    Fair,
    /// More than what is fair, to whoever buys.
    Above,
    /// That cannot be told; `unknownReason` says why.
    Unknown,
}

/// Why nothing can be told of an offer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "price_fairness::WhyUnknown")]
pub enum PriceUnknownReason {
    /// Nobody has weighed the unit for this product and place.
    UnitNotWeighed,
    /// No price of the product is recent.
    NoRecentPrices,
    /// There are recent prices, all of them in other currencies.
    OtherCurrencies,
    /// There are recent prices, but too few even in the whole country.
    TooFewPrices,
}

/// How an offer stands to what the market paid recently.
#[derive(Debug, Clone)]
pub struct PriceFairness(pub(super) Fairness);

impl PriceFairness {
    fn found(&self) -> Option<&Comparison> {
        self.0.found.as_ref().ok().map(|(found, _)| found)
    }

    fn decimal(&self, price: i64) -> Decimal {
        decimal(price, self.0.price.currency)
    }
}

/// How an offer stands to what the market paid recently, in the nearest area that has enough prices in the offer's currency.
#[Object]
impl PriceFairness {
    /// How it stands.
    fn verdict(&self) -> PriceVerdict {
        self.0.verdict().into()
    }

    /// Why that cannot be told; null where it can.
    fn unknown_reason(&self) -> Option<PriceUnknownReason> {
        self.0.found.as_ref().err().map(|why| (*why).into())
    }

    /// The offer for one unit.
    fn price(&self) -> Money {
        Money(self.0.price)
    }

    /// The offer for a kilogram, in the currency's major unit; null where nobody has weighed the unit.
    fn price_per_kilogram(&self) -> Option<Decimal> {
        self.0.per_kilogram.map(|price| self.decimal(price))
    }

    /// At which step of trade the prices were observed that it was held against.
    fn price_type(&self) -> PriceType {
        self.0.price_type.into()
    }

    /// The median of the area's prices a kilogram, outliers left out.
    fn median(&self) -> Option<Decimal> {
        self.found().map(|found| self.decimal(found.median))
    }

    /// The offer as a multiple of the median: `0.85` for 15 % less.
    fn ratio(&self) -> Option<Decimal> {
        self.found().map(|found| Decimal(format_scaled(found.ratio, 3)))
    }

    /// Between which prices the middle of the market lies.
    async fn band(&self, ctx: &Context<'_>) -> Result<Option<PriceBand>> {
        let rule = &insight(ctx)?.price_reference().fairness;
        Ok(self.found().map(|found| PriceBand {
            lower: self.decimal(found.band.0),
            upper: self.decimal(found.band.1),
            lower_percentile: rule.band_lower,
            upper_percentile: rule.band_upper,
        }))
    }

    /// How many prices counted.
    fn observations(&self) -> usize {
        self.found().map_or(0, |found| found.observations)
    }

    /// Of how many markets.
    fn markets(&self) -> usize {
        self.found().map_or(0, |found| found.markets)
    }

    /// How many prices of the area are outliers, and did not count.
    fn outliers_left_out(&self) -> usize {
        self.found().map_or(0, |found| found.outliers)
    }

    /// The area whose prices counted: the place that was asked about, or the nearest around it that has enough.
    async fn area(&self, ctx: &Context<'_>) -> Result<Option<Place>> {
        self.0.found.as_ref().ok().map_or(Ok(None), |(_, area)| Place::of(ctx, area))
    }

    /// The first day whose prices counted.
    fn period_from(&self) -> Option<Date> {
        self.0.from.first_day().map(Date)
    }

    /// The last day whose prices counted.
    fn period_to(&self) -> Option<Date> {
        self.0.to.last_day().map(Date)
    }

    /// What the verdict counts with.
    async fn rule(&self, ctx: &Context<'_>) -> Result<PriceFairnessRule> {
        let rule = &insight(ctx)?.price_reference().fairness;
        let count = |count: usize| i32::try_from(count).unwrap_or(i32::MAX);
        Ok(PriceFairnessRule {
            below: Decimal(format_scaled(rule.below_percent, 2)),
            above: Decimal(format_scaled(rule.above_percent, 2)),
            months: i32::try_from(rule.months).unwrap_or(i32::MAX),
            observations_minimum: count(rule.observations_min),
            markets_minimum: count(rule.markets_min),
            source: rule.source.clone(),
            certainty: rule.certainty.into(),
        })
    }
}

/// Between which prices the middle of the market lies.
#[derive(Debug, Clone, SimpleObject)]
pub struct PriceBand {
    /// The lower price a kilogram.
    pub lower: Decimal,
    /// The upper price a kilogram.
    pub upper: Decimal,
    /// At least this many of a hundred prices are not above the lower one.
    pub lower_percentile: u32,
    /// At least this many of a hundred prices are not above the upper one.
    pub upper_percentile: u32,
}

/// What verdicts on offers count with.
#[derive(Debug, Clone, SimpleObject)]
pub struct PriceFairnessRule {
    /// An offer of a smaller multiple of the median is `BELOW`.
    pub below: Decimal,
    /// An offer of a greater multiple of the median is `ABOVE`.
    pub above: Decimal,
    /// How many months are recent.
    pub months: i32,
    /// How many prices an area needs.
    pub observations_minimum: i32,
    /// From how many markets.
    pub markets_minimum: i32,
    /// Where these numbers are from.
    pub source: String,
    /// How sure that is.
    pub certainty: Certainty,
}
