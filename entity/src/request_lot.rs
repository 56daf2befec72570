//! What is asked for in one piece: it is bid on and awarded by itself.

use sea_orm::entity::prelude::*;

/// A row of `request_lot`.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "request_lot")]
pub struct Model {
    /// Identifies it.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The request.
    pub request_id: Uuid,
    /// Its place among its siblings, from 0.
    pub position: i64,
    /// What it is called.
    #[sea_orm(column_type = "Text")]
    pub title: String,
    /// CANCELLED by an amendment, UNSUCCESSFUL where nothing was awarded, COMPLETE where it was.
    #[sea_orm(column_type = "Text")]
    pub status: String,
    /// The product.
    #[sea_orm(column_type = "Text")]
    pub product_code: String,
    /// Thousandths of the unit.
    pub quantity: i64,
    /// The unit's code.
    #[sea_orm(column_type = "Text")]
    pub unit: String,
    /// What it weighs by the catalogue's conversion, where there is one.
    pub grams: Option<i64>,
    /// Where it is to be delivered.
    #[sea_orm(column_type = "Text")]
    pub place_code: Option<String>,
    /// Delivery from.
    pub delivery_from: Option<Date>,
    /// Delivery until.
    pub delivery_until: Option<Date>,
    /// An array of codes of schemes, each of which the bidder must hold for the product.
    #[sea_orm(column_type = "JsonBinary")]
    pub required_schemes: Json,
    /// An array of {attribute, minimum, maximum}: as the catalogue's quality attributes.
    #[sea_orm(column_type = "JsonBinary")]
    pub quality: Json,
    /// Estimated, in minor units.
    pub estimated_minor: Option<i64>,
}

impl ActiveModelBehavior for ActiveModel {}
