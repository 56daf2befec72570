//! What producers were paid.

use super::ids::{EventId, PaymentId, ProducerId};
use crate::{
    accounts::OrganizationId,
    kernel::{clock::Timestamp, money::Money},
};

/// What a producer was paid for a delivery.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Payment {
    /// The payment.
    pub id: PaymentId,
    /// What was paid for.
    pub delivery: EventId,
    /// Who was paid.
    pub producer: ProducerId,
    /// Who recorded the delivery and paid.
    pub organization: OrganizationId,
    /// How much.
    pub amount: Money,
    /// When she was paid.
    pub paid_at: Timestamp,
    /// When it was recorded.
    pub created_at: Timestamp,
    /// When she confirmed that she was paid.
    pub confirmed_at: Option<Timestamp>,
}
