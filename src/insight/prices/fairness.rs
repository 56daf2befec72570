//! Whether an offer is fair by what the market paid recently.

use chrono::NaiveDate;

use crate::{
    catalog::model::unit::price_per_kilogram,
    directory::model::profile::check_place,
    insight::{
        Insight,
        model::{
            price::{Month, PriceFilter, PriceType, Within},
            price_fairness::{Comparison, Verdict, WhyUnknown},
        },
        store,
    },
    kernel::{ErrorCode, Failure, Outcome, Rejections, UserError, error::excerpt, money::Money},
};

/// An offer to be held against the market.
#[derive(Debug, Clone)]
pub struct AskFairness {
    /// Of which product.
    pub product_code: String,
    /// Where.
    pub place_code: String,
    /// What one unit costs.
    pub price: Money,
    /// The unit: its code, a name or a symbol.
    pub unit: String,
    /// Against which prices.
    pub price_type: PriceType,
    /// On which day; none for today.
    pub as_of: Option<NaiveDate>,
}

/// How an offer stands to the market.
#[derive(Debug, Clone)]
pub struct Fairness {
    /// The offer, in its currency.
    pub price: Money,
    /// The offer for a kilogram, in thousandths of the currency's minor unit; none where nobody has weighed the unit.
    pub per_kilogram: Option<i64>,
    /// Against which prices it was held.
    pub price_type: PriceType,
    /// The first month that counted.
    pub from: Month,
    /// The last.
    pub to: Month,
    /// How it stands, and the place whose prices counted; or why that cannot be told.
    pub found: Result<(Comparison, String), WhyUnknown>,
}

impl Fairness {
    /// How the offer stands.
    #[must_use]
    pub fn verdict(&self) -> Verdict {
        self.found.as_ref().map_or(Verdict::Unknown, |(found, _)| found.verdict)
    }
}

impl Insight {
    /// Holds an offer against the recent prices of the nearest area that has enough of them: the place, what it lies in, and so on up to the
    /// country, in the division of today.
    ///
    /// # Errors
    /// `UnknownProduct`, `UnknownPlace`, `UnknownUnit`, `OutOfRange` for a price that is not above zero, each at its argument.
    pub async fn price_fairness(&self, ask: AskFairness) -> Outcome<Fairness> {
        let mut wrong = Rejections::default();
        let (taxonomy, gazetteer) = (self.catalog.taxonomy(), self.directory.gazetteer());
        let today = self.services.clock.today();
        let product = wrong.take(self.product(&ask.product_code));
        let place = wrong.take(check_place(&gazetteer, &ask.place_code, today, ["placeCode"]));
        let unit = taxonomy.locate_unit(&ask.unit).ok_or_else(|| {
            let allowed = product.map(|product| taxonomy.units_of(product)).unwrap_or_default();
            let allowed: Vec<&str> = allowed.iter().map(|unit| unit.code.as_str()).collect();
            let error = UserError::new(ErrorCode::UnknownUnit, ["unit"]);
            error.with("value", excerpt(&ask.unit)).with("allowed", allowed.join(", "))
        });
        let unit = wrong.take(unit);
        if ask.price.minor <= 0 {
            let error = UserError::new(ErrorCode::OutOfRange, ["price", "amount"]);
            wrong.push(error.with("minimum", "0.01").with("maximum", i64::MAX));
        }
        wrong.finish()?;
        let (Some(product), Some(place), Some(unit)) = (product, place, unit) else {
            return Err(Failure::code(ErrorCode::NotFound));
        };
        let rule = &self.price_reference.fairness;
        let to = ask.as_of.map_or_else(|| self.this_month(), Month::of);
        let from = to.before(rule.months - 1);
        let around = gazetteer.ancestors(&place.code, today);
        let areas: Vec<&str> =
            std::iter::once(place.code.as_str()).chain(around.iter().map(|place| place.code.as_str())).collect();
        let conversion = taxonomy.conversion(&unit.code, &product.code, &areas, ask.as_of.unwrap_or(today));
        let per_kilogram = conversion.and_then(|one| price_per_kilogram(ask.price.minor, one.grams));
        let found = match per_kilogram {
            None => Err(WhyUnknown::UnitNotWeighed),
            Some(offer) => {
                let filter = PriceFilter {
                    product: product.code.clone(),
                    within: Within::Country,
                    price_type: ask.price_type,
                    currency: ask.price.currency.code().to_owned(),
                    from: Some(from),
                    to: Some(to),
                };
                let prices = store::prices::recent(&self.services.db, &filter).await?;
                let within = |market: &str, area: usize| {
                    areas.get(area).is_some_and(|area| gazetteer.lies_within(market, area, today))
                };
                match rule.compare(offer, &prices, areas.len(), within) {
                    Some(found) => {
                        let area = areas.get(found.area).copied().unwrap_or_default().to_owned();
                        Ok((found, area))
                    }
                    None if !prices.is_empty() => Err(WhyUnknown::TooFewPrices),
                    None if store::prices::any_currency(&self.services.db, &filter).await? => {
                        Err(WhyUnknown::OtherCurrencies)
                    }
                    None => Err(WhyUnknown::NoRecentPrices),
                }
            }
        };
        let (price, price_type) = (ask.price, ask.price_type);
        Ok(Fairness { price, per_kilogram, price_type, from, to, found })
    }
}
