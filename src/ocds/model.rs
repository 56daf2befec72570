//! What of a process is public, as the open contracting data standard says it, and how releases become a record.

pub mod audit;
mod awards;
mod bids;
mod contracts;
pub mod merge;
pub mod package;
mod parties;
pub mod release;
pub mod snapshot;
mod tender;
mod values;
