//! Marketplaces to try things on: a small one that a person believes (`bfw serve --demo`), and large ones that are always
//! the same for the same seed (`bfw seed`).

mod fixture;
mod seed;

pub use seed::SeedPlan;
