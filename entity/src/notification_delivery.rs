//! A notification on its way to a person outside the product.

use sea_orm::entity::prelude::*;

/// A row of `notification_delivery`.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "notification_delivery")]
pub struct Model {
    /// The delivery.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// What is delivered.
    pub notification_id: Uuid,
    /// To whom, copied for counting.
    pub user_id: Uuid,
    /// `EMAIL` or `SMS`.
    #[sea_orm(column_type = "Text")]
    pub channel: String,
    /// Where it stands.
    #[sea_orm(column_type = "Text")]
    pub state: String,
    /// Not to be sent before.
    pub due_at: DateTimeUtc,
    /// How often it was handed over.
    pub attempts: i32,
    /// When it was last handed over.
    pub attempted_at: Option<DateTimeUtc>,
    /// Why it stands there, as a word of the room.
    #[sea_orm(column_type = "Text", nullable)]
    pub reason: Option<String>,
    /// When it came to stand there.
    pub updated_at: DateTimeUtc,
    /// Its `notification`.
    #[sea_orm(belongs_to, from = "notification_id", to = "id")]
    pub notification: BelongsTo<super::notification::Entity>,
    /// Its `user_account`.
    #[sea_orm(belongs_to, from = "user_id", to = "id")]
    pub user: BelongsTo<super::user_account::Entity>,
}

impl ActiveModelBehavior for ActiveModel {}
