//! Lines, suppliers, wordings and signatures of contracts on the wire.

use async_graphql::{Context, ID, Object, Result};
use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::{Loaders, money, quantity};
use crate::{
    contracts::{self, model::terms, model::wording},
    directory::graphql::{Loaders as DirectoryLoaders, Organization},
    kernel::{
        decimal::format_scaled,
        graphql::{Date, Decimal, Money, Quantity, list_complexity},
        money::Currency,
        quantity::UnitCode,
    },
    procurement::graphql::FrozenStatus,
};

/// What is to be delivered at which price.
#[derive(Debug, Clone)]
pub struct ContractLine {
    pub(super) line: contracts::Line,
    /// The contract's, where it is known already.
    pub(super) currency: Option<Currency>,
}

impl ContractLine {
    async fn currency(&self, ctx: &Context<'_>) -> Result<Currency> {
        if let Some(currency) = self.currency {
            return Ok(currency);
        }
        let contract = Loaders::contract(ctx, self.line.contract).await?;
        Ok(contract.map_or(Currency::XOF, |contract| contract.0.currency))
    }
}

/// What is to be delivered at which price, as it is in force.
#[Object]
impl ContractLine {
    /// Identifies the line.
    pub async fn id(&self) -> ID {
        self.line.id.to_string().into()
    }

    /// What it is called.
    fn title(&self) -> &str {
        &self.line.title
    }

    /// The product's code.
    fn product_code(&self) -> &str {
        &self.line.product
    }

    /// The id of the request's lot that it answers; null where it was ordered from a listing.
    fn request_lot_id(&self) -> Option<ID> {
        self.line.request_lot.map(|lot| lot.to_string().into())
    }

    /// How much.
    fn quantity(&self) -> Quantity {
        quantity(self.line.quantity.thousandths, &self.line.quantity.unit, self.line.grams)
    }

    /// What one of the unit costs.
    async fn unit_price(&self, ctx: &Context<'_>) -> Result<Money> {
        Ok(money(self.line.unit_price_minor, self.currency(ctx).await?))
    }

    /// Price times quantity, rounded half to even, once.
    async fn amount(&self, ctx: &Context<'_>) -> Result<Money> {
        Ok(money(self.line.amount_minor, self.currency(ctx).await?))
    }

    /// The code of the place that it is delivered to.
    fn place_code(&self) -> Option<&str> {
        self.line.place.as_deref()
    }

    /// The first day on which it may be delivered.
    fn deliver_from(&self) -> Option<Date> {
        self.line.deliver_from.map(Date)
    }

    /// The last day on which it is in time.
    fn deliver_until(&self) -> Option<Date> {
        self.line.deliver_until.map(Date)
    }

    /// How much of it was accepted so far.
    fn accepted(&self) -> Quantity {
        quantity(self.line.accepted, &self.line.quantity.unit, self.line.measure().weight_of(self.line.accepted))
    }

    /// How much of that was billed so far.
    fn billed(&self) -> Quantity {
        quantity(self.line.billed, &self.line.quantity.unit, self.line.measure().weight_of(self.line.billed))
    }
}

/// A supplier of a contract.
#[derive(Debug, Clone, Copy)]
pub struct ContractSupplier {
    pub(super) supplier: contracts::Supplier,
    /// What her status was frozen with: the award, or the contract.
    pub(super) subject: Uuid,
}

/// A supplier of a contract, with her share of what is paid.
#[Object]
impl ContractSupplier {
    /// Which organization supplies.
    async fn organization(&self, ctx: &Context<'_>) -> Result<Option<Organization>> {
        DirectoryLoaders::organization(ctx, self.supplier.organization).await
    }

    /// Her share in percent; all of a contract are 100 together.
    fn share_percent(&self) -> Decimal {
        Decimal(format_scaled(self.supplier.share, 3))
    }

    /// What she was under every definition of women's ownership on the day of the award or the order. Never assessed again.
    #[graphql(complexity = "list_complexity(5, child_complexity)")]
    async fn ownership(&self, ctx: &Context<'_>) -> Result<Vec<FrozenStatus>> {
        let found = Loaders::statuses(ctx, self.subject).await?;
        let hers = found.iter().filter(|status| status.organization == self.supplier.organization);
        Ok(hers.copied().map(FrozenStatus).collect())
    }
}

/// What was agreed on beside deliveries and prices.
#[derive(Debug, Clone, Copy)]
pub struct ContractTerms(pub terms::Terms);

