//! The room's words and rules.

pub mod appeals;
pub mod award;
pub mod bid;
pub mod complaint;
pub mod evaluation;
pub mod ids;
pub mod judging;
pub mod lifecycle;
pub mod process;
pub mod request;
pub mod rounding;
pub mod score;
pub mod status;
