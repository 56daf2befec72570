//! The words and rules of the room: plain types, no I/O, no clock, no randomness.

pub mod price;
pub mod price_check;
pub mod price_fairness;
pub mod price_layout;
pub mod price_market;
pub mod price_merge;
pub mod price_outlier;
pub mod price_reference;
pub mod price_report;
pub mod price_statistics;
pub mod price_trend;
pub mod report;
