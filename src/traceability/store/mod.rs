//! The room's queries.

pub(super) mod claims;
pub(super) mod deliveries;
pub(super) mod events;
pub(super) mod holds;
pub(super) mod listings;
pub(super) mod lots;
pub(super) mod recalls;
pub(super) mod trace;
