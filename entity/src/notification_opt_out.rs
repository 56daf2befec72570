//! A token in a message by which its recipient stops further ones without signing in.

use sea_orm::entity::prelude::*;

/// A row of `notification_opt_out`.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "notification_opt_out")]
pub struct Model {
    /// SHA-256 of the token.
    #[sea_orm(primary_key, auto_increment = false, column_type = "Blob")]
    pub token_hash: Vec<u8>,
    /// Whose messages it stops.
    pub user_id: Uuid,
    /// When it was made.
    pub created_at: DateTimeUtc,
    /// Its `user_account`.
    #[sea_orm(belongs_to, from = "user_id", to = "id")]
    pub user: BelongsTo<super::user_account::Entity>,
}

impl ActiveModelBehavior for ActiveModel {}
