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

/// What was done, before it is known by whom and when.
pub(super) struct Deed {
    pub(super) action: &'static str,
    pub(super) subject_kind: &'static str,
    pub(super) subject: Uuid,
    pub(super) before: Option<Value>,
    pub(super) after: Option<Value>,
}

/// Appends what was done to the organization's log.
pub(super) async fn of_organization(
    tx: &WriteTx,
    actor: &Actor,
    organization: OrganizationId,
    at: Timestamp,
    deed: Deed,
) -> Result<(), DbErr> {
    append(tx, actor, organization.uuid(), Some(organization.uuid()), at, deed).await
}

/// Appends what was done to a person's own log.
pub(super) async fn of_user(tx: &WriteTx, actor: &Actor, user: UserId, at: Timestamp, deed: Deed) -> Result<(), DbErr> {
    append(tx, actor, user.uuid(), None, at, deed).await
}

async fn append(
    tx: &WriteTx,
    actor: &Actor,
    chain: Uuid,
    on_behalf_of: Option<Uuid>,
    at: Timestamp,
    deed: Deed,
) -> Result<(), DbErr> {
    let entry = AuditEntry {
        chain,
        at,
        actor_user: actor.user_id().map(UserId::uuid),
        on_behalf_of,
        action: deed.action,
        subject_kind: deed.subject_kind,
        subject_id: deed.subject,
        before: deed.before,
        after: deed.after,
        request_id: actor.request.id.as_str().to_owned(),
    };
    audit::append(tx, &entry).await
}
