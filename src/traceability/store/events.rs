//! Events: appended to the chain of their organization.

use std::collections::HashMap;

use serde_json::Value;
use uuid::Uuid;

use crate::{
    accounts::{OrganizationId, UserId},
    kernel::{
        Fault,
        clock::Timestamp,
        db::{Database, Reader, Row, Sql, WriteTx, siblings::of_each, sql},
        digest::Digest,
        page::{CursorKey, Direction, Page, SortValue},
    },
    traceability::model::{
        epcis::event_hash,
        event::{EpcRole, Event, EventKind, FIRST_LINK, NewEvent, event_urn, seal},
        ids::{EventId, LotId},
        lot::Lot,
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
    let (last, previous) = lock_head(tx, new.organization).await?;
    let sequence = last + 1;
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

/// The last number and seal of a chain, locked until the transaction ends; its beginning, made where there is none. Others that
/// keep events of the organization wait, so that what is known of its events stays so.
pub(in crate::traceability) async fn lock_head(
    tx: &WriteTx,
    organization: OrganizationId,
) -> Result<(i64, Vec<u8>), Fault> {
    let read = |row: &Row| -> Result<(i64, Vec<u8>), Fault> {
        let mut next = Reader::new(row)?;
        Ok((next.get()?, next.get()?))
    };
    // Nearly always it is there; then nothing is written but what follows.
    let mut select = Sql::new("SELECT head_sequence, head_hash FROM trace_chain WHERE organization_id = ");
    select.bind(organization.uuid());
    select.lock(tx, " FOR UPDATE");
    if let Some(row) = select.one(&**tx).await? {
        return read(&row);
    }
    // Of two who make the first event at once, one waits here for the other.
    let make = "INSERT INTO trace_chain (organization_id, head_sequence, head_hash) VALUES ($1, 0, $2)
                ON CONFLICT (organization_id) DO UPDATE SET head_sequence = trace_chain.head_sequence
                RETURNING head_sequence, head_hash";
    let row = sql(make, [organization.uuid().into(), FIRST_LINK.to_vec().into()]).one(&**tx).await?;
    read(&row.ok_or_else(|| Fault::corrupt("chain of events", "it has no head"))?)
}

/// The same event, if the organization has recorded it and not declared it an error.
async fn find_same(tx: &WriteTx, organization: OrganizationId, hash: Digest) -> Result<Option<EventId>, Fault> {
    let text =
        "SELECT e.id FROM trace_event e WHERE e.organization_id = $1 AND e.event_hash = $2 AND e.corrects IS NULL
                AND NOT EXISTS (SELECT 1 FROM trace_event c WHERE c.corrects = e.id) LIMIT 1";
    let row = sql(text, [organization.uuid().into(), hash.to_vec().into()]).one(&**tx).await?;
    row.map(|row| Ok(EventId::from_uuid(row.get(0)?))).transpose()
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
pub(in crate::traceability) fn event(row: &Row) -> Result<Event, Fault> {
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
    query.lock(tx, " FOR UPDATE");
    query.one(&**tx).await?.as_ref().map(event).transpose()
}

/// These events, as far as they exist.
pub(in crate::traceability) async fn by_ids(db: &Database, ids: &[EventId]) -> Result<HashMap<EventId, Event>, Fault> {
    let mut query = Sql::new("SELECT ");
    query.push(COLUMNS).push(" FROM trace_event e WHERE e.id IN ").bind_list(ids.iter().map(|id| id.uuid()));
    query.rows(db).await?.iter().map(event).map(|found| found.map(|found| (found.id, found))).collect()
}

/// Whether an event was declared an error.
pub(in crate::traceability) async fn is_corrected(tx: &WriteTx, id: EventId) -> Result<bool, Fault> {
    let text = "SELECT 1 FROM trace_event WHERE corrects = $1";
    Ok(sql(text, [id.uuid().into()]).one(&**tx).await?.is_some())
}

/// The events that declare these errors, by the event that was one.
pub(in crate::traceability) async fn corrections_of(
    db: &Database,
    ids: &[EventId],
) -> Result<HashMap<EventId, Event>, Fault> {
    let mut query = Sql::new("SELECT ");
    query.push(COLUMNS).push(" FROM trace_event e WHERE e.corrects IN ").bind_list(ids.iter().map(|id| id.uuid()));
    let found = query.rows(db).await?;
    found
        .iter()
        .map(event)
        .filter_map(|found| match found {
            Ok(found) => found.corrects.map(|wrong| Ok((wrong, found))),
            Err(fault) => Some(Err(fault)),
        })
        .collect()
}

/// What an event is about.
pub(in crate::traceability) async fn epcs_of(tx: &WriteTx, id: EventId) -> Result<Vec<(String, EpcRole)>, Fault> {
    let text = "SELECT epc, role FROM trace_event_epc WHERE event_id = $1 ORDER BY epc, role";
    let rows = sql(text, [id.uuid().into()]).all(&**tx).await?;
    let read = |row: &Row| {
        let mut next = Reader::new(row)?;
        Ok((next.get()?, next.word("role in an event")?))
    };
    rows.iter().map(read).collect()
}

/// The lots that are kept here and that an event is about, with what they are to it.
pub(in crate::traceability) async fn lots_about(tx: &WriteTx, id: EventId) -> Result<Vec<(LotId, EpcRole)>, Fault> {
    let text = "SELECT l.id, x.role FROM trace_event_epc x JOIN lot l ON l.code = x.epc WHERE x.event_id = $1
                ORDER BY l.id, x.role";
    let rows = sql(text, [id.uuid().into()]).all(&**tx).await?;
    let read = |row: &Row| {
        let mut next = Reader::new(row)?;
        let lot: Uuid = next.get()?;
        Ok((LotId::from_uuid(lot), next.word("role in an event")?))
    };
    rows.iter().map(read).collect()
}

/// The lots that each of these events gave, or is about where it gave none, in the order in which they were made.
pub(in crate::traceability) async fn lots_given(
    db: &Database,
    ids: &[EventId],
) -> Result<HashMap<EventId, Vec<Lot>>, Fault> {
    let mut query = Sql::new("SELECT ");
    query.push(super::lots::COLUMNS);
    query.push(
        ", x.event_id FROM trace_event_epc x JOIN lot l ON l.code = x.epc WHERE x.role IN ('OBJECT', 'OUTPUT') AND ",
    );
    query.push("x.event_id IN ").bind_list(ids.iter().map(|id| id.uuid())).push(" ORDER BY l.id");
    let mut found: HashMap<EventId, Vec<Lot>> = HashMap::new();
    for row in &query.rows(db).await? {
        let id: Uuid = row.after(super::lots::COLUMNS)?;
        found.entry(EventId::from_uuid(id)).or_default().push(super::lots::lot(row)?);
    }
    Ok(found)
}

/// The same page of the events about each of several lots, the last that happened first.
pub(in crate::traceability) async fn pages_of_lots(
    db: &Database,
    lots: &[LotId],
    page: &Page,
) -> Result<Vec<(LotId, Event)>, Fault> {
    let lots: Vec<Uuid> = lots.iter().map(|id| id.uuid()).collect();
    let rows = of_each(db, &lots, |query, lot| {
        query.push("SELECT ").push(COLUMNS).push(", l.id AS about FROM lot l JOIN trace_event_epc x ON x.epc = l.code");
        query.push(" JOIN trace_event e ON e.id = x.event_id WHERE l.id = ").bind(lot);
        within(query, page);
    });
    let read = |row: &Row| {
        let lot: Uuid = row.after(COLUMNS)?;
        Ok((LotId::from_uuid(lot), event(row)?))
    };
    rows.await?.iter().map(read).collect()
}

/// How many events there are about each of several lots.
pub(in crate::traceability) async fn counts_of_lots(
    db: &Database,
    lots: &[LotId],
) -> Result<HashMap<LotId, i64>, Fault> {
    let mut query =
        Sql::new("SELECT l.id, COUNT(*) FROM lot l JOIN trace_event_epc x ON x.epc = l.code WHERE l.id IN ");
    query.bind_list(lots.iter().map(|id| id.uuid())).push(" GROUP BY l.id");
    let read = |row: &Row| {
        let lot: Uuid = row.get(0)?;
        Ok((LotId::from_uuid(lot), row.get(1)?))
    };
    query.rows(db).await?.iter().map(read).collect()
}

/// A page of an organization's events, the last that happened first.
pub(in crate::traceability) async fn page(
    db: &Database,
    organization: OrganizationId,
    kind: Option<EventKind>,
    page: &Page,
) -> Result<Vec<Event>, Fault> {
    let mut query = Sql::new("SELECT ");
    query.push(COLUMNS).push(" FROM trace_event e WHERE e.organization_id = ").bind(organization.uuid());
    if let Some(kind) = kind {
        query.push(" AND e.kind = ").bind(kind.as_str());
    }
    within(&mut query, page);
    query.rows(db).await?.iter().map(event).collect()
}

/// How many events of an organization there are.
pub(in crate::traceability) async fn count(
    db: &Database,
    organization: OrganizationId,
    kind: Option<EventKind>,
) -> Result<i64, Fault> {
    let mut query = Sql::new("SELECT COUNT(*) FROM trace_event e WHERE e.organization_id = ");
    query.bind(organization.uuid());
    if let Some(kind) = kind {
        query.push(" AND e.kind = ").bind(kind.as_str());
    }
    let rows = query.rows(db).await?;
    rows.first().map_or(Ok(0), |row| Ok(row.get(0)?))
}

/// Restricts a select of events to a page, the last that happened first.
fn within(query: &mut Sql, page: &Page) {
    for (key, comparison) in [(&page.after, "<"), (&page.before, ">")] {
        if let Some(CursorKey { sort: SortValue::Time(at), id }) = key {
            query.push(&format!(" AND (e.event_time, e.id) {comparison} (")).bind(*at).push(", ").bind(*id).push(")");
        }
    }
    query.push(match page.direction {
        Direction::Forward => " ORDER BY e.event_time DESC, e.id DESC LIMIT ",
        Direction::Backward => " ORDER BY e.event_time, e.id LIMIT ",
    });
    query.bind(i64::from(page.size) + 1);
}
