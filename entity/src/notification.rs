//! Something that a person is told.

use sea_orm::entity::prelude::*;

/// A row of `notification`.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "notification")]
pub struct Model {
    /// The notification.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// Whom it is for.
    pub user_id: Uuid,
    /// What happened, as a word of the room.
    #[sea_orm(column_type = "Text")]
    pub kind: String,
    /// The wire id of what it leads to.
    #[sea_orm(column_type = "Text")]
    pub subject: String,
    /// The wire id of what it is told for, such as a saved search.
    #[sea_orm(column_type = "Text", nullable)]
    pub cause: Option<String>,
    /// What its text is made with, by name.
    #[sea_orm(column_type = "JsonBinary")]
    pub arguments: Json,
    /// When it was told.
    pub created_at: DateTimeUtc,
    /// When she read it.
    pub read_at: Option<DateTimeUtc>,
    /// Its `user_account`.
    #[sea_orm(belongs_to, from = "user_id", to = "id")]
    pub user: BelongsTo<super::user_account::Entity>,
}

impl ActiveModelBehavior for ActiveModel {}
