//! The room's words and rules.

pub mod amount;
pub mod award;
pub mod bid;
pub mod bid_lifecycle;
pub mod check_offer;
pub mod complaint;
pub mod finding;
pub mod ids;
pub mod lifecycle;
pub mod offer;
pub mod process;
pub mod request;
pub mod status;
