//! What the audit log keeps of this room: all that is no event. Events are a chain of their own.

use serde_json::Value;
use uuid::Uuid;

use crate::{
    accounts::{Actor, OrganizationId, UserId},
    kernel::{
        Fault,
        audit::{self, AuditEntry},
        clock::Timestamp,
        db::WriteTx,
    },
};

/// A change, as this room tells it. Nothing personal stands in it: what is sealed stays.
pub(super) struct Change {
    /// In whose log.
    pub(super) chain: OrganizationId,
    /// For whom it was done.
    pub(super) on_behalf_of: Option<OrganizationId>,
    /// What was done.
    pub(super) action: &'static str,
    /// To what.
    pub(super) subject: (&'static str, Uuid),
    /// What it was.
    pub(super) before: Option<Value>,
    /// What it became.
    pub(super) after: Value,
}

impl Change {
    /// Something that somebody did for the organization, of which only what it came to is kept: what is sealed cannot be
    /// forgotten, so what stood in a producer's fields is never told.
    pub(super) fn of(
        organization: OrganizationId,
        action: &'static str,
        subject: (&'static str, Uuid),
        after: Value,
    ) -> Self {
        Self { chain: organization, on_behalf_of: Some(organization), action, subject, before: None, after }
    }
}

/// Appends a change to an organization's log.
pub(super) async fn append(tx: &WriteTx, actor: &Actor, at: Timestamp, change: Change) -> Result<(), Fault> {
    let entry = AuditEntry {
        chain: change.chain.uuid(),
        at,
        actor_user: actor.user_id().map(UserId::uuid),
        on_behalf_of: change.on_behalf_of.map(OrganizationId::uuid),
        action: change.action,
        subject_kind: change.subject.0,
        subject_id: change.subject.1,
        before: change.before,
        after: Some(change.after),
        request_id: actor.request.id.as_str().to_owned(),
    };
    Ok(audit::append(tx, &entry).await?)
}
