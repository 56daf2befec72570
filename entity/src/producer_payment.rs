//! What a producer was paid for a delivery.

use sea_orm::entity::prelude::*;

/// A row of `producer_payment`.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "producer_payment")]
pub struct Model {
    /// Identifies it.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// Delivery id.
    pub delivery_id: Uuid,
    /// Minor.
    pub minor: i64,
    /// Currency.
    #[sea_orm(column_type = "Text")]
    pub currency: String,
    /// Paid at.
    pub paid_at: DateTimeUtc,
    /// Recorded by.
    pub recorded_by: Option<Uuid>,
    /// When it was made.
    pub created_at: DateTimeUtc,
}

impl ActiveModelBehavior for ActiveModel {}
