//! The room's words and rules: no input or output, no clock, no randomness.

pub mod balance;
pub mod claims;
pub mod code;
pub mod epcis;
pub mod event;
pub mod graph;
pub mod hold;
pub mod ids;
pub mod journey;
pub mod loss;
pub mod lot;
pub mod recall;
pub mod shares;
pub mod trace;
pub mod yields;
