//! A class of produce in the taxonomy, as the embedded data file gives it.

use sea_orm::entity::prelude::*;

/// A row of `product`.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "product")]
pub struct Model {
    /// Our code of it.
    #[sea_orm(primary_key, auto_increment = false, column_type = "Text")]
    pub code: String,
    /// The class it belongs to; none at the top.
    #[sea_orm(column_type = "Text", nullable)]
    pub parent_code: Option<String>,
    /// An object of language code to name.
    #[sea_orm(column_type = "JsonBinary")]
    pub names: Json,
    /// Harmonized System 2022 code.
    #[sea_orm(column_type = "Text", nullable)]
    pub hs_code: Option<String>,
    /// The full record.
    #[sea_orm(column_type = "JsonBinary")]
    pub body: Json,
    /// Its place among its siblings.
    pub position: i32,
    /// Its rows of `listing`.
    #[sea_orm(has_many)]
    pub listings: HasMany<super::listing::Entity>,
}

impl ActiveModelBehavior for ActiveModel {}
