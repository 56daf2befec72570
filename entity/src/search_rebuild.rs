//! A rebuild of the search index that began and whose end, with all that changed meanwhile, is not yet certain.

use sea_orm::entity::prelude::*;

/// A row of `search_rebuild`.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "search_rebuild")]
pub struct Model {
    /// The rebuild.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// What changed since then has to be fed again.
    pub changes_since: DateTimeUtc,
    /// When its process last said that it is still at it.
    pub alive_at: DateTimeUtc,
}

impl ActiveModelBehavior for ActiveModel {}
