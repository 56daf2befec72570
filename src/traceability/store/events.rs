//! Events: appended to the chain of their organization.

use sea_orm::{ConnectionTrait as _, DbBackend, QueryResult};
use serde_json::Value;
use uuid::Uuid;

use crate::{
    accounts::{OrganizationId, UserId},
    kernel::{
        Fault,
        clock::Timestamp,
        db::{Reader, Sql, WriteTx, sql},
        digest::Digest,
    },
    traceability::model::{
        epcis::event_hash,
        event::{EpcRole, Event, FIRST_LINK, NewEvent, event_urn, seal},
        ids::EventId,
    },
};

pub(in crate::traceability) const COLUMNS: &str = "e.id, e.organization_id, e.sequence, e.kind, e.event_time, e.recorded_at, \
                                                   e.recorded_by, e.body, e.event_hash, e.corrects, e.hash";

/// What became of an event that was to be appended.
#[derive(Debug)]
pub(in crate::traceability) enum Appended {
    /// It was appended.
    New(Event),
    /// The organization has recorded the same event before, and has not declared it an error.
    Before(EventId),
}

/// Appends an event to its organization's chain. Others that append to the same chain wait until the transaction ends; so
/// this comes last, after the locks on lots.
pub(in crate::traceability) async fn append(tx: &WriteTx, new: NewEvent) -> Result<Appended, Fault> {
    let organization = new.organization.uuid();
    // One statement that makes the head if need be, locks it, and reads it.
    let head = "INSERT INTO trace_chain (organization_id, head_sequence, head_hash) VALUES ($1, 0, $2)
                ON CONFLICT (organization_id) DO UPDATE SET head_sequence = trace_chain.head_sequence
                RETURNING head_sequence, head_hash";
    let row = sql(head, [organization.into(), FIRST_LINK.to_vec().into()]).one(&**tx).await?;
    let row = row.ok_or_else(|| Fault::corrupt("chain of events", "it has no head"))?;
    let mut next = Reader::new(&row)?;
    let sequence = next.get::<i64>()? + 1;
    let previous: Vec<u8> = next.get()?;

    let event_hash = event_hash(&new.body);
    if new.corrects.is_none()
        && let Some(before) = find_same(tx, new.organization, event_hash).await?
    {
        return Ok(Appended::Before(before));
    }
    let (body, facets) = completed(new.body, new.id, new.recorded_at)?;
    let event = Event {
        id: new.id,
        organization: new.organization,
        sequence,
        kind: new.kind,
        event_time: new.event_time,
        recorded_at: new.recorded_at,
        recorded_by: new.recorded_by,
        event_hash,
        corrects: new.corrects,
        hash: seal(&previous, &body),
        body,
    };
    insert(tx, &event, &facets).await?;
    insert_epcs(tx, &event, &new.epcs).await?;
    let advance = "UPDATE trace_chain SET head_sequence = $1, head_hash = $2 WHERE organization_id = $3";
    sql(advance, [sequence.into(), event.hash.to_vec().into(), organization.into()]).run(&**tx).await?;
    Ok(Appended::New(event))
}

/// The same event, if the organization has recorded it and not declared it an error.
async fn find_same(tx: &WriteTx, organization: OrganizationId, hash: Digest) -> Result<Option<EventId>, Fault> {
    let text =
        "SELECT e.id FROM trace_event e WHERE e.organization_id = $1 AND e.event_hash = $2 AND e.corrects IS NULL
                AND NOT EXISTS (SELECT 1 FROM trace_event c WHERE c.corrects = e.id) LIMIT 1";
    let row = sql(text, [organization.uuid().into(), hash.to_vec().into()]).one(&**tx).await?;
    row.map(|row| Ok(EventId::from_uuid(row.try_get_by_index(0)?))).transpose()
}

/// What of a body is asked for, beside it.
struct Facets {
    uri: String,
    kind: String,
    action: Option<String>,
    biz_step: Option<String>,
    disposition: Option<String>,
    read_point: Option<String>,
    biz_location: Option<String>,
    declares_error: bool,
}

impl Facets {
    fn of(body: &Value) -> Self {
        let text = |value: Option<&Value>| value.and_then(Value::as_str).map(str::to_owned);
        let place = |name: &str| text(body.get(name).and_then(|place| place.get("id")));
        Self {
            uri: text(body.get("eventID")).unwrap_or_default(),
            kind: text(body.get("type")).unwrap_or_default(),
            action: text(body.get("action")),
            biz_step: text(body.get("bizStep")),
            disposition: text(body.get("disposition")),
            read_point: place("readPoint"),
            biz_location: place("bizLocation"),
            declares_error: body.get("errorDeclaration").is_some(),
        }
    }
}

