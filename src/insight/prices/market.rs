//! What a product cost on the markets of an area.

use chrono::NaiveDate;

use crate::{
    directory::model::{place::COUNTRY, profile::check_place},
    insight::{
        Insight,
        model::{
            price::{Month, Observation, PriceFilter, PriceType, Within},
            price_trend::{MarketSummary, TREND_MONTHS},
        },
        store,
    },
    kernel::{
        ErrorCode, Failure, Outcome, Rejections, UserError,
        error::excerpt,
        money::Currency,
        page::{Page, PageArgs, Slice, SortValue},
    },
};

/// What cursors of lists of prices are marked with.
pub const PRICES: &str = "prices:month";

/// What prices are asked for.
#[derive(Debug, Clone)]
pub struct AskPrices {
    /// Of which product.
    pub product_code: String,
    /// In which place and everything in it; none for every market that was imported.
    pub place_code: Option<String>,
    /// At which step of trade.
    pub price_type: PriceType,
    /// In which currency.
    pub currency: String,
    /// From the month of this day on.
    pub from: Option<NaiveDate>,
    /// Until the month of this day.
    pub to: Option<NaiveDate>,
}

/// Prices that were asked for, and may be looked at.
#[derive(Debug, Clone)]
pub struct Prices {
    /// The product.
    pub product: String,
    /// The place; none for everywhere.
    pub place: Option<String>,
    /// The currency.
    pub currency: Currency,
    filter: PriceFilter,
}

impl Insight {
    /// Checks what prices are asked for.
    ///
    /// # Errors
    /// `UnknownProduct`, `UnknownPlace`, `UnknownCurrency`, `InvalidPeriod`, each at its argument.
    pub fn prices(&self, ask: AskPrices) -> Outcome<Prices> {
        let mut wrong = Rejections::default();
        let product = wrong.take(self.product(&ask.product_code));
        let gazetteer = self.directory.gazetteer();
        let today = self.services.clock.today();
        let place = ask.place_code.map(|code| check_place(&gazetteer, &code, today, ["placeCode"]));
        let place = wrong.take(place.transpose()).flatten().map(|place| place.code.clone());
        let currency = Currency::from_code(&ask.currency).ok_or_else(|| {
            UserError::new(ErrorCode::UnknownCurrency, ["currency"]).with("value", excerpt(&ask.currency))
        });
        let currency = wrong.take(currency);
        if ask.from.zip(ask.to).is_some_and(|(from, to)| Month::of(from) > Month::of(to)) {
            wrong.push(UserError::new(ErrorCode::InvalidPeriod, ["to"]));
        }
        wrong.finish()?;
        let (Some(product), Some(currency)) = (product, currency) else {
            return Err(Failure::code(ErrorCode::NotFound));
        };
        let within = match place.as_deref() {
            None => Within::Everywhere,
            Some(COUNTRY) => Within::Country,
            Some(place) => Within::Places(self.within(&gazetteer, place)),
        };
        let filter = PriceFilter {
            product: product.code.clone(),
            within,
            price_type: ask.price_type,
            currency: currency.code().to_owned(),
            from: ask.from.map(Month::of),
            to: ask.to.map(Month::of),
        };
        Ok(Prices { product: product.code.clone(), place, currency, filter })
    }

    /// What prices come to.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn price_summary(&self, prices: &Prices) -> Outcome<MarketSummary> {
        let db = &self.services.db;
        let median = store::prices::median(db, &prices.filter).await?;
        let figures = store::prices::newest(db, &prices.filter, TREND_MONTHS).await?;
        Ok(MarketSummary::of(median, &figures))
    }

    /// A page of prices, the newest month first.
    ///
    /// # Errors
    /// A page that cannot be asked for.
    pub async fn price_page(
        &self,
        prices: &Prices,
        args: &PageArgs,
        count: bool,
    ) -> Outcome<(Slice<Observation>, Option<i64>)> {
        let page = Page::new(PRICES, args, SortValue::is_integer)?;
        let slice = store::prices::page(&self.services.db, &prices.filter, &page).await?;
        let total = match count {
            true => Some(store::prices::count(&self.services.db, &prices.filter).await?),
            false => None,
        };
        Ok((slice, total))
    }
}
