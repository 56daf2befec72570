//! The room's queries. Nothing here decides.

pub(super) mod certificates;
pub(super) mod decisions;
pub(super) mod groups;
pub(super) mod lists;
