//! The room's queries. Nothing here decides.

pub(super) mod blocks;
pub(super) mod inquiries;
pub(super) mod lists;
pub(super) mod messages;
pub(super) mod personal;
pub(super) mod reports;
