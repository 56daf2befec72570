//! What the import asks about listings that came from a file before.

use super::row::{COLUMNS, listing};
use crate::{
    accounts::OrganizationId,
    catalog::model::listing::{Listing, ListingId},
    kernel::{
        Fault,
        db::{Database, Reader, Row, Sql, WriteTx},
    },
};

/// A listing with the digest of the row it was last imported from.
#[derive(Debug, Clone)]
pub(in crate::catalog) struct Imported {
    /// The listing.
    pub(in crate::catalog) listing: Listing,
    /// The digest; none where the listing was not imported.
    pub(in crate::catalog) digest: Option<Vec<u8>>,
}

fn select(organization: OrganizationId, reference: &str) -> Sql {
    let mut select = Sql::new("SELECT ");
    select.push(COLUMNS).push(", l.reference_digest FROM listing l WHERE l.organization_id = ");
    select.bind(organization.uuid()).push(" AND l.reference = ").bind(reference);
    select
}

fn imported(row: &Row) -> Result<Imported, Fault> {
    let mut next = Reader::new(row)?;
    Ok(Imported { listing: listing(&mut next)?, digest: next.get()? })
}

/// The listing of an organization with this reference.
pub(in crate::catalog) async fn by_reference(
    db: &Database,
    organization: OrganizationId,
    reference: &str,
) -> Result<Option<Imported>, Fault> {
    select(organization, reference).one(db.read()).await?.as_ref().map(imported).transpose()
}

/// The listing of an organization with this reference, locked until the transaction ends.
pub(in crate::catalog) async fn lock_by_reference(
    tx: &WriteTx,
    organization: OrganizationId,
    reference: &str,
) -> Result<Option<Imported>, Fault> {
    let mut query = select(organization, reference);
    query.lock(tx, " FOR UPDATE");
    query.one(&**tx).await?.as_ref().map(imported).transpose()
}

/// Notes which row a listing was last imported from.
pub(in crate::catalog) async fn note_digest(tx: &WriteTx, id: ListingId, digest: &[u8]) -> Result<(), Fault> {
    let mut update = Sql::new("UPDATE listing SET reference_digest = ");
    update.bind(digest.to_vec()).push(" WHERE id = ").bind(id.uuid());
    update.run(&**tx).await?;
    Ok(())
}
