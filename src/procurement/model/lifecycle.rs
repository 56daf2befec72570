//! What may be done to a request in which state, and what it becomes.
//!
//! One function, [`next`], says it for states as they are kept. That bids are taken only until the deadline is the clock's:
//! [`Request::after`] asks it besides, and is what use cases call.
//!
//! | | EDIT | PUBLISH | AMEND | CANCEL | OPEN | SCORE | AWARD | COMPLETE | FAIL |
//! |---|---|---|---|---|---|---|---|---|---|
//! | `DRAFT` | `DRAFT` | `PUBLISHED` | – | `CANCELLED` | – | – | – | – | – |
//! | `PUBLISHED` | – | – | `PUBLISHED` ¹ | `CANCELLED` | `OPENED` ² | – | – | – | `UNSUCCESSFUL` ² |
//! | `OPENED` | – | – | – | `CANCELLED` | – | `EVALUATING` | `AWARDING` | – | `UNSUCCESSFUL` |
//! | `EVALUATING` | – | – | – | `CANCELLED` | – | `EVALUATING` | `AWARDING` | – | `UNSUCCESSFUL` |
//! | `AWARDING` | – | – | – | – | – | `AWARDING` | `AWARDING` | `COMPLETE` | `UNSUCCESSFUL` |
//! | `COMPLETE`, `CANCELLED`, `UNSUCCESSFUL` | – | – | – | – | – | – | – | – | – |
//!
//! ¹ only before the deadline; ² only after it. A request of which lots are awarded is not cancelled: its awards are taken
//! back, and it fails.

use super::request::{Request, RequestStatus};
use crate::kernel::{
    ErrorCode, UserError,
    clock::{Timestamp, rfc3339},
};

crate::words! {
    /// What is done to a request.
    RequestAction {
        /// Its draft is written anew.
        Edit = "EDIT",
        /// It is shown to everybody, and bids are taken.
        Publish = "PUBLISH",
        /// It gets another wording.
        Amend = "AMEND",
        /// The buyer gives it up.
        Cancel = "CANCEL",
        /// Its bids are opened.
        Open = "OPEN",
        /// A bid of it is scored.
        Score = "SCORE",
        /// A lot of it is awarded.
        Award = "AWARD",
        /// The last of its lots has its award in force.
        Complete = "COMPLETE",
        /// It leads to no award.
        Fail = "FAIL",
    }
}

/// Why something cannot be done to a request now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refused {
    /// Its state does not allow it.
    State(RequestStatus, RequestAction),
    /// It would have had to be done before.
    DeadlinePassed(Timestamp),
    /// It cannot be done before.
    DeadlineNotReached(Timestamp),
    /// Nothing is asked about it in this state.
    NotTakingBids(RequestStatus),
    /// Questions would have had to be asked before.
    EnquiryOver(Timestamp),
}

impl Refused {
    /// What the person is told, at the input field that names the request.
    #[must_use]
    pub fn at(self, field: &str) -> UserError {
        let path = ["input", field];
        match self {
            Self::State(status, action) => UserError::new(ErrorCode::InvalidTransition, path)
                .with("state", status.as_str())
                .with("action", action.as_str()),
            Self::NotTakingBids(status) => {
                UserError::new(ErrorCode::InvalidTransition, path).with("state", status.as_str()).with("action", "ASK")
            }
            Self::DeadlinePassed(deadline) | Self::EnquiryOver(deadline) => {
                UserError::new(ErrorCode::DeadlinePassed, path).with("deadline", rfc3339(deadline))
            }
            Self::DeadlineNotReached(deadline) => {
                UserError::new(ErrorCode::DeadlineNotReached, path).with("deadline", rfc3339(deadline))
            }
        }
    }
}

