//! Which lots a listing offers.

use sea_orm::entity::prelude::*;

/// A row of `listing_lot`.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "listing_lot")]
pub struct Model {
    /// Listing id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub listing_id: Uuid,
    /// The lot.
    #[sea_orm(primary_key, auto_increment = false)]
    pub lot_id: Uuid,
    /// Position.
    pub position: i64,
}

impl ActiveModelBehavior for ActiveModel {}
