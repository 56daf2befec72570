//! A delivery of a line, from the plan to its acceptance.

use chrono::NaiveDate;

use super::{
    contract::Measure,
    ids::{ContractDeliveryId, ContractId, ContractLineId},
    states::{DeliveryAction, DeliveryStatus},
};
use crate::{kernel::clock::Timestamp, traceability::LotId};

/// A delivery of a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delivery {
    /// The delivery.
    pub id: ContractDeliveryId,
    /// Of which contract.
    pub contract: ContractId,
    /// Of which line.
    pub line: ContractLineId,
    /// What the line is counted in.
    pub measure: Measure,
    /// Where it stands.
    pub status: DeliveryStatus,
    /// How much is planned, in thousandths of the line's unit.
    pub quantity: i64,
    /// How much left.
    pub dispatched: Option<i64>,
    /// How much arrived.
    pub received: Option<i64>,
    /// How much was accepted.
    pub accepted: Option<i64>,
    /// The day on which it is to arrive.
    pub due_on: NaiveDate,
    /// When it left.
    pub dispatched_at: Option<Timestamp>,
    /// When it arrived.
    pub received_at: Option<Timestamp>,
    /// When it was decided about.
    pub accepted_at: Option<Timestamp>,
    /// Why not all of it was accepted, or why it did not take place.
    pub reason: Option<String>,
    /// When it was planned.
    pub created_at: Timestamp,
    /// Counts changes from 1.
    pub version: i64,
}

impl Delivery {
    /// How much of its line it takes up: what was accepted of it, or what may be yet.
    #[must_use]
    pub fn taken_up(&self) -> i64 {
        match self.status {
            DeliveryStatus::Scheduled => self.quantity,
            DeliveryStatus::Dispatched => self.dispatched.unwrap_or(self.quantity),
            DeliveryStatus::Received => self.received.unwrap_or(self.quantity),
            DeliveryStatus::Accepted | DeliveryStatus::PartiallyAccepted => self.accepted.unwrap_or(0),
            DeliveryStatus::Rejected | DeliveryStatus::Cancelled => 0,
        }
    }
}

/// What is done to a delivery of which so much arrived, and so much of that is accepted.
#[must_use]
pub const fn decision(received: i64, accepted: i64) -> DeliveryAction {
    if accepted == 0 {
        DeliveryAction::Reject
    } else if accepted < received {
        DeliveryAction::AcceptPart
    } else {
        DeliveryAction::Accept
    }
}

/// Some of a lot that was delivered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DeliveredLot {
    /// With which delivery.
    pub delivery: ContractDeliveryId,
    /// The lot, as it went.
    pub lot: LotId,
    /// What it weighed when it left.
    pub grams: i64,
}
