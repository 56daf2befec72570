//! The room's queries.

pub(super) mod captures;
pub(super) mod event_queries;
pub(super) mod events;
