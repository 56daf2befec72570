//! A lot given to a bid.

use iso_currency::Currency;
use serde_json::Value;

use super::ids::{AwardId, BidId, RequestId, RequestLotId};
use crate::{accounts::UserId, kernel::clock::Timestamp};

crate::words! {
    /// Where an award stands.
    AwardStatus {
        /// It was announced; the standstill runs.
        Pending = "PENDING",
        /// It is in force.
        Active = "ACTIVE",
        /// The buyer took it back, or a complaint did.
        Cancelled = "CANCELLED",
        /// The bidder did not want it.
        Declined = "DECLINED",
    }
}

/// A lot given to a bid.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Award {
    /// The award.
    pub id: AwardId,
    /// Of which request.
    pub request: RequestId,
    /// Of which lot.
    pub lot: RequestLotId,
    /// To which bid.
    pub bid: BidId,
    /// Where it stands.
    pub status: AwardStatus,
    /// What it comes to, in minor units.
    pub amount_minor: i64,
    /// Of this currency.
    pub currency: Currency,
    /// The bid's place among those for the lot, from 1.
    pub rank: i64,
    /// Thousandths of a point, of 100 points.
    pub points: i64,
    /// How the bids for the lot compared.
    pub comparison: Value,
    /// Why it was given so.
    pub rationale: Option<String>,
    /// Until when it cannot take force.
    pub standstill_until: Timestamp,
    /// Who awarded.
    pub awarded_by: Option<UserId>,
    /// When.
    pub awarded_at: Timestamp,
    /// When it took force.
    pub activated_at: Option<Timestamp>,
    /// When it ended.
    pub ended_at: Option<Timestamp>,
    /// Why it ended.
    pub ended_reason: Option<String>,
    /// Counts changes from 1.
    pub version: i64,
}
