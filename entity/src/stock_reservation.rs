//! A quantity of a listing held for a buyer until it is fulfilled, released or expired.

use sea_orm::entity::prelude::*;

/// A row of `stock_reservation`.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "stock_reservation")]
pub struct Model {
    /// The reservation.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// What is held.
    pub listing_id: Uuid,
    /// For whom.
    pub organization_id: Uuid,
    /// How much, thousandths of the unit.
    pub quantity: i64,
    /// The unit that the listing had when it was reserved.
    #[sea_orm(column_type = "Text")]
    pub quantity_unit: String,
    /// `HELD`, `RELEASED`, `FULFILLED` or `EXPIRED`.
    #[sea_orm(column_type = "Text")]
    pub status: String,
    /// Held until here at the longest.
    pub expires_at: DateTimeUtc,
    /// The user who reserved.
    pub created_by: Uuid,
    /// When.
    pub created_at: DateTimeUtc,
    /// When it stopped being held.
    pub ended_at: Option<DateTimeUtc>,
    /// Its `listing`.
    #[sea_orm(belongs_to, from = "listing_id", to = "id")]
    pub listing: BelongsTo<super::listing::Entity>,
}

impl ActiveModelBehavior for ActiveModel {}
