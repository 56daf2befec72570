//! What a person wants to be told by which channel, and when.

use sea_orm::entity::prelude::*;

/// A row of `notification_preference`.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "notification_preference")]
pub struct Model {
    /// Whose.
    #[sea_orm(primary_key, auto_increment = false)]
    pub user_id: Uuid,
    /// Whether she wants e-mail.
    pub email: bool,
    /// Whether she wants SMS.
    pub sms: bool,
    /// First minute of the day, UTC, in which she is left alone.
    pub quiet_from: Option<i32>,
    /// Minute of the day, UTC, from which she is not.
    pub quiet_until: Option<i32>,
    /// E-mails a day at most.
    pub email_daily_max: i32,
    /// SMS a day at most.
    pub sms_daily_max: i32,
    /// When she set it.
    pub updated_at: DateTimeUtc,
    /// Its `user_account`.
    #[sea_orm(belongs_to, from = "user_id", to = "id")]
    pub user: BelongsTo<super::user_account::Entity>,
}

impl ActiveModelBehavior for ActiveModel {}
