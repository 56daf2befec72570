//! Taking back what is not safe.

use super::ids::{EventId, LotId, RecallId};
use crate::{
    accounts::{OrganizationId, UserId},
    kernel::clock::Timestamp,
};

/// A recall.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recall {
    /// The recall.
    pub id: RecallId,
    /// Who recalls.
    pub organization: OrganizationId,
    /// The event that opened it.
    pub event: EventId,
    /// Why, for everybody to read.
    pub reason: String,
    /// Since when.
    pub opened_at: Timestamp,
    /// Which person opened it.
    pub opened_by: Option<UserId>,
    /// Until when, once it is over.
    pub closed_at: Option<Timestamp>,
    /// Which person ended it.
    pub closed_by: Option<UserId>,
    /// What was done about it, for everybody to read.
    pub resolution: Option<String>,
    /// Counts its changes, from 1.
    pub version: i64,
}

/// A lot that a recall concerns.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RecalledLot {
    /// The lot.
    pub lot: LotId,
    /// Whether the recall began with it; else it was made of one that is.
    pub is_root: bool,
}
