//! What may be done to a bid in which state, and what it becomes.
//!
//! | | WITHDRAW | CONFIRM | LAPSE | OPEN | VALIDATE | DISQUALIFY |
//! |---|---|---|---|---|---|---|
//! | `SEALED` | `WITHDRAWN` ¹ | `SEALED` ¹ | `LAPSED` ² | `OPENED` ² | – | – |
//! | `WITHDRAWN` | – | – | – | – | – | – |
//! | `LAPSED` | – | – | – | – | – | – |
//! | `OPENED` | – | – | – | – | `VALID` | `DISQUALIFIED` |
//! | `VALID` | – | – | – | – | – | `DISQUALIFIED` |
//! | `DISQUALIFIED` | – | – | – | – | – | – |
//!
//! ¹ only before the deadline, which the request knows; ² only by the opening. A bid in which the opening found nothing to look
//! at is opened and validated at once; the others wait for somebody to do it. That a sealed bid needs to be confirmed is
//! derived: see [`Bid::shown`].

use super::{
    bid::{Bid, BidStatus},
    request::{Request, RequestStatus},
};
use crate::kernel::{ErrorCode, UserError, clock::Timestamp};

crate::words! {
    /// What is done to a bid.
    BidAction {
        /// Its bidder takes it back.
        Withdraw = "WITHDRAW",
        /// Its bidder says that it stands for the request as it is now.
        Confirm = "CONFIRM",
        /// The opening finds that it answers an earlier wording.
        Lapse = "LAPSE",
        /// It is opened.
        Open = "OPEN",
        /// It is found to answer the request.
        Validate = "VALIDATE",
        /// It is excluded.
        Disqualify = "DISQUALIFY",
    }
}

crate::words! {
    /// Where a bid stands as people are told.
    ShownStatus {
        /// It is sealed.
        Sealed = "SEALED",
        /// It is sealed, and lapses unless its bidder confirms it: the request was amended since.
        NeedsReconfirm = "NEEDS_RECONFIRM",
        /// The bidder took it back.
        Withdrawn = "WITHDRAWN",
        /// It answered an earlier wording of the request when the deadline passed.
        Lapsed = "LAPSED",
        /// It was opened, and somebody has to look at it.
        Opened = "OPENED",
        /// It was found to answer the request.
        Valid = "VALID",
        /// It was excluded.
        Disqualified = "DISQUALIFIED",
    }
}

/// Something cannot be done to a bid.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BidRefuses(pub BidStatus, pub BidAction);

impl BidRefuses {
    /// What the person is told, at the input field that names the bid.
    #[must_use]
    pub fn at(self, field: &str) -> UserError {
        let Self(status, action) = self;
        let error = UserError::new(ErrorCode::InvalidTransition, ["input", field]);
        error.with("state", status.as_str()).with("action", action.as_str())
    }
}

/// What a bid in a state becomes by an action; see the table of this module.
///
/// # Errors
/// [`BidRefuses`] where the state does not allow it.
pub const fn next(status: BidStatus, action: BidAction) -> Result<BidStatus, BidRefuses> {
    use BidAction::{Confirm, Disqualify, Lapse, Open, Validate, Withdraw};
    use BidStatus as Is;
    match (status, action) {
        (Is::Sealed, Withdraw) => Ok(Is::Withdrawn),
        (Is::Sealed, Confirm) => Ok(Is::Sealed),
        (Is::Sealed, Lapse) => Ok(Is::Lapsed),
        (Is::Sealed, Open) => Ok(Is::Opened),
        (Is::Opened, Validate) => Ok(Is::Valid),
        (Is::Opened | Is::Valid, Disqualify) => Ok(Is::Disqualified),
        (Is::Sealed, Validate | Disqualify)
        | (Is::Opened, Withdraw | Confirm | Lapse | Open)
        | (Is::Valid, Withdraw | Confirm | Lapse | Open | Validate)
        | (Is::Withdrawn | Is::Lapsed | Is::Disqualified, Withdraw | Confirm | Lapse | Open | Validate | Disqualify) => {
            Err(BidRefuses(status, action))
        }
    }
}

impl Bid {
    /// Where it stands as people are told: what answers an earlier wording needs to be confirmed while the request takes bids,
    /// and has lapsed once it does not.
    #[must_use]
    pub fn shown(&self, request: &Request, now: Timestamp) -> ShownStatus {
        match self.status {
            BidStatus::Sealed if self.request_version < request.version => {
                if request.takes_bids(now) {
                    ShownStatus::NeedsReconfirm
                } else if request.status == RequestStatus::Cancelled {
                    ShownStatus::Sealed
                } else {
                    ShownStatus::Lapsed
                }
            }
            BidStatus::Sealed => ShownStatus::Sealed,
            BidStatus::Withdrawn => ShownStatus::Withdrawn,
            BidStatus::Lapsed => ShownStatus::Lapsed,
            BidStatus::Opened => ShownStatus::Opened,
            BidStatus::Valid => ShownStatus::Valid,
            BidStatus::Disqualified => ShownStatus::Disqualified,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The table of this module, a row a state, in the order of the states and actions.
    const TABLE: [(&str, [&str; 6]); 6] = [
        ("SEALED", ["WITHDRAWN", "SEALED", "LAPSED", "OPENED", "-", "-"]),
        ("WITHDRAWN", ["-"; 6]),
        ("LAPSED", ["-"; 6]),
        ("OPENED", ["-", "-", "-", "-", "VALID", "DISQUALIFIED"]),
        ("VALID", ["-", "-", "-", "-", "-", "DISQUALIFIED"]),
        ("DISQUALIFIED", ["-"; 6]),
    ];

    #[test]
    fn every_state_and_action_does_what_the_table_says() {
        assert_eq!(TABLE.len(), BidStatus::ALL.len());
        for (status, (name, row)) in BidStatus::ALL.iter().zip(TABLE) {
            assert_eq!(status.as_str(), name);
            assert_eq!(row.len(), BidAction::ALL.len());
            for (action, expected) in BidAction::ALL.iter().zip(row) {
                match (expected, next(*status, *action)) {
                    ("-", became) => assert_eq!(became, Err(BidRefuses(*status, *action))),
                    (word, became) => assert_eq!(became.map(BidStatus::as_str), Ok(word), "{name}"),
                }
            }
        }
    }

    #[test]
    fn the_documented_table_is_the_tested_one() {
        let source = include_str!("bid_lifecycle.rs");
        for (name, row) in TABLE {
            let line = source.lines().find(|line| line.starts_with(&format!("//! | `{name}`"))).unwrap();
            let cells =
                line.split('|').skip(2).map(|cell| cell.trim().trim_end_matches(['¹', '²', ' ']).trim_matches('`'));
            let cells: Vec<String> = cells.take(6).map(|cell| cell.replace('–', "-")).collect();
            assert_eq!(cells, row, "{name}");
        }
    }
}
