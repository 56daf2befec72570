//! The suppliers, with their shares of what is paid.

use sea_orm::entity::prelude::*;

/// A row of `contract_supplier`.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "contract_supplier")]
pub struct Model {
    /// The contract.
    #[sea_orm(primary_key, auto_increment = false)]
    pub contract_id: Uuid,
    /// The organization.
    #[sea_orm(primary_key, auto_increment = false)]
    pub organization_id: Uuid,
    /// Thousandths of a percent; all of a contract are 100000 together.
    pub share: i64,
}

impl ActiveModelBehavior for ActiveModel {}