/// What was agreed on beside deliveries and prices.
#[Object]
impl ContractTerms {
    /// Days in which an invoice is to be paid, from the later of its submission and the acceptance of what it bills.
    fn payment_days(&self) -> i64 {
        self.0.payment_days
    }

    /// What a day of lateness takes off the price of what is late, in percent.
    fn penalty_percent_a_day(&self) -> Decimal {
        Decimal(format_scaled(self.0.penalty_permille_a_day, 1))
    }

    /// What lateness takes off at most, in percent.
    fn penalty_percent_max(&self) -> Decimal {
        Decimal(format_scaled(self.0.penalty_permille_max, 1))
    }

    /// How much more than was ordered may be delivered, in percent.
    fn over_delivery_percent(&self) -> Decimal {
        Decimal(format_scaled(self.0.over_delivery_limit, 3))
    }

    /// What paying all of an invoice early takes off, in percent; 0 for nothing.
    fn early_payment_percent(&self) -> Decimal {
        Decimal(format_scaled(self.0.early_payment_permille, 1))
    }

    /// Until so many days after approval that is early.
    fn early_payment_days(&self) -> i64 {
        self.0.early_payment_days
    }
}

/// A wording of a contract.
#[derive(Debug, Clone)]
pub struct ContractVersion {
    version: contracts::Version,
    currency: Currency,
    is_in_force: bool,
}

impl ContractVersion {
    pub(super) fn of(contract: &contracts::Contract, version: &contracts::Version) -> Self {
        Self {
            version: version.clone(),
            currency: contract.currency,
            is_in_force: contract.version_in_force == version.version,
        }
    }
}

/// A wording of a contract: proposed by one side, in force once all have signed it.
#[Object]
impl ContractVersion {
    /// Counts the contract's wordings, from 1.
    fn version(&self) -> i64 {
        self.version.version
    }

    /// Whether it is the one in force.
    fn in_force(&self) -> bool {
        self.is_in_force
    }

    /// What its lines come to.
    fn amount(&self) -> Money {
        money(self.version.wording.amount_minor, self.currency)
    }

    /// What it says of deliveries and prices.
    #[graphql(complexity = "list_complexity(2, child_complexity)")]
    fn lines(&self) -> Vec<ContractVersionLine> {
        let line = |line: &wording::WordedLine| ContractVersionLine { line: line.clone(), currency: self.currency };
        self.version.wording.lines.iter().map(line).collect()
    }

    /// What it says beside.
    fn terms(&self) -> ContractTerms {
        ContractTerms(self.version.wording.terms)
    }

    /// Why it was proposed; null for the first.
    fn rationale(&self) -> Option<&str> {
        self.version.rationale.as_deref()
    }

    /// Which party proposed it; null where it follows from an award.
    async fn proposed_for(&self, ctx: &Context<'_>) -> Result<Option<Organization>> {
        match self.version.proposed_for {
            Some(party) => DirectoryLoaders::organization(ctx, party).await,
            None => Ok(None),
        }
    }

    /// When it was proposed.
    fn proposed_at(&self) -> DateTime<Utc> {
        self.version.proposed_at
    }
}

/// What a wording says of a line.
#[derive(Debug, Clone)]
pub struct ContractVersionLine {
    line: wording::WordedLine,
    currency: Currency,
}

/// What a wording says of a line.
#[Object]
impl ContractVersionLine {
    /// The id of the line.
    fn line_id(&self) -> ID {
        self.line.id.to_string().into()
    }

    /// How much.
    fn quantity(&self) -> Quantity {
        quantity(self.line.quantity, &UnitCode::new(self.line.unit.as_str()), None)
    }

    /// What one of the unit costs.
    fn unit_price(&self) -> Money {
        money(self.line.unit_price_minor, self.currency)
    }

    /// Price times quantity, rounded half to even, once.
    fn amount(&self) -> Money {
        money(self.line.amount_minor, self.currency)
    }

    /// The last day on which it is in time.
    fn deliver_until(&self) -> Option<Date> {
        self.line.deliver_until.map(Date)
    }
}

/// A signature under a wording.
#[derive(Debug, Clone, Copy)]
pub struct ContractSignature(pub contracts::Signature);

/// A signature under a wording.
#[Object]
impl ContractSignature {
    /// Which wording.
    fn version(&self) -> i64 {
        self.0.version
    }

    /// Which party signed.
    async fn organization(&self, ctx: &Context<'_>) -> Result<Option<Organization>> {
        DirectoryLoaders::organization(ctx, self.0.organization).await
    }

    /// When it was signed.
    fn signed_at(&self) -> DateTime<Utc> {
        self.0.signed_at
    }
}
