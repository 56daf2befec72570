//! What the audit log keeps of this room.

use serde::Serialize;
use serde_json::Value;

use crate::accounts::{Actor, OrganizationId, UserId};
use crate::kernel::{
    Fault,
    audit::{self, AuditEntry},
    clock::Timestamp,
    db::WriteTx,
};

/// One change of an organization or of what it declared.
pub(super) struct Change {
    /// What was done.
    pub(super) action: &'static str,
    /// What it was.
    pub(super) before: Option<Value>,
    /// What it became.
    pub(super) after: Option<Value>,
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

/// Appends a change that somebody made who acts for no organization, as a verifier does, to its log.
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
    let entry = AuditEntry {
        chain: organization.uuid(),
        at,
        actor_user: actor.user_id().map(UserId::uuid),
        on_behalf_of: on_behalf_of.map(OrganizationId::uuid),
        action: change.action,
        subject_kind: OrganizationId::PREFIX,
        subject_id: organization.uuid(),
        before: change.before,
        after: change.after,
        request_id: actor.request.id.as_str().to_owned(),
    };
    Ok(audit::append(tx, &entry).await?)
}

/// A record of the log.
pub(super) fn record(value: &impl Serialize) -> Result<Value, Fault> {
    serde_json::to_value(value).map_err(|error| Fault::Internal(format!("audit record: {error}")))
}
