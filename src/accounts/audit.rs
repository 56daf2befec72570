//! What the audit log keeps of this room: ids, roles and states. Never a secret, a name, a number or an address, so that
//! erasing a person breaks no chain.

use serde_json::Value;
use uuid::Uuid;

use super::{Actor, OrganizationId, UserId};
use crate::kernel::{
    audit::{self, AuditEntry},
    clock::Timestamp,
    db::{DbErr, WriteTx},
};

/// One change, before it is known who made it and when.
pub(super) struct Change {
    pub(super) action: &'static str,
    pub(super) subject_kind: &'static str,
    pub(super) subject: Uuid,
    pub(super) before: Option<Value>,
    pub(super) after: Option<Value>,
}

/// Appends a change to the organization's log.
pub(super) async fn of_organization(
    tx: &WriteTx,
    actor: &Actor,
    organization: OrganizationId,
    at: Timestamp,
    change: Change,
) -> Result<(), DbErr> {
    append(tx, actor, organization.uuid(), Some(organization.uuid()), at, change).await
}

/// Appends a change to a person's own log.
pub(super) async fn of_user(
    tx: &WriteTx,
    actor: &Actor,
    user: UserId,
    at: Timestamp,
    change: Change,
) -> Result<(), DbErr> {
    append(tx, actor, user.uuid(), None, at, change).await
}

async fn append(
    tx: &WriteTx,
    actor: &Actor,
    chain: Uuid,
    on_behalf_of: Option<Uuid>,
    at: Timestamp,
    change: Change,
) -> Result<(), DbErr> {
    let entry = AuditEntry {
        chain,
        at,
        actor_user: actor.user_id().map(UserId::uuid),
        on_behalf_of,
        action: change.action,
        subject_kind: change.subject_kind,
        subject_id: change.subject,
        before: change.before,
        after: change.after,
        request_id: actor.request.id.as_str().to_owned(),
    };
    audit::append(tx, &entry).await
}
