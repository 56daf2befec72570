//! The words and rules of the room: plain types, no I/O, no clock, no randomness.

pub mod certificate;
pub mod claim;
pub mod decision;
pub mod draft;
pub mod group;
pub mod overlap;
pub mod query;
pub mod scheme;
