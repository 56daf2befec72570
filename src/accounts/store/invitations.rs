//! Invitations.

use std::collections::HashMap;

use entity::invitation::{ActiveModel, Column, Entity, Model};
use sea_orm::{
    ColumnTrait as _, ConnectionTrait, EntityTrait as _, QueryFilter as _, QueryOrder as _, QuerySelect as _, Set,
    sea_query::Expr,
};
use uuid::Uuid;

use super::word;
use crate::{
    accounts::{Identifier, Invitation, InvitationId, OrganizationId, SecretDigest, UserId},
    kernel::{
        Fault,
        clock::Timestamp,
        db::{Database, DbErr, WriteTx, keyset, siblings},
        page::{Page, Slice},
    },
};

/// Keeps an invitation.
pub(in crate::accounts) async fn insert(
    tx: &WriteTx,
    invitation: &Invitation,
    code: SecretDigest,
) -> Result<(), DbErr> {
    let row = ActiveModel {
        id: Set(invitation.id.uuid()),
        organization_id: Set(invitation.organization.uuid()),
        identifier: Set(invitation.identifier.to_string()),
        role: Set(invitation.role.as_str().to_owned()),
        code_hash: Set(code.to_vec()),
        invited_by: Set(invitation.invited_by.uuid()),
        expires_at: Set(invitation.expires_at),
        accepted_at: Set(None),
        accepted_by: Set(None),
        revoked_at: Set(None),
        created_at: Set(invitation.created_at),
    };
    Entity::insert(row).exec_without_returning(&**tx).await?;
    Ok(())
}

/// The invitation.
pub(in crate::accounts) async fn by_id(
    db: &impl ConnectionTrait,
    id: InvitationId,
) -> Result<Option<Invitation>, Fault> {
    Entity::find_by_id(id.uuid()).one(db).await?.map(invitation).transpose()
}

/// The invitation, and with it the lock that makes other changes of it wait.
pub(in crate::accounts) async fn lock_by_id(tx: &WriteTx, id: InvitationId) -> Result<Option<Invitation>, Fault> {
    Entity::find_by_id(id.uuid()).lock_exclusive().one(&**tx).await?.map(invitation).transpose()
}

/// The invitation with this code, and with it the lock that makes other changes of it wait.
pub(in crate::accounts) async fn lock_by_code(tx: &WriteTx, code: SecretDigest) -> Result<Option<Invitation>, Fault> {
    let found = Entity::find().filter(Column::CodeHash.eq(code.to_vec()));
    found.lock_exclusive().one(&**tx).await?.map(invitation).transpose()
}

/// The open invitations that a member has made, and with them the lock that makes other changes of them wait.
pub(in crate::accounts) async fn lock_open_of(
    tx: &WriteTx,
    organization: OrganizationId,
    inviter: UserId,
    now: Timestamp,
) -> Result<Vec<Invitation>, Fault> {
    let found = Entity::find()
        .filter(Column::OrganizationId.eq(organization.uuid()))
        .filter(Column::InvitedBy.eq(inviter.uuid()))
        .filter(Column::AcceptedAt.is_null())
        .filter(Column::RevokedAt.is_null())
        .filter(Column::ExpiresAt.gt(now))
        .order_by_asc(Column::Id);
    found.lock_exclusive().all(&**tx).await?.into_iter().map(invitation).collect()
}

/// The invitations among `ids`.
pub(in crate::accounts) async fn by_ids(
    db: &Database,
    ids: &[InvitationId],
) -> Result<HashMap<InvitationId, Invitation>, Fault> {
    let rows = Entity::find().filter(Column::Id.is_in(ids.iter().map(|id| id.uuid()))).all(db.read()).await?;
    rows.into_iter().map(|row| invitation(row).map(|invitation| (invitation.id, invitation))).collect()
}

/// The same page of each organization's invitations, the newest first.
pub(in crate::accounts) async fn pages(
    db: &Database,
    organizations: &[OrganizationId],
    page: &Page,
) -> Result<HashMap<OrganizationId, Slice<Invitation>>, Fault> {
    let ids: Vec<Uuid> = organizations.iter().map(|id| id.uuid()).collect();
    let page_of = |organization: Uuid| {
        let mut query = Entity::find().filter(Column::OrganizationId.eq(organization));
        keyset::window(&mut query, Column::CreatedAt, Column::Id, true, page);
        query
    };
    let rows = siblings::pages(db, &ids, page_of).await?;
    let rows = rows.into_iter().map(invitation).collect::<Result<Vec<_>, _>>()?;
    Ok(page.slices(rows, |row| row.organization))
}

/// How many invitations each organization has; none where it is left out.
pub(in crate::accounts) async fn counts(
    db: &Database,
    organizations: &[OrganizationId],
) -> Result<HashMap<OrganizationId, i64>, DbErr> {
    let ids: Vec<Uuid> = organizations.iter().map(|id| id.uuid()).collect();
    let counts = siblings::counts::<Entity>(db, &ids, Column::OrganizationId).await?;
    Ok(counts.into_iter().map(|(id, count)| (OrganizationId::from_uuid(id), count)).collect())
}

/// Marks an invitation as accepted, under its lock.
pub(in crate::accounts) async fn mark_accepted(
    tx: &WriteTx,
    id: InvitationId,
    by: UserId,
    now: Timestamp,
) -> Result<(), DbErr> {
    Entity::update_many()
        .col_expr(Column::AcceptedAt, Expr::value(now))
        .col_expr(Column::AcceptedBy, Expr::value(by.uuid()))
        .filter(Column::Id.eq(id.uuid()))
        .exec(&**tx)
        .await?;
    Ok(())
}

/// Marks an invitation as taken back, under its lock.
pub(in crate::accounts) async fn mark_revoked(tx: &WriteTx, id: InvitationId, now: Timestamp) -> Result<(), DbErr> {
    Entity::update_many()
        .col_expr(Column::RevokedAt, Expr::value(now))
        .filter(Column::Id.eq(id.uuid()))
        .exec(&**tx)
        .await?;
    Ok(())
}

fn invitation(row: Model) -> Result<Invitation, Fault> {
    Ok(Invitation {
        id: InvitationId::from_uuid(row.id),
        organization: OrganizationId::from_uuid(row.organization_id),
        identifier: Identifier::from_stored(row.identifier),
        role: word("invitation role", &row.role)?,
        invited_by: UserId::from_uuid(row.invited_by),
        expires_at: row.expires_at,
        accepted_at: row.accepted_at,
        revoked_at: row.revoked_at,
        created_at: row.created_at,
    })
}
