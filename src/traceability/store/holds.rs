//! What holds lots.

use std::collections::HashMap;

use uuid::Uuid;

use crate::{
    accounts::UserId,
    kernel::{
        Fault,
        clock::Timestamp,
        db::{Database, Reader, Row, Sql, WriteTx, sql},
    },
    traceability::model::{
        hold::{Hold, HoldCause},
        ids::LotId,
    },
};

/// Rows of one statement: both databases take so many parameters.
const ROWS: usize = 200;

const COLUMNS: &str = "h.id, h.lot_id, h.cause, h.cause_id, h.placed_at, h.released_at, h.released_by, h.reason";

fn hold(row: &Row) -> Result<Hold, Fault> {
    let mut next = Reader::new(row)?;
    let (id, lot): (Uuid, Uuid) = (next.get()?, next.get()?);
    let cause = next.word("cause of a hold")?;
    let (cause_id, placed_at, released_at) = (next.get()?, next.get()?, next.get()?);
    let released_by: Option<Uuid> = next.get()?;
    Ok(Hold {
        id,
        lot: LotId::from_uuid(lot),
        cause,
        cause_id,
        placed_at,
        released_at,
        released_by: released_by.map(UserId::from_uuid),
        reason: next.get()?,
    })
}

/// Holds lots for a cause, each once; lots that it holds already are left alone. Gives those that are held by it now and were
/// not before. In the order of the ids, as everybody locks lots.
pub(in crate::traceability) async fn place(
    tx: &WriteTx,
    lots: &[(Uuid, LotId)],
    (cause, cause_id): (HoldCause, Uuid),
    at: Timestamp,
) -> Result<Vec<LotId>, Fault> {
    let mut placed = Vec::new();
    for lots in lots.chunks(ROWS) {
        let mut insert = Sql::new("INSERT INTO lot_hold (id, lot_id, cause, cause_id, placed_at) VALUES ");
        for (position, (id, lot)) in lots.iter().enumerate() {
            insert.push(if position == 0 { "(" } else { ", (" }).bind(*id).push(", ").bind(lot.uuid()).push(", ");
            insert.bind(cause.as_str()).push(", ").bind(cause_id).push(", ").bind(at).push(")");
        }
        insert.push(" ON CONFLICT (lot_id, cause_id) DO NOTHING RETURNING lot_id");
        let rows = insert.all(&**tx).await?;
        let held: Vec<Uuid> = rows.iter().map(|row| row.get(0)).collect::<Result<_, _>>()?;
        if held.is_empty() {
            continue;
        }
        let mut update = Sql::new("UPDATE lot SET holds = holds + 1 WHERE id IN ");
        update.bind_list(held.iter().copied());
        update.run(&**tx).await?;
        placed.extend(held.into_iter().map(LotId::from_uuid));
    }
    Ok(placed)
}

/// Ends all that a cause holds, and gives the number of lots that it let go.
pub(in crate::traceability) async fn release_cause(
    tx: &WriteTx,
    cause_id: Uuid,
    (by, reason): (Option<UserId>, Option<&str>),
    at: Timestamp,
) -> Result<u64, Fault> {
    let lots = "UPDATE lot SET holds = holds - 1 WHERE id IN
                (SELECT lot_id FROM lot_hold WHERE cause_id = $1 AND released_at IS NULL)";
    sql(lots, [cause_id.into()]).run(&**tx).await?;
    let text = "UPDATE lot_hold SET released_at = $1, released_by = $2, reason = $3
                WHERE cause_id = $4 AND released_at IS NULL";
    let values = [at.into(), by.map(UserId::uuid).into(), reason.into(), cause_id.into()];
    Ok(sql(text, values).run(&**tx).await?)
}

/// Ends what holds a locked lot, but recalls, and gives how many there were.
pub(in crate::traceability) async fn release_lot(
    tx: &WriteTx,
    lot: LotId,
    (by, reason): (Option<UserId>, &str),
    at: Timestamp,
) -> Result<u64, Fault> {
    let text = "UPDATE lot_hold SET released_at = $1, released_by = $2, reason = $3
                WHERE lot_id = $4 AND released_at IS NULL AND cause <> 'RECALL'";
    let values = [at.into(), by.map(UserId::uuid).into(), reason.into(), lot.uuid().into()];
    let released = sql(text, values).run(&**tx).await?;
    let released_now = i64::try_from(released).unwrap_or(i64::MAX);
    let text = "UPDATE lot SET holds = holds - $1 WHERE id = $2";
    sql(text, [released_now.into(), lot.uuid().into()]).run(&**tx).await?;
    Ok(released)
}

/// Everything that holds these lots, or held them, the first first.
pub(in crate::traceability) async fn of_lots(
    db: &Database,
    lots: &[LotId],
) -> Result<HashMap<LotId, Vec<Hold>>, Fault> {
    let mut query = Sql::new("SELECT ");
    query.push(COLUMNS).push(" FROM lot_hold h WHERE h.lot_id IN ").bind_list(lots.iter().map(|id| id.uuid()));
    query.push(" ORDER BY h.placed_at, h.id");
    let mut found: HashMap<LotId, Vec<Hold>> = HashMap::new();
    for row in &query.rows(db).await? {
        let hold = hold(row)?;
        found.entry(hold.lot).or_default().push(hold);
    }
    Ok(found)
}
