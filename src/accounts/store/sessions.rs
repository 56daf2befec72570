//! Sessions.

use entity::session::{ActiveModel, Column, Entity, Model};
use sea_orm::{
    ColumnTrait as _, ConnectionTrait as _, EntityTrait as _, QueryFilter as _, QueryResult, QuerySelect as _, Set,
    Statement, Value, sea_query::Expr,
};
use uuid::Uuid;

use super::word;
use crate::{
    accounts::{
        IssuedSession, Membership, MembershipId, OrganizationId, PlatformRole, Retry, SecretDigest, SessionId,
        SessionRecord, User, UserId,
    },
    kernel::{
        Fault,
        clock::Timestamp,
        db::{Database, DbErr, WriteTx},
    },
};

/// Who holds a token, and what she is to organizations and the platform: one statement, since every request of a
/// signed-in person begins with it. Memberships × platform roles come as rows; there are few of either.
macro_rules! holder {
    ($good:literal) => {
        concat!(
            "SELECT s.id, s.user_id, m.id, m.organization_id, m.role, p.role
            FROM session s
            JOIN user_account u ON u.id = s.user_id
            LEFT JOIN membership m ON m.user_id = s.user_id
            LEFT JOIN platform_role p ON p.user_id = s.user_id
            WHERE ",
            $good,
            " AND s.revoked_at IS NULL AND u.status = 'ACTIVE' ORDER BY m.id, p.role"
        )
    };
}

/// A token by which a session is known.
#[derive(Debug, Clone, Copy)]
pub(in crate::accounts) enum By {
    /// Its access token.
    Access(SecretDigest),
    /// Its refresh token, as long as that was not exchanged.
    Refresh(SecretDigest),
}

/// The holder of a token that is good at `now`.
pub(in crate::accounts) async fn holder(db: &Database, by: By, now: Timestamp) -> Result<Option<User>, Fault> {
    let (text, digest) = match by {
        By::Access(digest) => (holder!("s.access_hash = $1 AND s.access_expires_at > $2"), digest),
        By::Refresh(digest) => {
            (holder!("s.refresh_hash = $1 AND s.refresh_expires_at > $2 AND s.rotated_at IS NULL"), digest)
        }
    };
    let values: [Value; 2] = [digest.to_vec().into(), now.into()];
    let rows = db.read().query_all_raw(Statement::from_sql_and_values(db.backend(), text, values)).await?;
    let Some(first) = rows.first() else { return Ok(None) };
    let (mut memberships, mut platform_roles) = (Vec::new(), Vec::new());
    for row in &rows {
        add_standing(&mut memberships, &mut platform_roles, row)?;
    }
    Ok(Some(User {
        id: UserId::from_uuid(first.try_get_by_index(1)?),
        session: SessionId::from_uuid(first.try_get_by_index(0)?),
        memberships: memberships.into_iter().collect(),
        platform_roles,
    }))
}

fn add_standing(
    memberships: &mut Vec<Membership>,
    platform_roles: &mut Vec<PlatformRole>,
    row: &QueryResult,
) -> Result<(), Fault> {
    if let Some(id) = row.try_get_by_index::<Option<Uuid>>(2)? {
        let id = MembershipId::from_uuid(id);
        if memberships.last().is_none_or(|last| last.id != id) {
            let organization = OrganizationId::from_uuid(row.try_get_by_index(3)?);
            let role = word("membership role", &row.try_get_by_index::<String>(4)?)?;
            memberships.push(Membership { id, organization, role });
        }
    }
    if let Some(role) = row.try_get_by_index::<Option<String>>(5)? {
        let role = word("platform role", &role)?;
        if !platform_roles.contains(&role) {
            platform_roles.push(role);
        }
    }
    Ok(())
}

/// Keeps a pair of tokens that is handed out.
pub(in crate::accounts) async fn insert(
    tx: &WriteTx,
    user: UserId,
    family: Uuid,
    issued: &IssuedSession,
    now: Timestamp,
) -> Result<(), DbErr> {
    let row = ActiveModel {
        id: Set(issued.id.uuid()),
        user_id: Set(user.uuid()),
        family_id: Set(family),
        access_hash: Set(issued.access_token.digest().to_vec()),
        access_expires_at: Set(issued.expires_at),
        refresh_hash: Set(issued.refresh_token.digest().to_vec()),
        refresh_expires_at: Set(issued.refresh_expires_at),
        rotated_at: Set(None),
        retry_hash: Set(None),
        successor_id: Set(None),
        revoked_at: Set(None),
        created_at: Set(now),
    };
    Entity::insert(row).exec_without_returning(&**tx).await?;
    Ok(())
}

