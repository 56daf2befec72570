//! The room's queries.

pub(super) mod awards;
pub(super) mod bid_lists;
pub(super) mod bids;
pub(super) mod closing;
pub(super) mod complaints;
pub(super) mod drafts;
pub(super) mod invitations;
pub(super) mod judging;
pub(super) mod lists;
pub(super) mod opening;
pub(super) mod personal;
pub(super) mod processes;
pub(super) mod progress;
pub(super) mod questions;
pub(super) mod requests;
pub(super) mod scores;
pub(super) mod sealed;
pub(super) mod statuses;
pub(super) mod versions;
