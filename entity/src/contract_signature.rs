//! Who signed which wording.

use sea_orm::entity::prelude::*;

/// A row of `contract_signature`.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "contract_signature")]
pub struct Model {
    /// The contract.
    #[sea_orm(primary_key, auto_increment = false)]
    pub contract_id: Uuid,
    /// Counts changes from 1.
    #[sea_orm(primary_key, auto_increment = false)]
    pub version: i64,
    /// The organization.
    #[sea_orm(primary_key, auto_increment = false)]
    pub organization_id: Uuid,
    /// Signed by which user.
    pub signed_by: Option<Uuid>,
    /// When it was signed.
    pub signed_at: DateTimeUtc,
}

impl ActiveModelBehavior for ActiveModel {}
