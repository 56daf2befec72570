//! What is kept of a person, and forgetting it.

use chrono::{DateTime, Utc};
use entity::{membership, user_account};
use sea_orm::{ColumnTrait as _, EntityTrait as _, QueryFilter as _, QuerySelect as _, sea_query::Expr};
use serde_json::{Value, json};

use super::memberships::record;
use crate::{
    accounts::{Account, AccountStatus, EmailAddress, MembershipRecord, Phone, UserId},
    kernel::{
        Fault,
        clock::Timestamp,
        db::{Database, DbErr, Reader, Row, WriteTx, listed::LISTED_MAX, sql},
    },
};

/// A well-formed hash that no password is known to have: its output was never computed.
const NO_PASSWORD: &str =
    "$argon2id$v=19$m=19456,t=2,p=1$ZXJhc2VkIGFjY291bnQgb2YgYmZ3$bm9ib2R5IGhhcyBjaG9zZW4gdGhpcyBwYXNzd29yZC4";

/// The hash of her password.
pub(in crate::accounts) async fn password_hash(db: &Database, user: UserId) -> Result<Option<String>, DbErr> {
    use user_account::{Column, Entity};
    let hash = Entity::find_by_id(user.uuid()).select_only().column(Column::PasswordHash);
    hash.into_tuple().one(db.read()).await
}

/// Her memberships, within a transaction.
pub(in crate::accounts) async fn memberships(tx: &WriteTx, user: UserId) -> Result<Vec<MembershipRecord>, Fault> {
    let hers = membership::Entity::find().filter(membership::Column::UserId.eq(user.uuid()));
    hers.all(&**tx).await?.into_iter().map(record).collect()
}

/// The roles that she has on the platform.
pub(in crate::accounts) async fn platform_roles(db: &Database, user: UserId) -> Result<Vec<String>, DbErr> {
    let rows = sql("SELECT role FROM platform_role WHERE user_id = $1 ORDER BY role", [user.uuid().into()]);
    rows.rows(db).await?.iter().map(|row| Reader::new(row)?.get()).collect()
}

/// Since when and until when she was signed in.
pub(in crate::accounts) async fn sessions(db: &Database, user: UserId) -> Result<Vec<Value>, DbErr> {
    let rows = sql(
        "SELECT created_at, refresh_expires_at, revoked_at FROM session WHERE user_id = $1
         ORDER BY created_at DESC LIMIT $2",
        [user.uuid().into(), LISTED_MAX.into()],
    );
    let read = |row: &Row| {
        let mut next = Reader::new(row)?;
        let (since, until): (DateTime<Utc>, DateTime<Utc>) = (next.get()?, next.get()?);
        let ended: Option<DateTime<Utc>> = next.get()?;
        Ok(json!({ "since": since, "until": until, "endedAt": ended }))
    };
    rows.rows(db).await?.iter().map(read).collect()
}

/// The invitations that were written for her, by the phone and the address that she has.
pub(in crate::accounts) async fn invitations(db: &Database, user: UserId) -> Result<Vec<Value>, DbErr> {
    let rows = sql(
        "SELECT i.identifier, i.role, i.created_at, i.accepted_at, i.revoked_at FROM user_account u
           JOIN invitation i ON i.identifier = u.phone OR i.identifier = u.email
         WHERE u.id = $1 ORDER BY i.created_at DESC LIMIT $2",
        [user.uuid().into(), LISTED_MAX.into()],
    );
    let read = |row: &Row| {
        let mut next = Reader::new(row)?;
        let (identifier, role): (String, String) = (next.get()?, next.get()?);
        let created: DateTime<Utc> = next.get()?;
        let (accepted, revoked): (Option<DateTime<Utc>>, Option<DateTime<Utc>>) = (next.get()?, next.get()?);
        Ok(json!({
            "identifier": identifier,
            "role": role,
            "createdAt": created,
            "acceptedAt": accepted,
            "revokedAt": revoked,
        }))
    };
    rows.rows(db).await?.iter().map(read).collect()
}

/// What she did, as her own log has it.
pub(in crate::accounts) async fn actions(db: &Database, user: UserId) -> Result<Vec<Value>, DbErr> {
    let rows = sql(
        "SELECT at, action FROM audit_entry WHERE chain_id = $1 ORDER BY sequence DESC LIMIT $2",
        [user.uuid().into(), LISTED_MAX.into()],
    );
    let read = |row: &Row| {
        let mut next = Reader::new(row)?;
        let (at, action): (DateTime<Utc>, String) = (next.get()?, next.get()?);
        Ok(json!({ "at": at, "action": action }))
    };
    rows.rows(db).await?.iter().map(read).collect()
}

/// Leaves of an account what others point to, and nothing that tells whose it was.
pub(in crate::accounts) async fn erase(tx: &WriteTx, account: &Account, now: Timestamp) -> Result<(), DbErr> {
    use user_account::{Column, Entity};
    let id = account.id.uuid();
    // An account has an address or a number; this one leads nowhere, for good (RFC 2606), and is nobody else's.
    let nowhere = format!("{}@erased.invalid", id.simple());
    for identifier in
        [account.phone.as_ref().map(Phone::to_string), account.email.as_ref().map(EmailAddress::to_string)]
            .into_iter()
            .flatten()
    {
        let forget = "UPDATE invitation SET identifier = $1,
             revoked_at = CASE WHEN accepted_at IS NULL AND revoked_at IS NULL THEN $2 ELSE revoked_at END
             WHERE identifier = $3";
        sql(forget, [nowhere.clone().into(), now.into(), identifier.into()]).run(&**tx).await?;
    }
    for forget in ["DELETE FROM session WHERE user_id = $1", "DELETE FROM platform_role WHERE user_id = $1"] {
        sql(forget, [id.into()]).run(&**tx).await?;
    }
    let keys = "DELETE FROM idempotency_record WHERE scope IN ($1, $2)";
    let scopes = [account.id.to_string().into(), format!("sign-in:{}", account.id).into()];
    sql(keys, scopes).run(&**tx).await?;
    Entity::update_many()
        .col_expr(Column::Name, Expr::value(""))
        .col_expr(Column::Phone, Expr::value(None::<String>))
        .col_expr(Column::Email, Expr::value(nowhere))
        .col_expr(Column::PasswordHash, Expr::value(NO_PASSWORD))
        .col_expr(Column::Status, Expr::value(AccountStatus::Blocked.as_str()))
        .col_expr(Column::ErasedAt, Expr::value(now))
        .col_expr(Column::UpdatedAt, Expr::value(now))
        .filter(Column::Id.eq(id))
        .exec(&**tx)
        .await?;
    Ok(())
}
