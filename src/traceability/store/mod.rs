//! The room's queries.

pub(super) mod chain;
pub(super) mod events;
pub(super) mod masses;
pub(super) mod walk;
