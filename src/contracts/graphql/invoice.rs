//! Invoices and payments on the wire.

use async_graphql::{Context, Enum, ID, Object, Result};
use chrono::{DateTime, Utc};

use super::{Contract, ContractLine, Loaders, money, quantity};
use crate::{
    contracts::{self, InvoiceId, PaymentMadeId, model::states},
    directory::graphql::{Loaders as DirectoryLoaders, Organization},
    documents::graphql::Document,
    kernel::{
        graphql::{Date, Money, Quantity, list_complexity},
        money::Currency,
    },
};

/// Where an invoice stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "states::InvoiceStatus")]
pub enum InvoiceStatus {
    /// The buyer looks at it.
    Submitted,
    /// It is to be paid.
    Approved,
    /// The buyer refused it; what it billed may be billed again.
    Rejected,
    /// All of it was paid, as far as nobody disputes it.
    Paid,
}

/// Where a payment stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "states::PaymentStatus")]
pub enum PaymentStatus {
    /// The buyer says that she paid.
    Recorded,
    /// The payee says that it arrived.
    Confirmed,
    /// The payee says that it did not: it counts as unpaid.
    Disputed,
}

/// What suppliers ask to be paid.
#[derive(Debug, Clone)]
pub struct Invoice(pub contracts::Invoice);

/// What suppliers ask to be paid for what was accepted.
#[Object]
impl Invoice {
    /// Identifies the invoice.
    pub async fn id(&self) -> ID {
        self.0.id.to_string().into()
    }

    /// Under which contract.
    async fn contract(&self, ctx: &Context<'_>) -> Result<Option<Contract>> {
        Loaders::contract(ctx, self.0.contract).await
    }

    /// Which supplier handed it in, for all of them.
    async fn supplier(&self, ctx: &Context<'_>) -> Result<Option<Organization>> {
        DirectoryLoaders::organization(ctx, self.0.supplier).await
    }

    /// The supplier's own number.
    fn number(&self) -> &str {
        &self.0.number
    }

    /// Where it stands.
    fn status(&self) -> InvoiceStatus {
        self.0.status.into()
    }

    /// What it bills.
    #[graphql(complexity = "list_complexity(2, child_complexity)")]
    async fn lines(&self, ctx: &Context<'_>) -> Result<Vec<InvoiceLine>> {
        let lines = Loaders::invoice_lines(ctx, self.0.id).await?;
        let of = |line: &contracts::InvoiceLine| InvoiceLine {
            line: line.clone(),
            contract: self.0.contract,
            currency: self.0.currency,
        };
        Ok(lines.iter().map(of).collect())
    }

    /// What its lines come to.
    fn gross(&self) -> Money {
        money(self.0.gross_minor, self.0.currency)
    }

    /// What lateness takes off.
    fn penalty(&self) -> Money {
        money(self.0.penalty_minor, self.0.currency)
    }

    /// What is to be paid: the gross amount less the penalty.
    fn net(&self) -> Money {
        money(self.0.net_minor, self.0.currency)
    }

    /// What early payment took off.
    fn discount(&self) -> Money {
        money(self.0.discount_minor, self.0.currency)
    }

    /// What was paid so far, without what is disputed.
    fn paid(&self) -> Money {
        money(self.0.paid_minor, self.0.currency)
    }

    /// What is still to be paid.
    fn unpaid(&self) -> Money {
        money(self.0.unpaid_minor(), self.0.currency)
    }

    /// What was paid, the first day first.
    #[graphql(complexity = "list_complexity(3, child_complexity)")]
    async fn payments(&self, ctx: &Context<'_>) -> Result<Vec<Payment>> {
        let payments = Loaders::payments(ctx, self.0.id).await?;
        Ok(payments.iter().cloned().map(Payment).collect())
    }

    /// The last day on which payment is in time.
    fn due_on(&self) -> Date {
        Date(self.0.due_on)
    }

    /// The last day on which paying all of it takes the discount off; null where none is to be had.
    async fn early_payment_until(&self, ctx: &Context<'_>) -> Result<Option<Date>> {
        let contract = Loaders::contract(ctx, self.0.contract).await?;
        Ok(contract.and_then(|contract| self.0.early_until(&contract.0.terms)).map(Date))
    }

