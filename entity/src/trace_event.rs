//! What happened: EPCIS 2.0, appended and never changed.

use sea_orm::entity::prelude::*;

/// A row of `trace_event`.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "trace_event")]
pub struct Model {
    /// Identifies it.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The organization.
    pub organization_id: Uuid,
    /// Counts the organization's events, from 1.
    pub sequence: i64,
    /// Kind.
    #[sea_orm(column_type = "Text")]
    pub kind: String,
    /// Event time.
    pub event_time: DateTimeUtc,
    /// Recorded at.
    pub recorded_at: DateTimeUtc,
    /// Recorded by.
    pub recorded_by: Option<Uuid>,
    /// The event in the form that RFC 8785 makes canonical.
    #[sea_orm(column_type = "Text")]
    pub body: String,
    /// What EPCIS calls it; an event and its error declaration share it. Like the next six it stands in the body.
    #[sea_orm(column_type = "Text")]
    pub event_uri: String,
    /// Event type.
    #[sea_orm(column_type = "Text")]
    pub event_type: String,
    /// Action.
    #[sea_orm(column_type = "Text", nullable)]
    pub action: Option<String>,
    /// Business step.
    #[sea_orm(column_type = "Text", nullable)]
    pub biz_step: Option<String>,
    /// Disposition.
    #[sea_orm(column_type = "Text", nullable)]
    pub disposition: Option<String>,
    /// Read point.
    #[sea_orm(column_type = "Text", nullable)]
    pub read_point: Option<String>,
    /// Business location.
    #[sea_orm(column_type = "Text", nullable)]
    pub biz_location: Option<String>,
    /// Whether it says of an event that it was wrong.
    pub declares_error: bool,
    /// CBV 2.0, section 8.9: by what the same event is known again. Not by what it is sealed.
    #[sea_orm(column_type = "Blob")]
    pub event_hash: Vec<u8>,
    /// Which event this one declares an error.
    pub corrects: Option<Uuid>,
    /// SHA-256 of the hash before and the body.
    #[sea_orm(column_type = "Blob")]
    pub hash: Vec<u8>,
}

impl ActiveModelBehavior for ActiveModel {}
