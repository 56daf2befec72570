//! Why a lot may not move.

use uuid::Uuid;

use super::ids::LotId;
use crate::{accounts::UserId, kernel::clock::Timestamp, words};

words! {
    /// What holds a lot.
    HoldCause {
        /// It is called back.
        Recall = "RECALL",
        /// Something that it was made of was declared an error, and what it says of itself no longer adds up.
        Correction = "CORRECTION",
        /// It, or something that it was made of, was found wanting.
        Inspection = "INSPECTION",
    }
}

/// Something that holds a lot, or held it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hold {
    /// The hold.
    pub id: Uuid,
    /// The lot.
    pub lot: LotId,
    /// What holds it.
    pub cause: HoldCause,
    /// The recall or the event that does.
    pub cause_id: Uuid,
    /// Since when.
    pub placed_at: Timestamp,
    /// Until when, once it is over.
    pub released_at: Option<Timestamp>,
    /// Who let it go; none where that followed from something else.
    pub released_by: Option<UserId>,
    /// Why it was let go.
    pub reason: Option<String>,
}
