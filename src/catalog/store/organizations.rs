//! The little that the room asks about organizations.

use crate::{
    accounts::OrganizationId,
    kernel::{
        Fault,
        db::{Database, sql},
    },
};

/// Whether there is such an organization.
pub(in crate::catalog) async fn exists(db: &Database, id: OrganizationId) -> Result<bool, Fault> {
    let found = sql("SELECT 1 FROM organization WHERE id = $1", [id.uuid().into()]).one(db.read()).await?;
    Ok(found.is_some())
}
