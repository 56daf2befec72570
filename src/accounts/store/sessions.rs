//! Sessions.

use std::collections::HashMap;

use entity::session::{ActiveModel, Column, Entity, Model};
use sea_orm::{
    ColumnTrait as _, ConnectionTrait as _, EntityTrait as _, QueryFilter as _, QuerySelect as _, Set, Statement,
    Value, sea_query::Expr,
};
use uuid::Uuid;

use super::word;
use crate::{
    accounts::{
        IssuedSession, Membership, MembershipId, OrganizationId, PlatformRole, Retry, SecretDigest, SessionId,
        SessionRecord, User, UserId,
    },
    kernel::{
        Fault, Services,
        clock::Timestamp,
        db::{Database, DbErr, Reader, Sql, WriteTx},
        together::Read,
    },
};

/// A token by which a session is known.
#[derive(Debug, Clone, Copy)]
enum By {
    /// By its access token.
    Access,
    /// By its refresh token, as long as that was not exchanged.
    Refresh,
}

impl By {
    const fn column(self) -> &'static str {
        match self {
            Self::Access => "s.access_hash",
            Self::Refresh => "s.refresh_hash",
        }
    }

    /// What makes the token good, up to the time until which it is.
    const fn good_until(self) -> &'static str {
        match self {
            Self::Access => "s.access_expires_at > ",
            Self::Refresh => "s.rotated_at IS NULL AND s.refresh_expires_at > ",
        }
    }
}

/// Reads who holds which access tokens, as of the moment of reading.
pub(in crate::accounts) struct Holders(pub(in crate::accounts) Services);

impl Read for Holders {
    type Key = SecretDigest;
    type Value = User;

    async fn read(&self, tokens: Vec<SecretDigest>) -> Result<HashMap<SecretDigest, User>, Fault> {
        holders(&self.0.db, By::Access, tokens, self.0.now()).await
    }
}

/// The holder of a refresh token that is good at `now`.
pub(in crate::accounts) async fn holder_by_refresh(
    db: &Database,
    token: SecretDigest,
    now: Timestamp,
) -> Result<Option<User>, Fault> {
    Ok(holders(db, By::Refresh, vec![token], now).await?.remove(&token))
}

/// Who holds tokens that are good at `now`, and what each holder is to organizations and the platform: one statement, since every
/// request of a signed-in person begins with it. Memberships × platform roles come as rows; there are few of either.
async fn holders(
    db: &Database,
    by: By,
    tokens: Vec<SecretDigest>,
    now: Timestamp,
) -> Result<HashMap<SecretDigest, User>, Fault> {
    let mut query = Sql::new("SELECT ");
    query.push(by.column()).push(
        ", s.id, s.user_id, m.id, m.organization_id, m.role, p.role
         FROM session s
         JOIN user_account u ON u.id = s.user_id
         LEFT JOIN membership m ON m.user_id = s.user_id
         LEFT JOIN platform_role p ON p.user_id = s.user_id
         WHERE s.revoked_at IS NULL AND u.status = 'ACTIVE' AND ",
    );
    query.push(by.good_until()).bind(now).push(" AND ").push(by.column()).push(" IN ");
    query.bind_list(tokens.iter().map(|token| token.to_vec())).push(" ORDER BY s.id, m.id, p.role");
    let rows = query.rows(db).await?;
    let mut found: HashMap<SecretDigest, Standing> = HashMap::with_capacity(tokens.len());
    for row in &rows {
        let mut next = Reader::new(row)?;
        let digest: &[u8] = next.get()?;
        let digest = SecretDigest::from_stored(digest).ok_or_else(|| Fault::corrupt("session", "a digest's length"))?;
        let (session, user) = (SessionId::from_uuid(next.get()?), UserId::from_uuid(next.get()?));
        found.entry(digest).or_insert_with(|| Standing::of(user, session)).add(&mut next)?;
    }
    Ok(found.into_iter().map(|(digest, standing)| (digest, standing.into())).collect())
}

/// What is known of a holder so far.
struct Standing {
    user: UserId,
    session: SessionId,
    memberships: Vec<Membership>,
    platform_roles: Vec<PlatformRole>,
}

impl Standing {
    const fn of(user: UserId, session: SessionId) -> Self {
        Self { user, session, memberships: Vec::new(), platform_roles: Vec::new() }
    }

    /// Adds what the rest of a row tells. Each membership comes with each platform role.
    fn add(&mut self, next: &mut Reader<'_>) -> Result<(), Fault> {
        let (id, organization): (Option<Uuid>, Option<Uuid>) = (next.get()?, next.get()?);
        let role: Option<&str> = next.get()?;
        if let (Some(id), Some(organization), Some(role)) = (id, organization, role) {
            let id = MembershipId::from_uuid(id);
            if self.memberships.last().is_none_or(|last| last.id != id) {
                let organization = OrganizationId::from_uuid(organization);
                self.memberships.push(Membership { id, organization, role: word("membership role", role)? });
            }
        }
        if let Some(role) = next.get::<Option<&str>>()? {
            let role = word("platform role", role)?;
            if !self.platform_roles.contains(&role) {
                self.platform_roles.push(role);
            }
        }
        Ok(())
    }
}

impl From<Standing> for User {
    fn from(standing: Standing) -> Self {
        let Standing { user, session, memberships, platform_roles } = standing;
        Self { id: user, session, memberships: memberships.into_iter().collect(), platform_roles }
    }
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
