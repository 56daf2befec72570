//! What the mutations of invoices and payments take.

use async_graphql::{ID, InputObject};

use super::input::all;
use crate::{
    accounts::OrganizationId,
    contracts::{
        BilledLine, ConfirmPayment, ContractId, ContractLineId, DecideInvoice, InvoiceId, PaymentMadeId, RecordPayment,
        SubmitInvoice,
    },
    documents::graphql::document_ids,
    kernel::{
        Outcome, Rejections,
        graphql::{Date, MoneyInput, QuantityInput, read_id},
    },
};

/// What is billed of a line.
#[derive(Debug, Clone, InputObject)]
pub struct InvoiceLineInput {
    /// The line.
    pub contract_line_id: ID,
    /// How much, in the line's unit: no more than was accepted and is not billed yet.
    pub quantity: QuantityInput,
    /// The price that the supplier bills; where it is said, it has to be the contract's.
    pub unit_price: Option<MoneyInput>,
}

/// What suppliers bill.
#[derive(Debug, Clone, InputObject)]
pub struct SubmitInvoiceInput {
    /// Under which contract.
    pub contract_id: ID,
    /// The supplier's own number, at most 100 signs; once a contract.
    pub number: String,
    /// What is billed, each line once.
    pub lines: Vec<InvoiceLineInput>,
    /// Documents that go with it, at most 10: of the organization that acts, and ready. The contract's other parties see those that
    /// are for whom it deals with.
    pub document_ids: Option<Vec<ID>>,
    /// Repeating the mutation with the same key and input gives the first result and changes nothing.
    pub idempotency_key: Option<String>,
}

impl SubmitInvoiceInput {
    pub(super) fn read(self) -> Outcome<SubmitInvoice> {
        let mut wrong = Rejections::default();
        let contract = wrong.take(read_id(&self.contract_id, ContractId::PREFIX, ["input", "contractId"]));
        let lines = self.lines.into_iter().enumerate().filter_map(|(index, line)| {
            let index = index.to_string();
            let at = |field: &'static str| ["input", "lines", index.as_str(), field];
            let id = wrong.take(read_id(&line.contract_line_id, ContractLineId::PREFIX, at("contractLineId")));
            let quantity = wrong.take(line.quantity.read(&at("quantity")));
            let unit_price = wrong.take(line.unit_price.map(|one| one.read(&at("unitPrice"))).transpose());
            Some(BilledLine { line: id?, quantity: quantity?, unit_price: unit_price? })
        });
        let lines: Vec<BilledLine> = lines.collect();
        let documents = document_ids(self.document_ids, &mut wrong);
        let contract = all(wrong, contract)?;
        let (number, idempotency_key) = (self.number, self.idempotency_key);
        Ok(SubmitInvoice { contract, number, lines, documents, idempotency_key })
    }
}

/// What the buyer decides about an invoice.
#[derive(Debug, Clone, InputObject)]
pub struct ApproveInvoiceInput {
    /// The invoice.
    pub invoice_id: ID,
    /// Whether it is right; false refuses it.
    #[graphql(default = true)]
    pub approve: bool,
    /// Why it is refused, at most 1,000 signs; needed where it is.
    pub reason: Option<String>,
    /// Refuses the mutation if the invoice is no longer at this version.
    pub expected_version: Option<i64>,
    /// Repeating the mutation with the same key and input gives the first result and changes nothing.
    pub idempotency_key: Option<String>,
}

impl ApproveInvoiceInput {
    pub(super) fn read(self) -> Outcome<DecideInvoice> {
        Ok(DecideInvoice {
            invoice: read_id(&self.invoice_id, InvoiceId::PREFIX, ["input", "invoiceId"])?,
            approve: self.approve,
            reason: self.reason,
            expected_version: self.expected_version,
            idempotency_key: self.idempotency_key,
        })
    }
}

/// Which invoice the buyer refuses, and why.
#[derive(Debug, Clone, InputObject)]
pub struct RejectInvoiceInput {
    /// The invoice.
    pub invoice_id: ID,
    /// Why, at most 1,000 signs.
    pub reason: String,
    /// Refuses the mutation if the invoice is no longer at this version.
    pub expected_version: Option<i64>,
    /// Repeating the mutation with the same key and input gives the first result and changes nothing.
    pub idempotency_key: Option<String>,
}

impl RejectInvoiceInput {
    pub(super) fn read(self) -> Outcome<DecideInvoice> {
        Ok(DecideInvoice {
            invoice: read_id(&self.invoice_id, InvoiceId::PREFIX, ["input", "invoiceId"])?,
            approve: false,
            reason: Some(self.reason),
            expected_version: self.expected_version,
            idempotency_key: self.idempotency_key,
        })
    }
}

/// What the buyer paid.
#[derive(Debug, Clone, InputObject)]
pub struct RecordPaymentInput {
    /// On which invoice.
    pub invoice_id: ID,
    /// To which supplier of the contract.
    pub payee_id: ID,
    /// How much, in the contract's currency: no more than what is left of the payee's share.
    pub amount: MoneyInput,
    /// On which day: not to come, and not before the contract was signed.
    pub paid_on: Date,
    /// What the bank or the operator calls it, at most 100 signs; once an invoice.
    pub reference: String,
    /// Documents that go with it, at most 10: of the organization that acts, and ready. The contract's other parties see those that
    /// are for whom it deals with.
    pub document_ids: Option<Vec<ID>>,
    /// Repeating the mutation with the same key and input gives the first result and changes nothing.
    pub idempotency_key: Option<String>,
}

impl RecordPaymentInput {
    pub(super) fn read(self) -> Outcome<RecordPayment> {
        let mut wrong = Rejections::default();
        let invoice = wrong.take(read_id(&self.invoice_id, InvoiceId::PREFIX, ["input", "invoiceId"]));
        let payee = wrong.take(read_id(&self.payee_id, OrganizationId::PREFIX, ["input", "payeeId"]));
        let amount = wrong.take(self.amount.read(&["input", "amount"]));
        let documents = document_ids(self.document_ids, &mut wrong);
        let ((invoice, payee), amount) = all(wrong, invoice.zip(payee).zip(amount))?;
        Ok(RecordPayment {
            invoice,
            payee,
            amount,
            paid_on: self.paid_on.0,
            reference: self.reference,
            documents,
            idempotency_key: self.idempotency_key,
        })
    }
}

/// What the payee says of a payment.
#[derive(Debug, Clone, InputObject)]
pub struct ConfirmPaymentInput {
    /// The payment.
    pub payment_id: ID,
    /// Whether it arrived. What did not counts as unpaid.
    #[graphql(default = true)]
    pub received: bool,
    /// What there is to say, at most 1,000 signs.
    pub note: Option<String>,
    /// Refuses the mutation if the payment is no longer at this version.
    pub expected_version: Option<i64>,
    /// Repeating the mutation with the same key and input gives the first result and changes nothing.
    pub idempotency_key: Option<String>,
}

impl ConfirmPaymentInput {
    pub(super) fn read(self) -> Outcome<ConfirmPayment> {
        Ok(ConfirmPayment {
            payment: read_id(&self.payment_id, PaymentMadeId::PREFIX, ["input", "paymentId"])?,
            received: self.received,
            note: self.note,
            expected_version: self.expected_version,
            idempotency_key: self.idempotency_key,
        })
    }
}
