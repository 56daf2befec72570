//! What suppliers ask to be paid, and what was paid.

use chrono::{Days, NaiveDate};

use super::{
    amount::permille,
    contract::Measure,
    ids::{ContractId, ContractLineId, InvoiceId, PaymentMadeId},
    states::{InvoiceStatus, PaymentStatus},
    terms::Terms,
};
use crate::{
    accounts::OrganizationId,
    kernel::{clock::Timestamp, money::Currency},
};

/// What suppliers ask to be paid for what was accepted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Invoice {
    /// The invoice.
    pub id: InvoiceId,
    /// Under which contract.
    pub contract: ContractId,
    /// Which supplier handed it in, for all of them.
    pub supplier: OrganizationId,
    /// The supplier's own number.
    pub number: String,
    /// Where it stands.
    pub status: InvoiceStatus,
    /// Of this currency.
    pub currency: Currency,
    /// What its lines come to.
    pub gross_minor: i64,
    /// What lateness takes off.
    pub penalty_minor: i64,
    /// What is to be paid.
    pub net_minor: i64,
    /// What early payment took off.
    pub discount_minor: i64,
    /// Paid so far, confirmed or not, without what is disputed.
    pub paid_minor: i64,
    /// When it was handed in.
    pub submitted_at: Timestamp,
    /// When the buyer decided about it.
    pub decided_at: Option<Timestamp>,
    /// Why she refused it.
    pub reason: Option<String>,
    /// The last day on which payment is in time.
    pub due_on: NaiveDate,
    /// When the last of what it bills was accepted.
    pub accepted_at: Timestamp,
    /// The day on which all of it was paid.
    pub paid_on: Option<NaiveDate>,
    /// Counts changes from 1.
    pub version: i64,
}

impl Invoice {
    /// What is still to be paid.
    #[must_use]
    pub const fn unpaid_minor(&self) -> i64 {
        self.net_minor - self.discount_minor - self.paid_minor
    }

    /// The last day on which paying all of it takes the discount off; none where there is no discount, or nobody approved yet.
    #[must_use]
    pub fn early_until(&self, terms: &Terms) -> Option<NaiveDate> {
        let days = u64::try_from(terms.early_payment_days).ok()?;
        let approved = self.decided_at.filter(|_| terms.early_payment_permille > 0)?;
        approved.date_naive().checked_add_days(Days::new(days))
    }

    /// What early payment of all of it takes off.
    #[must_use]
    pub fn discount(&self, terms: &Terms) -> i64 {
        permille(self.net_minor, terms.early_payment_permille)
    }
}

/// What an invoice bills: some of what was accepted of a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InvoiceLine {
    /// The invoice.
    pub invoice: InvoiceId,
    /// The line of the contract.
    pub line: ContractLineId,
    /// What the line is counted in.
    pub measure: Measure,
    /// Thousandths of the line's unit.
    pub quantity: i64,
    /// Price times quantity, rounded half to even, once.
    pub amount_minor: i64,
    /// What lateness of what it bills takes off.
    pub penalty_minor: i64,
}

/// What was paid on an invoice, to one of the suppliers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Payment {
    /// The payment.
    pub id: PaymentMadeId,
    /// On which invoice.
    pub invoice: InvoiceId,
    /// To whom.
    pub payee: OrganizationId,
    /// Where it stands.
    pub status: PaymentStatus,
    /// How much, in minor units.
    pub minor: i64,
    /// Of this currency.
    pub currency: Currency,
    /// On which day.
    pub paid_on: NaiveDate,
    /// What the bank or the operator calls it.
    pub reference: String,
    /// When the buyer told of it.
    pub recorded_at: Timestamp,
    /// When the payee answered.
    pub answered_at: Option<Timestamp>,
    /// What she said.
    pub note: Option<String>,
    /// Counts changes from 1.
    pub version: i64,
}

impl Payment {
    /// Whether it counts as paid: the payee does not deny it.
    #[must_use]
    pub const fn counts(&self) -> bool {
        match self.status {
            PaymentStatus::Recorded | PaymentStatus::Confirmed => true,
            PaymentStatus::Disputed => false,
        }
    }
}
