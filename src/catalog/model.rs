//! The words and rules of the room: plain types, no I/O, no clock, no randomness.

pub mod grade;
pub mod product;
pub mod taxonomy;
mod thousandths;
pub mod unit;
