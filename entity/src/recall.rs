//! Taking back what is not safe.

use sea_orm::entity::prelude::*;

/// A row of `recall`.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "recall")]
pub struct Model {
    /// Identifies it.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The organization.
    pub organization_id: Uuid,
    /// The event.
    pub event_id: Uuid,
    /// Reason.
    #[sea_orm(column_type = "Text")]
    pub reason: String,
    /// Opened at.
    pub opened_at: DateTimeUtc,
    /// Opened by.
    pub opened_by: Option<Uuid>,
    /// Closed at.
    pub closed_at: Option<DateTimeUtc>,
    /// Closed by.
    pub closed_by: Option<Uuid>,
    /// Resolution.
    #[sea_orm(column_type = "Text", nullable)]
    pub resolution: Option<String>,
    /// Counts its changes, from 1.
    pub version: i64,
}

impl ActiveModelBehavior for ActiveModel {}
