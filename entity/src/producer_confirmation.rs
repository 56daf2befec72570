//! The code by which a producer confirms what was recorded of her.

use sea_orm::entity::prelude::*;

/// A row of `producer_confirmation`.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "producer_confirmation")]
pub struct Model {
    /// Identifies it.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The producer.
    pub producer_id: Uuid,
    /// Delivery id.
    pub delivery_id: Uuid,
    /// Null where it confirms the delivery itself.
    pub payment_id: Option<Uuid>,
    /// Code digest.
    #[sea_orm(column_type = "Blob")]
    pub code_digest: Vec<u8>,
    /// Channel.
    #[sea_orm(column_type = "Text")]
    pub channel: String,
    /// Issued at.
    pub issued_at: DateTimeUtc,
    /// Expires at.
    pub expires_at: DateTimeUtc,
    /// Confirmed at.
    pub confirmed_at: Option<DateTimeUtc>,
}

impl ActiveModelBehavior for ActiveModel {}
