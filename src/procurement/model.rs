//! The room's words and rules.

pub mod appeals;
pub mod award;
pub mod bid;
pub mod bid_lifecycle;
pub mod check;
pub mod check_offer;
pub mod complaint;
pub mod draft;
pub mod evaluation;
pub mod event;
pub mod finding;
pub mod ids;
pub mod judging;
pub mod lifecycle;
pub mod offer;
pub mod process;
pub mod query;
pub mod question;
pub mod request;
pub mod rules;
pub mod score;
pub mod status;
pub mod wording;
