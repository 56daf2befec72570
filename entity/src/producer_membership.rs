//! When a producer belonged to her organization, and to a group of it that is certified together.

use sea_orm::entity::prelude::*;

/// A row of `producer_membership`.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "producer_membership")]
pub struct Model {
    /// Identifies it.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The producer.
    pub producer_id: Uuid,
    /// Null for the organization itself.
    #[sea_orm(column_type = "Text", nullable)]
    pub scheme_code: Option<String>,
    /// Its first day.
    pub valid_from: Date,
    /// The last day; null while it lasts.
    pub valid_until: Option<Date>,
    /// When it was made.
    pub created_at: DateTimeUtc,
}

impl ActiveModelBehavior for ActiveModel {}
