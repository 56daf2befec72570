//! Of whom an organization wants to hear nothing.

use sea_orm::entity::prelude::*;

/// A row of `inquiry_block`.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "inquiry_block")]
pub struct Model {
    /// Who wants to hear nothing.
    #[sea_orm(primary_key, auto_increment = false)]
    pub organization_id: Uuid,
    /// Of whom.
    #[sea_orm(primary_key, auto_increment = false)]
    pub blocked_id: Uuid,
    /// Why, for herself.
    #[sea_orm(column_type = "Text", nullable)]
    pub reason: Option<String>,
    /// Who of hers said so.
    pub blocked_by: Option<Uuid>,
    /// Since when.
    pub created_at: DateTimeUtc,
}

impl ActiveModelBehavior for ActiveModel {}
