//! The room's words and rules.

pub mod check;
pub mod consortium;
pub mod preview;
