//! The room's words and rules: no input or output, no clock, no randomness.

pub mod confirmation;
pub mod epcis;
pub mod event;
pub mod geometry;
pub mod ids;
pub mod journey;
pub mod lot;
pub mod membership;
pub mod payment;
pub mod period;
pub mod plot;
pub mod producer;
pub mod query;
