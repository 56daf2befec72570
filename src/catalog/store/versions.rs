//! Listings as they stood.

use std::collections::HashMap;

use serde_json::Value;
use uuid::Uuid;

use crate::{
    accounts::UserId,
    catalog::model::listing::{Listing, ListingId},
    kernel::{
        Fault,
        clock::Timestamp,
        db::{Database, Insert, Reader, Row, Sql, WriteTx, siblings::of_each},
        page::{Direction, Page, Slice, SortValue},
    },
};

/// A listing as it stood after a change.
#[derive(Debug, Clone)]
pub struct Version {
    /// All of it.
    pub listing: Listing,
    /// Who changed it; none when the service did.
    pub changed_by: Option<UserId>,
    /// When.
    pub changed_at: Timestamp,
}

/// Keeps a listing as it stands now.
pub(in crate::catalog) fn keep(tx: &WriteTx, listing: &Listing, snapshot: Value, changed_by: Option<UserId>) {
    let into = Insert::into("listing_version (listing_id, version, snapshot, changed_by, changed_at)");
    let row = vec![
        listing.id.uuid().into(),
        listing.version.into(),
        snapshot.into(),
        changed_by.map(UserId::uuid).into(),
        listing.updated_at.into(),
    ];
    tx.insert_later(into, row);
}

/// The same page of the versions of each listing, the newest first.
pub(in crate::catalog) async fn pages(
    db: &Database,
    listings: &[ListingId],
    page: &Page,
) -> Result<HashMap<ListingId, Slice<Version>>, Fault> {
    let listings: Vec<Uuid> = listings.iter().map(|id| id.uuid()).collect();
    let rows = of_each(db, &listings, |query, listing| {
        query.push("SELECT snapshot, changed_by, changed_at FROM listing_version WHERE listing_id = ").bind(listing);
        for (key, comparison) in [(&page.after, " AND version < "), (&page.before, " AND version > ")] {
            if let Some(SortValue::Integer(version)) = key.as_ref().map(|key| &key.sort) {
                query.push(comparison).bind(*version);
            }
        }
        query.push(match page.direction {
            Direction::Forward => " ORDER BY version DESC LIMIT ",
            Direction::Backward => " ORDER BY version ASC LIMIT ",
        });
        query.bind(i64::from(page.size) + 1);
    });
    let rows = rows.await?.iter().map(version).collect::<Result<Vec<_>, _>>()?;
    Ok(page.slices(rows, |row| row.listing.id))
}

/// How many versions each listing has.
pub(in crate::catalog) async fn counts(
    db: &Database,
    listings: &[ListingId],
) -> Result<HashMap<ListingId, i64>, Fault> {
    let mut query = Sql::new("SELECT listing_id, COUNT(*) FROM listing_version WHERE listing_id IN ");
    query.bind_list(listings.iter().map(|id| id.uuid())).push(" GROUP BY listing_id");
    let rows = query.rows(db).await?;
    rows.iter().map(|row| Ok((ListingId::from_uuid(row.get(0)?), row.get(1)?))).collect()
}

fn version(row: &Row) -> Result<Version, Fault> {
    let mut next = Reader::new(row)?;
    let snapshot: Value = next.json()?;
    let changed_by: Option<Uuid> = next.get()?;
    Ok(Version {
        listing: serde_json::from_value(snapshot).map_err(|error| Fault::corrupt("listing snapshot", error))?,
        changed_by: changed_by.map(UserId::from_uuid),
        changed_at: next.get()?,
    })
}
