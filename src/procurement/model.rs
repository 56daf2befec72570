//! The room's words and rules.

pub mod award;
pub mod bid;
pub mod complaint;
pub mod ids;
pub mod lifecycle;
pub mod process;
pub mod request;
pub mod status;
