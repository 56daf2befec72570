//! What the audit log keeps of this room, in the log of whose search it is: states, and no words of hers, so that erasing a
//! person breaks no chain.

use serde_json::{Value, json};

use super::{SavedSearch, SavedSearchId};
use crate::{
    accounts::{Actor, UserId},
    kernel::{
        audit::{self, AuditEntry},
        clock::Timestamp,
        db::{DbErr, WriteTx},
    },
    notifications::Channel,
};

/// Appends what was done to a saved search.
pub(super) async fn record(
    tx: &WriteTx,
    actor: &Actor,
    action: &'static str,
    (before, after): (Option<&SavedSearch>, Option<&SavedSearch>),
    at: Timestamp,
) -> Result<(), DbErr> {
    let Some(search) = after.or(before) else { return Ok(()) };
    let entry = AuditEntry {
        chain: search.owner.uuid(),
        at,
        actor_user: actor.user_id().map(UserId::uuid),
        on_behalf_of: None,
        action,
        subject_kind: SavedSearchId::PREFIX,
        subject_id: search.id.uuid(),
        before: before.map(snapshot),
        after: after.map(snapshot),
        request_id: actor.request.id.as_str().to_owned(),
    };
    audit::append(tx, &entry).await
}

fn snapshot(search: &SavedSearch) -> Value {
    let channels: Vec<&str> = search.channels.iter().copied().map(Channel::as_str).collect();
    json!({
        "active": search.active,
        "channels": channels,
        "listensSince": search.listens_since,
        "version": search.version,
    })
}
