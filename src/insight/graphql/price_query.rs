//! Asking for market prices. They are public.

use async_graphql::{Context, Object, Result};

use super::{MarketPrices, PriceFairness, PriceType, insight};
use crate::{
    insight::{AskFairness, AskPrices},
    kernel::{
        Outcome,
        graphql::{Date, MoneyInput, failure},
    },
};

/// The room's queries about prices.
#[derive(Debug, Default, Clone, Copy)]
pub struct PriceQuery;

#[Object]
impl PriceQuery {
    /// What a product cost on markets: the newest month, how it stands to earlier ones, the median, and the prices one by one. Only
    /// prices of one step of trade and in one currency are looked at together.
    // The median and the newest month are asked of all prices of the product, whatever is shown of them.
    #[graphql(complexity = "20 + child_complexity")]
    async fn market_prices(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The product's code, such as `millet`.")] product_code: String,
        #[graphql(
            desc = "Only markets in this place and in everything that lies in it today, by code or name; `ml` for Mali. Every market that was \
                    imported where none is given, those of other countries among them."
        )]
        place_code: Option<String>,
        #[graphql(desc = "At which step of trade; retail where it is left out.")] price_type: Option<PriceType>,
        #[graphql(desc = "The ISO 4217 code of the currency; `XOF` where it is left out.")] currency: Option<String>,
        #[graphql(desc = "From the month of this day on.")] from: Option<Date>,
        #[graphql(desc = "Until the month of this day.")] to: Option<Date>,
    ) -> Result<MarketPrices> {
        let ask = AskPrices {
            product_code,
            place_code,
            price_type: price_type.unwrap_or(PriceType::Retail).into(),
            currency: currency.unwrap_or_else(|| "XOF".to_owned()),
            from: from.map(|day| day.0),
            to: to.map(|day| day.0),
        };
        let room = insight(ctx)?;
        let asked = async {
            let prices = room.prices(ask)?;
            let summary = room.price_summary(&prices).await?;
            Ok(MarketPrices { prices, summary })
        };
        let found: Outcome<MarketPrices> = Box::pin(asked).await;
        found.map_err(|error| failure(ctx, error))
    }

    /// How an offer stands to what the market paid recently: in the place, or the nearest area around it that has enough prices in the
    /// offer's currency.
    // Every recent price of the product is looked at.
    #[graphql(complexity = "20 + child_complexity")]
    async fn price_fairness(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The product's code, such as `millet`.")] product_code: String,
        #[graphql(desc = "Where, by code or name.")] place_code: String,
        #[graphql(desc = "What one unit is offered for.")] price: MoneyInput,
        #[graphql(desc = "The unit: `KGM`, `SAC100`, or another code or name that the product is sold in.")]
        unit: String,
        #[graphql(desc = "Against which prices; retail where it is left out.")] price_type: Option<PriceType>,
        #[graphql(desc = "On which day; today where none is given.")] as_of: Option<Date>,
    ) -> Result<PriceFairness> {
        let price = price.read(&["price"]).map_err(|error| failure(ctx, error.into()))?;
        let (price_type, as_of) = (price_type.unwrap_or(PriceType::Retail).into(), as_of.map(|day| day.0));
        let ask = AskFairness { product_code, place_code, price, unit, price_type, as_of };
        let found = Box::pin(insight(ctx)?.price_fairness(ask)).await.map_err(|error| failure(ctx, error))?;
        Ok(PriceFairness(found))
    }
}
