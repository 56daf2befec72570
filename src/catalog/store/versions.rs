//! Listings as they stood.

use sea_orm::QueryResult;
use uuid::Uuid;

use super::sql::{Sql, sql};
use crate::{
    accounts::UserId,
    catalog::model::listing::{Listing, ListingId},
    kernel::{
        Fault,
        clock::Timestamp,
        db::{Database, Reader, WriteTx},
        page::{Direction, Page},
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
pub(in crate::catalog) async fn keep(tx: &WriteTx, listing: &Listing, changed_by: Option<UserId>) -> Result<(), Fault> {
    let snapshot =
        serde_json::to_value(listing).map_err(|error| Fault::Internal(format!("listing snapshot: {error}")))?;
    let text = "INSERT INTO listing_version (listing_id, version, snapshot, changed_by, changed_at)
                VALUES ($1, $2, $3, $4, $5)";
    let changed_by = changed_by.map(UserId::uuid);
    let values = [
        listing.id.uuid().into(),
        listing.version.into(),
        snapshot.into(),
        changed_by.into(),
        listing.updated_at.into(),
    ];
    sql(text, values).run(&**tx).await?;
    Ok(())
}

/// A page of the versions of a listing, the newest first. `bounds` are version numbers: after, before.
pub(in crate::catalog) async fn page(
    db: &Database,
    id: ListingId,
    (after, before): (Option<i64>, Option<i64>),
    page: &Page,
) -> Result<Vec<Version>, Fault> {
    let mut query = Sql::new("SELECT snapshot, changed_by, changed_at FROM listing_version WHERE listing_id = ");
    query.bind(id.uuid());
    if let Some(version) = after {
        query.push(" AND version < ").bind(version);
    }
    if let Some(version) = before {
        query.push(" AND version > ").bind(version);
    }
    query.push(match page.direction {
        Direction::Forward => " ORDER BY version DESC LIMIT ",
        Direction::Backward => " ORDER BY version ASC LIMIT ",
    });
    query.bind(i64::from(page.size) + 1);
    query.all(db.read()).await?.iter().map(version).collect()
}

/// How many versions a listing has.
pub(in crate::catalog) async fn count(db: &Database, id: ListingId) -> Result<i64, Fault> {
    let row = sql("SELECT COUNT(*) FROM listing_version WHERE listing_id = $1", [id.uuid().into()]);
    let row = row.one(db.read()).await?.ok_or_else(|| Fault::corrupt("listing version", "a count gives a row"))?;
    Ok(row.try_get_by_index(0)?)
}

fn version(row: &QueryResult) -> Result<Version, Fault> {
    let mut next = Reader::new(row)?;
    let snapshot: serde_json::Value = next.json()?;
    let changed_by: Option<Uuid> = next.get()?;
    Ok(Version {
        listing: serde_json::from_value(snapshot).map_err(|error| Fault::corrupt("listing snapshot", error))?,
        changed_by: changed_by.map(UserId::from_uuid),
        changed_at: next.get()?,
    })
}
