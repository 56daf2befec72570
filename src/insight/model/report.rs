//! Indicators of how much of what is bought goes to women: the facts behind them, how facts are counted, and what follows.
//!
//! **Facts** are frozen: what was awarded, bid, invited, agreed on, delivered, billed, paid, appealed against and published, each with
//! what women's status its organizations had where a bid or an award relied on it. They are **folded** into **cells**, which only
//! count and add; from cells alone each **indicator** follows. The database folds its own rows, and [`fold`](fold::fold) folds the facts
//! of an export; so a report can be computed anew by somebody who has nothing but the export.

pub mod cell;
pub mod class;
pub mod digest;
pub mod facts;
pub mod figure;
pub mod fold;
pub mod from_ocds;
pub mod indicators;
pub mod ratio;
pub mod scope;
pub mod suppression;
pub mod target;
pub mod told;
