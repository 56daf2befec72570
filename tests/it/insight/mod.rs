//! What the market is like, on both databases.

mod price_fairness;
mod price_import;
mod price_queries;
mod prices;
mod report;
