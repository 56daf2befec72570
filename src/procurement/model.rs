//! The room's words and rules.

pub mod award;
pub mod bid;
pub mod check;
pub mod complaint;
pub mod draft;
pub mod ids;
pub mod lifecycle;
pub mod process;
pub mod query;
pub mod question;
pub mod request;
pub mod rules;
pub mod status;
pub mod wording;
