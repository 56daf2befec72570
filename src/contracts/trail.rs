//! What suppliers read of the audit trail: that of their own contract, from the award on.

use uuid::Uuid;

use super::{Contracts, store};
use crate::{
    accounts::OrganizationId,
    kernel::{Fault, audit::StoredEntry},
    procurement::AwardId,
};

/// What an award's entry says of other bids, and of why the buyer chose: how all of them compared, point by point.
const BUYERS_OWN: [&str; 2] = ["comparison", "rationale"];

impl Contracts {
    /// Who supplies under the contract that a thing belongs to: a contract, its award, a delivery, an invoice or a payment. Of
    /// anything else in a process nobody: requests, bids, scores, questions and appeals are not the suppliers'.
    ///
    /// # Errors
    /// When the database cannot answer.
    pub async fn suppliers_concerned(&self, subject: Uuid) -> Result<Vec<OrganizationId>, Fault> {
        store::contracts::suppliers_concerned(&self.services().db, subject).await
    }
}

/// Takes out of an entry what suppliers do not read.
pub fn show_to_suppliers(entry: &mut StoredEntry) {
    if entry.subject_kind != AwardId::PREFIX {
        return;
    }
    for told in [&mut entry.before, &mut entry.after].into_iter().flatten() {
        if let Some(members) = told.as_object_mut() {
            members.retain(|name, _| !BUYERS_OWN.contains(&name.as_str()));
        }
    }
}
