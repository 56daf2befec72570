//! The room's queries.

pub(super) mod captures;
pub(super) mod chain;
pub(super) mod claims;
pub(super) mod confirmations;
pub(super) mod deliveries;
pub(super) mod enrolments;
pub(super) mod event_queries;
pub(super) mod events;
pub(super) mod holds;
pub(super) mod journey;
pub(super) mod listings;
pub(super) mod lots;
pub(super) mod masses;
pub(super) mod messages;
pub(super) mod payments;
pub(super) mod plots;
pub(super) mod producers;
pub(super) mod recalls;
pub(super) mod trace;
pub(super) mod walk;
