//! What an invoice bills: some of what was accepted of a line.

use sea_orm::entity::prelude::*;

/// A row of `invoice_line`.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "invoice_line")]
pub struct Model {
    /// The invoice.
    #[sea_orm(primary_key, auto_increment = false)]
    pub invoice_id: Uuid,
    /// The line of the contract.
    #[sea_orm(primary_key, auto_increment = false)]
    pub contract_line_id: Uuid,
    /// Thousandths of the line's unit.
    pub quantity: i64,
    /// In minor units of the currency.
    pub amount_minor: i64,
    /// What lateness of what it bills takes off.
    pub penalty_minor: i64,
}

impl ActiveModelBehavior for ActiveModel {}
