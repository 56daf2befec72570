//! Roles on the platform.

use entity::platform_role::{ActiveModel, Column, Entity};
use sea_orm::{ColumnTrait as _, EntityTrait as _, QueryFilter as _, Set};

use super::or_nothing;
use crate::{
    accounts::{PlatformRole, UserId},
    kernel::{
        clock::Timestamp,
        db::{DbErr, WriteTx},
    },
};

/// Gives a role; false if she held it.
pub(in crate::accounts) async fn insert(
    tx: &WriteTx,
    user: UserId,
    role: PlatformRole,
    granted_by: Option<UserId>,
    now: Timestamp,
) -> Result<bool, DbErr> {
    let row = ActiveModel {
        user_id: Set(user.uuid()),
        role: Set(role.as_str().to_owned()),
        granted_at: Set(now),
        granted_by: Set(granted_by.map(UserId::uuid)),
    };
    Ok(Entity::insert(row).on_conflict(or_nothing()).exec_without_returning(&**tx).await? == 1)
}

/// Takes a role; false if she did not hold it.
pub(in crate::accounts) async fn delete(tx: &WriteTx, user: UserId, role: PlatformRole) -> Result<bool, DbErr> {
    let delete = Entity::delete_many().filter(Column::UserId.eq(user.uuid())).filter(Column::Role.eq(role.as_str()));
    Ok(delete.exec(&**tx).await?.rows_affected == 1)
}
