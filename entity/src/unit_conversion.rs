//! What a local unit weighs, for a product and a place, between two days.

use sea_orm::entity::prelude::*;

/// A row of `unit_conversion`.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "unit_conversion")]
pub struct Model {
    /// The conversion.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The unit.
    #[sea_orm(column_type = "Text")]
    pub unit_code: String,
    /// For this product; none for any.
    #[sea_orm(column_type = "Text", nullable)]
    pub product_code: Option<String>,
    /// In this place and below; none for anywhere.
    #[sea_orm(column_type = "Text", nullable)]
    pub place_code: Option<String>,
    /// Grams in one unit.
    pub grams: i64,
    /// First day it holds.
    pub valid_from: Date,
    /// Last day it holds; none while it goes on.
    pub valid_to: Option<Date>,
    /// Who weighed.
    #[sea_orm(column_type = "Text")]
    pub weigher: String,
    /// Where it was published.
    #[sea_orm(column_type = "Text")]
    pub source: String,
    /// How sure we are of it.
    #[sea_orm(column_type = "Text")]
    pub certainty: String,
}

impl ActiveModelBehavior for ActiveModel {}
