//! A physical quantity of a product.

use sea_orm::entity::prelude::*;

/// A row of `lot`.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "lot")]
pub struct Model {
    /// Identifies it.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// What stands on its label.
    #[sea_orm(column_type = "Text")]
    pub code: String,
    /// Product code.
    #[sea_orm(column_type = "Text")]
    pub product_code: String,
    /// Whose it is.
    pub organization_id: Uuid,
    /// Who made it.
    pub maker_id: Uuid,
    /// Who is to receive it, while it is under way.
    pub destination_id: Option<Uuid>,
    /// Place code.
    #[sea_orm(column_type = "Text", nullable)]
    pub place_code: Option<String>,
    /// Grade.
    #[sea_orm(column_type = "Text", nullable)]
    pub grade: Option<String>,
    /// Grams.
    pub grams: i64,
    /// Left grams.
    pub left_grams: i64,
    /// Held for buyers of listings.
    pub reserved_grams: i64,
    /// Custody.
    #[sea_orm(column_type = "Text")]
    pub custody: String,
    /// Status.
    #[sea_orm(column_type = "Text")]
    pub status: String,
    /// How many open reasons hold it.
    pub holds: i64,
    /// Whether more came out than its rule of yield allows, with a signed reason.
    pub waived: bool,
    /// Made by.
    pub made_by: Uuid,
    /// Made at.
    pub made_at: DateTimeUtc,
    /// The last thing that happened to it; nothing may happen to it before.
    pub touched_at: DateTimeUtc,
    /// When it was made.
    pub created_at: DateTimeUtc,
}

impl ActiveModelBehavior for ActiveModel {}
