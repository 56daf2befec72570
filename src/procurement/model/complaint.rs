//! An appeal against what a buyer decided.

use super::ids::{AwardId, ComplaintId, RequestId};
use crate::{
    accounts::{OrganizationId, UserId},
    kernel::clock::Timestamp,
};

crate::words! {
    /// To whom an appeal goes.
    ComplaintLevel {
        /// To the buyer, who may mend it.
        Gracious = "GRACIOUS",
        /// To the review body, after the buyer.
        Review = "REVIEW",
    }
}

crate::words! {
    /// What became of an appeal.
    ComplaintStatus {
        /// It waits to be decided, and holds the award.
        Open = "OPEN",
        /// It was right.
        Upheld = "UPHELD",
        /// It was wrong.
        Rejected = "REJECTED",
        /// It could not be heard.
        Inadmissible = "INADMISSIBLE",
        /// Whoever filed it took it back.
        Withdrawn = "WITHDRAWN",
    }
}

crate::words! {
    /// What is done to an appeal.
    ComplaintAction {
        /// It is found right.
        Uphold = "UPHELD",
        /// It is found wrong.
        Reject = "REJECTED",
        /// It is found that it cannot be heard.
        Dismiss = "INADMISSIBLE",
        /// Whoever filed it takes it back.
        Withdraw = "WITHDRAWN",
    }
}

impl ComplaintAction {
    /// What an appeal becomes; none where that cannot be done to it.
    ///
    /// | from \ action | uphold | reject | dismiss | withdraw |
    /// |---|---|---|---|---|
    /// | `OPEN` | `UPHELD` | `REJECTED` | `INADMISSIBLE` | `WITHDRAWN` |
    /// | `UPHELD` | – | – | – | – |
    /// | `REJECTED` | – | – | – | – |
    /// | `INADMISSIBLE` | – | – | – | – |
    /// | `WITHDRAWN` | – | – | – | – |
    #[must_use]
    pub const fn apply(self, to: ComplaintStatus) -> Option<ComplaintStatus> {
        match (to, self) {
            (ComplaintStatus::Open, Self::Uphold) => Some(ComplaintStatus::Upheld),
            (ComplaintStatus::Open, Self::Reject) => Some(ComplaintStatus::Rejected),
            (ComplaintStatus::Open, Self::Dismiss) => Some(ComplaintStatus::Inadmissible),
            (ComplaintStatus::Open, Self::Withdraw) => Some(ComplaintStatus::Withdrawn),
            (
                ComplaintStatus::Upheld
                | ComplaintStatus::Rejected
                | ComplaintStatus::Inadmissible
                | ComplaintStatus::Withdrawn,
                Self::Uphold | Self::Reject | Self::Dismiss | Self::Withdraw,
            ) => None,
        }
    }
}

/// An appeal against what a buyer decided.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Complaint {
    /// The appeal.
    pub id: ComplaintId,
    /// About which request.
    pub request: RequestId,
    /// Against which award; none where it is about the request itself.
    pub award: Option<AwardId>,
    /// Who appeals.
    pub organization: OrganizationId,
    /// To whom.
    pub level: ComplaintLevel,
    /// The appeal to the buyer that came before one to the review body.
    pub previous: Option<ComplaintId>,
    /// Where it stands.
    pub status: ComplaintStatus,
    /// Why she appeals.
    pub grounds: String,
    /// Who filed it for her.
    pub filed_by: Option<UserId>,
    /// When.
    pub filed_at: Timestamp,
    /// What was decided, in words; of one that was taken back, nothing.
    pub decision: Option<String>,
    /// Who decided.
    pub decided_by: Option<UserId>,
    /// When it was decided, or taken back.
    pub decided_at: Option<Timestamp>,
    /// Counts changes from 1.
    pub version: i64,
}

/// Narrows a list of appeals.
#[derive(Debug, Clone, Copy, Default)]
pub struct ComplaintFilter {
    /// Only those about this request.
    pub request: Option<RequestId>,
    /// Only those against this award.
    pub award: Option<AwardId>,
    /// Only those about requests of this buyer.
    pub buyer: Option<OrganizationId>,
    /// Only those of this organization.
    pub organization: Option<OrganizationId>,
    /// Only those of this level.
    pub level: Option<ComplaintLevel>,
    /// Only those that stand there.
    pub status: Option<ComplaintStatus>,
}

/// Which appeals somebody sees.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Onlooker {
    /// All.
    Everything,
    /// Those of these organizations, and those about what they buy.
    Of(Vec<OrganizationId>),
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_an_open_appeal_can_become_anything() {
        use ComplaintStatus::{Inadmissible, Open, Rejected, Upheld, Withdrawn};
        let becomes =
            |from: ComplaintStatus| ComplaintAction::ALL.iter().map(|action| action.apply(from)).collect::<Vec<_>>();
        assert_eq!(becomes(Open), [Some(Upheld), Some(Rejected), Some(Inadmissible), Some(Withdrawn)]);
        for ended in [Upheld, Rejected, Inadmissible, Withdrawn] {
            assert_eq!(becomes(ended), [None; 4], "{ended:?}");
        }
    }
}
