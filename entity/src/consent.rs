//! What a person agreed to, and until when.

use sea_orm::entity::prelude::*;

/// A row of `consent`.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "consent")]
pub struct Model {
    /// The consent.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// Whose.
    pub user_id: Uuid,
    /// `PUBLIC_NAME`, `STATISTICS` or `TRAINING_OFFERS`.
    #[sea_orm(column_type = "Text")]
    pub purpose: String,
    /// The words that she agreed to.
    #[sea_orm(column_type = "Text")]
    pub wording: String,
    /// When she agreed.
    pub given_at: DateTimeUtc,
    /// When she took it back; null while it stands.
    pub withdrawn_at: Option<DateTimeUtc>,
    /// Its `user_account`.
    #[sea_orm(belongs_to, from = "user_id", to = "id")]
    pub user: BelongsTo<super::user_account::Entity>,
}

impl ActiveModelBehavior for ActiveModel {}
