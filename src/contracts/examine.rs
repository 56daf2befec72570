//! Whether what is kept of contracts adds up. For the operator, who trusts nothing.

use super::store;
use crate::kernel::{Fault, db::Database};

/// Things of one kind that are named.
const FEW: usize = 3;

/// What was looked at, and what does not add up.
#[derive(Debug, Clone, Default)]
pub struct Inconsistencies {
    /// Contracts looked at.
    pub contracts: i64,
    /// Invoices looked at.
    pub invoices: i64,
    /// Processes looked at.
    pub processes: i64,
    /// What does not add up, each with the first few that it is about.
    pub found: Vec<String>,
}

/// Holds amounts against lines, what is billed against what was accepted, what is paid against payments, wordings against
/// signatures, and every process against its chain. Changes nothing.
///
/// # Errors
/// When the database cannot answer; what does not add up is no error but a finding.
pub async fn examine(db: &Database) -> Result<Inconsistencies, Fault> {
    let (contracts, invoices, processes) = store::check::counts(db).await?;
    let found = store::check::contradictions(db, FEW).await?;
    let told = |(what, ids, count): (&str, Vec<uuid::Uuid>, usize)| {
        let ids: Vec<String> = ids.iter().map(ToString::to_string).collect();
        format!("{what}: {} ({count} in all)", ids.join(", "))
    };
    Ok(Inconsistencies { contracts, invoices, processes, found: found.into_iter().map(told).collect() })
}
