//! A thread of messages between two organizations.

use sea_orm::entity::prelude::*;

/// A row of `inquiry`.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "inquiry")]
pub struct Model {
    /// The thread.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// Who began.
    pub from_id: Uuid,
    /// To whom.
    pub to_id: Uuid,
    /// About which listing; null for the organization as a whole.
    pub listing_id: Option<Uuid>,
    /// `OPEN` or `CLOSED`.
    #[sea_orm(column_type = "Text")]
    pub status: String,
    /// The place of the last message; places count from 1.
    pub message_count: i64,
    /// When the last message was sent.
    pub last_message_at: DateTimeUtc,
    /// Up to which place who began has read.
    pub from_read: i64,
    /// When she last did.
    pub from_read_at: Option<DateTimeUtc>,
    /// Who of hers did.
    pub from_read_by: Option<Uuid>,
    /// How many messages of the other she has not read.
    pub from_unread: i64,
    /// The same of the other side.
    pub to_read: i64,
    /// When it last did.
    pub to_read_at: Option<DateTimeUtc>,
    /// Who of it did.
    pub to_read_by: Option<Uuid>,
    /// How many messages it has not read.
    pub to_unread: i64,
    /// When it began.
    pub created_at: DateTimeUtc,
    /// When it was closed; null while it is open.
    pub closed_at: Option<DateTimeUtc>,
}

impl ActiveModelBehavior for ActiveModel {}
