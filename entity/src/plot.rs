//! Land that a producer farms.

use sea_orm::entity::prelude::*;

/// A row of `plot`.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "plot")]
pub struct Model {
    /// Identifies it.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The producer.
    pub producer_id: Uuid,
    /// Its name.
    #[sea_orm(column_type = "Text")]
    pub name: String,
    /// GeoJSON: a Point or a Polygon, WGS 84. Null once she asked to be forgotten.
    #[sea_orm(column_type = "JsonBinary", nullable)]
    pub geometry: Option<Json>,
    /// Of a polygon computed, of a point as declared.
    pub square_metres: Option<i64>,
    /// Latitude.
    pub latitude: Option<f64>,
    /// Longitude.
    pub longitude: Option<f64>,
    /// Its first day.
    pub valid_from: Date,
    /// Its last day; null while it lasts.
    pub valid_until: Option<Date>,
    /// When it was made.
    pub created_at: DateTimeUtc,
    /// When it was changed last.
    pub updated_at: DateTimeUtc,
    /// Counts its changes, from 1.
    pub version: i64,
}

impl ActiveModelBehavior for ActiveModel {}
