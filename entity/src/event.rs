//! Something just happened that people may listen for: written with the change, read by every process, kept for minutes.

use sea_orm::entity::prelude::*;

/// A row of `event`.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "event")]
pub struct Model {
    /// Order of writing.
    #[sea_orm(primary_key)]
    pub id: i64,
    /// What kind of subject.
    #[sea_orm(column_type = "Text")]
    pub topic: String,
    /// What happened to it.
    #[sea_orm(column_type = "Text")]
    pub what: String,
    /// Which one.
    pub subject_id: Uuid,
    /// What it belongs to; itself, where it belongs to nothing.
    pub within_id: Uuid,
    /// The number of the transaction that wrote it; 0 on SQLite.
    pub writer: i64,
    /// When it happened.
    pub created_at: DateTimeUtc,
}

impl ActiveModelBehavior for ActiveModel {}
