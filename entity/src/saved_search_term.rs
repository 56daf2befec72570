//! What a saved search is found by: a document without any of its terms cannot fulfil it.

use sea_orm::entity::prelude::*;

/// A row of `saved_search_term`.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "saved_search_term")]
pub struct Model {
    /// The term.
    #[sea_orm(primary_key, auto_increment = false, column_type = "Text")]
    pub term: String,
    /// The search.
    #[sea_orm(primary_key, auto_increment = false)]
    pub saved_search_id: Uuid,
    /// Its `saved_search`.
    #[sea_orm(belongs_to, from = "saved_search_id", to = "id")]
    pub saved_search: BelongsTo<super::saved_search::Entity>,
}

impl ActiveModelBehavior for ActiveModel {}
