//! The room's queries.

pub(super) mod events;
