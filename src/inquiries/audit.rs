//! What the audit log keeps of this room: that something was begun, ended, blocked, reported or decided, and never a word of
//! what was written, so that nothing that people say to each other is sealed for good.

use serde_json::Value;
use uuid::Uuid;

use crate::{
    accounts::{Actor, OrganizationId, UserId},
    kernel::{
        audit::{self, AuditEntry},
        clock::Timestamp,
        db::{DbErr, WriteTx},
    },
};

/// An entry, as this room says it.
pub(super) struct Entry {
    /// In whose log.
    pub(super) chain: OrganizationId,
    /// Whether it was done for her, or by somebody who acts for nobody.
    pub(super) by_her: bool,
    /// What was done.
    pub(super) action: &'static str,
    /// To what.
    pub(super) subject: (&'static str, Uuid),
    /// What it was.
    pub(super) before: Option<Value>,
    /// What it became.
    pub(super) after: Option<Value>,
}

/// Appends to the audit log.
pub(super) async fn append(tx: &WriteTx, actor: &Actor, entry: Entry, at: Timestamp) -> Result<(), DbErr> {
    let chain = entry.chain.uuid();
    let entry = AuditEntry {
        chain,
        at,
        actor_user: actor.user_id().map(UserId::uuid),
        on_behalf_of: entry.by_her.then_some(chain),
        action: entry.action,
        subject_kind: entry.subject.0,
        subject_id: entry.subject.1,
        before: entry.before,
        after: entry.after,
        request_id: actor.request.id.as_str().to_owned(),
    };
    audit::append(tx, &entry).await
}
