//! The words and rules of the room: plain types, no I/O, no clock, no randomness.

pub mod gazetteer;
pub mod place;
