//! What a recall concerns.

use sea_orm::entity::prelude::*;

/// A row of `recall_lot`.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "recall_lot")]
pub struct Model {
    /// Recall id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub recall_id: Uuid,
    /// The lot.
    #[sea_orm(primary_key, auto_increment = false)]
    pub lot_id: Uuid,
    /// Is root.
    pub is_root: bool,
}

impl ActiveModelBehavior for ActiveModel {}
