//! Which edition of an embedded data set the tables hold.

use sea_orm::entity::prelude::*;

/// A row of `reference_data`.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "reference_data")]
pub struct Model {
    /// The data set.
    #[sea_orm(primary_key, auto_increment = false, column_type = "Text")]
    pub name: String,
    /// Digest of the edition applied, in hex.
    #[sea_orm(column_type = "Text")]
    pub digest: String,
    /// When it was applied.
    pub applied_at: DateTimeUtc,
}

impl ActiveModelBehavior for ActiveModel {}
