//! Women's status where a bid or an award relied on it: assessed once, and never again.

use chrono::NaiveDate;

use crate::{
    accounts::OrganizationId,
    directory::model::ownership::{Definition, EvidenceLevel, OwnershipStatus},
};

crate::words! {
    /// What relied on a status.
    StatusOf {
        /// A bid, on the day on which it was sealed.
        Bid = "BID",
        /// An award, or an order from a listing, on the day on which it was made.
        Award = "AWARD",
    }
}

/// What an organization was under a definition on a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FrozenStatus {
    /// The organization.
    pub organization: OrganizationId,
    /// The definition.
    pub definition: Definition,
    /// Whether it satisfied it. What is not known is never a no.
    pub status: OwnershipStatus,
    /// How well that was supported.
    pub level: Option<EvidenceLevel>,
    /// The last day on which the evidence behind it holds, where it has one.
    pub evidence_until: Option<NaiveDate>,
    /// The day it was assessed for.
    pub assessed_on: NaiveDate,
}

impl FrozenStatus {
    /// Whether it satisfied the definition with evidence at least so good.
    #[must_use]
    pub fn satisfies(&self, at_least: EvidenceLevel) -> bool {
        self.status == OwnershipStatus::Yes && self.level.is_some_and(|level| level >= at_least)
    }
}
