//! What was agreed on, delivered, billed and paid.

use chrono::NaiveDate;

use super::AmendmentPart;
use crate::{
    accounts::OrganizationId,
    contracts::{ContractDeliveryId, ContractId, ContractLineId, InvoiceId, PaymentMadeId},
    kernel::{clock::Timestamp, money::Currency},
    procurement::{AwardId, RequestLotId},
};

crate::words! {
    /// Where a contract stands, as it is kept.
    ContractState {
        /// Not all have signed.
        Pending = "PENDING",
        /// It is in force.
        Active = "ACTIVE",
        /// All was done.
        Complete = "COMPLETE",
        /// It was ended before.
        Terminated = "TERMINATED",
        /// It was never signed by all.
        Cancelled = "CANCELLED",
    }
}

/// What buyer and suppliers agreed on.
#[derive(Debug, Clone)]
pub struct ContractPart {
    /// The contract.
    pub id: ContractId,
    /// What it follows from; none for an order from a listing.
    pub award: Option<AwardId>,
    /// Who delivers and bills.
    pub supplier: OrganizationId,
    /// What it is called.
    pub title: String,
    /// Where it stands.
    pub state: ContractState,
    /// In which its amounts stand.
    pub currency: Currency,
    /// As it is in force now, in minor units.
    pub amount_minor: i64,
    /// As it was signed first.
    pub signed_amount_minor: i64,
    /// Days in which an approved invoice is paid.
    pub payment_days: i64,
    /// The wording in force.
    pub version_in_force: i64,
    /// When all had signed the first wording.
    pub signed_at: Option<Timestamp>,
    /// When it ended.
    pub ended_at: Option<Timestamp>,
    /// Why.
    pub ended_reason: Option<String>,
    /// When it was made.
    pub created_at: Timestamp,
    /// The suppliers, with thousandths of a percent of what is paid.
    pub suppliers: Vec<(OrganizationId, i64)>,
    /// Wordings after the first that took force.
    pub amendments: Vec<AmendmentPart>,
    /// Who signed which wording.
    pub signatures: Vec<SignaturePart>,
    /// What is to be delivered, in its order.
    pub lines: Vec<LinePart>,
    /// What was delivered, or will be.
    pub deliveries: Vec<DeliveryPart>,
    /// What was billed.
    pub invoices: Vec<InvoicePart>,
    /// What was paid.
    pub payments: Vec<PaymentPart>,
}

/// A signature.
#[derive(Debug, Clone, Copy)]
pub struct SignaturePart {
    /// For whom.
    pub organization: OrganizationId,
    /// Of which wording.
    pub version: i64,
    /// When.
    pub at: Timestamp,
}

/// What is to be delivered at which price.
#[derive(Debug, Clone)]
pub struct LinePart {
    /// The line.
    pub id: ContractLineId,
    /// For which lot of the request.
    pub lot: Option<RequestLotId>,
    /// What it is called.
    pub title: String,
    /// The product's code.
    pub product: String,
    /// Thousandths of the unit.
    pub quantity: i64,
    /// The unit's code.
    pub unit: String,
    /// Minor units a whole unit.
    pub unit_price_minor: i64,
    /// Minor units in all.
    pub amount_minor: i64,
    /// What it weighs, where that is known.
    pub grams: Option<i64>,
    /// Where it is delivered to.
    pub place: Option<String>,
    /// From when.
    pub deliver_from: Option<NaiveDate>,
    /// Until when.
    pub deliver_until: Option<NaiveDate>,
    /// Thousandths that were accepted so far.
    pub accepted: i64,
    /// Thousandths that were billed so far.
    pub billed: i64,
}

crate::words! {
    /// Where a delivery stands, as it is kept.
    DeliveryState {
        /// It is planned.
        Scheduled = "SCHEDULED",
        /// It is on its way.
        Dispatched = "DISPATCHED",
        /// It arrived.
        Received = "RECEIVED",
        /// All of it was accepted.
        Accepted = "ACCEPTED",
        /// Some of it was.
        PartiallyAccepted = "PARTIALLY_ACCEPTED",
        /// None of it was.
        Rejected = "REJECTED",
        /// It does not come.
        Cancelled = "CANCELLED",
    }
}

/// A delivery.
#[derive(Debug, Clone)]
pub struct DeliveryPart {
    /// The delivery.
    pub id: ContractDeliveryId,
    /// Of which line.
    pub line: ContractLineId,
    /// Where it stands.
    pub state: DeliveryState,
    /// Thousandths of the line's unit.
    pub quantity: i64,
    /// Thousandths that arrived.
    pub received: Option<i64>,
    /// Thousandths that were accepted.
    pub accepted: Option<i64>,
    /// The last day on which it is in time.
    pub due_on: NaiveDate,
    /// When it was sent.
    pub dispatched_at: Option<Timestamp>,
    /// When it arrived.
    pub received_at: Option<Timestamp>,
    /// When it was accepted.
    pub accepted_at: Option<Timestamp>,
}

crate::words! {
    /// Where an invoice stands, as it is kept.
    InvoiceState {
        /// It was handed in.
        Submitted = "SUBMITTED",
        /// It is to be paid.
        Approved = "APPROVED",
        /// It is not to be paid.
        Rejected = "REJECTED",
        /// All of it was paid.
        Paid = "PAID",
    }
}

/// An invoice.
#[derive(Debug, Clone)]
pub struct InvoicePart {
    /// The invoice.
    pub id: InvoiceId,
    /// Whose.
    pub supplier: OrganizationId,
    /// Where it stands.
    pub state: InvoiceState,
    /// What its lines come to, in minor units.
    pub gross_minor: i64,
    /// What lateness takes off.
    pub penalty_minor: i64,
    /// What is to be paid.
    pub net_minor: i64,
    /// What early payment took off.
    pub discount_minor: i64,
    /// Paid so far.
    pub paid_minor: i64,
    /// When it was handed in.
    pub submitted_at: Timestamp,
    /// When the last of what it bills was accepted.
    pub accepted_at: Timestamp,
    /// When it was approved or rejected.
    pub decided_at: Option<Timestamp>,
    /// The last day on which payment is in time.
    pub due_on: NaiveDate,
    /// When all of it was paid.
    pub paid_on: Option<NaiveDate>,
}

crate::words! {
    /// Where a payment stands, as it is kept.
    PaymentState {
        /// The buyer says so.
        Recorded = "RECORDED",
        /// The payee says so too.
        Confirmed = "CONFIRMED",
        /// The payee says otherwise.
        Disputed = "DISPUTED",
    }
}

/// A payment on an invoice.
#[derive(Debug, Clone)]
pub struct PaymentPart {
    /// The payment.
    pub id: PaymentMadeId,
    /// On which invoice.
    pub invoice: InvoiceId,
    /// To whom.
    pub payee: OrganizationId,
    /// Whether it came.
    pub state: PaymentState,
    /// How much, in minor units.
    pub minor: i64,
    /// Of this currency.
    pub currency: Currency,
    /// When it was paid.
    pub paid_on: NaiveDate,
    /// When it was recorded.
    pub recorded_at: Timestamp,
    /// When the payee confirmed or disputed it.
    pub answered_at: Option<Timestamp>,
}
