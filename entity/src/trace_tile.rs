//! Roots of whole subtrees of events.

use sea_orm::entity::prelude::*;

/// A row of `trace_tile`.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "trace_tile")]
pub struct Model {
    /// The organization.
    #[sea_orm(primary_key, auto_increment = false)]
    pub organization_id: Uuid,
    /// Tile.
    #[sea_orm(primary_key, auto_increment = false)]
    pub tile: i64,
    /// Root.
    #[sea_orm(column_type = "Blob")]
    pub root: Vec<u8>,
}

impl ActiveModelBehavior for ActiveModel {}
