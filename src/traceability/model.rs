//! The room's words and rules: no input or output, no clock, no randomness.

pub mod balance;
pub mod chain;
pub mod checkpoint;
pub mod claims;
pub mod code;
pub mod confirmation;
pub mod epcis;
pub mod event;
pub mod geometry;
pub mod graph;
pub mod hold;
pub mod ids;
pub mod journey;
pub mod loss;
pub mod lot;
pub mod membership;
pub mod merkle;
pub mod payment;
pub mod period;
pub mod plot;
pub mod producer;
pub mod query;
pub mod recall;
pub mod shares;
pub mod trace;
pub mod yields;