/// What a request in a state becomes by an action; see the table of this module.
///
/// # Errors
/// [`Refused::State`] where the state does not allow it.
pub const fn next(status: RequestStatus, action: RequestAction) -> Result<RequestStatus, Refused> {
    use RequestAction::{Amend, Award, Cancel, Complete, Edit, Fail, Open, Publish, Score};
    use RequestStatus as Is;
    match (status, action) {
        (Is::Draft, Edit) => Ok(Is::Draft),
        (Is::Draft, Publish) | (Is::Published, Amend) => Ok(Is::Published),
        (Is::Draft | Is::Published | Is::Opened | Is::Evaluating, Cancel) => Ok(Is::Cancelled),
        (Is::Published, Open) => Ok(Is::Opened),
        (Is::Opened | Is::Evaluating, Score) => Ok(Is::Evaluating),
        // A lot whose award was declined is scored on beside those that are awarded.
        (Is::Awarding, Score | Award) | (Is::Opened | Is::Evaluating, Award) => Ok(Is::Awarding),
        (Is::Awarding, Complete) => Ok(Is::Complete),
        (Is::Published | Is::Opened | Is::Evaluating | Is::Awarding, Fail) => Ok(Is::Unsuccessful),
        (Is::Draft, Amend | Open | Score | Award | Complete | Fail)
        | (Is::Published, Edit | Publish | Score | Award | Complete)
        | (Is::Opened | Is::Evaluating, Edit | Publish | Amend | Open | Complete)
        | (Is::Awarding, Edit | Publish | Amend | Cancel | Open)
        | (
            Is::Complete | Is::Cancelled | Is::Unsuccessful,
            Edit | Publish | Amend | Cancel | Open | Score | Award | Complete | Fail,
        ) => Err(Refused::State(status, action)),
    }
}

impl RequestStatus {
    /// Whether nothing can be done to it any more.
    #[must_use]
    pub const fn is_terminal(self) -> bool {
        match self {
            Self::Complete | Self::Cancelled | Self::Unsuccessful => true,
            Self::Draft | Self::Published | Self::Opened | Self::Evaluating | Self::Awarding => false,
        }
    }
}

impl Request {
    /// What it becomes by an action at an instant.
    ///
    /// # Errors
    /// [`Refused`]: by its state first, then by the deadline. Once its deadline was seen to pass, an earlier instant does not
    /// undo that.
    pub fn after(&self, action: RequestAction, now: Timestamp) -> Result<RequestStatus, Refused> {
        let status = next(self.status, action)?;
        let closed = self.status != RequestStatus::Draft && !self.takes_bids(now);
        match action {
            RequestAction::Amend if closed => Err(Refused::DeadlinePassed(self.bid_deadline)),
            RequestAction::Open | RequestAction::Fail if !closed => Err(Refused::DeadlineNotReached(self.bid_deadline)),
            RequestAction::Edit
            | RequestAction::Publish
            | RequestAction::Amend
            | RequestAction::Cancel
            | RequestAction::Open
            | RequestAction::Score
            | RequestAction::Award
            | RequestAction::Complete
            | RequestAction::Fail => Ok(status),
        }
    }
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;
    use proptest::prelude::*;

    use super::*;
    use crate::procurement::model::request::example;

    /// The table of this module, a row a state, in the order of the states and actions.
    const TABLE: [(&str, [&str; 9]); 8] = [
        ("DRAFT", ["DRAFT", "PUBLISHED", "-", "CANCELLED", "-", "-", "-", "-", "-"]),
        ("PUBLISHED", ["-", "-", "PUBLISHED", "CANCELLED", "OPENED", "-", "-", "-", "UNSUCCESSFUL"]),
        ("OPENED", ["-", "-", "-", "CANCELLED", "-", "EVALUATING", "AWARDING", "-", "UNSUCCESSFUL"]),
        ("EVALUATING", ["-", "-", "-", "CANCELLED", "-", "EVALUATING", "AWARDING", "-", "UNSUCCESSFUL"]),
        ("AWARDING", ["-", "-", "-", "-", "-", "AWARDING", "AWARDING", "COMPLETE", "UNSUCCESSFUL"]),
        ("COMPLETE", ["-"; 9]),
        ("CANCELLED", ["-"; 9]),
        ("UNSUCCESSFUL", ["-"; 9]),
    ];

