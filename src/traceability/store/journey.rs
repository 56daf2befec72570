//! A lot and everything that it was made of, for everybody: each statement finds the way back for itself.
//!
//! The way is found by following the edges from child to parent, each lot once whatever the number of ways to it.

use std::collections::HashMap;

use sea_orm::QueryResult;
use uuid::Uuid;

use crate::{
    accounts::OrganizationId,
    kernel::{
        Fault,
        clock::Timestamp,
        db::{Database, Reader, Sql},
    },
    traceability::model::{
        graph::{Edge, Graph},
        ids::{EventId, LotId, ProducerId},
        journey::{
            LOTS_MAX,
            way::{DeliveryTold, EventTold, LotTold, Recorded},
        },
        lot::LotStatus,
    },
};

/// A recall that is open.
#[derive(Debug)]
pub(in crate::traceability) struct OpenRecall {
    /// Who recalls.
    pub(in crate::traceability) organization: OrganizationId,
    /// Why.
    pub(in crate::traceability) reason: String,
    /// Since when.
    pub(in crate::traceability) opened_at: Timestamp,
}

/// The lot with a code.
pub(in crate::traceability) async fn id_of(db: &Database, code: &str) -> Result<Option<LotId>, Fault> {
    let mut query = Sql::new("SELECT id FROM lot WHERE code = ");
    query.bind(code);
    let row = query.rows(db).await?.into_iter().next();
    row.map(|row| Ok(LotId::from_uuid(Reader::new(&row)?.get()?))).transpose()
}

/// A statement about `back`, the lot and everything that it was made of: of at most one lot more than are told.
fn about_the_way(lot: LotId, select: &str) -> Sql {
    let mut query = Sql::new("WITH RECURSIVE way(id) AS (SELECT id FROM lot WHERE id = ");
    query.bind(lot.uuid());
    query.push(
        " UNION SELECT e.parent_id FROM lot_edge e JOIN way ON e.child_id = way.id),
            back(id) AS (SELECT id FROM way LIMIT ",
    );
    query.push(&(LOTS_MAX + 1).to_string()).push(") ").push(select);
    query
}

/// Everything that was recorded of a lot and of what it was made of, and whether that is more than is told.
pub(in crate::traceability) async fn recorded(db: &Database, lot: LotId) -> Result<(Recorded, bool), Fault> {
    let lots = about_the_way(lot, LOTS).rows(db).await?;
    let edges = about_the_way(lot, EDGES).rows(db).await?;
    let deliveries = about_the_way(lot, DELIVERIES).rows(db).await?;
    let events = about_the_way(lot, EVENTS).rows(db).await?;
    let lots: HashMap<LotId, LotTold> =
        lots.iter().map(|row| lot_told(row).map(|lot| (lot.id, lot))).collect::<Result<_, _>>()?;
    let is_cut_off = lots.len() > LOTS_MAX;
    let edges = edges.iter().map(edge).collect::<Result<_, _>>()?;
    let deliveries = deliveries.iter().map(delivery).collect::<Result<_, _>>()?;
    let events = events.iter().map(event).collect::<Result<_, _>>()?;
    Ok((Recorded { lots, graph: Graph { edges }, deliveries, events }, is_cut_off))
}

const LOTS: &str = "SELECT l.id, l.code, l.product_code, l.maker_id, l.place_code, l.grade, l.grams, l.custody, l.status, \
                    l.made_by, l.made_at FROM back JOIN lot l ON l.id = back.id";

fn lot_told(row: &QueryResult) -> Result<LotTold, Fault> {
    let mut next = Reader::new(row)?;
    Ok(LotTold {
        id: LotId::from_uuid(next.get()?),
        code: next.get()?,
        product: next.get()?,
        maker: OrganizationId::from_uuid(next.get()?),
        place: next.get()?,
        grade: next.get()?,
        grams: next.get()?,
        custody: next.word("custody of a lot")?,
        is_void: next.word::<LotStatus>("status of a lot")? == LotStatus::Void,
        made_by: EventId::from_uuid(next.get()?),
        made_at: next.get()?,
    })
}

const EDGES: &str = "SELECT e.child_id, e.parent_id, e.grams FROM back JOIN lot_edge e ON e.child_id = back.id";

fn edge(row: &QueryResult) -> Result<Edge, Fault> {
    let mut next = Reader::new(row)?;
    let (child, parent): (Uuid, Uuid) = (next.get()?, next.get()?);
    Ok(Edge { child: LotId::from_uuid(child), parent: LotId::from_uuid(parent), grams: next.get()? })
}

// A name leaves the database only where she agreed.
const DELIVERIES: &str = "SELECT d.lot_id, d.producer_id, p.gender, \
                          CASE WHEN p.name_public_since IS NOT NULL THEN p.name END, d.grams, \
                          EXISTS (SELECT 1 FROM producer_confirmation c WHERE c.delivery_id = d.event_id \
                          AND c.payment_id IS NULL AND c.confirmed_at IS NOT NULL) \
                          FROM back JOIN delivery d ON d.lot_id = back.id JOIN producer p ON p.id = d.producer_id";

fn delivery(row: &QueryResult) -> Result<DeliveryTold, Fault> {
    let mut next = Reader::new(row)?;
    Ok(DeliveryTold {
        lot: LotId::from_uuid(next.get()?),
        producer: ProducerId::from_uuid(next.get()?),
        gender: next.word("gender of a producer")?,
        name: next.get()?,
        grams: next.get()?,
        confirmed: next.get()?,
    })
}

// Deliveries are told from their own table, corrections with the events that they correct.
const EVENTS: &str = "SELECT DISTINCT e.id, l.id, e.organization_id, e.kind, e.event_time, \
                      CASE WHEN e.kind IN ('SHIPMENT', 'RECEIPT', 'LOSS', 'INSPECTION') THEN e.body END, \
                      EXISTS (SELECT 1 FROM trace_event c WHERE c.corrects = e.id) \
                      FROM back JOIN lot l ON l.id = back.id JOIN trace_event_epc x ON x.epc = l.code \
                      JOIN trace_event e ON e.id = x.event_id WHERE e.kind NOT IN ('DELIVERY', 'CORRECTION')";

fn event(row: &QueryResult) -> Result<EventTold, Fault> {
    let mut next = Reader::new(row)?;
    Ok(EventTold {
        id: EventId::from_uuid(next.get()?),
        lot: LotId::from_uuid(next.get()?),
        organization: OrganizationId::from_uuid(next.get()?),
        kind: next.word("kind of an event")?,
        at: next.get()?,
        body: next.get()?,
        is_void: next.get()?,
    })
}

/// The recalls of a lot that are open, the first first.
pub(in crate::traceability) async fn open_recalls(db: &Database, lot: LotId) -> Result<Vec<OpenRecall>, Fault> {
    let mut query = Sql::new(
        "SELECT r.organization_id, r.reason, r.opened_at FROM recall_lot x JOIN recall r ON r.id = x.recall_id \
         WHERE r.closed_at IS NULL AND x.lot_id = ",
    );
    query.bind(lot.uuid()).push(" ORDER BY r.opened_at, r.id");
    let open = |row: &QueryResult| {
        let mut next = Reader::new(row)?;
        Ok(OpenRecall {
            organization: OrganizationId::from_uuid(next.get()?),
            reason: next.get()?,
            opened_at: next.get()?,
        })
    };
    query.rows(db).await?.iter().map(open).collect()
}
