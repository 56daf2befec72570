//! The words and rules of the room: plain types, no I/O, no clock, no randomness.

pub mod certificate;
pub mod claim;
pub mod scheme;
