//! Writing invoices and payments.

use async_graphql::{Context, Object, Result};

use super::{
    ApproveInvoiceInput, ConfirmPaymentInput, Invoice, Payment, RecordPaymentInput, RejectInvoiceInput,
    SubmitInvoiceInput, contracts,
};
use crate::{accounts::graphql::actor, payload};

payload! {
    /// What the mutations of invoices give back.
    InvoicePayload {
        /// The invoice as it stands now; null when the mutation was refused.
        invoice: Invoice,
    }
}

payload! {
    /// What the mutations of payments give back.
    PaymentPayload {
        /// The payment as it stands now; null when the mutation was refused.
        payment: Payment,
    }
}

/// The room's mutations of invoices and payments.
#[derive(Debug, Default, Clone, Copy)]
pub struct BillingMutation;

#[Object]
impl BillingMutation {
    /// Bills what was accepted, for the suppliers: matched with the contract's prices and with what was accepted and is not billed yet.
    async fn submit_invoice(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is billed.")] input: SubmitInvoiceInput,
    ) -> Result<InvoicePayload> {
        let outcome = match input.read() {
            Ok(command) => Box::pin(contracts(ctx)?.submit_invoice(actor(ctx), command)).await,
            Err(failure) => Err(failure),
        };
        InvoicePayload::from_outcome(ctx, outcome.map(Invoice))
    }

    /// Approves an invoice, or refuses it, for the buyer.
    async fn approve_invoice(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What the buyer decides.")] input: ApproveInvoiceInput,
    ) -> Result<InvoicePayload> {
        let outcome = match input.read() {
            Ok(command) => Box::pin(contracts(ctx)?.decide_invoice(actor(ctx), command)).await,
            Err(failure) => Err(failure),
        };
        InvoicePayload::from_outcome(ctx, outcome.map(Invoice))
    }

    /// Refuses an invoice, for the buyer. What it billed may be billed again, under another number.
    async fn reject_invoice(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which invoice, and why.")] input: RejectInvoiceInput,
    ) -> Result<InvoicePayload> {
        let outcome = match input.read() {
            Ok(command) => Box::pin(contracts(ctx)?.decide_invoice(actor(ctx), command)).await,
            Err(failure) => Err(failure),
        };
        InvoicePayload::from_outcome(ctx, outcome.map(Invoice))
    }

    /// Records what the buyer paid on an approved invoice, to one of the suppliers.
    async fn record_payment(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What was paid.")] input: RecordPaymentInput,
    ) -> Result<PaymentPayload> {
        let outcome = match input.read() {
            Ok(command) => Box::pin(contracts(ctx)?.record_payment(actor(ctx), command)).await,
            Err(failure) => Err(failure),
        };
        PaymentPayload::from_outcome(ctx, outcome.map(Payment))
    }

    /// Says whether a payment arrived, for the payee. With the last confirmation a contract of which nothing is left to do is complete.
    async fn confirm_payment(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What the payee says.")] input: ConfirmPaymentInput,
    ) -> Result<PaymentPayload> {
        let outcome = match input.read() {
            Ok(command) => Box::pin(contracts(ctx)?.confirm_payment(actor(ctx), command)).await,
            Err(failure) => Err(failure),
        };
        PaymentPayload::from_outcome(ctx, outcome.map(Payment))
    }
}
