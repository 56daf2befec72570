//! What the audit log keeps of producers: codes, ids, and which fields changed. Never what stood in them: what is sealed
//! cannot be forgotten.

use serde_json::Value;
use uuid::Uuid;

use super::audit;
use crate::{
    accounts::{Actor, OrganizationId},
    kernel::{Fault, clock::Timestamp, db::WriteTx},
};

/// One change.
pub(super) struct Change {
    /// What was done.
    pub(super) action: &'static str,
    /// To what: the prefix of its id, and the id.
    pub(super) subject: (&'static str, Uuid),
    /// What is kept of it.
    pub(super) after: Value,
}

/// Appends a change that somebody made for the organization to its log.
pub(super) async fn append(
    tx: &WriteTx,
    actor: &Actor,
    organization: OrganizationId,
    at: Timestamp,
    change: Change,
) -> Result<(), Fault> {
    write(tx, actor, (organization, Some(organization)), at, change).await
}

/// Appends what a producer did herself, who acts for nobody.
pub(super) async fn append_for_nobody(
    tx: &WriteTx,
    actor: &Actor,
    organization: OrganizationId,
    at: Timestamp,
    change: Change,
) -> Result<(), Fault> {
    write(tx, actor, (organization, None), at, change).await
}

async fn write(
    tx: &WriteTx,
    actor: &Actor,
    (organization, on_behalf_of): (OrganizationId, Option<OrganizationId>),
    at: Timestamp,
    change: Change,
) -> Result<(), Fault> {
    let Change { action, subject, after } = change;
    let change = audit::Change { chain: organization, on_behalf_of, action, subject, before: None, after };
    audit::append(tx, actor, at, change).await
}
