//! The parts of a request on the wire: its lots, what they are judged by, and what they do for women.

use async_graphql::{Context, ID, Object, Result, SimpleObject};

use super::{CriterionKind, GenderMeasureKind, Loaders, RequestLotStatus, procurement};
use crate::{
    catalog::graphql::Product,
    directory::graphql::{EvidenceLevel, OwnershipDefinition, Place},
    kernel::{
        decimal::format_scaled,
        graphql::{Date, Decimal, Money, Quantity, list_complexity},
        money::{self, Currency},
        quantity::DECIMALS,
    },
    procurement,
};

/// What is asked for in one piece: it is bid on and awarded by itself.
#[derive(Debug, Clone)]
pub struct RequestLot {
    pub(super) lot: procurement::RequestLot,
    pub(super) currency: Currency,
}

/// What a quality attribute of a lot has to be.
#[derive(Debug, Clone, SimpleObject)]
pub struct QualityBound {
    /// The code of the attribute, as the product lists it.
    pub attribute: String,
    /// What it is at least, in the attribute's unit.
    pub minimum: Option<Decimal>,
    /// What it is at most, in the attribute's unit.
    pub maximum: Option<Decimal>,
}

/// What is asked for in one piece: it is bid on and awarded by itself.
#[Object]
impl RequestLot {
    /// Identifies the lot.
    pub async fn id(&self) -> ID {
        self.lot.id.to_string().into()
    }

    /// What it is called.
    fn title(&self) -> &str {
        &self.lot.title
    }

    /// Its place among the request's lots, from 0.
    fn position(&self) -> i64 {
        self.lot.position
    }

    /// Where it stands.
    fn status(&self) -> RequestLotStatus {
        self.lot.status.into()
    }

    /// What is asked for.
    async fn product(&self, ctx: &Context<'_>) -> Result<Option<Product>> {
        Ok(Product::find(procurement(ctx)?.taxonomy(), &self.lot.product))
    }

    /// How much.
    fn quantity(&self) -> Quantity {
        Quantity { quantity: self.lot.quantity.clone(), grams: self.lot.grams }
    }

    /// Where it is to be delivered.
    async fn place(&self, ctx: &Context<'_>) -> Result<Option<Place>> {
        self.lot.place.as_deref().map_or(Ok(None), |code| Place::of(ctx, code))
    }

    /// The first day on which it may be delivered.
    fn delivery_from(&self) -> Option<Date> {
        self.lot.delivery_from.map(Date)
    }

    /// The last.
    fn delivery_until(&self) -> Option<Date> {
        self.lot.delivery_until.map(Date)
    }

    /// The codes of the schemes of which the bidder holds a certificate for the product.
    fn required_schemes(&self) -> &[String] {
        &self.lot.required_schemes
    }

    /// What its quality has to be.
    #[graphql(complexity = "list_complexity(5, child_complexity)")]
    fn quality(&self) -> Vec<QualityBound> {
        let number = |thousandths: i64| Decimal(format_scaled(thousandths, DECIMALS));
        let bound = |bound: &procurement::QualityBound| QualityBound {
            attribute: bound.attribute.clone(),
            minimum: bound.minimum.map(number),
            maximum: bound.maximum.map(number),
        };
        self.lot.quality.iter().map(bound).collect()
    }

    /// What it is thought to cost in all.
    fn estimated_amount(&self) -> Option<Money> {
        let currency = self.currency;
        self.lot.estimated_minor.map(|minor| Money(money::Money { minor, currency }))
    }
}

/// What bids are judged by.
#[derive(Debug, Clone)]
pub struct RequestCriterion(pub procurement::Criterion);

/// What bids are judged by.
#[Object]
impl RequestCriterion {
    /// Identifies the criterion.
    pub async fn id(&self) -> ID {
        self.0.id.to_string().into()
    }

    /// What it is called.
    fn name(&self) -> &str {
        &self.0.name
    }

    /// What it judges.
    fn kind(&self) -> CriterionKind {
        self.0.kind.into()
    }

    /// Its weight in percent; all of a request are 100 together.
    fn weight_percent(&self) -> Decimal {
        Decimal(format_scaled(self.0.weight, DECIMALS))
    }
}

/// What a request does for women.
#[derive(Debug, Clone)]
pub struct GenderMeasure {
    pub(super) measure: procurement::GenderMeasure,
    pub(super) request: procurement::Request,
}

/// What a request does for women: published with it, and applied as published.
#[Object]
impl GenderMeasure {
    /// Identifies the measure.
    pub async fn id(&self) -> ID {
        self.measure.id.to_string().into()
    }

    /// What it does.
    fn kind(&self) -> GenderMeasureKind {
        self.measure.kind.into()
    }

    /// The lot that it is for; null where it is for all.
    async fn lot(&self, ctx: &Context<'_>) -> Result<Option<RequestLot>> {
        let Some(id) = self.measure.lot else { return Ok(None) };
        Ok(Loaders::lots(ctx, &self.request).await?.into_iter().find(|found| found.lot.id == id))
    }

    /// By which definition of women's ownership or leadership.
    fn definition(&self) -> OwnershipDefinition {
        self.measure.definition.into()
    }

    /// With what evidence at least.
    fn at_least_evidence(&self) -> EvidenceLevel {
        self.measure.at_least_evidence.into()
    }

    /// The margin or the target in percent; null for measures that have neither.
    fn percent(&self) -> Option<Decimal> {
        self.measure.percent.map(|percent| Decimal(percent.to_string()))
    }

    /// By which rule or decision.
    fn source(&self) -> Option<&str> {
        self.measure.source.as_deref()
    }
}
