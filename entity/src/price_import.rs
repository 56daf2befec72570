//! A file of market prices that brought something.

use sea_orm::entity::prelude::*;

/// A row of `price_import`.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "price_import")]
pub struct Model {
    /// The import.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// Where the file comes from, as whoever imported it said.
    #[sea_orm(column_type = "Text")]
    pub source: String,
    /// `HDX`, `HDX_OLDER` or `MONTHLY`.
    #[sea_orm(column_type = "Text")]
    pub layout: String,
    /// SHA-256 of the file.
    pub digest: Vec<u8>,
    /// Rows of the file.
    pub rows: i64,
    /// Of them new.
    pub added: i64,
    /// Of them that say otherwise than an earlier file.
    pub changed: i64,
    /// Of them that were known.
    pub unchanged: i64,
    /// Of them that were not taken.
    pub refused: i64,
    /// When.
    pub imported_at: DateTimeUtc,
}

impl ActiveModelBehavior for ActiveModel {}
