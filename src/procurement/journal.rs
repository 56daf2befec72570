//! What is kept of each change of a process: an entry in its hash chain, where the public is to know, an event that is
//! published, and where somebody may listen for it, an event that is told.
//!
//! A process has one chain from the plan to the last payment, so that what happened to one contract can be handed to an
//! auditor, and verified, by itself. Buyers who buy at the same time do not wait for each other.

use serde_json::Value;
use uuid::Uuid;

use super::{
    model::{
        event::told,
        process::{ProcessKind, ReleaseTag},
    },
    store,
};
use crate::{
    accounts::{Actor, OrganizationId, UserId},
    kernel::{
        Fault,
        audit::{self, AuditEntry},
        clock::Timestamp,
        db::WriteTx,
        events::{self, NewEvent},
        id::encode,
        outbox::{self, Topic},
    },
};

/// A change, as this room and those above it tell it. Nothing personal stands in it, and nothing of a sealed bid: what is
/// sealed stays.
#[derive(Debug)]
pub struct Change {
    /// Of which process.
    pub process: Uuid,
    /// For whom it was done. None where telling would say who bids.
    pub on_behalf_of: Option<OrganizationId>,
    /// Whether the chain says who did it. It does not where that would say who bids.
    pub names_actor: bool,
    /// What was done, as `request.publish`.
    pub action: &'static str,
    /// To what: its id's prefix, and its id.
    pub subject: (&'static str, Uuid),
    /// What it was.
    pub before: Option<Value>,
    /// What it became.
    pub after: Value,
    /// As what it is published, if it is.
    pub tag: Option<ReleaseTag>,
}

/// Begins a process: the request's, or that of an order from a listing.
///
/// # Errors
/// When the database refuses.
pub async fn begin(
    tx: &WriteTx,
    ocds_prefix: &str,
    (kind, id): (ProcessKind, Uuid),
    buyer: OrganizationId,
    now: Timestamp,
) -> Result<(), Fault> {
    // What stands before the sign between is the prefix that the standard gives to publishers.
    let ocid = encode(ocds_prefix, id).replace('_', "-");
    store::processes::insert(tx, (kind, id), buyer, &ocid, now).await?;
    Ok(())
}

/// Appends a change to the chain of its process, and the event that is published of it. Whoever changes the same process at the
/// same time waits from here on; so do it last.
///
/// # Errors
/// When the database refuses.
pub async fn record(tx: &WriteTx, actor: &Actor, now: Timestamp, change: Change) -> Result<(), Fault> {
    let process = change.process;
    record_all(tx, actor, now, process, vec![change]).await
}

/// The same for several changes of one process, in their order and in few statements.
///
/// # Errors
/// When the database refuses.
pub async fn record_all(
    tx: &WriteTx,
    actor: &Actor,
    now: Timestamp,
    process: Uuid,
    changes: Vec<Change>,
) -> Result<(), Fault> {
    let told = changes.iter().filter_map(|change| {
        let what = told(change.action, change.tag)?;
        Some(NewEvent { topic: events::Topic::Process, what, subject: change.subject.1, within: process })
    });
    let told: Vec<NewEvent> = told.collect();
    let tags: Vec<ReleaseTag> = changes.iter().filter_map(|change| change.tag).collect();
    let entry = |change: Change| AuditEntry {
        chain: change.process,
        at: now,
        actor_user: actor.user_id().filter(|_| change.names_actor).map(UserId::uuid),
        on_behalf_of: change.on_behalf_of.map(OrganizationId::uuid),
        action: change.action,
        subject_kind: change.subject.0,
        subject_id: change.subject.1,
        before: change.before,
        after: Some(change.after),
        // The request's log line may know who asked.
        request_id: if change.names_actor { actor.request.id.as_str().to_owned() } else { String::new() },
    };
    let entries: Vec<AuditEntry> = changes.into_iter().map(entry).collect();
    audit::append_all(tx, process, &entries).await?;
    events::append(tx, &told, now);
    for tag in tags {
        store::processes::append_event(tx, process, tag, now).await?;
        outbox::append(tx, Topic::Process, process, now);
    }
    Ok(())
}
