//! A message of a thread.

use sea_orm::entity::prelude::*;

/// A row of `inquiry_message`.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "inquiry_message")]
pub struct Model {
    /// The message.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// Of which thread.
    pub inquiry_id: Uuid,
    /// Its place in the thread, from 1.
    pub sequence: i64,
    /// For whom it was written.
    pub organization_id: Uuid,
    /// Who wrote it; null once she asked to be forgotten.
    pub author_id: Option<Uuid>,
    /// What it says.
    #[sea_orm(column_type = "Text")]
    pub text: String,
    /// When it was sent.
    pub sent_at: DateTimeUtc,
}

impl ActiveModelBehavior for ActiveModel {}
