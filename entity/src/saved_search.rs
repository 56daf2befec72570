//! A search that a person keeps to be told of what it finds later.

use sea_orm::entity::prelude::*;

/// A row of `saved_search`.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "saved_search")]
pub struct Model {
    /// The search.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// Whose.
    pub user_id: Uuid,
    /// What she calls it.
    #[sea_orm(column_type = "Text")]
    pub name: String,
    /// The words.
    #[sea_orm(column_type = "Text", nullable)]
    pub query: Option<String>,
    /// What narrows it, as the search room checked it.
    #[sea_orm(column_type = "JsonBinary")]
    pub filter: Json,
    /// Channels beside the product itself, an array of words.
    #[sea_orm(column_type = "JsonBinary")]
    pub channels: Json,
    /// False while it is paused.
    pub active: bool,
    /// What changed before this instant is not told of.
    pub listens_since: DateTimeUtc,
    /// Counts changes from 1.
    pub version: i64,
    /// When it was saved.
    pub created_at: DateTimeUtc,
    /// When it last changed.
    pub updated_at: DateTimeUtc,
    /// Its `user_account`.
    #[sea_orm(belongs_to, from = "user_id", to = "id")]
    pub user: BelongsTo<super::user_account::Entity>,
}

impl ActiveModelBehavior for ActiveModel {}