    #[test]
    fn every_state_and_action_does_what_the_table_says() {
        assert_eq!(TABLE.len(), RequestStatus::ALL.len());
        for (status, (name, row)) in RequestStatus::ALL.iter().zip(TABLE) {
            assert_eq!(status.as_str(), name);
            assert_eq!(row.len(), RequestAction::ALL.len());
            for (action, expected) in RequestAction::ALL.iter().zip(row) {
                let became = next(*status, *action);
                match expected {
                    "-" => assert_eq!(became, Err(Refused::State(*status, *action))),
                    word => assert_eq!(became.map(RequestStatus::as_str), Ok(word), "{name} {}", action.as_str()),
                }
            }
        }
    }

    #[test]
    fn the_documented_table_is_the_tested_one() {
        let source = include_str!("lifecycle.rs");
        let documented = |name: &str| {
            let row = source.lines().find(|line| line.starts_with(&format!("//! | `{name}`")));
            let cells = row
                .unwrap_or_default()
                .split('|')
                .skip(2)
                .map(|cell| cell.trim().trim_end_matches(['¹', '²', ' ']).trim_matches('`').replace('–', "-"));
            cells.take(9).collect::<Vec<_>>()
        };
        for (name, row) in &TABLE[..5] {
            assert_eq!(&documented(name), row, "{name}");
        }
    }

    #[test]
    fn a_published_request_is_amended_before_its_deadline_and_opened_after_it() {
        let request = example();
        let (before, at) = (request.bid_deadline - TimeDelta::microseconds(1), request.bid_deadline);

        assert_eq!(request.after(RequestAction::Amend, before), Ok(RequestStatus::Published));
        assert_eq!(request.after(RequestAction::Open, before), Err(Refused::DeadlineNotReached(at)));
        assert_eq!(request.after(RequestAction::Amend, at), Err(Refused::DeadlinePassed(at)));
        assert_eq!(request.after(RequestAction::Open, at), Ok(RequestStatus::Opened));
    }

    #[test]
    fn a_clock_that_goes_back_reopens_nothing() {
        let mut request = example();
        request.closed_at = Some(request.bid_deadline);
        let earlier = request.bid_deadline - TimeDelta::days(3);

        assert!(!request.takes_bids(earlier));
        assert_eq!(request.after(RequestAction::Amend, earlier), Err(Refused::DeadlinePassed(request.bid_deadline)));
        assert_eq!(request.after(RequestAction::Open, earlier), Ok(RequestStatus::Opened));
        assert_eq!(request.shown(earlier), "CLOSED");
    }

    proptest! {
        #[test]
        fn nothing_leaves_a_terminal_state(actions in prop::collection::vec(prop::sample::select(RequestAction::ALL), 0..40)) {
            let mut status = RequestStatus::Draft;
            for action in actions {
                let became = next(status, action);
                if status.is_terminal() {
                    prop_assert_eq!(became, Err(Refused::State(status, action)));
                }
                status = became.unwrap_or(status);
            }
        }

        #[test]
        fn drafts_are_never_opened_and_what_was_opened_is_never_published_again(
            actions in prop::collection::vec(prop::sample::select(RequestAction::ALL), 0..40),
        ) {
            let (mut status, mut opened) = (RequestStatus::Draft, false);
            for action in actions {
                let Ok(became) = next(status, action) else { continue };
                prop_assert!(!(opened && matches!(became, RequestStatus::Draft | RequestStatus::Published)));
                opened |= action == RequestAction::Open;
                prop_assert!(opened || !matches!(became, RequestStatus::Evaluating | RequestStatus::Awarding));
                status = became;
            }
        }
    }
}
