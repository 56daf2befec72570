//! The room's words and rules.

pub mod ids;
