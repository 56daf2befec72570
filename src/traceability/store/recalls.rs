//! Recalls and what they concern.

use std::collections::HashMap;

use uuid::Uuid;

use crate::{
    accounts::{OrganizationId, UserId},
    catalog::ListingId,
    kernel::{
        Fault,
        db::{Database, Reader, Row, Sql, WriteTx, sql},
        page::{CursorKey, Direction, Page, Slice, SortValue},
    },
    traceability::model::{
        ids::{EventId, LotId, RecallId},
        recall::{Recall, RecalledLot},
    },
};

const COLUMNS: &str = "r.id, r.organization_id, r.event_id, r.reason, r.opened_at, r.opened_by, r.closed_at, r.closed_by, \
                       r.resolution, r.version";
/// Rows of one statement: both databases take so many parameters.
const ROWS: usize = 300;

fn recall(row: &Row) -> Result<Recall, Fault> {
    let mut next = Reader::new(row)?;
    let (id, organization, event): (Uuid, Uuid, Uuid) = (next.get()?, next.get()?, next.get()?);
    let (reason, opened_at) = (next.get()?, next.get()?);
    let opened_by: Option<Uuid> = next.get()?;
    let closed_at = next.get()?;
    let closed_by: Option<Uuid> = next.get()?;
    Ok(Recall {
        id: RecallId::from_uuid(id),
        organization: OrganizationId::from_uuid(organization),
        event: EventId::from_uuid(event),
        reason,
        opened_at,
        opened_by: opened_by.map(UserId::from_uuid),
        closed_at,
        closed_by: closed_by.map(UserId::from_uuid),
        resolution: next.get()?,
        version: next.get()?,
    })
}

/// Keeps a new recall.
pub(in crate::traceability) async fn insert(tx: &WriteTx, recall: &Recall) -> Result<(), Fault> {
    let text = "INSERT INTO recall (id, organization_id, event_id, reason, opened_at, opened_by, version)
                VALUES ($1, $2, $3, $4, $5, $6, $7)";
    let values = [
        recall.id.uuid().into(),
        recall.organization.uuid().into(),
        recall.event.uuid().into(),
        recall.reason.as_str().into(),
        recall.opened_at.into(),
        recall.opened_by.map(UserId::uuid).into(),
        recall.version.into(),
    ];
    sql(text, values).run(&**tx).await?;
    Ok(())
}

/// Keeps what a recall concerns.
pub(in crate::traceability) async fn insert_lots(
    tx: &WriteTx,
    recall: RecallId,
    lots: &[RecalledLot],
) -> Result<(), Fault> {
    for lots in lots.chunks(ROWS) {
        let mut insert = Sql::new("INSERT INTO recall_lot (recall_id, lot_id, is_root) VALUES ");
        for (position, one) in lots.iter().enumerate() {
            insert.push(if position == 0 { "(" } else { ", (" }).bind(recall.uuid()).push(", ");
            insert.bind(one.lot.uuid()).push(", ").bind(one.is_root).push(")");
        }
        insert.run(&**tx).await?;
    }
    Ok(())
}

/// Writes that a recall is over.
pub(in crate::traceability) async fn close(tx: &WriteTx, recall: &Recall) -> Result<(), Fault> {
    let text = "UPDATE recall SET closed_at = $1, closed_by = $2, resolution = $3, version = $4 WHERE id = $5";
    let values = [
        recall.closed_at.into(),
        recall.closed_by.map(UserId::uuid).into(),
        recall.resolution.as_deref().into(),
        recall.version.into(),
        recall.id.uuid().into(),
    ];
    sql(text, values).run(&**tx).await?;
    Ok(())
}

/// A recall, locked until the transaction ends.
pub(in crate::traceability) async fn lock(tx: &WriteTx, id: RecallId) -> Result<Option<Recall>, Fault> {
    let mut query = Sql::new("SELECT ");
    query.push(COLUMNS).push(" FROM recall r WHERE r.id = ").bind(id.uuid());
    query.lock(tx, " FOR UPDATE");
    query.one(&**tx).await?.as_ref().map(recall).transpose()
}

/// These recalls, as far as they exist.
pub(in crate::traceability) async fn by_ids(
    db: &Database,
    ids: &[RecallId],
) -> Result<HashMap<RecallId, Recall>, Fault> {
    let mut query = Sql::new("SELECT ");
    query.push(COLUMNS).push(" FROM recall r WHERE r.id IN ").bind_list(ids.iter().map(|id| id.uuid()));
    query.rows(db).await?.iter().map(recall).map(|found| found.map(|found| (found.id, found))).collect()
}

