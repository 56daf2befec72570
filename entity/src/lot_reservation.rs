//! What of each lot is held for a buyer.

use sea_orm::entity::prelude::*;

/// A row of `lot_reservation`.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "lot_reservation")]
pub struct Model {
    /// Reservation id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub reservation_id: Uuid,
    /// The lot.
    #[sea_orm(primary_key, auto_increment = false)]
    pub lot_id: Uuid,
    /// Grams.
    pub grams: i64,
}

impl ActiveModelBehavior for ActiveModel {}
