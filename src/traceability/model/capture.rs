//! Documents of events that others hand in, and what became of them.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{epcis::foreign::Wrong, ids::CaptureId};
use crate::{accounts::OrganizationId, kernel::clock::Timestamp, words};

words! {
    /// What is done where some of a document's events are wrong (EPCIS 2.0, section 12.6.1).
    ErrorBehaviour {
        /// None is kept.
        Rollback = "rollback",
        /// The others are kept.
        Proceed = "proceed",
    }
}

/// Something that is wrong with an event of a document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CaptureError {
    /// Which event, counted from 0.
    pub event: usize,
    /// Where in it; empty for the whole.
    pub path: String,
    /// What.
    pub message: String,
}

impl CaptureError {
    /// Something wrong with an event.
    #[must_use]
    pub fn of(event: usize, wrong: Wrong) -> Self {
        Self { event, path: wrong.path, message: wrong.message }
    }
}

/// A document that was handed in.
#[derive(Debug, Clone, PartialEq)]
pub struct Capture {
    /// The capture.
    pub id: CaptureId,
    /// For which organization.
    pub organization: OrganizationId,
    /// What is done with the others where some are wrong.
    pub behaviour: ErrorBehaviour,
    /// How many events it has.
    pub events: i64,
    /// How many of them are kept.
    pub captured: i64,
    /// Whether all are; none while nobody has worked it through.
    pub success: Option<bool>,
    /// What is wrong, by the events' order.
    pub errors: Vec<CaptureError>,
    /// When it was handed in.
    pub created_at: Timestamp,
    /// When it was worked through.
    pub finished_at: Option<Timestamp>,
}

/// A document that is to be worked through.
#[derive(Debug, Clone, PartialEq)]
pub struct Waiting {
    /// The capture.
    pub capture: Capture,
    /// Who handed it in.
    pub requested_by: Option<crate::accounts::UserId>,
    /// What was handed in.
    pub document: Value,
}
