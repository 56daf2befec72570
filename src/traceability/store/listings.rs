//! Lots that listings offer, and what of them is held for buyers.

use std::collections::HashMap;

use uuid::Uuid;

use super::lots;
use crate::{
    catalog::{ListingId, ReservationId},
    kernel::{
        Fault,
        db::{Database, Reader, Row, Sql, WriteTx, sql},
    },
    traceability::model::{ids::LotId, lot::Lot},
};

/// The lots that a listing offers, in its order, locked; everybody locks in the order of the ids.
pub(in crate::traceability) async fn lock(tx: &WriteTx, listing: ListingId) -> Result<Vec<Lot>, Fault> {
    let text = "SELECT lot_id FROM listing_lot WHERE listing_id = $1 ORDER BY position";
    let rows = sql(text, [listing.uuid().into()]).all(&**tx).await?;
    let order: Vec<LotId> =
        rows.iter().map(|row| Ok(LotId::from_uuid(row.get(0)?))).collect::<Result<_, sea_orm::DbErr>>()?;
    if order.is_empty() {
        return Ok(Vec::new());
    }
    let mut found = lots::lock(tx, &order).await?;
    Ok(order.into_iter().filter_map(|id| found.remove(&id)).collect())
}

/// Replaces the lots that a listing offers.
pub(in crate::traceability) async fn replace(tx: &WriteTx, listing: ListingId, lots: &[LotId]) -> Result<(), Fault> {
    sql("DELETE FROM listing_lot WHERE listing_id = $1", [listing.uuid().into()]).run(&**tx).await?;
    if lots.is_empty() {
        return Ok(());
    }
    let mut insert = Sql::new("INSERT INTO listing_lot (listing_id, lot_id, position) VALUES ");
    for (position, lot) in lots.iter().enumerate() {
        insert.push(if position == 0 { "(" } else { ", (" }).bind(listing.uuid()).push(", ").bind(lot.uuid());
        insert.push(", ").bind(i64::try_from(position).unwrap_or(i64::MAX)).push(")");
    }
    insert.run(&**tx).await?;
    Ok(())
}

/// Whether anything of a listing's lots is held for buyers.
pub(in crate::traceability) async fn is_reserved(tx: &WriteTx, listing: ListingId) -> Result<bool, Fault> {
    let text = "SELECT 1 FROM stock_reservation s JOIN lot_reservation r ON r.reservation_id = s.id
                WHERE s.listing_id = $1 AND s.status = 'HELD' LIMIT 1";
    Ok(sql(text, [listing.uuid().into()]).one(&**tx).await?.is_some())
}

/// The lots that each of these listings offers, in its order.
pub(in crate::traceability) async fn lots_of(
    db: &Database,
    listings: &[ListingId],
) -> Result<HashMap<ListingId, Vec<Lot>>, Fault> {
    let mut query = Sql::new("SELECT ");
    query
        .push(lots::COLUMNS)
        .push(", x.listing_id FROM listing_lot x JOIN lot l ON l.id = x.lot_id WHERE x.listing_id IN ");
    query.bind_list(listings.iter().map(|id| id.uuid())).push(" ORDER BY x.listing_id, x.position");
    let mut found: HashMap<ListingId, Vec<Lot>> = HashMap::new();
    for row in &query.rows(db).await? {
        let listing: Uuid = row.after(lots::COLUMNS)?;
        found.entry(ListingId::from_uuid(listing)).or_default().push(lots::lot(row)?);
    }
    Ok(found)
}

/// Holds so much of each lot for a buyer, and tells whether all of them had it free.
pub(in crate::traceability) async fn reserve(
    tx: &WriteTx,
    reservation: ReservationId,
    parts: &[(LotId, i64)],
) -> Result<bool, Fault> {
    for (lot, grams) in parts {
        let text =
            "UPDATE lot SET reserved_grams = reserved_grams + $1 WHERE id = $2 AND status = 'AVAILABLE' AND holds = 0
                    AND left_grams - reserved_grams >= $1";
        if sql(text, [(*grams).into(), lot.uuid().into()]).run(&**tx).await? != 1 {
            return Ok(false);
        }
        let text = "INSERT INTO lot_reservation (reservation_id, lot_id, grams) VALUES ($1, $2, $3)";
        sql(text, [reservation.uuid().into(), lot.uuid().into(), (*grams).into()]).run(&**tx).await?;
    }
    Ok(true)
}

/// What of each lot is held by a reservation, in the order of the lots' ids.
pub(in crate::traceability) async fn reserved(
    tx: &WriteTx,
    reservation: ReservationId,
) -> Result<Vec<(LotId, i64)>, Fault> {
    let mut query = Sql::new("SELECT lot_id, grams FROM lot_reservation WHERE reservation_id = ");
    query.bind(reservation.uuid()).push(" ORDER BY lot_id");
    query.lock(tx, " FOR UPDATE");
    let rows = query.all(&**tx).await?;
    let read = |row: &Row| {
        let mut next = Reader::new(row)?;
        let lot: Uuid = next.get()?;
        Ok((LotId::from_uuid(lot), next.get()?))
    };
    rows.iter().map(read).collect()
}

/// Gives free what a reservation holds of lots.
pub(in crate::traceability) async fn give_free(tx: &WriteTx, reservation: ReservationId) -> Result<(), Fault> {
    for (lot, grams) in reserved(tx, reservation).await? {
        let text = "UPDATE lot SET reserved_grams = reserved_grams - $1 WHERE id = $2 AND reserved_grams >= $1";
        if sql(text, [grams.into(), lot.uuid().into()]).run(&**tx).await? != 1 {
            return Err(Fault::corrupt("lot", "less is reserved than its reservations hold"));
        }
    }
    sql("DELETE FROM lot_reservation WHERE reservation_id = $1", [reservation.uuid().into()]).run(&**tx).await?;
    Ok(())
}
