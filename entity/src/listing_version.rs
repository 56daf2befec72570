//! A listing as it stood after a change.

use sea_orm::entity::prelude::*;

/// A row of `listing_version`.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "listing_version")]
pub struct Model {
    /// The listing.
    #[sea_orm(primary_key, auto_increment = false)]
    pub listing_id: Uuid,
    /// The version the change made.
    #[sea_orm(primary_key, auto_increment = false)]
    pub version: i64,
    /// All its fields.
    #[sea_orm(column_type = "JsonBinary")]
    pub snapshot: Json,
    /// The user who changed it; none for the system.
    pub changed_by: Option<Uuid>,
    /// When.
    pub changed_at: DateTimeUtc,
    /// Its `listing`.
    #[sea_orm(belongs_to, from = "listing_id", to = "id")]
    pub listing: BelongsTo<super::listing::Entity>,
}

impl ActiveModelBehavior for ActiveModel {}
