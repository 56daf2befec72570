//! Accounts.

use std::collections::HashMap;

use entity::user_account::{ActiveModel, Column, Entity, Model};
use sea_orm::{
    ColumnTrait as _, ConnectionTrait, EntityTrait as _, QueryFilter as _, QuerySelect as _, Set, sea_query::Expr,
};

use super::{or_nothing, word};
use crate::{
    accounts::{Account, EmailAddress, Identifier, Phone, UserId},
    kernel::{
        Fault,
        clock::Timestamp,
        db::{Database, DbErr, WriteTx},
        locale::Locale,
    },
};

/// Puts an account in place; false if one of its identifiers is taken.
pub(in crate::accounts) async fn insert(tx: &WriteTx, account: &Account, password_hash: String) -> Result<bool, DbErr> {
    let row = ActiveModel {
        id: Set(account.id.uuid()),
        name: Set(account.name.clone()),
        phone: Set(account.phone.as_ref().map(Phone::to_string)),
        email: Set(account.email.as_ref().map(EmailAddress::to_string)),
        language: Set(account.language.code().to_owned()),
        password_hash: Set(password_hash),
        status: Set(account.status.as_str().to_owned()),
        version: Set(1),
        created_at: Set(account.created_at),
        updated_at: Set(account.created_at),
        erased_at: Set(None),
    };
    Ok(Entity::insert(row).on_conflict(or_nothing()).exec_without_returning(&**tx).await? == 1)
}

/// Whether an account has this identifier.
pub(in crate::accounts) async fn is_taken(tx: &WriteTx, identifier: &Identifier) -> Result<bool, DbErr> {
    let found = Entity::find().select_only().column(Column::Id).filter(is(identifier)).into_tuple::<uuid::Uuid>();
    Ok(found.one(&**tx).await?.is_some())
}

/// The account with its password's hash: for sign-in alone.
pub(in crate::accounts) async fn credentials(
    db: &Database,
    identifier: &Identifier,
) -> Result<Option<(Account, String)>, Fault> {
    let row = Entity::find().filter(is(identifier)).one(db.read()).await?;
    row.map(|row| {
        let hash = row.password_hash.clone();
        Ok((account(row)?, hash))
    })
    .transpose()
}

/// The account of an identifier.
pub(in crate::accounts) async fn by_identifier(
    tx: &WriteTx,
    identifier: &Identifier,
) -> Result<Option<Account>, Fault> {
    Entity::find().filter(is(identifier)).one(&**tx).await?.map(account).transpose()
}

/// The account.
pub(in crate::accounts) async fn by_id(db: &impl ConnectionTrait, id: UserId) -> Result<Option<Account>, Fault> {
    Entity::find_by_id(id.uuid()).one(db).await?.map(account).transpose()
}

/// Those of the accounts that there are and that were not erased.
pub(in crate::accounts) async fn by_ids(db: &Database, ids: &[UserId]) -> Result<HashMap<UserId, Account>, Fault> {
    let named = Entity::find().filter(Column::Id.is_in(ids.iter().map(|id| id.uuid())));
    let rows = named.filter(Column::ErasedAt.is_null()).all(db.read()).await?;
    rows.into_iter().map(|row| account(row).map(|account| (account.id, account))).collect()
}

/// Puts a hash of the same password at today's cost in the place of the old one, unless the password was changed meanwhile.
pub(in crate::accounts) async fn renew_hash(
    tx: &WriteTx,
    id: UserId,
    old: &str,
    new: String,
    now: Timestamp,
) -> Result<(), DbErr> {
    Entity::update_many()
        .col_expr(Column::PasswordHash, Expr::value(new))
        .col_expr(Column::UpdatedAt, Expr::value(now))
        .filter(Column::Id.eq(id.uuid()))
        .filter(Column::PasswordHash.eq(old))
        .exec(&**tx)
        .await?;
    Ok(())
}

fn is(identifier: &Identifier) -> Expr {
    match identifier {
        Identifier::Phone(phone) => Column::Phone.eq(phone.as_str()),
        Identifier::Email(email) => Column::Email.eq(email.as_str()),
    }
}

fn account(row: Model) -> Result<Account, Fault> {
    Ok(Account {
        id: UserId::from_uuid(row.id),
        name: row.name,
        phone: row.phone.map(Phone::from_stored),
        email: row.email.map(EmailAddress::from_stored),
        language: word::<Locale>("account language", &row.language)?,
        status: word("account status", &row.status)?,
        created_at: row.created_at,
    })
}
