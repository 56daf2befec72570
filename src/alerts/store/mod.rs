//! The room's queries. Nothing here decides.

pub(super) mod matches;
pub(super) mod searches;
pub(super) mod terms;
