//! Content by its name in the store, which equal files share.

use sea_orm::entity::prelude::*;

/// A row of `document_blob`.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "document_blob")]
pub struct Model {
    /// Its name: its SHA-256, or where it is sealed what only the service can compute of that.
    #[sea_orm(primary_key, auto_increment = false, column_type = "Blob")]
    pub address: Vec<u8>,
    /// When somebody last said that she is about to store it.
    pub touched_at: DateTimeUtc,
    /// Whether it is being removed from the store; then nobody may come to rely on it.
    pub removing: bool,
    /// The name of the key that it is sealed with; none where it lies as it is.
    #[sea_orm(column_type = "Blob", nullable)]
    pub sealed_with: Option<Vec<u8>>,
}

impl ActiveModelBehavior for ActiveModel {}
