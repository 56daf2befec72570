//! Lots and what went from one into another.

use std::collections::HashMap;

use uuid::Uuid;

use crate::{
    accounts::OrganizationId,
    kernel::{
        Fault,
        db::{Database, Reader, Row, Sql, WriteTx, sql},
        page::{CursorKey, Direction, Page, Slice, SortValue},
    },
    traceability::model::{
        graph::Edge,
        ids::{EventId, LotId},
        lot::{Lot, LotFilter, LotStatus},
    },
};

pub(super) const COLUMNS: &str = "l.id, l.code, l.product_code, l.organization_id, l.maker_id, l.destination_id, l.place_code, \
                                  l.grade, l.grams, l.left_grams, l.reserved_grams, l.custody, l.status, l.holds, l.waived, \
                                  l.made_by, l.made_at, l.touched_at, l.created_at";

/// Rows of one statement: both databases take so many parameters.
const ROWS: usize = 500;

/// A lot, from its row.
pub(super) fn lot(row: &Row) -> Result<Lot, Fault> {
    let mut next = Reader::new(row)?;
    let id: Uuid = next.get()?;
    let code = next.get()?;
    let product = next.get()?;
    let organization: Uuid = next.get()?;
    let maker: Uuid = next.get()?;
    let destination: Option<Uuid> = next.get()?;
    let place = next.get()?;
    let grade = next.get()?;
    let (grams, left, reserved) = (next.get()?, next.get()?, next.get()?);
    let custody = next.word("custody of a lot")?;
    let status = next.word("status of a lot")?;
    let (holds, waived) = (next.get()?, next.get()?);
    let made_by: Uuid = next.get()?;
    Ok(Lot {
        id: LotId::from_uuid(id),
        code,
        product,
        organization: OrganizationId::from_uuid(organization),
        maker: OrganizationId::from_uuid(maker),
        destination: destination.map(OrganizationId::from_uuid),
        place,
        grade,
        grams,
        left,
        reserved,
        custody,
        status,
        holds,
        waived,
        made_by: EventId::from_uuid(made_by),
        made_at: next.get()?,
        touched_at: next.get()?,
        created_at: next.get()?,
    })
}

/// These lots, as far as they exist, locked until the transaction ends. Everybody locks in the order of the ids, so that
/// nobody waits for one who waits for her.
pub(in crate::traceability) async fn lock(tx: &WriteTx, ids: &[LotId]) -> Result<HashMap<LotId, Lot>, Fault> {
    let mut query = Sql::new("SELECT ");
    query.push(COLUMNS).push(" FROM lot l WHERE l.id IN ").bind_list(ids.iter().map(|id| id.uuid()));
    query.push(" ORDER BY l.id");
    query.lock(tx, " FOR UPDATE");
    let rows = query.all(&**tx).await?;
    rows.iter().map(lot).map(|lot| lot.map(|lot| (lot.id, lot))).collect()
}

/// These lots, as far as they exist.
pub(in crate::traceability) async fn by_ids(db: &Database, ids: &[LotId]) -> Result<HashMap<LotId, Lot>, Fault> {
    let mut query = Sql::new("SELECT ");
    query.push(COLUMNS).push(" FROM lot l WHERE l.id IN ").bind_list(ids.iter().map(|id| id.uuid()));
    let rows = query.rows(db).await?;
    rows.iter().map(lot).map(|lot| lot.map(|lot| (lot.id, lot))).collect()
}

/// The lot with this code.
pub(in crate::traceability) async fn by_code(db: &Database, code: &str) -> Result<Option<Lot>, Fault> {
    let mut query = Sql::new("SELECT ");
    query.push(COLUMNS).push(" FROM lot l WHERE l.code = ").bind(code);
    query.rows(db).await?.first().map(lot).transpose()
}

