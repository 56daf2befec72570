//! The room's words and rules: no input or output, no clock, no randomness.

pub mod balance;
pub mod code;
pub mod epcis;
pub mod event;
pub mod ids;
pub mod journey;
pub mod loss;
pub mod lot;
pub mod yields;
