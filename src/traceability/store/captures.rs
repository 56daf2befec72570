//! Documents of events that others hand in.

use std::collections::{HashMap, HashSet};

use serde_json::Value;
use uuid::Uuid;

use crate::{
    accounts::{OrganizationId, UserId},
    kernel::{
        Fault,
        clock::Timestamp,
        db::{Database, Reader, Row, Sql, WriteTx, sql},
        digest::Digest,
        page::Page,
    },
    traceability::model::{
        capture::{Capture, CaptureError, Waiting},
        event::EventKind,
        ids::{CaptureId, EventId},
    },
};

const COLUMNS: &str = "c.id, c.organization_id, c.error_behaviour, c.events, c.captured, c.success, c.errors, c.created_at, c.finished_at";
/// Values of one list in a statement.
const CHUNK: usize = 500;

/// Keeps a document, to be worked through.
pub(in crate::traceability) async fn insert(tx: &WriteTx, waiting: &Waiting) -> Result<(), Fault> {
    let capture = &waiting.capture;
    let text =
        "INSERT INTO epcis_capture (id, organization_id, requested_by, error_behaviour, document, events, captured,
                success, errors, created_at, finished_at) VALUES ($1, $2, $3, $4, $5, $6, 0, NULL, $7, $8, NULL)";
    let values = [
        capture.id.uuid().into(),
        capture.organization.uuid().into(),
        waiting.requested_by.map(UserId::uuid).into(),
        capture.behaviour.as_str().into(),
        waiting.document.to_string().into(),
        capture.events.into(),
        Value::Array(Vec::new()).into(),
        capture.created_at.into(),
    ];
    sql(text, values).run(&**tx).await?;
    Ok(())
}

/// A document that nobody has worked through, locked until the transaction ends.
pub(in crate::traceability) async fn lock_waiting(tx: &WriteTx, id: Uuid) -> Result<Option<Waiting>, Fault> {
    let mut query = Sql::new("SELECT ");
    query.push(COLUMNS).push(", c.requested_by, c.document FROM epcis_capture c WHERE c.id = ").bind(id);
    query.push(" AND c.finished_at IS NULL");
    query.lock(tx, " FOR UPDATE");
    let Some(row) = query.one(&**tx).await? else { return Ok(None) };
    let mut next = Reader::new(&row)?;
    let capture = capture(&mut next)?;
    let requested_by: Option<Uuid> = next.get()?;
    let document: String = next.get::<Option<String>>()?.unwrap_or_default();
    let document = serde_json::from_str(&document).map_err(|error| Fault::corrupt("document of events", error))?;
    Ok(Some(Waiting { capture, requested_by: requested_by.map(UserId::from_uuid), document }))
}

/// Says what became of a document, and forgets it.
pub(in crate::traceability) async fn finish(
    tx: &WriteTx,
    id: CaptureId,
    (captured, success): (i64, bool),
    errors: &[CaptureError],
    now: Timestamp,
) -> Result<(), Fault> {
    let errors = serde_json::to_value(errors).map_err(|error| Fault::Internal(format!("errors: {error}")))?;
    let text = "UPDATE epcis_capture SET captured = $1, success = $2, errors = $3, finished_at = $4, document = NULL
                WHERE id = $5";
    sql(text, [captured.into(), success.into(), errors.into(), now.into(), id.uuid().into()]).run(&**tx).await?;
    Ok(())
}

/// A document, by its id.
pub(in crate::traceability) async fn by_id(db: &Database, id: CaptureId) -> Result<Option<Capture>, Fault> {
    let mut query = Sql::new("SELECT ");
    query.push(COLUMNS).push(" FROM epcis_capture c WHERE c.id = ").bind(id.uuid());
    query.rows(db).await?.first().map(row).transpose()
}

/// A page of an organization's documents, the last first.
pub(in crate::traceability) async fn page(
    db: &Database,
    organization: OrganizationId,
    page: &Page,
) -> Result<Vec<Capture>, Fault> {
    let mut query = Sql::new("SELECT ");
    query.push(COLUMNS).push(" FROM epcis_capture c WHERE c.organization_id = ").bind(organization.uuid());
    if let Some(after) = &page.after
        && let crate::kernel::page::SortValue::Time(at) = &after.sort
    {
        query.push(" AND (c.created_at, c.id) < (").bind(*at).push(", ").bind(after.id).push(")");
    }
    query.push(" ORDER BY c.created_at DESC, c.id DESC LIMIT ").bind(i64::try_from(page.limit()).unwrap_or(i64::MAX));
    query.rows(db).await?.iter().map(row).collect()
}

