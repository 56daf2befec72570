//! Which lots were delivered.

use sea_orm::entity::prelude::*;

/// A row of `contract_delivery_lot`.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "contract_delivery_lot")]
pub struct Model {
    /// Delivery.
    #[sea_orm(primary_key, auto_increment = false)]
    pub delivery_id: Uuid,
    /// The lot.
    #[sea_orm(primary_key, auto_increment = false)]
    pub lot_id: Uuid,
    /// Grams.
    pub grams: i64,
}

impl ActiveModelBehavior for ActiveModel {}
