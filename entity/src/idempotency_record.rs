//! A write that was done under a key of the caller's, so that repeating it returns what it made.

use sea_orm::entity::prelude::*;

/// A row of `idempotency_record`.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "idempotency_record")]
pub struct Model {
    /// Whose key it is.
    #[sea_orm(primary_key, auto_increment = false, column_type = "Text")]
    pub scope: String,
    /// The key.
    #[sea_orm(primary_key, auto_increment = false, column_type = "Text")]
    pub key: String,
    /// The mutation.
    #[sea_orm(column_type = "Text")]
    pub operation: String,
    /// SHA-256 of the canonical command; another one under the same key is a conflict.
    #[sea_orm(column_type = "Blob")]
    pub request_hash: Vec<u8>,
    /// What the write made or changed.
    pub result_id: Option<Uuid>,
    /// When; old records are cleared away.
    pub created_at: DateTimeUtc,
}

impl ActiveModelBehavior for ActiveModel {}