fn row(row: &Row) -> Result<Capture, Fault> {
    capture(&mut Reader::new(row)?)
}

fn capture(next: &mut Reader<'_>) -> Result<Capture, Fault> {
    Ok(Capture {
        id: CaptureId::from_uuid(next.get()?),
        organization: OrganizationId::from_uuid(next.get()?),
        behaviour: next.word("behaviour of a capture")?,
        events: next.get()?,
        captured: next.get()?,
        success: next.get()?,
        errors: next.json()?,
        created_at: next.get()?,
        finished_at: next.get()?,
    })
}

/// An event that an organization has recorded already.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::traceability) struct Kept {
    pub(in crate::traceability) id: EventId,
    pub(in crate::traceability) uri: String,
    pub(in crate::traceability) kind: EventKind,
    pub(in crate::traceability) hash: Digest,
    /// Whether it was declared an error, or declares one.
    pub(in crate::traceability) is_settled: bool,
}

const KEPT: &str = "SELECT e.id, e.event_uri, e.kind, e.event_hash,
    (e.declares_error OR EXISTS (SELECT 1 FROM trace_event c WHERE c.corrects = e.id))
    FROM trace_event e WHERE e.corrects IS NULL AND e.organization_id = ";

/// Which of these hashes an organization's events have: each the first with it.
pub(in crate::traceability) async fn by_hash(
    tx: &WriteTx,
    organization: OrganizationId,
    hashes: &[Digest],
) -> Result<HashMap<Digest, Kept>, Fault> {
    let mut found = HashMap::new();
    for hashes in hashes.chunks(CHUNK) {
        let mut query = Sql::new(KEPT);
        query.bind(organization.uuid()).push(" AND e.event_hash IN ");
        query.bind_list(hashes.iter().map(|hash| hash.to_vec())).push(" ORDER BY e.sequence DESC");
        for row in query.all(&**tx).await? {
            let kept = kept(&row)?;
            found.insert(kept.hash, kept);
        }
    }
    Ok(found)
}

/// Which of these an organization's events are called: each the first.
pub(in crate::traceability) async fn by_uri(
    tx: &WriteTx,
    organization: OrganizationId,
    uris: &[&str],
) -> Result<HashMap<String, Kept>, Fault> {
    let mut found = HashMap::new();
    for uris in uris.chunks(CHUNK) {
        let mut query = Sql::new(KEPT);
        query.bind(organization.uuid()).push(" AND e.event_uri IN ");
        query.bind_list(uris.iter().copied()).push(" ORDER BY e.sequence DESC");
        for row in query.all(&**tx).await? {
            let kept = kept(&row)?;
            found.insert(kept.uri.clone(), kept);
        }
    }
    Ok(found)
}

fn kept(row: &Row) -> Result<Kept, Fault> {
    let mut next = Reader::new(row)?;
    let id = EventId::from_uuid(next.get()?);
    let uri = next.get()?;
    let kind = next.word("kind of an event")?;
    let hash: Vec<u8> = next.get()?;
    let hash = Digest::try_from(hash.as_slice()).map_err(|error| Fault::corrupt("hash of an event", error))?;
    Ok(Kept { id, uri, kind, hash, is_settled: next.get()? })
}

/// Which of these codes are lots that are kept here.
pub(in crate::traceability) async fn lots_kept(tx: &WriteTx, codes: &[&str]) -> Result<HashSet<String>, Fault> {
    let mut found = HashSet::new();
    for codes in codes.chunks(CHUNK) {
        let mut query = Sql::new("SELECT l.code FROM lot l WHERE l.code IN ");
        query.bind_list(codes.iter().copied());
        for row in query.all(&**tx).await? {
            found.insert(Reader::new(&row)?.get()?);
        }
    }
    Ok(found)
}
