//! Content by its SHA-256, which equal files share.

use sea_orm::entity::prelude::*;

/// A row of `document_blob`.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "document_blob")]
pub struct Model {
    /// The SHA-256 of the content.
    #[sea_orm(primary_key, auto_increment = false, column_type = "Blob")]
    pub sha256: Vec<u8>,
    /// When somebody last said that she is about to store it.
    pub touched_at: DateTimeUtc,
    /// Whether it is being removed from the store; then nobody may come to rely on it.
    pub removing: bool,
}

impl ActiveModelBehavior for ActiveModel {}
