//! Deliveries on the wire.

use async_graphql::{Context, Enum, ID, Object, Result};
use chrono::{DateTime, Utc};

use super::{Contract, ContractLine, Loaders, quantity};
use crate::{
    contracts::{self, ContractDeliveryId, model::states},
    documents::graphql::Document,
    kernel::{
        decimal::format_scaled,
        graphql::{Date, Decimal, Quantity, list_complexity},
    },
    traceability::graphql::{Lot, LotLoaders},
};

/// Where a delivery stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "states::DeliveryStatus")]
pub enum ContractDeliveryStatus {
    /// It is planned.
    Scheduled,
    /// It is on its way.
    Dispatched,
    /// It arrived, and is being looked at.
    Received,
    /// All that arrived was accepted.
    Accepted,
    /// Some of what arrived was accepted.
    PartiallyAccepted,
    /// Nothing of it was accepted.
    Rejected,
    /// It was planned and did not take place.
    Cancelled,
}

/// A delivery of a line of a contract.
#[derive(Debug, Clone)]
pub struct ContractDelivery(pub contracts::Delivery);

impl ContractDelivery {
    fn of_unit(&self, thousandths: i64) -> Quantity {
        let measure = &self.0.measure;
        quantity(thousandths, &measure.whole.unit, measure.weight_of(thousandths))
    }
}

/// A delivery of a line of a contract, from the plan to its acceptance.
#[Object]
impl ContractDelivery {
    /// Identifies the delivery.
    pub async fn id(&self) -> ID {
        self.0.id.to_string().into()
    }

    /// Under which contract.
    async fn contract(&self, ctx: &Context<'_>) -> Result<Option<Contract>> {
        Loaders::contract(ctx, self.0.contract).await
    }

    /// Of which line.
    async fn line(&self, ctx: &Context<'_>) -> Result<Option<ContractLine>> {
        let lines = Loaders::lines(ctx, self.0.contract).await?;
        let found = lines.iter().find(|line| line.id == self.0.line);
        Ok(found.map(|line| ContractLine { line: line.clone(), currency: None }))
    }

    /// Where it stands.
    fn status(&self) -> ContractDeliveryStatus {
        self.0.status.into()
    }

    /// How much is planned.
    fn quantity(&self) -> Quantity {
        self.of_unit(self.0.quantity)
    }

    /// How much left; null while it has not.
    fn dispatched_quantity(&self) -> Option<Quantity> {
        self.0.dispatched.map(|thousandths| self.of_unit(thousandths))
    }

    /// How much arrived; null while it has not.
    fn received_quantity(&self) -> Option<Quantity> {
        self.0.received.map(|thousandths| self.of_unit(thousandths))
    }

    /// How much was accepted; null while nobody has said.
    fn accepted_quantity(&self) -> Option<Quantity> {
        self.0.accepted.map(|thousandths| self.of_unit(thousandths))
    }

    /// The day on which it is to arrive.
    fn due_on(&self) -> Date {
        Date(self.0.due_on)
    }

    /// The lots that went with it, as they went.
    #[graphql(complexity = "list_complexity(3, child_complexity)")]
    async fn lots(&self, ctx: &Context<'_>) -> Result<Vec<ContractDeliveryLot>> {
        let lots = Loaders::delivered_lots(ctx, self.0.id).await?;
        Ok(lots.iter().copied().map(ContractDeliveryLot).collect())
    }

    /// When it left.
    fn dispatched_at(&self) -> Option<DateTime<Utc>> {
        self.0.dispatched_at
    }

    /// When it arrived.
    fn received_at(&self) -> Option<DateTime<Utc>> {
        self.0.received_at
    }

    /// When the buyer decided about it.
    fn accepted_at(&self) -> Option<DateTime<Utc>> {
        self.0.accepted_at
    }

    /// Why not all of it was accepted, or why it did not take place.
    fn reason(&self) -> Option<&str> {
        self.0.reason.as_deref()
    }

    /// The documents that go with it and that the contract's parties see.
    #[graphql(complexity = "list_complexity(3, child_complexity)")]
    async fn documents(&self, ctx: &Context<'_>) -> Result<Vec<Document>> {
        Loaders::documents(ctx, ContractDeliveryId::PREFIX, self.0.id.uuid()).await
    }

    /// Counts its changes, from 1.
    fn version(&self) -> i64 {
        self.0.version
    }
}

/// A lot that was delivered.
#[derive(Debug, Clone, Copy)]
pub struct ContractDeliveryLot(pub contracts::DeliveredLot);

/// A lot that was delivered.
#[Object]
impl ContractDeliveryLot {
    /// The lot, as it went: a part of a lot is a lot of its own.
    async fn lot(&self, ctx: &Context<'_>) -> Result<Option<Lot>> {
        LotLoaders::lot(ctx, self.0.lot).await
    }

    /// What it weighed when it left, in kilograms.
    fn kilograms(&self) -> Decimal {
        Decimal(format_scaled(self.0.grams, 3))
    }
}
