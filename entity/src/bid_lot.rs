//! What an opened bid offers for a lot.

use sea_orm::entity::prelude::*;

/// A row of `bid_lot`.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "bid_lot")]
pub struct Model {
    /// The bid.
    #[sea_orm(primary_key, auto_increment = false)]
    pub bid_id: Uuid,
    /// The lot of the request.
    #[sea_orm(primary_key, auto_increment = false)]
    pub request_lot_id: Uuid,
    /// Minor units a whole unit of the lot.
    pub unit_price_minor: i64,
    /// Thousandths of the lot's unit.
    pub quantity: i64,
    /// Price times quantity, rounded half to even, once.
    pub amount_minor: i64,
}

impl ActiveModelBehavior for ActiveModel {}
