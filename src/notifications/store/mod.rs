//! The room's queries. Nothing here decides.

pub(super) mod deliveries;
pub(super) mod notices;
pub(super) mod personal;
pub(super) mod reminders;
pub(super) mod wishes;

/// Rows that one statement inserts at most: SQLite takes 32,766 parameters.
const ROWS_MAX: usize = 1_000;