/// The recalls that concern each of these lots, the last opened first; everybody may know of them.
pub(in crate::traceability) async fn of_lots(
    db: &Database,
    lots: &[LotId],
) -> Result<HashMap<LotId, Vec<Recall>>, Fault> {
    let mut query = Sql::new("SELECT ");
    query.push(COLUMNS).push(", c.lot_id FROM recall_lot c JOIN recall r ON r.id = c.recall_id WHERE c.lot_id IN ");
    query.bind_list(lots.iter().map(|id| id.uuid())).push(" ORDER BY r.opened_at DESC, r.id");
    let mut found: HashMap<LotId, Vec<Recall>> = HashMap::new();
    for row in &query.rows(db).await? {
        let lot: Uuid = row.after(COLUMNS)?;
        found.entry(LotId::from_uuid(lot)).or_default().push(recall(row)?);
    }
    Ok(found)
}

/// What each of these recalls concerns, what it began with first.
pub(in crate::traceability) async fn lots_of(
    db: &Database,
    recalls: &[RecallId],
) -> Result<HashMap<RecallId, Vec<RecalledLot>>, Fault> {
    let mut query = Sql::new("SELECT c.recall_id, c.lot_id, c.is_root FROM recall_lot c WHERE c.recall_id IN ");
    query.bind_list(recalls.iter().map(|id| id.uuid())).push(" ORDER BY c.is_root DESC, c.lot_id");
    let mut found: HashMap<RecallId, Vec<RecalledLot>> = HashMap::new();
    for row in &query.rows(db).await? {
        let mut next = Reader::new(row)?;
        let (recall, lot): (Uuid, Uuid) = (next.get()?, next.get()?);
        let one = RecalledLot { lot: LotId::from_uuid(lot), is_root: next.get()? };
        found.entry(RecallId::from_uuid(recall)).or_default().push(one);
    }
    Ok(found)
}

/// A page of an organization's recalls, the last opened first; only those that are open, if that is asked for.
pub(in crate::traceability) async fn page(
    db: &Database,
    organization: OrganizationId,
    only_open: bool,
    page: &Page,
) -> Result<Slice<Recall>, Fault> {
    let mut query = Sql::new("SELECT ");
    query.push(COLUMNS).push(" FROM recall r WHERE r.organization_id = ").bind(organization.uuid());
    if only_open {
        query.push(" AND r.closed_at IS NULL");
    }
    for (key, comparison) in [(&page.after, "<"), (&page.before, ">")] {
        if let Some(CursorKey { sort: SortValue::Time(at), id }) = key {
            query.push(&format!(" AND (r.opened_at, r.id) {comparison} (")).bind(*at).push(", ").bind(*id).push(")");
        }
    }
    query.push(match page.direction {
        Direction::Forward => " ORDER BY r.opened_at DESC, r.id DESC LIMIT ",
        Direction::Backward => " ORDER BY r.opened_at, r.id LIMIT ",
    });
    query.bind(i64::from(page.size) + 1);
    let rows = query.rows(db).await?;
    Ok(page.slice(rows.iter().map(recall).collect::<Result<_, _>>()?))
}

/// How many recalls of an organization there are.
pub(in crate::traceability) async fn count(
    db: &Database,
    organization: OrganizationId,
    only_open: bool,
) -> Result<i64, Fault> {
    let mut query = Sql::new("SELECT COUNT(*) FROM recall r WHERE r.organization_id = ");
    query.bind(organization.uuid());
    if only_open {
        query.push(" AND r.closed_at IS NULL");
    }
    let rows = query.rows(db).await?;
    rows.first().map_or(Ok(0), |row| Ok(row.get(0)?))
}

/// The listings that offer any of these lots.
pub(in crate::traceability) async fn listings_with(tx: &WriteTx, lots: &[LotId]) -> Result<Vec<ListingId>, Fault> {
    let mut found = Vec::new();
    for lots in lots.chunks(ROWS) {
        let mut query = Sql::new("SELECT DISTINCT listing_id FROM listing_lot WHERE lot_id IN ");
        query.bind_list(lots.iter().map(|id| id.uuid()));
        for row in &query.all(&**tx).await? {
            let id: Uuid = row.get(0)?;
            found.push(ListingId::from_uuid(id));
        }
    }
    found.sort_unstable();
    found.dedup();
    Ok(found)
}
