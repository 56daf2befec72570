//! What an event is about.

use sea_orm::entity::prelude::*;

/// A row of `trace_event_epc`.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "trace_event_epc")]
pub struct Model {
    /// Epc.
    #[sea_orm(primary_key, auto_increment = false, column_type = "Text")]
    pub epc: String,
    /// The event.
    #[sea_orm(primary_key, auto_increment = false)]
    pub event_id: Uuid,
    /// Role.
    #[sea_orm(primary_key, auto_increment = false, column_type = "Text")]
    pub role: String,
}

impl ActiveModelBehavior for ActiveModel {}
