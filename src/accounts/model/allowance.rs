//! How often something may be tried.

use std::time::Duration;

/// So many attempts, and how fast they come back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Allowance {
    /// The time in which one comes back.
    pub period: Duration,
    /// The time in which all come back.
    pub whole: Duration,
}

/// What attempts are counted under by all processes together. A slot tells nobody which of millions of identifiers fell into
/// it. Whoever looks for one that shares a slot with another's can lock out no more than by trying that other's.
#[derive(Debug, Clone, Copy)]
pub struct Shared {
    /// The same for all processes.
    pub slot: u64,
    /// How many are allowed.
    pub allowance: Allowance,
}