/// Writes new lots.
pub(in crate::traceability) async fn insert(tx: &WriteTx, lots: &[Lot]) -> Result<(), Fault> {
    for lots in lots.chunks(ROWS / 20) {
        let mut insert = Sql::new(
            "INSERT INTO lot (id, code, product_code, organization_id, maker_id, destination_id, place_code, grade, grams,
             left_grams, reserved_grams, custody, status, holds, waived, made_by, made_at, touched_at, created_at) VALUES ",
        );
        for (position, lot) in lots.iter().enumerate() {
            insert.push(if position == 0 { "(" } else { ", (" });
            insert.bind(lot.id.uuid()).push(", ").bind(lot.code.as_str()).push(", ").bind(lot.product.as_str());
            insert.push(", ").bind(lot.organization.uuid()).push(", ").bind(lot.maker.uuid()).push(", ");
            insert.bind(lot.destination.map(OrganizationId::uuid)).push(", ").bind(lot.place.clone()).push(", ");
            insert.bind(lot.grade.clone()).push(", ").bind(lot.grams).push(", ").bind(lot.left).push(", ");
            insert.bind(lot.reserved).push(", ").bind(lot.custody.as_str()).push(", ").bind(lot.status.as_str());
            insert.push(", ").bind(lot.holds).push(", ").bind(lot.waived).push(", ").bind(lot.made_by.uuid());
            insert.push(", ").bind(lot.made_at).push(", ").bind(lot.touched_at).push(", ").bind(lot.created_at);
            insert.push(")");
        }
        insert.run(&**tx).await?;
    }
    Ok(())
}

/// Takes grams out of lots that an organization has with it, and tells whether all of them could give so much: a lot that is
/// held, that is under way, or of which less is free than asked gives nothing.
pub(in crate::traceability) async fn withdraw(
    tx: &WriteTx,
    organization: OrganizationId,
    taken: &[(LotId, i64)],
) -> Result<bool, Fault> {
    for taken in taken.chunks(ROWS) {
        let mut update = Sql::new("UPDATE lot SET left_grams = lot.left_grams - given.column2 FROM (VALUES ");
        for (position, (id, grams)) in taken.iter().enumerate() {
            update.push(if position == 0 { "(" } else { ", (" }).bind(id.uuid()).push(", ").bind(*grams).push(")");
        }
        update.push(") AS given WHERE lot.id = given.column1 AND lot.organization_id = ").bind(organization.uuid());
        update.push(
            " AND lot.status = 'AVAILABLE' AND lot.holds = 0 AND lot.left_grams - lot.reserved_grams >= given.column2",
        );
        if update.run(&**tx).await? != taken.len() as u64 {
            return Ok(false);
        }
    }
    Ok(true)
}

/// Gives grams back that an event had taken which was declared an error.
pub(in crate::traceability) async fn give_back(tx: &WriteTx, given: &[(LotId, i64)]) -> Result<(), Fault> {
    for given in given.chunks(ROWS) {
        let mut update = Sql::new("UPDATE lot SET left_grams = lot.left_grams + given.column2 FROM (VALUES ");
        for (position, (id, grams)) in given.iter().enumerate() {
            update.push(if position == 0 { "(" } else { ", (" }).bind(id.uuid()).push(", ").bind(*grams).push(")");
        }
        update.push(") AS given WHERE lot.id = given.column1");
        update.run(&**tx).await?;
    }
    Ok(())
}

/// Writes what becomes of a locked lot: its masses, whose it is, and where it is.
pub(in crate::traceability) async fn update(tx: &WriteTx, lot: &Lot) -> Result<(), Fault> {
    let text =
        "UPDATE lot SET organization_id = $1, destination_id = $2, grams = $3, left_grams = $4, reserved_grams = $5,
                status = $6, touched_at = $7 WHERE id = $8";
    let values = [
        lot.organization.uuid().into(),
        lot.destination.map(OrganizationId::uuid).into(),
        lot.grams.into(),
        lot.left.into(),
        lot.reserved.into(),
        lot.status.as_str().into(),
        lot.touched_at.into(),
        lot.id.uuid().into(),
    ];
    sql(text, values).run(&**tx).await?;
    Ok(())
}

/// Makes lots void whose event was declared an error.
pub(in crate::traceability) async fn make_void(tx: &WriteTx, ids: &[LotId]) -> Result<(), Fault> {
    let mut update = Sql::new("UPDATE lot SET left_grams = 0, status = ");
    update.bind(LotStatus::Void.as_str()).push(" WHERE id IN ").bind_list(ids.iter().map(|id| id.uuid()));
    update.run(&**tx).await?;
    Ok(())
}

