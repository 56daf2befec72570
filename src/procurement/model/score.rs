//! Who evaluates bids, and what she gave them.

use super::{
    evaluation::Score,
    ids::{BidId, RequestId},
};
use crate::{accounts::UserId, kernel::clock::Timestamp};

/// Whether somebody who evaluates has a conflict of interest, by her own word.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConflictDeclaration {
    /// About the bids on which request.
    pub request: RequestId,
    /// Who declares.
    pub user: UserId,
    /// Whether she has one. What she scored does not count as long as she says so.
    pub has_conflict: bool,
    /// In her words.
    pub statement: Option<String>,
    /// When.
    pub declared_at: Timestamp,
}

/// A score as it was given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GivenScore {
    /// The bid.
    pub bid: BidId,
    /// By which criterion, by whom, and how much.
    pub score: Score,
    /// Why.
    pub comment: Option<String>,
    /// When.
    pub scored_at: Timestamp,
}
