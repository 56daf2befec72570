//! The room's words and rules: no input or output, no clock, no randomness.

pub mod chain;
pub mod checkpoint;
pub mod epcis;
pub mod event;
pub mod ids;
pub mod journey;
pub mod lot;
pub mod merkle;