/// The canonical form, with what the repository itself says.
fn completed(mut body: Value, id: EventId, recorded_at: Timestamp) -> Result<(String, Facets), Fault> {
    let fields = body.as_object_mut().ok_or_else(|| Fault::Internal("an event is an object".to_owned()))?;
    fields.entry("eventID").or_insert_with(|| event_urn(id.uuid()).into());
    fields.insert("recordTime".to_owned(), crate::kernel::clock::rfc3339(recorded_at).into());
    let facets = Facets::of(&body);
    let body = serde_json_canonicalizer::to_string(&body);
    Ok((body.map_err(|error| Fault::Internal(format!("event: {error}")))?, facets))
}

async fn insert(tx: &WriteTx, event: &Event, facets: &Facets) -> Result<(), Fault> {
    let text =
        "INSERT INTO trace_event (id, organization_id, sequence, kind, event_time, recorded_at, recorded_by, body,
                event_hash, corrects, hash, event_uri, event_type, action, biz_step, disposition, read_point, biz_location,
                declares_error)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19)";
    let values = [
        event.id.uuid().into(),
        event.organization.uuid().into(),
        event.sequence.into(),
        event.kind.as_str().into(),
        event.event_time.into(),
        event.recorded_at.into(),
        event.recorded_by.map(UserId::uuid).into(),
        event.body.as_str().into(),
        event.event_hash.to_vec().into(),
        event.corrects.map(EventId::uuid).into(),
        event.hash.to_vec().into(),
        facets.uri.as_str().into(),
        facets.kind.as_str().into(),
        facets.action.as_deref().into(),
        facets.biz_step.as_deref().into(),
        facets.disposition.as_deref().into(),
        facets.read_point.as_deref().into(),
        facets.biz_location.as_deref().into(),
        facets.declares_error.into(),
    ];
    sql(text, values).run(&**tx).await?;
    Ok(())
}

async fn insert_epcs(tx: &WriteTx, event: &Event, epcs: &[(String, EpcRole)]) -> Result<(), Fault> {
    /// Rows of one statement: both databases take so many parameters.
    const ROWS: usize = 500;
    for epcs in epcs.chunks(ROWS) {
        let mut insert = Sql::new("INSERT INTO trace_event_epc (epc, event_id, role) VALUES ");
        for (position, (epc, role)) in epcs.iter().enumerate() {
            insert.push(if position == 0 { "(" } else { ", (" }).bind(epc.as_str()).push(", ");
            insert.bind(event.id.uuid()).push(", ").bind(role.as_str()).push(")");
        }
        insert.push(" ON CONFLICT DO NOTHING");
        insert.run(&**tx).await?;
    }
    Ok(())
}

/// An event, from its row.
pub(in crate::traceability) fn event(row: &QueryResult) -> Result<Event, Fault> {
    let mut next = Reader::new(row)?;
    let id: Uuid = next.get()?;
    let organization: Uuid = next.get()?;
    let sequence = next.get()?;
    let kind = next.word("kind of an event")?;
    let event_time = next.get()?;
    let recorded_at = next.get()?;
    let recorded_by: Option<Uuid> = next.get()?;
    let body = next.get()?;
    let event_hash: Vec<u8> = next.get()?;
    let corrects: Option<Uuid> = next.get()?;
    let hash: Vec<u8> = next.get()?;
    let digest = |bytes: &[u8]| Digest::try_from(bytes).map_err(|error| Fault::corrupt("hash of an event", error));
    Ok(Event {
        id: EventId::from_uuid(id),
        organization: OrganizationId::from_uuid(organization),
        sequence,
        kind,
        event_time,
        recorded_at,
        recorded_by: recorded_by.map(UserId::from_uuid),
        body,
        event_hash: digest(&event_hash)?,
        corrects: corrects.map(EventId::from_uuid),
        hash: digest(&hash)?,
    })
}

/// An event by its id, locked until the transaction ends.
pub(in crate::traceability) async fn lock(tx: &WriteTx, id: EventId) -> Result<Option<Event>, Fault> {
    let mut query = Sql::new("SELECT ");
    query.push(COLUMNS).push(" FROM trace_event e WHERE e.id = ").bind(id.uuid());
    if tx.get_database_backend() == DbBackend::Postgres {
        query.push(" FOR UPDATE");
    }
    query.one(&**tx).await?.as_ref().map(event).transpose()
}
