//! Of whom organizations want to hear nothing.

use entity::inquiry_block::{ActiveModel, Column, Entity, Model};
use sea_orm::{
    ColumnTrait as _, Condition, EntityTrait as _, PaginatorTrait as _, QueryFilter as _, Set, sea_query::OnConflict,
};

use crate::{
    accounts::{OrganizationId, UserId},
    inquiries::model::Block,
    kernel::{
        db::{Database, DbErr, WriteTx, keyset},
        page::{Page, Slice},
    },
};

/// Keeps a block; false if it stands already.
pub(in crate::inquiries) async fn insert(tx: &WriteTx, block: &Block) -> Result<bool, DbErr> {
    let row = ActiveModel {
        organization_id: Set(block.organization.uuid()),
        blocked_id: Set(block.blocked.uuid()),
        reason: Set(block.reason.clone()),
        blocked_by: Set(block.by.map(UserId::uuid)),
        created_at: Set(block.at),
    };
    let or_nothing = OnConflict::columns([Column::OrganizationId, Column::BlockedId]).do_nothing().to_owned();
    Ok(Entity::insert(row).on_conflict(or_nothing).exec_without_returning(&**tx).await? == 1)
}

/// Takes a block back; false if none stood.
pub(in crate::inquiries) async fn delete(
    tx: &WriteTx,
    organization: OrganizationId,
    blocked: OrganizationId,
) -> Result<bool, DbErr> {
    let gone = Entity::delete_by_id((organization.uuid(), blocked.uuid())).exec(&**tx).await?;
    Ok(gone.rows_affected == 1)
}

/// The block of an organization by another.
pub(in crate::inquiries) async fn find(
    tx: &WriteTx,
    organization: OrganizationId,
    blocked: OrganizationId,
) -> Result<Option<Block>, DbErr> {
    Ok(Entity::find_by_id((organization.uuid(), blocked.uuid())).one(&**tx).await?.map(block))
}

/// Whether one of the two has blocked the other.
pub(in crate::inquiries) async fn stands_between(
    tx: &WriteTx,
    one: OrganizationId,
    other: OrganizationId,
) -> Result<bool, DbErr> {
    let of = |organization: OrganizationId, blocked: OrganizationId| {
        Condition::all().add(Column::OrganizationId.eq(organization.uuid())).add(Column::BlockedId.eq(blocked.uuid()))
    };
    let either = Condition::any().add(of(one, other)).add(of(other, one));
    Ok(Entity::find().filter(either).count(&**tx).await? > 0)
}

/// A page of whom an organization has blocked, the last first.
pub(in crate::inquiries) async fn page(
    db: &Database,
    organization: OrganizationId,
    page: &Page,
) -> Result<Slice<Block>, DbErr> {
    let mut query = Entity::find().filter(Column::OrganizationId.eq(organization.uuid()));
    keyset::window(&mut query, Column::CreatedAt, Column::BlockedId, true, page);
    Ok(page.slice(query.all(db.read()).await?.into_iter().map(block).collect()))
}

/// How many an organization has blocked.
pub(in crate::inquiries) async fn count(db: &Database, organization: OrganizationId) -> Result<i64, DbErr> {
    let count = Entity::find().filter(Column::OrganizationId.eq(organization.uuid())).count(db.read()).await?;
    Ok(i64::try_from(count).unwrap_or(i64::MAX))
}

fn block(row: Model) -> Block {
    Block {
        organization: OrganizationId::from_uuid(row.organization_id),
        blocked: OrganizationId::from_uuid(row.blocked_id),
        reason: row.reason,
        by: row.blocked_by.map(UserId::from_uuid),
        at: row.created_at,
    }
}
