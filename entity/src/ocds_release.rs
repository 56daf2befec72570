//! What was published of it.

use sea_orm::entity::prelude::*;

/// A row of `ocds_release`.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "ocds_release")]
pub struct Model {
    /// The process.
    #[sea_orm(primary_key, auto_increment = false)]
    pub process_id: Uuid,
    /// The event's.
    #[sea_orm(primary_key, auto_increment = false)]
    pub sequence: i64,
    /// Tag.
    #[sea_orm(column_type = "Text")]
    pub tag: String,
    /// When what it tells of happened.
    pub dated_at: DateTimeUtc,
    /// When it was published.
    pub published_at: DateTimeUtc,
    /// The release, OCDS 1.1.5 in JSON.
    #[sea_orm(column_type = "Text")]
    pub body: String,
}

impl ActiveModelBehavior for ActiveModel {}
