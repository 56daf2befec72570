//! Why a lot may not move.

use sea_orm::entity::prelude::*;

/// A row of `lot_hold`.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "lot_hold")]
pub struct Model {
    /// Identifies it.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The lot.
    pub lot_id: Uuid,
    /// Cause.
    #[sea_orm(column_type = "Text")]
    pub cause: String,
    /// The recall or the event.
    pub cause_id: Uuid,
    /// Placed at.
    pub placed_at: DateTimeUtc,
    /// Released at.
    pub released_at: Option<DateTimeUtc>,
    /// Released by.
    pub released_by: Option<Uuid>,
    /// Reason.
    #[sea_orm(column_type = "Text", nullable)]
    pub reason: Option<String>,
}

impl ActiveModelBehavior for ActiveModel {}
