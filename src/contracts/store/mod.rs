//! The room's queries.
