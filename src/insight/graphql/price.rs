//! Market prices.

use async_graphql::{Context, Enum, Object, Result, SimpleObject};

use super::insight;
use crate::{
    catalog::graphql::Product,
    connection,
    directory::graphql::Place,
    insight::{
        MarketSummary, Observation, PRICES, Prices,
        model::{
            price::{self, EXTRA_DECIMALS, Month},
            price_trend,
        },
    },
    kernel::{
        decimal::format_scaled,
        graphql::{Date, Decimal, failure, list_complexity, page_args, page_complexity, wants_total_count},
        money::Currency,
        page::{CursorKey, SortValue, encode_cursor},
    },
};

/// At which step of trade a price was observed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "price::PriceType")]
pub enum PriceType {
    /// What buyers of small quantities pay on a market.
    Retail,
    /// What traders pay each other.
    Wholesale,
    /// What growers are paid.
    FarmGate,
}

/// A price in thousandths of the currency's minor unit, on the wire.
pub(super) fn decimal(price: i64, currency: Currency) -> Decimal {
    let decimals = currency.exponent().map_or(0, u32::from) + EXTRA_DECIMALS;
    Decimal(format_scaled(price, decimals))
}

/// The first day of a month.
fn first_day(month: Month) -> Option<Date> {
    month.first_day().map(Date)
}

fn number(count: usize) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

/// Market prices that were asked for.
#[derive(Debug, Clone)]
pub struct MarketPrices {
    pub(super) prices: Prices,
    pub(super) summary: MarketSummary,
}

/// What a product cost on markets, as others observed and published it. All amounts are for a kilogram, in the currency's major unit.
#[Object]
impl MarketPrices {
    /// The product.
    async fn product(&self, ctx: &Context<'_>) -> Result<Option<Product>> {
        Ok(Product::find(insight(ctx)?.taxonomy(), &self.prices.product))
    }

    /// The place whose markets count, and those of everything that lies in it today; null for every market that was imported.
    async fn place(&self, ctx: &Context<'_>) -> Result<Option<Place>> {
        self.prices.place.as_deref().map_or(Ok(None), |code| Place::of(ctx, code))
    }

    /// The ISO 4217 code of the currency. Amounts in others are not looked at.
    fn currency(&self) -> &'static str {
        self.prices.currency.code()
    }

    /// The median of all of these prices a kilogram, outliers left out.
    fn median(&self) -> Option<Decimal> {
        self.summary.median.map(|price| decimal(price, self.prices.currency))
    }

    /// The newest month that has prices; null where there is none.
    fn latest(&self) -> Option<LatestPrices> {
        let latest = self.summary.latest.as_ref()?;
        let decimal = |price| decimal(price, self.prices.currency);
        Some(LatestPrices {
            month: first_day(latest.month)?,
            median: decimal(latest.median),
            lowest: decimal(latest.lowest),
            highest: decimal(latest.highest),
            observations: number(latest.observations),
            markets: number(latest.markets),
        })
    }

    /// How the newest month stands to those 3 and 12 months before it, also where they lie before `from`: on the markets that have prices of the same goods
    /// in both months, outliers left out. A comparison that no market allows is left out.
    #[graphql(complexity = "list_complexity(2, child_complexity)")]
    fn trend(&self) -> Vec<PriceTrend> {
        let trend = |trend: &price_trend::Trend| {
            Some(PriceTrend {
                months: i32::try_from(trend.months).ok()?,
                month: first_day(trend.then_month)?,
                median_then: decimal(trend.then, self.prices.currency),
                median_now: decimal(trend.now, self.prices.currency),
                change: Decimal(format_scaled(trend.change, 3)),
                markets: number(trend.markets),
            })
        };
        self.summary.trends.iter().filter_map(trend).collect()
    }

    /// The prices one by one, the newest month first; outliers among them, marked.
    #[graphql(complexity = "page_complexity(__ctx, __variables_definition, __field, child_complexity)")]
    async fn observations(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many from the beginning, at most 100.")] first: Option<i32>,
        #[graphql(desc = "Only what follows this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end, at most 100.")] last: Option<i32>,
        #[graphql(desc = "Only what precedes this cursor.")] before: Option<String>,
    ) -> Result<MarketPriceConnection> {
        let args = page_args(first, after, last, before);
        let page = insight(ctx)?.price_page(&self.prices, &args, wants_total_count(ctx));
        let (slice, total) = Box::pin(page).await.map_err(|error| failure(ctx, error))?;
        let currency = self.prices.currency;
        let turn = |price: Observation| {
            let key = CursorKey { sort: SortValue::Integer(price.key.month.0), id: price.id.uuid() };
            (encode_cursor(PRICES, &key), MarketPrice { price, currency })
        };
        Ok(MarketPriceConnection::new(slice, turn, total))
    }
}

