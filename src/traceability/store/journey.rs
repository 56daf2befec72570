//! A lot and everything that it was made of, for everybody: each statement finds the way back for itself.
//!
//! The way is found by following the edges from child to parent, each lot once whatever the number of ways to it.

use std::collections::HashMap;

use super::{lots::edge, trace::reached};
use crate::{
    accounts::OrganizationId,
    kernel::{
        Fault,
        clock::Timestamp,
        db::{Database, Reader, Row, Sql},
    },
    traceability::model::{
        graph::Graph,
        ids::{EventId, LotId, ProducerId},
        journey::{
            LOTS_MAX,
            way::{DeliveryTold, EventTold, LotTold, Recorded},
        },
        lot::LotStatus,
        trace::Direction,
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

/// A statement about what was reached: the lot and everything that it was made of, of at most one lot more than are told.
fn about_the_way(lot: LotId, select: &str) -> Sql {
    let one_more = i64::try_from(LOTS_MAX + 1).unwrap_or(i64::MAX);
    let mut query = reached(Direction::Back, &[lot], one_more);
    query.push(select);
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
                    l.made_by, l.made_at FROM reached r CROSS JOIN lot l WHERE l.id = r.id";

fn lot_told(row: &Row) -> Result<LotTold, Fault> {
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

const EDGES: &str =
    "SELECT e.child_id, e.parent_id, e.grams FROM reached r CROSS JOIN lot_edge e WHERE e.child_id = r.id";

// A name leaves the database only where she agreed. Of a delivery that was declared an error another may have taken the place:
// it counts for its lot as long as it stands, and for a void lot it is told what was taken back.
const DELIVERIES: &str = "SELECT d.lot_id, d.producer_id, p.gender, \
                          CASE WHEN p.name_public_since IS NOT NULL THEN p.name END, d.grams, \
                          EXISTS (SELECT 1 FROM producer_confirmation c WHERE c.delivery_id = d.event_id \
                          AND c.payment_id IS NULL AND c.confirmed_at IS NOT NULL) \
                          FROM reached r CROSS JOIN delivery d CROSS JOIN producer p CROSS JOIN lot l \
                          WHERE d.lot_id = r.id AND p.id = d.producer_id AND l.id = d.lot_id AND (l.status = 'VOID' \
                          OR NOT EXISTS (SELECT 1 FROM trace_event t WHERE t.corrects = d.event_id))";

fn delivery(row: &Row) -> Result<DeliveryTold, Fault> {
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
                      FROM reached r CROSS JOIN lot l CROSS JOIN trace_event_epc x CROSS JOIN trace_event e \
                      WHERE l.id = r.id AND x.epc = l.code AND e.id = x.event_id AND e.kind NOT IN ('DELIVERY', 'CORRECTION')";

fn event(row: &Row) -> Result<EventTold, Fault> {
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
    let open = |row: &Row| {
        let mut next = Reader::new(row)?;
        Ok(OpenRecall {
            organization: OrganizationId::from_uuid(next.get()?),
            reason: next.get()?,
            opened_at: next.get()?,
        })
    };
    query.rows(db).await?.iter().map(open).collect()
}