/// Whether a pair with this refresh token was ever handed out. Asked before anything is locked, so that whoever guesses
/// tokens makes nobody wait.
pub(in crate::accounts) async fn is_known(db: &Database, refresh: SecretDigest) -> Result<bool, DbErr> {
    let found = Entity::find().filter(Column::RefreshHash.eq(refresh.to_vec()));
    Ok(found.one(db.read()).await?.is_some())
}

/// The pair with this refresh token, and with it the lock that makes a second use of the token wait.
pub(in crate::accounts) async fn lock_by_refresh(
    tx: &WriteTx,
    refresh: SecretDigest,
) -> Result<Option<SessionRecord>, DbErr> {
    let found = Entity::find().filter(Column::RefreshHash.eq(refresh.to_vec()));
    Ok(found.lock_exclusive().one(&**tx).await?.map(record))
}

/// Until when the access token and the refresh token of a pair are good, if the pair was neither used nor ended. A use at the same
/// time is waited for.
pub(in crate::accounts) async fn lock_unused(
    tx: &WriteTx,
    id: SessionId,
) -> Result<Option<(Timestamp, Timestamp)>, DbErr> {
    let found = Entity::find_by_id(id.uuid()).lock_exclusive().one(&**tx).await?;
    let unused = found.filter(|row| row.rotated_at.is_none() && row.revoked_at.is_none());
    Ok(unused.map(|row| (row.access_expires_at, row.refresh_expires_at)))
}

/// Marks a refresh token as exchanged for `successor`, with an idempotency key or without.
pub(in crate::accounts) async fn mark_rotated(
    tx: &WriteTx,
    record: &SessionRecord,
    successor: SessionId,
    retry: Option<Retry>,
    now: Timestamp,
) -> Result<(), DbErr> {
    Entity::update_many()
        .col_expr(Column::RotatedAt, Expr::value(now))
        .col_expr(Column::RetryHash, Expr::value(retry.map(Retry::to_vec)))
        .col_expr(Column::SuccessorId, Expr::value(successor.uuid()))
        .filter(Column::Id.eq(record.id.uuid()))
        .exec(&**tx)
        .await?;
    Ok(())
}

/// Which sessions to end.
#[derive(Debug, Clone, Copy)]
pub(in crate::accounts) enum Ended {
    /// All that descend from one sign-in.
    Family(Uuid),
    /// All that descend from the sign-in of this one.
    FamilyOf(SessionId),
    /// All of a person.
    AllOf(UserId),
}

/// Ends sessions and tells how many token pairs that were.
///
/// The statement is repeated until it finds nothing. While it waits for an exchange to end, PostgreSQL goes on with the rows
/// that were there when it began; the pair that the exchange handed out is seen by the next one. An exchange that begins later
/// finds its own pair ended, or waits for this transaction.
pub(in crate::accounts) async fn revoke(tx: &WriteTx, which: Ended, now: Timestamp) -> Result<u64, DbErr> {
    let update =
        Entity::update_many().col_expr(Column::RevokedAt, Expr::value(now)).filter(Column::RevokedAt.is_null());
    let update = match which {
        Ended::Family(family) => update.filter(Column::FamilyId.eq(family)),
        Ended::FamilyOf(session) => {
            let Some(row) = Entity::find_by_id(session.uuid()).one(&**tx).await? else { return Ok(0) };
            update.filter(Column::FamilyId.eq(row.family_id))
        }
        Ended::AllOf(user) => update.filter(Column::UserId.eq(user.uuid())),
    };
    let mut ended = 0;
    loop {
        match update.clone().exec(&**tx).await?.rows_affected {
            0 => return Ok(ended),
            some => ended += some,
        }
    }
}

/// Forgets at most `limit` pairs whose refresh token expired before `now`; until then a second use must be noticed.
pub(in crate::accounts) async fn sweep(tx: &WriteTx, now: Timestamp, limit: u32) -> Result<u64, DbErr> {
    let sql = "DELETE FROM session WHERE id IN (SELECT id FROM session WHERE refresh_expires_at < $1 LIMIT $2)";
    let values: [Value; 2] = [now.into(), i64::from(limit).into()];
    let statement = Statement::from_sql_and_values(tx.get_database_backend(), sql, values);
    Ok(tx.execute_raw(statement).await?.rows_affected())
}

fn record(row: Model) -> SessionRecord {
    SessionRecord {
        id: SessionId::from_uuid(row.id),
        user: UserId::from_uuid(row.user_id),
        family: row.family_id,
        refresh_expires_at: row.refresh_expires_at,
        rotated_at: row.rotated_at,
        retry: row.retry_hash.as_deref().and_then(Retry::from_stored),
        successor: row.successor_id.map(SessionId::from_uuid),
        revoked_at: row.revoked_at,
    }
}
