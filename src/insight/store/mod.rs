//! The room's queries. Nothing here decides.

pub(super) mod price_import;
pub(super) mod prices;
pub(super) mod report;
