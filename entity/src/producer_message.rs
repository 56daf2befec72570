//! Short messages to people without an account, on their way.

use sea_orm::entity::prelude::*;

/// A row of `producer_message`.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "producer_message")]
pub struct Model {
    /// Identifies it.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The producer.
    pub producer_id: Uuid,
    /// Text.
    #[sea_orm(column_type = "Text")]
    pub text: String,
    /// Due at.
    pub due_at: DateTimeUtc,
    /// Attempts.
    pub attempts: i32,
    /// Taken until.
    pub taken_until: Option<DateTimeUtc>,
}

impl ActiveModelBehavior for ActiveModel {}
