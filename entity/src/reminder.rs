//! That people were reminded of something that runs out.

use sea_orm::entity::prelude::*;

/// A row of `reminder`.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "reminder")]
pub struct Model {
    /// What kind of thing runs out, by the prefix of its ids.
    #[sea_orm(primary_key, auto_increment = false, column_type = "Text")]
    pub subject_kind: String,
    /// Which.
    #[sea_orm(primary_key, auto_increment = false)]
    pub subject_id: Uuid,
    /// How many days before they were to be reminded.
    #[sea_orm(primary_key, auto_increment = false)]
    pub days_before: i64,
    /// When they were.
    pub told_at: DateTimeUtc,
}

impl ActiveModelBehavior for ActiveModel {}
