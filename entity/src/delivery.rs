//! What a producer brought.

use sea_orm::entity::prelude::*;

/// A row of `delivery`.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "delivery")]
pub struct Model {
    /// The event.
    #[sea_orm(primary_key, auto_increment = false)]
    pub event_id: Uuid,
    /// The lot.
    pub lot_id: Uuid,
    /// The producer.
    pub producer_id: Uuid,
    /// Plot id.
    pub plot_id: Option<Uuid>,
    /// Grams.
    pub grams: i64,
    /// As it was measured, in thousandths of the unit.
    pub quantity: i64,
    /// Unit.
    #[sea_orm(column_type = "Text")]
    pub unit: String,
}

impl ActiveModelBehavior for ActiveModel {}
