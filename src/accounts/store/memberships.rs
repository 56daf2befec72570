//! Memberships.

use std::collections::HashMap;

use entity::{
    membership::{ActiveModel, Column, Entity, Model},
    organization,
};
use sea_orm::{
    ColumnTrait as _, ConnectionTrait, EntityTrait as _, QueryFilter as _, QueryOrder as _, QuerySelect as _, Set,
    sea_query::{Expr, LockType},
};
use uuid::Uuid;

use super::{or_nothing, word};
use crate::{
    accounts::{MembershipId, MembershipRecord, OrganizationId, Role, UserId},
    kernel::{
        Fault,
        db::{Database, DbErr, WriteTx, keyset, siblings},
        page::{Page, Slice},
    },
};

/// Whether there is such an organization, in good standing.
pub(in crate::accounts) async fn organization_is_public(
    db: &Database,
    organization: OrganizationId,
) -> Result<bool, DbErr> {
    let found = organization::Entity::find_by_id(organization.uuid())
        .filter(organization::Column::Standing.eq("GOOD"))
        .select_only()
        .column(organization::Column::Id)
        .into_tuple::<Uuid>();
    Ok(found.one(db.read()).await?.is_some())
}

/// The members of an organization, and with them the lock that makes other changes of its members wait. The lock is on the
/// organization, so that it also holds where two people end two different memberships.
pub(in crate::accounts) async fn lock_all(
    tx: &WriteTx,
    organization: OrganizationId,
) -> Result<Vec<MembershipRecord>, Fault> {
    organization::Entity::find_by_id(organization.uuid())
        .select_only()
        .column(organization::Column::Id)
        .lock(LockType::NoKeyUpdate)
        .into_tuple::<Uuid>()
        .one(&**tx)
        .await?;
    // A statement of its own: it sees what whoever held the lock before has committed.
    let rows = Entity::find().filter(Column::OrganizationId.eq(organization.uuid())).order_by_asc(Column::Id);
    rows.all(&**tx).await?.into_iter().map(record).collect()
}

/// The membership.
pub(in crate::accounts) async fn by_id(
    db: &impl ConnectionTrait,
    id: MembershipId,
) -> Result<Option<MembershipRecord>, Fault> {
    Entity::find_by_id(id.uuid()).one(db).await?.map(record).transpose()
}

/// What a person is to organizations.
pub(in crate::accounts) async fn of_user(db: &Database, user: UserId) -> Result<Vec<MembershipRecord>, Fault> {
    let rows = Entity::find().filter(Column::UserId.eq(user.uuid())).order_by_asc(Column::Id);
    rows.all(db.read()).await?.into_iter().map(record).collect()
}

/// What each of several people is to organizations.
pub(in crate::accounts) async fn of_users(db: &Database, users: &[UserId]) -> Result<Vec<MembershipRecord>, Fault> {
    let rows = Entity::find().filter(Column::UserId.is_in(users.iter().map(|id| id.uuid())));
    rows.all(db.read()).await?.into_iter().map(record).collect()
}

/// Owners and managers of each of several organizations.
pub(in crate::accounts) async fn keepers(
    db: &impl ConnectionTrait,
    organizations: &[OrganizationId],
) -> Result<Vec<(Uuid, Uuid)>, DbErr> {
    let keepers = Entity::find()
        .filter(Column::OrganizationId.is_in(organizations.iter().map(|id| id.uuid())))
        .filter(Column::Role.is_in([Role::Owner.as_str(), Role::Manager.as_str()]))
        .order_by_asc(Column::Id);
    let keepers = keepers.select_only().columns([Column::OrganizationId, Column::UserId]);
    keepers.into_tuple().all(db).await
}

/// The members of an organization who have one of these roles.
pub(in crate::accounts) async fn with_roles(
    db: &impl ConnectionTrait,
    organization: OrganizationId,
    roles: &[Role],
) -> Result<Vec<UserId>, DbErr> {
    let members = Entity::find()
        .filter(Column::OrganizationId.eq(organization.uuid()))
        .filter(Column::Role.is_in(roles.iter().map(|role| role.as_str())))
        .order_by_asc(Column::Id);
    let users: Vec<Uuid> = members.select_only().column(Column::UserId).into_tuple().all(db).await?;
    Ok(users.into_iter().map(UserId::from_uuid).collect())
}

