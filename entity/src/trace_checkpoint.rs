//! What the service signed of a chain of events.

use sea_orm::entity::prelude::*;

/// A row of `trace_checkpoint`.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "trace_checkpoint")]
pub struct Model {
    /// The organization.
    #[sea_orm(primary_key, auto_increment = false)]
    pub organization_id: Uuid,
    /// Sequence.
    #[sea_orm(primary_key, auto_increment = false)]
    pub sequence: i64,
    /// Root.
    #[sea_orm(column_type = "Blob")]
    pub root: Vec<u8>,
    /// Signed at.
    pub signed_at: DateTimeUtc,
    /// Token.
    #[sea_orm(column_type = "Text")]
    pub token: String,
}

impl ActiveModelBehavior for ActiveModel {}
