//! The way of lots, in one recursive statement.

use std::collections::HashMap;

use uuid::Uuid;

use super::lots::edge;
use crate::{
    kernel::{
        Fault,
        db::{Database, Reader, Sql, WriteTx},
    },
    traceability::model::{graph::Edge, ids::LotId, producer::Gender, shares::Origin, trace::Direction},
};

/// Everything that is reached from some lots in a direction, the lots themselves among it, as `reached(id)`: each lot once,
/// whatever the number of ways to it, and `limit` of them at most.
///
/// What is joined to it is joined crosswise, the condition below `WHERE`: SQLite then walks from what was reached into the
/// index, and does not read the whole table for each step, as it likes to do once it has counted its rows.
pub(super) fn reached(direction: Direction, lots: &[LotId], limit: i64) -> Sql {
    let (near, far) = match direction {
        Direction::Back => ("child_id", "parent_id"),
        Direction::Forward => ("parent_id", "child_id"),
    };
    let mut query = Sql::new("WITH RECURSIVE reach(id) AS (SELECT l.id FROM lot l WHERE l.id IN ");
    query.bind_list(lots.iter().map(|id| id.uuid()));
    query.push(&format!(
        " UNION SELECT e.{far} FROM reach r CROSS JOIN lot_edge e WHERE e.{near} = r.id), \
         reached(id) AS (SELECT id FROM reach LIMIT "
    ));
    query.bind(limit).push(") ");
    query
}

fn edges_of(direction: Direction, lots: &[LotId], limit: i64) -> Sql {
    let near = match direction {
        Direction::Back => "child_id",
        Direction::Forward => "parent_id",
    };
    let mut query = reached(direction, lots, limit);
    query.push(&format!(
        "SELECT e.child_id, e.parent_id, e.grams FROM reached r CROSS JOIN lot_edge e WHERE e.{near} = r.id"
    ));
    query
}

/// All that went into lots and into what they were made of, or all that came out of them: `limit` lots of it at most.
pub(in crate::traceability) async fn edges(
    db: &Database,
    direction: Direction,
    lots: &[LotId],
    limit: i64,
) -> Result<Vec<Edge>, Fault> {
    edges_of(direction, lots, limit).rows(db).await?.iter().map(edge).collect()
}

/// The same within a transaction, for the lots alone: everything that was made of some lots, they themselves first.
pub(in crate::traceability) async fn descendants(tx: &WriteTx, lots: &[LotId]) -> Result<Vec<LotId>, Fault> {
    let mut query = reached(Direction::Forward, lots, i64::from(i32::MAX));
    query.push("SELECT id FROM reached");
    let rows = query.all(&**tx).await?;
    rows.iter().map(|row| Ok(LotId::from_uuid(row.get(0)?))).collect()
}

/// What producers delivered for each of these lots and for all that they were made of, as far as it was not declared an error.
pub(in crate::traceability) async fn origins(
    db: &Database,
    lots: &[LotId],
    limit: i64,
) -> Result<HashMap<LotId, Origin>, Fault> {
    let mut query = reached(Direction::Back, lots, limit);
    query.push(
        "SELECT d.lot_id, p.gender, d.grams, EXISTS (SELECT 1 FROM producer_confirmation c WHERE c.delivery_id = d.event_id
           AND c.payment_id IS NULL AND c.confirmed_at IS NOT NULL)
         FROM reached r CROSS JOIN delivery d CROSS JOIN producer p
         WHERE d.lot_id = r.id AND p.id = d.producer_id AND NOT EXISTS (SELECT 1 FROM trace_event t WHERE t.corrects = d.event_id)",
    );
    let mut origins: HashMap<LotId, Origin> = HashMap::new();
    for row in &query.rows(db).await? {
        let mut next = Reader::new(row)?;
        let lot: Uuid = next.get()?;
        let gender: Gender = next.word("gender of a producer")?;
        let (grams, confirmed): (i64, bool) = (next.get()?, next.get()?);
        let origin = origins.entry(LotId::from_uuid(lot)).or_default();
        match gender {
            Gender::Female => origin.women += grams,
            Gender::Male | Gender::Other => origin.others += grams,
            Gender::Undisclosed => origin.unknown += grams,
        }
        origin.confirmed += if confirmed { grams } else { 0 };
    }
    Ok(origins)
}
