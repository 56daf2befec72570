//! Listings one by one: read, locked, written.

use std::{collections::HashMap, sync::Arc};

use sea_orm::{SqlErr, Value};

use super::row::{COLUMNS, changing, listing};
use crate::{
    catalog::model::listing::{Derived, Listing, ListingId},
    directory::model::organization::OrganizationCard,
    kernel::{
        Fault,
        db::{Database, Insert, Reader, Row, Sql, WriteTx, sql},
        together::Read,
    },
};

/// A listing with whoever offers it, as long as she is in good standing: what it takes to tell who may see it.
#[derive(Debug, Clone)]
pub(in crate::catalog) struct Found {
    /// The listing.
    pub(in crate::catalog) listing: Listing,
    /// Its organization, if that is in good standing.
    pub(in crate::catalog) seller: Option<Arc<OrganizationCard>>,
}

fn found(row: &Row) -> Result<Found, Fault> {
    let mut next = Reader::new(row)?;
    let listing = listing(&mut next)?;
    let good_standing = next.get::<&str>()? == "GOOD";
    let (kind, name) = (next.word("organization kind")?, next.get()?);
    let seller = good_standing.then(|| Arc::new(OrganizationCard { id: listing.organization, kind, name }));
    Ok(Found { listing, seller })
}

fn select(condition: &str) -> Sql {
    let mut select = Sql::new("SELECT ");
    select.push(COLUMNS).push(", o.standing, o.kind, o.name");
    select.push(" FROM listing l JOIN organization o ON o.id = l.organization_id WHERE ").push(condition);
    select
}

/// The same where many look at it.
pub(in crate::catalog) type Shared = (Arc<Listing>, Option<Arc<OrganizationCard>>);

/// Reads listings by their ids.
pub(in crate::catalog) struct ById(pub(in crate::catalog) Database);

impl Read for ById {
    type Key = ListingId;
    type Value = Shared;

    async fn read(&self, ids: Vec<ListingId>) -> Result<HashMap<ListingId, Shared>, Fault> {
        let mut query = select("l.id IN ");
        query.bind_list(ids.iter().map(|id| id.uuid()));
        let rows = query.rows(&self.0).await?;
        let keyed = |Found { listing, seller }| (listing.id, (Arc::new(listing), seller));
        rows.iter().map(|row| found(row).map(keyed)).collect()
    }
}

/// A listing, locked until the transaction ends.
pub(in crate::catalog) async fn lock(tx: &WriteTx, id: ListingId) -> Result<Option<Found>, Fault> {
    let mut query = select("l.id = ");
    query.bind(id.uuid());
    lock_row(tx, &mut query);
    query.one(&**tx).await?.as_ref().map(found).transpose()
}

/// SQLite has one writer at a time and needs no row locks.
pub(super) fn lock_row(tx: &WriteTx, query: &mut Sql) {
    query.lock(tx, " FOR UPDATE OF l");
}

/// What became of an attempt to write a new listing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::catalog) enum Written {
    /// It is written.
    New,
    /// Another listing took its reference in the meantime; the transaction is of no use any more.
    ReferenceTaken,
}

/// Writes a new listing, just before the commit unless it has a reference that another may have taken. `digest` is that of the imported
/// row it comes from.
pub(in crate::catalog) async fn insert(
    tx: &WriteTx,
    listing: &Listing,
    digest: Option<Vec<u8>>,
) -> Result<Written, Fault> {
    let mut columns = "listing (id, organization_id, reserved, reference, reference_digest, created_at".to_owned();
    let mut row: Vec<Value> = vec![
        listing.id.uuid().into(),
        listing.organization.uuid().into(),
        listing.reserved.into(),
        listing.reference.clone().into(),
        digest.into(),
        listing.created_at.into(),
    ];
    for (name, value) in changing(listing)? {
        columns.push_str(", ");
        columns.push_str(name);
        row.push(value);
    }
    columns.push(')');
    let into = Insert::into(columns);
    if listing.reference.is_none() {
        tx.insert_later(into, row);
        return Ok(Written::New);
    }
    match into.at_once(row).run(&**tx).await {
        Ok(_) => Ok(Written::New),
        Err(error) if matches!(error.sql_err(), Some(SqlErr::UniqueConstraintViolation(_))) => {
            Ok(Written::ReferenceTaken)
        }
        Err(error) => Err(error.into()),
    }
}

/// Writes a changed listing in place of the version before it. The row was locked, so a miss is a fault of ours.
pub(in crate::catalog) async fn update(tx: &WriteTx, listing: &Listing) -> Result<(), Fault> {
    let mut update = Sql::new("UPDATE listing SET ");
    for (position, (name, value)) in changing(listing)?.into_iter().enumerate() {
        update.push(if position == 0 { "" } else { ", " }).push(name).push(" = ").bind(value);
    }
    update.push(" WHERE id = ").bind(listing.id.uuid()).push(" AND version = ").bind(listing.version - 1);
    match update.run(&**tx).await? {
        1 => Ok(()),
        changed => Err(Fault::corrupt("listing", format!("{changed} rows changed under its lock"))),
    }
}

/// Up to `limit` listings in the order of their ids, after one of them, locked until the transaction ends.
pub(in crate::catalog) async fn lock_after(
    tx: &WriteTx,
    after: Option<ListingId>,
    limit: i64,
) -> Result<Vec<Listing>, Fault> {
    let mut query = Sql::new("SELECT ");
    query.push(COLUMNS).push(" FROM listing l WHERE 1 = 1");
    if let Some(id) = after {
        query.push(" AND l.id > ").bind(id.uuid());
    }
    query.push(" ORDER BY l.id LIMIT ").bind(limit);
    lock_row(tx, &mut query);
    query.all(&**tx).await?.iter().map(|row| listing(&mut Reader::new(row)?)).collect()
}

/// Writes what follows from a listing's offer, and nothing else.
pub(in crate::catalog) async fn set_derived(tx: &WriteTx, id: ListingId, derived: &Derived) -> Result<(), Fault> {
    let text = "UPDATE listing SET price_per_kilogram = $1, quantity_grams = $2, region_code = $3, cercle_code = $4
                WHERE id = $5";
    let values = [
        derived.price_per_kilogram.into(),
        derived.quantity_grams.into(),
        derived.region.clone().into(),
        derived.cercle.clone().into(),
        id.uuid().into(),
    ];
    sql(text, values).run(&**tx).await?;
    Ok(())
}

/// Takes a quantity for a buyer, if so much is left; tells whether it was.
///
/// The condition stands in the statement itself: whoever comes second is judged by what the first has left.
pub(in crate::catalog) async fn take_stock(tx: &WriteTx, id: ListingId, thousandths: i64) -> Result<bool, Fault> {
    let text = "UPDATE listing SET reserved = reserved + $1
                WHERE id = $2 AND status = 'PUBLISHED' AND quantity - reserved >= $1";
    Ok(sql(text, [thousandths.into(), id.uuid().into()]).run(&**tx).await? == 1)
}

/// Gives a quantity back.
pub(in crate::catalog) async fn return_stock(tx: &WriteTx, id: ListingId, thousandths: i64) -> Result<(), Fault> {
    let text = "UPDATE listing SET reserved = reserved - $1 WHERE id = $2 AND reserved >= $1";
    match sql(text, [thousandths.into(), id.uuid().into()]).run(&**tx).await? {
        1 => Ok(()),
        _ => Err(Fault::corrupt("listing", "less is reserved than its reservations hold")),
    }
}