    /// The day on which all of it was paid.
    fn paid_on(&self) -> Option<Date> {
        self.0.paid_on.map(Date)
    }

    /// When it was handed in.
    fn submitted_at(&self) -> DateTime<Utc> {
        self.0.submitted_at
    }

    /// When the last of what it bills was accepted.
    fn accepted_at(&self) -> DateTime<Utc> {
        self.0.accepted_at
    }

    /// When the buyer decided about it.
    fn decided_at(&self) -> Option<DateTime<Utc>> {
        self.0.decided_at
    }

    /// Why she refused it.
    fn reason(&self) -> Option<&str> {
        self.0.reason.as_deref()
    }

    /// The documents that go with it and that the contract's parties see.
    #[graphql(complexity = "list_complexity(3, child_complexity)")]
    async fn documents(&self, ctx: &Context<'_>) -> Result<Vec<Document>> {
        Loaders::documents(ctx, InvoiceId::PREFIX, self.0.id.uuid()).await
    }

    /// Counts its changes, from 1.
    fn version(&self) -> i64 {
        self.0.version
    }
}

/// What an invoice bills of a line.
#[derive(Debug, Clone)]
pub struct InvoiceLine {
    line: contracts::InvoiceLine,
    contract: contracts::ContractId,
    currency: Currency,
}

/// What an invoice bills of a line.
#[Object]
impl InvoiceLine {
    /// The contract's line.
    async fn line(&self, ctx: &Context<'_>) -> Result<Option<ContractLine>> {
        let lines = Loaders::lines(ctx, self.contract).await?;
        let found = lines.iter().find(|line| line.id == self.line.line);
        Ok(found.map(|line| ContractLine { line: line.clone(), currency: Some(self.currency) }))
    }

    /// How much of it.
    fn quantity(&self) -> Quantity {
        let (measure, thousandths) = (&self.line.measure, self.line.quantity);
        quantity(thousandths, &measure.whole.unit, measure.weight_of(thousandths))
    }

    /// Price times quantity, rounded half to even, once.
    fn amount(&self) -> Money {
        money(self.line.amount_minor, self.currency)
    }

    /// What lateness takes off.
    fn penalty(&self) -> Money {
        money(self.line.penalty_minor, self.currency)
    }
}

/// What was paid on an invoice.
#[derive(Debug, Clone)]
pub struct Payment(pub contracts::Payment);

/// What was paid on an invoice, to one of the suppliers.
#[Object]
impl Payment {
    /// Identifies the payment.
    pub async fn id(&self) -> ID {
        self.0.id.to_string().into()
    }

    /// On which invoice.
    async fn invoice(&self, ctx: &Context<'_>) -> Result<Option<Invoice>> {
        Loaders::invoice(ctx, self.0.invoice).await
    }

    /// To whom.
    async fn payee(&self, ctx: &Context<'_>) -> Result<Option<Organization>> {
        DirectoryLoaders::organization(ctx, self.0.payee).await
    }

    /// Where it stands.
    fn status(&self) -> PaymentStatus {
        self.0.status.into()
    }

    /// How much.
    fn amount(&self) -> Money {
        money(self.0.minor, self.0.currency)
    }

    /// On which day.
    fn paid_on(&self) -> Date {
        Date(self.0.paid_on)
    }

    /// What the bank or the operator calls it.
    fn reference(&self) -> &str {
        &self.0.reference
    }

    /// When the buyer told of it.
    fn recorded_at(&self) -> DateTime<Utc> {
        self.0.recorded_at
    }

    /// When the payee answered.
    fn answered_at(&self) -> Option<DateTime<Utc>> {
        self.0.answered_at
    }

    /// What the payee said.
    fn note(&self) -> Option<&str> {
        self.0.note.as_deref()
    }

    /// The documents that show it and that the contract's parties see.
    #[graphql(complexity = "list_complexity(3, child_complexity)")]
    async fn documents(&self, ctx: &Context<'_>) -> Result<Vec<Document>> {
        Loaders::documents(ctx, PaymentMadeId::PREFIX, self.0.id.uuid()).await
    }

    /// Counts its changes, from 1.
    fn version(&self) -> i64 {
        self.0.version
    }
}
