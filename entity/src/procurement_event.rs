//! What happened that is to be published; one release each.

use sea_orm::entity::prelude::*;

/// A row of `procurement_event`.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "procurement_event")]
pub struct Model {
    /// The process.
    #[sea_orm(primary_key, auto_increment = false)]
    pub process_id: Uuid,
    /// Counts the events of the process, from 1.
    #[sea_orm(primary_key, auto_increment = false)]
    pub sequence: i64,
    /// OCDS 1.1.5, codelist releaseTag.
    #[sea_orm(column_type = "Text")]
    pub tag: String,
    /// At.
    pub at: DateTimeUtc,
}

impl ActiveModelBehavior for ActiveModel {}
