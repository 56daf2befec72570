//! What bids are judged by.

use sea_orm::entity::prelude::*;

/// A row of `request_criterion`.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "request_criterion")]
pub struct Model {
    /// Identifies it.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The request.
    pub request_id: Uuid,
    /// Its place among its siblings, from 0.
    pub position: i64,
    /// Name.
    #[sea_orm(column_type = "Text")]
    pub name: String,
    /// PRICE and WOMEN_STATUS follow from what is known; the others are scored by people.
    #[sea_orm(column_type = "Text")]
    pub kind: String,
    /// Thousandths of a percent; all of a request are 100000 together.
    pub weight: i64,
}

impl ActiveModelBehavior for ActiveModel {}
