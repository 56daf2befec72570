//! What operators do to the service, in a chain of the audit log that is nobody's else; and what the log tells of acts on behalf of the
//! platform, once they are committed, for whoever ships log lines to another machine.

use sea_orm::{ConnectionTrait as _, DbErr, Statement};
use serde_json::Value;
use uuid::Uuid;

use super::{
    Database, WriteTx,
    audit::{self, AuditEntry, COLUMNS, StoredEntry, stored},
};
use crate::kernel::clock::{Timestamp, rfc3339};

/// The chain of what operators do, and the subject of its entries: what was done to whom stands in `after`.
pub const OPERATIONS: Uuid = Uuid::from_u128(0x0062_6677_0000_7000_8000_0000_0000_0001);

/// The kind of subject that the service itself is.
const PLATFORM: &str = "platform";

/// Appends an act to the operators' chain: what was done, by whom (none: at the machine itself), and with what. Nothing personal and no
/// secret may stand in it.
///
/// # Errors
/// When the database refuses.
pub async fn record(
    tx: &WriteTx,
    action: &'static str,
    (actor_user, request_id): (Option<Uuid>, &str),
    at: Timestamp,
    after: Value,
) -> Result<(), DbErr> {
    let entry = AuditEntry {
        chain: OPERATIONS,
        at,
        actor_user,
        on_behalf_of: None,
        action,
        subject_kind: PLATFORM,
        subject_id: OPERATIONS,
        before: None,
        after: Some(after),
        request_id: request_id.to_owned(),
    };
    audit::append(tx, &entry).await
}

/// The newest acts of operators, the newest first.
///
/// # Errors
/// When the database refuses.
pub async fn latest(db: &Database, limit: u32) -> Result<Vec<StoredEntry>, DbErr> {
    let sql = format!(
        "SELECT {COLUMNS} FROM audit_entry WHERE chain_id = $1 ORDER BY sequence DESC LIMIT {}",
        u64::from(limit)
    );
    let rows = db.read().query_all_raw(Statement::from_sql_and_values(db.backend(), sql, [OPERATIONS.into()])).await?;
    rows.iter().map(stored).collect()
}

/// An act that the log tells of once it is committed.
#[derive(Debug)]
pub(super) struct Act {
    action: &'static str,
    chain: Uuid,
    actor: Option<Uuid>,
    subject_kind: &'static str,
    subject: Uuid,
    at: Timestamp,
    request_id: String,
}

impl Act {
    /// Of an entry that tells of an operator, or of one who acts for no organization on what is not her own account: verifiers,
    /// administrators. What names nobody in its chain is told by nothing here either.
    pub(super) fn of(entry: &AuditEntry) -> Option<Self> {
        let for_platform = entry.on_behalf_of.is_none() && entry.actor_user.is_some_and(|actor| actor != entry.chain);
        (entry.chain == OPERATIONS || for_platform).then(|| Self {
            action: entry.action,
            chain: entry.chain,
            actor: entry.actor_user,
            subject_kind: entry.subject_kind,
            subject: entry.subject_id,
            at: entry.at,
            request_id: entry.request_id.clone(),
        })
    }

    /// Tells of it.
    pub(super) fn tell(&self) {
        let Self { action, chain, actor, subject_kind, subject, at, request_id } = self;
        let actor = actor.map_or_else(|| "operator".to_owned(), |actor| actor.to_string());
        tracing::info!(
            target: "bfw::audit",
            action, %chain, actor, subject_kind, %subject, at = rfc3339(*at), request_id, "audited"
        );
    }
}
