//! Producers, lots and what happened to them, as those who work with them see it.

mod chain;
mod lots;
mod proofs;
mod sealed;
