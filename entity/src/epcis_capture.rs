//! Documents of events that others hand in.

use sea_orm::entity::prelude::*;

/// A row of `epcis_capture`.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "epcis_capture")]
pub struct Model {
    /// Identifies it.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The organization.
    pub organization_id: Uuid,
    /// Requested by.
    pub requested_by: Option<Uuid>,
    /// Whether one wrong event refuses them all.
    #[sea_orm(column_type = "Text")]
    pub error_behaviour: String,
    /// The document, until it is worked through.
    #[sea_orm(column_type = "Text", nullable)]
    pub document: Option<String>,
    /// Events.
    pub events: i64,
    /// Captured.
    pub captured: i64,
    /// Success.
    pub success: Option<bool>,
    /// Errors.
    #[sea_orm(column_type = "JsonBinary")]
    pub errors: Json,
    /// When it was made.
    pub created_at: DateTimeUtc,
    /// Finished at.
    pub finished_at: Option<DateTimeUtc>,
}

impl ActiveModelBehavior for ActiveModel {}
