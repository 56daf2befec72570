//! The head of one hash chain of the audit log: locked while an entry is appended.

use sea_orm::entity::prelude::*;

/// A row of `audit_chain`.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "audit_chain")]
pub struct Model {
    /// The organization or user whose chain it is.
    #[sea_orm(primary_key, auto_increment = false)]
    pub chain_id: Uuid,
    /// Number of the last entry.
    pub head_sequence: i64,
    /// Hash of the last entry.
    #[sea_orm(column_type = "Blob")]
    pub head_hash: Vec<u8>,
}

impl ActiveModelBehavior for ActiveModel {}
