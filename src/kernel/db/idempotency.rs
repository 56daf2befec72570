//! Idempotency keys: a write that a client repeats because the network dropped is done once.
//!
//! The key is claimed in the write's own transaction, so it is kept exactly when the write is. A refused write keeps
//! no key and may be mended and sent again under the same one.

use chrono::TimeDelta;
use sea_orm::{ConnectionTrait, DbErr, Statement, Value as SqlValue};
use serde::Serialize;
use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::{Database, WriteTx};
use crate::kernel::{
    canonical,
    clock::Timestamp,
    error::{ErrorCode, Fault, Outcome, UserError},
};

/// Signs in a key at most.
pub const KEY_LENGTH_MAX: usize = 200;
/// How long a key is remembered.
pub const KEPT: TimeDelta = TimeDelta::days(7);

/// The claim of a key by one write. Without a key it does nothing.
#[derive(Debug)]
pub struct Claim<'a> {
    scope: String,
    key: Option<&'a str>,
}

/// What a claim finds.
#[derive(Debug)]
pub enum Claimed<'a> {
    /// The write is new: do it, then [`Claim::finish`].
    New(Claim<'a>),
    /// It was done before; this is the id of what it made.
    Before(Uuid),
}

/// Claims `key` in `scope` (who is asking) for an operation with this input. On PostgreSQL a second write with the same
/// key waits here until the first has ended.
///
/// # Errors
/// [`ErrorCode::IdempotencyConflict`] when the key served other input, [`ErrorCode::TooLong`] for an overlong key.
pub async fn claim<'a>(
    tx: &WriteTx,
    scope: impl ToString,
    key: Option<&'a str>,
    operation: &'static str,
    input: &impl Serialize,
    now: Timestamp,
) -> Outcome<Claimed<'a>> {
    let scope = scope.to_string();
    let Some(text) = check_key(key)? else {
        return Ok(Claimed::New(Claim { scope, key: None }));
    };
    let hash = hash(operation, input)?;
    let backend = tx.get_database_backend();
    let insert = "INSERT INTO idempotency_record (scope, key, operation, request_hash, created_at)
                  VALUES ($1, $2, $3, $4, $5) ON CONFLICT (scope, key) DO NOTHING";
    let values: [SqlValue; 5] = [scope.clone().into(), text.into(), operation.into(), hash.clone().into(), now.into()];
    let inserted = tx.execute_raw(Statement::from_sql_and_values(backend, insert, values)).await?;
    if inserted.rows_affected() == 1 {
        return Ok(Claimed::New(Claim { scope, key }));
    }
    let select = "SELECT request_hash, result_id FROM idempotency_record WHERE scope = $1 AND key = $2";
    let values: [SqlValue; 2] = [scope.into(), text.into()];
    let row = tx.query_one_raw(Statement::from_sql_and_values(backend, select, values)).await?;
    let row = row.ok_or_else(|| Fault::corrupt("idempotency record", "it vanished while it was read"))?;
    let before: Vec<u8> = row.try_get("", "request_hash")?;
    let result: Option<Uuid> = row.try_get("", "result_id")?;
    match result {
        Some(id) if before == hash => Ok(Claimed::Before(id)),
        _ => Err(UserError::new(ErrorCode::IdempotencyConflict, PATH).into()),
    }
}

/// What a write with this key and input made before, if there was one: for a write whose checks fail before it could claim
/// its key, because what it is about has moved on since it was done. Whoever may not ask any more is refused before that.
///
/// # Errors
/// When the database refuses, or for a key that none can be.
pub async fn done_before(
    db: &Database,
    scope: impl ToString,
    key: Option<&str>,
    operation: &'static str,
    input: &impl Serialize,
) -> Outcome<Option<Uuid>> {
    let Some(text) = check_key(key)? else { return Ok(None) };
    let select = "SELECT result_id FROM idempotency_record WHERE scope = $1 AND key = $2 AND request_hash = $3 AND result_id IS NOT NULL";
    let values: [SqlValue; 3] = [scope.to_string().into(), text.into(), hash(operation, input)?.into()];
    let row = db.read().query_one_raw(Statement::from_sql_and_values(db.backend(), select, values)).await?;
    Ok(row.map(|row| row.try_get("", "result_id")).transpose()?)
}

/// Where a key stands in an input.
const PATH: [&str; 2] = ["input", "idempotencyKey"];

/// Refuses a key that none can be.
///
/// # Errors
/// [`ErrorCode::Required`] for an empty one, [`ErrorCode::TooLong`], [`ErrorCode::InvalidCharacters`].
pub fn check_key(key: Option<&str>) -> Result<Option<&str>, UserError> {
    let Some(text) = key else { return Ok(None) };
    if text.is_empty() {
        return Err(UserError::new(ErrorCode::Required, PATH));
    }
    if text.chars().count() > KEY_LENGTH_MAX {
        return Err(UserError::new(ErrorCode::TooLong, PATH).with("maximum", KEY_LENGTH_MAX));
    }
    if text.contains('\0') {
        return Err(UserError::new(ErrorCode::InvalidCharacters, PATH));
    }
    Ok(Some(text))
}

impl Claim<'_> {
    /// Remembers what the write made. Call before the commit.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn finish(self, tx: &WriteTx, result: Uuid) -> Result<(), DbErr> {
        let Some(key) = self.key else { return Ok(()) };
        let sql = "UPDATE idempotency_record SET result_id = $1 WHERE scope = $2 AND key = $3";
        let values: [SqlValue; 3] = [result.into(), self.scope.into(), key.into()];
        tx.execute_raw(Statement::from_sql_and_values(tx.get_database_backend(), sql, values)).await?;
        Ok(())
    }
}

fn hash(operation: &str, input: &impl Serialize) -> Result<Vec<u8>, Fault> {
    let mut canonical = Vec::new();
    serde_json::to_value((operation, input))
        .and_then(|asked| canonical::write(&asked, &mut canonical))
        .map_err(|error| Fault::Internal(format!("idempotency input: {error}")))?;
    Ok(Sha256::digest(canonical).to_vec())
}

/// Forgets keys older than [`KEPT`] and tells how many.
///
/// # Errors
/// When the database refuses.
pub async fn sweep(db: &Database, now: Timestamp) -> Result<u64, DbErr> {
    let tx = db.begin().await?;
    let sql = "DELETE FROM idempotency_record WHERE created_at < $1";
    let values: [SqlValue; 1] = [(now - KEPT).into()];
    let swept = tx.execute_raw(Statement::from_sql_and_values(db.backend(), sql, values)).await?;
    tx.commit().await?;
    Ok(swept.rows_affected())
}
