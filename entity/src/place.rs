//! A country, region, district, cercle or commune, as the embedded gazetteer gives it.

use sea_orm::entity::prelude::*;

/// A row of `place`.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "place")]
pub struct Model {
    /// Our code of it, stable across renamings.
    #[sea_orm(primary_key, auto_increment = false, column_type = "Text")]
    pub code: String,
    /// `COUNTRY`, `REGION`, `DISTRICT`, `CERCLE` or `COMMUNE`.
    #[sea_orm(column_type = "Text")]
    pub kind: String,
    /// Its official name.
    #[sea_orm(column_type = "Text")]
    pub name: String,
    /// An object of language code to name.
    #[sea_orm(column_type = "JsonBinary")]
    pub names: Json,
    /// What it lies in.
    #[sea_orm(column_type = "Text", nullable)]
    pub parent_code: Option<String>,
    /// The region it is or lies in.
    #[sea_orm(column_type = "Text", nullable)]
    pub region_code: Option<String>,
    /// The cercle it is or lies in.
    #[sea_orm(column_type = "Text", nullable)]
    pub cercle_code: Option<String>,
    /// An object of code system to code.
    #[sea_orm(column_type = "JsonBinary")]
    pub codes: Json,
    /// Degrees north, WGS 84.
    pub latitude: Option<f64>,
    /// Degrees east, WGS 84.
    pub longitude: Option<f64>,
    /// First day it existed under this code.
    pub valid_from: Option<Date>,
    /// Last day.
    pub valid_to: Option<Date>,
    /// Where the entry comes from.
    #[sea_orm(column_type = "Text")]
    pub source: String,
    /// How sure we are of it.
    #[sea_orm(column_type = "Text")]
    pub certainty: String,
    /// Its rows of `place_alias`.
    #[sea_orm(has_many)]
    pub aliases: HasMany<super::place_alias::Entity>,
}

impl ActiveModelBehavior for ActiveModel {}
