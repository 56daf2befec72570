//! What is to be delivered at which price, as it is in force.

use sea_orm::entity::prelude::*;

/// A row of `contract_line`.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "contract_line")]
pub struct Model {
    /// Identifies it.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The contract.
    pub contract_id: Uuid,
    /// Its place among its siblings, from 0.
    pub position: i64,
    /// The lot of the request.
    pub request_lot_id: Option<Uuid>,
    /// What it is called.
    #[sea_orm(column_type = "Text")]
    pub title: String,
    /// The product.
    #[sea_orm(column_type = "Text")]
    pub product_code: String,
    /// Thousandths of the unit.
    pub quantity: i64,
    /// The unit's code.
    #[sea_orm(column_type = "Text")]
    pub unit: String,
    /// Grams.
    pub grams: Option<i64>,
    /// Minor units a whole unit.
    pub unit_price_minor: i64,
    /// In minor units of the currency.
    pub amount_minor: i64,
    /// The place.
    #[sea_orm(column_type = "Text")]
    pub place_code: Option<String>,
    /// Deliver from.
    pub deliver_from: Option<Date>,
    /// Deliver until.
    pub deliver_until: Option<Date>,
    /// Accepted and billed so far, in thousandths of the unit.
    pub accepted: i64,
    /// Billed.
    pub billed: i64,
}

impl ActiveModelBehavior for ActiveModel {}