/// Writes what went from lots into others.
pub(in crate::traceability) async fn insert_edges(tx: &WriteTx, edges: &[Edge]) -> Result<(), Fault> {
    for edges in edges.chunks(ROWS) {
        let mut insert = Sql::new("INSERT INTO lot_edge (child_id, parent_id, grams) VALUES ");
        for (position, edge) in edges.iter().enumerate() {
            insert.push(if position == 0 { "(" } else { ", (" }).bind(edge.child.uuid()).push(", ");
            insert.bind(edge.parent.uuid()).push(", ").bind(edge.grams).push(")");
        }
        insert.run(&**tx).await?;
    }
    Ok(())
}

/// What went into lots.
pub(in crate::traceability) async fn edges_into(tx: &WriteTx, children: &[LotId]) -> Result<Vec<Edge>, Fault> {
    let mut query = Sql::new("SELECT child_id, parent_id, grams FROM lot_edge WHERE child_id IN ");
    query.bind_list(children.iter().map(|id| id.uuid())).push(" ORDER BY parent_id, child_id");
    query.all(&**tx).await?.iter().map(edge).collect()
}

/// Takes back what went into lots.
pub(in crate::traceability) async fn remove_edges_into(tx: &WriteTx, children: &[LotId]) -> Result<(), Fault> {
    let mut delete = Sql::new("DELETE FROM lot_edge WHERE child_id IN ");
    delete.bind_list(children.iter().map(|id| id.uuid()));
    delete.run(&**tx).await?;
    Ok(())
}

/// What went from a lot into another, from its row.
pub(super) fn edge(row: &Row) -> Result<Edge, Fault> {
    let mut next = Reader::new(row)?;
    let (child, parent): (Uuid, Uuid) = (next.get()?, next.get()?);
    Ok(Edge { child: LotId::from_uuid(child), parent: LotId::from_uuid(parent), grams: next.get()? })
}

/// A page of the lots that an organization has or is to receive, the last made first.
pub(in crate::traceability) async fn page(db: &Database, filter: &LotFilter, page: &Page) -> Result<Slice<Lot>, Fault> {
    let mut query = Sql::new("SELECT ");
    query.push(COLUMNS).push(" FROM lot l");
    matching(&mut query, filter);
    for (key, comparison) in [(&page.after, "<"), (&page.before, ">")] {
        if let Some(CursorKey { sort: SortValue::Time(at), id }) = key {
            query.push(&format!(" AND (l.made_at, l.id) {comparison} (")).bind(*at).push(", ").bind(*id).push(")");
        }
    }
    query.push(match page.direction {
        Direction::Forward => " ORDER BY l.made_at DESC, l.id DESC LIMIT ",
        Direction::Backward => " ORDER BY l.made_at, l.id LIMIT ",
    });
    query.bind(i64::from(page.size) + 1);
    let rows = query.rows(db).await?;
    Ok(page.slice(rows.iter().map(lot).collect::<Result<_, _>>()?))
}

/// How many such lots there are.
pub(in crate::traceability) async fn count(db: &Database, filter: &LotFilter) -> Result<i64, Fault> {
    let mut query = Sql::new("SELECT COUNT(*) FROM lot l");
    matching(&mut query, filter);
    let rows = query.rows(db).await?;
    rows.first().map_or(Ok(0), |row| Ok(row.get(0)?))
}

fn matching(query: &mut Sql, filter: &LotFilter) {
    let organization = filter.organization.uuid();
    query.push(" WHERE (l.organization_id = ").bind(organization).push(" OR l.destination_id = ").bind(organization);
    query.push(")");
    if let Some(product) = &filter.product {
        query.push(" AND l.product_code = ").bind(product.as_str());
    }
    if let Some(status) = filter.status {
        query.push(" AND l.status = ").bind(status.as_str());
    }
    if let Some(held) = filter.held {
        query.push(if held { " AND l.holds > 0" } else { " AND l.holds = 0" });
    }
    if let Some(left) = filter.left {
        query.push(if left { " AND l.left_grams > 0" } else { " AND l.left_grams = 0" });
    }
}
