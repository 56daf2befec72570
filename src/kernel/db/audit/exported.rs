//! A chain that is handed out whole, and verified from nothing but itself.

use sea_orm::{ConnectionTrait as _, DbErr, QueryResult, Statement};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sha2::{Digest as _, Sha256};
use uuid::Uuid;

use super::{COLUMNS, HASH_LENGTH, stored};
use crate::kernel::db::Database;

/// A chain in a form that is verified without us.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ExportedChain {
    /// The hash of its last entry, hexadecimal.
    pub head: String,
    /// Its entries, the first first.
    pub entries: Vec<ExportedEntry>,
}

/// An entry in that form: what is sealed, and by what.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ExportedEntry {
    /// All that is hashed.
    pub sealed: Value,
    /// The hash of the entry before, hexadecimal; zeros for the first.
    pub previous_hash: String,
    /// `SHA-256(previous hash ‖ JCS(sealed))`, hexadecimal.
    pub hash: String,
}

/// A whole chain to be handed out. It is as it is kept, whether it is whole or not.
///
/// # Errors
/// When the database refuses.
pub async fn export_chain(db: &Database, chain: Uuid) -> Result<ExportedChain, DbErr> {
    let sql = "SELECT head_hash FROM audit_chain WHERE chain_id = $1";
    let row = db.read().query_one_raw(Statement::from_sql_and_values(db.backend(), sql, [chain.into()])).await?;
    let head: Vec<u8> = row.map(|row| row.try_get("", "head_hash")).transpose()?.unwrap_or_default();
    let sql = format!("SELECT {COLUMNS} FROM audit_entry WHERE chain_id = $1 ORDER BY sequence");
    let rows = db.read().query_all_raw(Statement::from_sql_and_values(db.backend(), sql, [chain.into()])).await?;
    let exported = |row: &QueryResult| {
        let entry = stored(row)?;
        let sealed = serde_json::to_value(entry.sealed()).map_err(|error| DbErr::Custom(error.to_string()))?;
        Ok(ExportedEntry { sealed, previous_hash: hex::encode(&entry.previous_hash), hash: hex::encode(&entry.hash) })
    };
    let entries = rows.iter().map(exported).collect::<Result<Vec<_>, DbErr>>()?;
    Ok(ExportedChain { head: hex::encode(&head), entries })
}

/// Recomputes every hash of a chain that was handed out, from nothing but itself.
///
/// # Errors
/// What is wrong with it, at the first entry where it shows.
pub fn verify_exported(chain: &ExportedChain) -> Result<(), String> {
    let mut previous = vec![0_u8; HASH_LENGTH];
    for (position, entry) in chain.entries.iter().enumerate() {
        let broken = |what: &str| format!("entry {}: {what}", position + 1);
        if entry.sealed["sequence"] != position + 1 {
            return Err(broken("entries before it are missing"));
        }
        if entry.previous_hash != hex::encode(&previous) {
            return Err(broken("it does not follow from the entry before it"));
        }
        let canonical = serde_json_canonicalizer::to_vec(&entry.sealed).map_err(|error| broken(&error.to_string()))?;
        let mut hasher = Sha256::new();
        hasher.update(&previous);
        hasher.update(canonical);
        previous = hasher.finalize().to_vec();
        if entry.hash != hex::encode(&previous) {
            return Err(broken("its content was altered"));
        }
    }
    if chain.entries.is_empty() || chain.head != hex::encode(&previous) {
        return Err("the end of the chain is missing".to_owned());
    }
    Ok(())
}
