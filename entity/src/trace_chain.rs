//! The last link of each organization's chain of events.

use sea_orm::entity::prelude::*;

/// A row of `trace_chain`.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "trace_chain")]
pub struct Model {
    /// The organization.
    #[sea_orm(primary_key, auto_increment = false)]
    pub organization_id: Uuid,
    /// Head sequence.
    pub head_sequence: i64,
    /// Head hash.
    #[sea_orm(column_type = "Blob")]
    pub head_hash: Vec<u8>,
}

impl ActiveModelBehavior for ActiveModel {}
