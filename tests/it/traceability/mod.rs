//! What happened to lots, and what can be told and proven of it.

mod chain;
mod proofs;
mod sealed;
