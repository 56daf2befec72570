//! What went from one lot into another.

use sea_orm::entity::prelude::*;

/// A row of `lot_edge`.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "lot_edge")]
pub struct Model {
    /// Child id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub child_id: Uuid,
    /// Parent id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub parent_id: Uuid,
    /// Grams.
    pub grams: i64,
}

impl ActiveModelBehavior for ActiveModel {}