/// The newest month that has prices.
#[derive(Debug, Clone, SimpleObject)]
pub struct LatestPrices {
    /// Its first day.
    pub month: Date,
    /// The median a kilogram, outliers left out.
    pub median: Decimal,
    /// The least, outliers left out.
    pub lowest: Decimal,
    /// The greatest, outliers left out.
    pub highest: Decimal,
    /// How many prices counted.
    pub observations: i64,
    /// Of how many markets.
    pub markets: i64,
}

/// How the newest month stands to an earlier one, on the markets that have prices of the same goods in both.
#[derive(Debug, Clone, SimpleObject)]
pub struct PriceTrend {
    /// How many months lie between.
    pub months: i32,
    /// The first day of the earlier month.
    pub month: Date,
    /// The earlier month's median a kilogram.
    pub median_then: Decimal,
    /// The newest month's median a kilogram, on the same markets.
    pub median_now: Decimal,
    /// By how much it is more, as a share of the earlier one: `0.125` for an eighth more, negative where it is less.
    pub change: Decimal,
    /// How many markets have both.
    pub markets: i64,
}

/// A price that was observed.
#[derive(Debug, Clone)]
pub struct MarketPrice {
    price: Observation,
    currency: Currency,
}

connection! {
    /// A page of market prices.
    MarketPriceConnection, MarketPriceEdge, MarketPrice
}

/// What some goods cost on a market in a month, as somebody observed and published it.
#[Object]
impl MarketPrice {
    /// The market, as its source writes it.
    fn market(&self) -> &str {
        &self.price.market
    }

    /// The region, as its source writes it, in the division of that time; null where it says none.
    fn region_name(&self) -> Option<&str> {
        Some(self.price.admin1.as_str()).filter(|name| !name.is_empty())
    }

    /// The narrowest place that surely holds the market today; null where none is known.
    async fn place(&self, ctx: &Context<'_>) -> Result<Option<Place>> {
        self.price.facts.place.as_deref().map_or(Ok(None), |code| Place::of(ctx, code))
    }

    /// The goods, as their source writes them.
    fn commodity(&self) -> &str {
        &self.price.commodity
    }

    /// The first day of the month.
    fn month(&self) -> Option<Date> {
        first_day(self.price.key.month)
    }

    /// At which step of trade.
    fn price_type(&self) -> PriceType {
        self.price.key.series.price_type.into()
    }

    /// What one `unit` cost, in the currency's major unit, as published. Averages have decimals that the currency has no coins for.
    fn price(&self) -> Decimal {
        decimal(self.price.facts.price, self.currency)
    }

    /// The unit, as its source writes it.
    fn unit(&self) -> &str {
        &self.price.key.unit
    }

    /// What a kilogram cost, in the currency's major unit.
    fn price_per_kilogram(&self) -> Decimal {
        decimal(self.price.facts.per_kilogram, self.currency)
    }

    /// The ISO 4217 code of the currency.
    fn currency(&self) -> &'static str {
        self.currency.code()
    }

    /// Whether it lies too far from what the same goods cost on the same market around that time. No median counts it.
    fn outlier(&self) -> bool {
        self.price.outlier
    }

    /// Where it comes from.
    fn source(&self) -> &str {
        &self.price.source
    }
}
