//! A lot given to a bid.

use serde_json::Value;

use super::ids::{AwardId, BidId, RequestId, RequestLotId};
use crate::{
    accounts::{OrganizationId, UserId},
    kernel::{clock::Timestamp, money::Currency},
};

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

crate::words! {
    /// What is done to an award.
    AwardAction {
        /// Its standstill is over, and it takes force.
        Activate = "activateAward",
        /// The bidder does not want it.
        Decline = "declineAward",
        /// The buyer takes it back.
        Cancel = "cancelAward",
        /// An appeal against it was right.
        Uphold = "decideComplaint",
    }
}

impl AwardAction {
    /// What an award becomes; none where that cannot be done to it.
    ///
    /// | from \ action | activate | decline | cancel | uphold |
    /// |---|---|---|---|---|
    /// | `PENDING` | `ACTIVE` | `DECLINED` | `CANCELLED` | `CANCELLED` |
    /// | `ACTIVE` | – | – | – | – |
    /// | `CANCELLED` | – | – | – | – |
    /// | `DECLINED` | – | – | – | – |
    ///
    /// An award in force has its contract, and ends with it; the others leave the lot to the next rank.
    #[must_use]
    pub const fn apply(self, to: AwardStatus) -> Option<AwardStatus> {
        match (to, self) {
            (AwardStatus::Pending, Self::Activate) => Some(AwardStatus::Active),
            (AwardStatus::Pending, Self::Decline) => Some(AwardStatus::Declined),
            (AwardStatus::Pending, Self::Cancel | Self::Uphold) => Some(AwardStatus::Cancelled),
            (
                AwardStatus::Active | AwardStatus::Cancelled | AwardStatus::Declined,
                Self::Activate | Self::Decline | Self::Cancel | Self::Uphold,
            ) => None,
        }
    }
}

impl AwardStatus {
    /// Whether the lot is taken by it: whoever else bid for the lot cannot be awarded it.
    #[must_use]
    pub const fn stands(self) -> bool {
        match self {
            Self::Pending | Self::Active => true,
            Self::Cancelled | Self::Declined => false,
        }
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

/// Narrows a list of awards.
#[derive(Debug, Clone, Copy, Default)]
pub struct AwardFilter {
    /// Only those of this request.
    pub request: Option<RequestId>,
    /// Only those that this buyer made.
    pub buyer: Option<OrganizationId>,
    /// Only those to this organization, alone or with others.
    pub organization: Option<OrganizationId>,
    /// Only those that stand there.
    pub status: Option<AwardStatus>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_pending_award_can_become_anything() {
        use AwardStatus::{Active, Cancelled, Declined, Pending};
        let becomes = |from: AwardStatus| AwardAction::ALL.iter().map(|action| action.apply(from)).collect::<Vec<_>>();
        assert_eq!(becomes(Pending), [Some(Active), Some(Declined), Some(Cancelled), Some(Cancelled)]);
        for ended in [Active, Cancelled, Declined] {
            assert_eq!(becomes(ended), [None; 4], "{ended:?}");
        }
        assert_eq!(AwardStatus::ALL.iter().filter(|status| status.stands()).count(), 2);
    }
}
