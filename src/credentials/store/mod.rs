//! The room's queries. Nothing here decides.

pub(super) mod credentials;
pub(super) mod events;
pub(super) mod keys;
pub(super) mod lists;
