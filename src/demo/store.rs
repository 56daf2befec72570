//! What the demo writes itself: that it is loaded.

use entity::{membership, organization, reference_data, user_account};
use sea_orm::{ColumnTrait as _, EntityTrait, QueryFilter as _, Set};

use crate::accounts::OrganizationId;
use crate::kernel::{
    clock::Timestamp,
    db::{Database, DbErr, WriteTx},
};

/// The demo's name among the data sets that a database holds.
const NAME: &str = "demo";
/// Raised when a database that holds an older demo shall be told apart.
const EDITION: &str = "1";

/// Stands in place of the edition until all of it is there.
const BEGUN: &str = "begun";

/// How a database stands to the demo.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mark {
    /// Nobody has an account, and no demo was begun.
    Empty,
    /// Somebody's own database.
    InUse,
    /// A load was cut short.
    Begun,
    /// The demo is loaded.
    Loaded,
}

/// How this database stands to the demo.
pub(super) async fn mark(db: &Database) -> Result<Mark, DbErr> {
    if let Some(row) = reference_data::Entity::find_by_id(NAME).one(db.read()).await? {
        return Ok(if row.digest == BEGUN { Mark::Begun } else { Mark::Loaded });
    }
    let used = user_account::Entity::find().one(db.read()).await?.is_some();
    Ok(if used { Mark::InUse } else { Mark::Empty })
}

/// Notes that a load begins, before anybody has an account.
pub(super) async fn mark_begun(tx: &WriteTx, now: Timestamp) -> Result<(), DbErr> {
    let row =
        reference_data::ActiveModel { name: Set(NAME.to_owned()), digest: Set(BEGUN.to_owned()), applied_at: Set(now) };
    reference_data::Entity::insert(row).exec_without_returning(&**tx).await?;
    Ok(())
}

/// Notes that the demo is loaded.
pub(super) async fn mark_loaded(tx: &WriteTx, now: Timestamp) -> Result<(), DbErr> {
    let row = reference_data::ActiveModel {
        name: Set(NAME.to_owned()),
        digest: Set(EDITION.to_owned()),
        applied_at: Set(now),
    };
    reference_data::Entity::update(row).exec(&**tx).await?;
    Ok(())
}

/// The organization with this name; the demo is small.
pub(super) async fn organization_named(db: &Database, name: &str) -> Result<Option<OrganizationId>, DbErr> {
    let found = organization::Entity::find().filter(organization::Column::Name.eq(name)).one(db.read()).await?;
    Ok(found.map(|found| OrganizationId::from_uuid(found.id)))
}

/// Whether an organization has members, as none of a seed has.
pub(super) async fn is_inhabited(db: &Database) -> Result<bool, DbErr> {
    Ok(membership::Entity::find().one(db.read()).await?.is_some())
}
