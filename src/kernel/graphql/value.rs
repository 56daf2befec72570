//! Money and quantities on the wire.

use async_graphql::{Enum, InputObject, Object};

use super::{Decimal, locale};
use crate::kernel::{
    error::UserError,
    locale::Locale,
    money,
    quantity::{self, UnitCode},
};
use crate::written;

/// A language that the product speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "Locale")]
pub enum LanguageCode {
    /// French, the working language of Mali and the default.
    Fr,
    /// English.
    En,
    /// Bambara (Bamanankan).
    Bm,
}

/// An amount of money.
#[derive(Debug, Clone, Copy)]
pub struct Money(pub money::Money);

/// An amount of money.
#[Object(crate = "crate::kernel::graphql::fields")]
impl Money {
    /// The amount in the currency's major unit, as a decimal string: `"1250"` francs, `"12.5"` euros.
    fn amount(&self) -> Decimal {
        Decimal(self.0.amount())
    }

    /// The ISO 4217 code of the currency, `XOF` for the franc CFA of West Africa.
    fn currency(&self) -> &'static str {
        self.0.currency.code()
    }

    /// The amount as people of that language write it: `1 250 000 F CFA`.
    async fn formatted(
        &self,
        ctx: &async_graphql::Context<'_>,
        #[graphql(desc = "The language to write it in; the request's own where none is given.")] language: Option<
            LanguageCode,
        >,
    ) -> String {
        self.0.formatted(language.map_or_else(|| locale(ctx), Locale::from))
    }
}

written! {
    Money: money {
        "amount" => Decimal(money.0.amount()),
        "currency" => money.0.currency.code(),
    }
}

/// An amount of money.
#[derive(Debug, Clone, InputObject, serde::Serialize)]
pub struct MoneyInput {
    /// The amount in the currency's major unit, not negative; XOF has no decimals.
    pub amount: Decimal,
    /// The ISO 4217 code of the currency.
    #[graphql(default = "XOF")]
    pub currency: String,
}

impl MoneyInput {
    /// The amount as a value.
    ///
    /// # Errors
    /// What is wrong with the number or the currency, at its own field below `path`.
    pub fn read(&self, path: &[&str]) -> Result<money::Money, UserError> {
        money::Money::parse(&self.amount.0, &self.currency)
            .map_err(|error| UserError::from_money(&error, &self.amount.0, path))
    }
}

/// An amount of something, counted or measured.
#[derive(Debug, Clone)]
pub struct Quantity {
    /// The amount and its unit.
    pub quantity: quantity::Quantity,
    /// Its weight in thousandths of a kilogram, where a conversion is known.
    pub grams: Option<i64>,
}

/// An amount of something, counted or measured in a unit.
#[Object(crate = "crate::kernel::graphql::fields")]
impl Quantity {
    /// How much, as a decimal string with at most three decimals.
    fn value(&self) -> Decimal {
        Decimal(self.quantity.value())
    }

    /// The unit: a UN/CEFACT Recommendation 20 code such as `KGM`, or a local measure such as `SAC100` or `TINE`.
    fn unit(&self) -> &str {
        self.quantity.unit.as_str()
    }

    /// The weight in kilograms, by the conversion for this product and place; null where none is known.
    fn kilograms(&self) -> Option<Decimal> {
        self.grams.map(|grams| Decimal(crate::kernel::decimal::format_scaled(grams, 3)))
    }
}

/// An amount of something, counted or measured in a unit.
#[derive(Debug, Clone, InputObject, serde::Serialize)]
pub struct QuantityInput {
    /// How much, with at most three decimals.
    pub value: Decimal,
    /// The unit: a UN/CEFACT Recommendation 20 code such as `KGM`, or a local measure such as `SAC100` or `TINE`.
    pub unit: String,
}

impl QuantityInput {
    /// The amount as a value; whether the unit exists is the catalog's to say.
    ///
    /// # Errors
    /// What is wrong with the number, at its own field below `path`.
    pub fn read(&self, path: &[&str]) -> Result<quantity::Quantity, UserError> {
        quantity::Quantity::parse(&self.value.0, UnitCode::new(self.unit.trim()))
            .map_err(|error| UserError::from_decimal(error, &self.value.0, path.iter().copied().chain(["value"])))
    }
}
