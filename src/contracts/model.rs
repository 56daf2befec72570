//! The room's words and rules.

pub mod amount;
pub mod billing;
pub mod contract;
pub mod delivery;
pub mod ids;
pub mod invoice;
pub mod query;
pub mod states;
pub mod terms;
pub mod wording;
