//! A listing that a saved search has found. Told once.

use sea_orm::entity::prelude::*;

/// A row of `saved_search_match`.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "saved_search_match")]
pub struct Model {
    /// The search.
    #[sea_orm(primary_key, auto_increment = false)]
    pub saved_search_id: Uuid,
    /// The listing.
    #[sea_orm(primary_key, auto_increment = false)]
    pub listing_id: Uuid,
    /// When it was found.
    pub matched_at: DateTimeUtc,
    /// Its `saved_search`.
    #[sea_orm(belongs_to, from = "saved_search_id", to = "id")]
    pub saved_search: BelongsTo<super::saved_search::Entity>,
    /// Its `listing`.
    #[sea_orm(belongs_to, from = "listing_id", to = "id")]
    pub listing: BelongsTo<super::listing::Entity>,
}

impl ActiveModelBehavior for ActiveModel {}
