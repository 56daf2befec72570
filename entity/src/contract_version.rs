//! Each wording of a contract: proposed by one side, in force once all have signed.

use sea_orm::entity::prelude::*;

/// A row of `contract_version`.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "contract_version")]
pub struct Model {
    /// The contract.
    #[sea_orm(primary_key, auto_increment = false)]
    pub contract_id: Uuid,
    /// Counts changes from 1.
    #[sea_orm(primary_key, auto_increment = false)]
    pub version: i64,
    /// All its terms.
    #[sea_orm(column_type = "JsonBinary")]
    pub terms: Json,
    /// Rationale.
    #[sea_orm(column_type = "Text")]
    pub rationale: Option<String>,
    /// Proposed for.
    pub proposed_for: Option<Uuid>,
    /// Proposed by which user.
    pub proposed_by: Option<Uuid>,
    /// When it was proposed.
    pub proposed_at: DateTimeUtc,
}

impl ActiveModelBehavior for ActiveModel {}