/// The memberships among `ids`.
pub(in crate::accounts) async fn by_ids(
    db: &Database,
    ids: &[MembershipId],
) -> Result<HashMap<MembershipId, MembershipRecord>, Fault> {
    let rows = Entity::find().filter(Column::Id.is_in(ids.iter().map(|id| id.uuid()))).all(db.read()).await?;
    rows.into_iter().map(|row| record(row).map(|record| (record.id, record))).collect()
}

/// The same page of each organization's members, the longest standing first.
pub(in crate::accounts) async fn pages(
    db: &Database,
    organizations: &[OrganizationId],
    page: &Page,
) -> Result<HashMap<OrganizationId, Slice<MembershipRecord>>, Fault> {
    let ids: Vec<Uuid> = organizations.iter().map(|id| id.uuid()).collect();
    let page_of = |organization: Uuid| {
        let mut query = Entity::find().filter(Column::OrganizationId.eq(organization));
        keyset::window(&mut query, Column::CreatedAt, Column::Id, false, page);
        query
    };
    let rows = siblings::pages(db, &ids, page_of).await?;
    let rows = rows.into_iter().map(record).collect::<Result<Vec<_>, _>>()?;
    Ok(page.slices(rows, |row| row.organization))
}

/// How many members each organization has; none where it is left out.
pub(in crate::accounts) async fn counts(
    db: &Database,
    organizations: &[OrganizationId],
) -> Result<HashMap<OrganizationId, i64>, DbErr> {
    let ids: Vec<Uuid> = organizations.iter().map(|id| id.uuid()).collect();
    let counts = siblings::counts::<Entity>(db, &ids, Column::OrganizationId).await?;
    Ok(counts.into_iter().map(|(id, count)| (OrganizationId::from_uuid(id), count)).collect())
}

/// Makes a person a member; false if she is one.
pub(in crate::accounts) async fn insert(tx: &WriteTx, membership: &MembershipRecord) -> Result<bool, DbErr> {
    let row = ActiveModel {
        id: Set(membership.id.uuid()),
        organization_id: Set(membership.organization.uuid()),
        user_id: Set(membership.user.uuid()),
        role: Set(membership.role.as_str().to_owned()),
        version: Set(membership.version),
        created_at: Set(membership.created_at),
        updated_at: Set(membership.updated_at),
    };
    Ok(Entity::insert(row).on_conflict(or_nothing()).exec_without_returning(&**tx).await? == 1)
}

/// Gives a membership another role, under the organization's lock.
pub(in crate::accounts) async fn set_role(tx: &WriteTx, changed: &MembershipRecord) -> Result<(), DbErr> {
    Entity::update_many()
        .col_expr(Column::Role, Expr::value(changed.role.as_str()))
        .col_expr(Column::Version, Expr::value(changed.version))
        .col_expr(Column::UpdatedAt, Expr::value(changed.updated_at))
        .filter(Column::Id.eq(changed.id.uuid()))
        .exec(&**tx)
        .await?;
    Ok(())
}

/// Ends a membership, under the organization's lock.
pub(in crate::accounts) async fn delete(tx: &WriteTx, id: MembershipId) -> Result<(), DbErr> {
    Entity::delete_by_id(id.uuid()).exec(&**tx).await?;
    Ok(())
}

pub(super) fn record(row: Model) -> Result<MembershipRecord, Fault> {
    Ok(MembershipRecord {
        id: MembershipId::from_uuid(row.id),
        organization: OrganizationId::from_uuid(row.organization_id),
        user: UserId::from_uuid(row.user_id),
        role: word("membership role", &row.role)?,
        version: row.version,
        created_at: row.created_at,
        updated_at: row.updated_at,
    })
}
