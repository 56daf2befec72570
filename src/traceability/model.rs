//! The room's words and rules: no input or output, no clock, no randomness.

pub mod claims;
pub mod epcis;
pub mod event;
pub mod graph;
pub mod ids;
pub mod journey;
pub mod lot;
pub mod shares;
