//! Stock held for buyers.

use std::collections::HashMap;

use uuid::Uuid;

use crate::{
    accounts::{OrganizationId, UserId},
    catalog::model::{
        listing::ListingId,
        reservation::{Reservation, ReservationId, ReservationStatus},
    },
    kernel::{
        Fault,
        clock::Timestamp,
        db::{Database, Reader, Row, Sql, WriteTx, siblings::of_each, sql},
        page::{Direction, Page, Slice},
        quantity::{Quantity, UnitCode},
    },
};

const COLUMNS: &str = "r.id, r.listing_id, r.organization_id, r.quantity, r.quantity_unit, r.status, r.expires_at, r.created_by, \
                       r.created_at, r.ended_at";

fn reservation(row: &Row) -> Result<Reservation, Fault> {
    let mut next = Reader::new(row)?;
    let id: Uuid = next.get()?;
    let listing: Uuid = next.get()?;
    let organization: Uuid = next.get()?;
    let thousandths = next.get()?;
    let unit = UnitCode::new(next.get::<String>()?);
    let status = next.word("reservation status")?;
    let expires_at = next.get()?;
    let created_by: Uuid = next.get()?;
    Ok(Reservation {
        id: ReservationId::from_uuid(id),
        listing: ListingId::from_uuid(listing),
        organization: OrganizationId::from_uuid(organization),
        quantity: Quantity { thousandths, unit },
        status,
        expires_at,
        created_by: UserId::from_uuid(created_by),
        created_at: next.get()?,
        ended_at: next.get()?,
    })
}

/// Writes a new reservation.
pub(in crate::catalog) async fn insert(tx: &WriteTx, reservation: &Reservation) -> Result<(), Fault> {
    let text = "INSERT INTO stock_reservation (id, listing_id, organization_id, quantity, quantity_unit, status,
                expires_at, created_by, created_at, ended_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)";
    let values = [
        reservation.id.uuid().into(),
        reservation.listing.uuid().into(),
        reservation.organization.uuid().into(),
        reservation.quantity.thousandths.into(),
        reservation.quantity.unit.as_str().into(),
        reservation.status.as_str().into(),
        reservation.expires_at.into(),
        reservation.created_by.uuid().into(),
        reservation.created_at.into(),
        reservation.ended_at.into(),
    ];
    sql(text, values).run(&**tx).await?;
    Ok(())
}

/// The listing that a reservation is of: what has to be locked before the reservation itself.
pub(in crate::catalog) async fn listing_of(tx: &WriteTx, id: ReservationId) -> Result<Option<ListingId>, Fault> {
    let row = sql("SELECT listing_id FROM stock_reservation WHERE id = $1", [id.uuid().into()]).one(&**tx).await?;
    let Some(row) = row else { return Ok(None) };
    Ok(Some(ListingId::from_uuid(row.get(0)?)))
}

/// A reservation by its id, locked until the transaction ends.
pub(in crate::catalog) async fn lock(tx: &WriteTx, id: ReservationId) -> Result<Option<Reservation>, Fault> {
    let mut query = Sql::new("SELECT ");
    query.push(COLUMNS).push(" FROM stock_reservation r WHERE r.id = ").bind(id.uuid());
    query.lock(tx, " FOR UPDATE");
    query.one(&**tx).await?.as_ref().map(reservation).transpose()
}

/// The reservations with these ids, as far as they exist.
pub(in crate::catalog) async fn by_ids(db: &Database, ids: &[ReservationId]) -> Result<Vec<Reservation>, Fault> {
    let mut query = Sql::new("SELECT ");
    query.push(COLUMNS).push(" FROM stock_reservation r WHERE r.id IN ").bind_list(ids.iter().map(|id| id.uuid()));
    query.rows(db).await?.iter().map(reservation).collect()
}

/// Ends a reservation that is still held; tells whether it was.
pub(in crate::catalog) async fn end(
    tx: &WriteTx,
    id: ReservationId,
    status: ReservationStatus,
    at: Timestamp,
) -> Result<bool, Fault> {
    let text = "UPDATE stock_reservation SET status = $1, ended_at = $2 WHERE id = $3 AND status = 'HELD'";
    Ok(sql(text, [status.as_str().into(), at.into(), id.uuid().into()]).run(&**tx).await? == 1)
}

/// Up to `limit` reservations that are held although their time ran out, the longest overdue first, after one of them.
pub(in crate::catalog) async fn overdue(
    db: &Database,
    now: Timestamp,
    after: Option<(Timestamp, ReservationId)>,
    limit: i64,
) -> Result<Vec<(Timestamp, ReservationId)>, Fault> {
    let mut query = Sql::new("SELECT expires_at, id FROM stock_reservation WHERE status = 'HELD' AND expires_at <= ");
    query.bind(now);
    if let Some((expires_at, id)) = after {
        query.push(" AND (expires_at, id) > (").bind(expires_at).push(", ").bind(id.uuid()).push(")");
    }
    query.push(" ORDER BY expires_at, id LIMIT ").bind(limit);
    let rows = query.rows(db).await?;
    let overdue = |row: &Row| Ok((row.get(0)?, ReservationId::from_uuid(row.get(1)?)));
    rows.iter().map(overdue).collect()
}

/// Which reservations of a listing a reader is shown.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(in crate::catalog) enum ReservationScope {
    /// All of them: she belongs to the seller.
    All,
    /// Those of her own organizations.
    Of(Vec<OrganizationId>),
}

impl ReservationScope {
    fn restrict(&self, query: &mut Sql) {
        if let Self::Of(organizations) = self {
            query.push(" AND r.organization_id IN ").bind_list(organizations.iter().map(|id| id.uuid()));
        }
    }
}

/// The same page of the reservations of each listing, the newest first.
pub(in crate::catalog) async fn pages(
    db: &Database,
    listings: &[ListingId],
    scope: &ReservationScope,
    page: &Page,
) -> Result<HashMap<ListingId, Slice<Reservation>>, Fault> {
    let listings: Vec<Uuid> = listings.iter().map(|id| id.uuid()).collect();
    let rows = of_each(db, &listings, |query, listing| {
        query.push("SELECT ").push(COLUMNS).push(" FROM stock_reservation r WHERE r.listing_id = ").bind(listing);
        scope.restrict(query);
        if let Some(key) = &page.after {
            query.push(" AND r.id < ").bind(key.id);
        }
        if let Some(key) = &page.before {
            query.push(" AND r.id > ").bind(key.id);
        }
        query.push(match page.direction {
            Direction::Forward => " ORDER BY r.id DESC LIMIT ",
            Direction::Backward => " ORDER BY r.id ASC LIMIT ",
        });
        query.bind(i64::from(page.size) + 1);
    });
    let rows = rows.await?.iter().map(reservation).collect::<Result<Vec<_>, _>>()?;
    Ok(page.slices(rows, |row| row.listing))
}

/// How many reservations of each listing a reader is shown; none where it is left out.
pub(in crate::catalog) async fn counts(
    db: &Database,
    listings: &[ListingId],
    scope: &ReservationScope,
) -> Result<HashMap<ListingId, i64>, Fault> {
    let mut query = Sql::new("SELECT r.listing_id, COUNT(*) FROM stock_reservation r WHERE r.listing_id IN ");
    query.bind_list(listings.iter().map(|id| id.uuid()));
    scope.restrict(&mut query);
    query.push(" GROUP BY r.listing_id");
    let rows = query.rows(db).await?;
    rows.iter().map(|row| Ok((ListingId::from_uuid(row.get(0)?), row.get(1)?))).collect()
}
