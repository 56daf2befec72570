//! The room's queries.

pub(super) mod events;
pub(super) mod journey;
