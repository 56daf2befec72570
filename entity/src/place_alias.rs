//! Another way people write a place: other spellings, languages, former names.

use sea_orm::entity::prelude::*;

/// A row of `place_alias`.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "place_alias")]
pub struct Model {
    /// The alias without case and accents, as it is looked up.
    #[sea_orm(primary_key, auto_increment = false, column_type = "Text")]
    pub folded: String,
    /// What it means.
    #[sea_orm(primary_key, auto_increment = false, column_type = "Text")]
    pub place_code: String,
    /// As it is written.
    #[sea_orm(column_type = "Text")]
    pub alias: String,
    /// Where the alias comes from.
    #[sea_orm(column_type = "Text")]
    pub source: String,
    /// Its `place`.
    #[sea_orm(belongs_to, from = "place_code", to = "code")]
    pub place: BelongsTo<super::place::Entity>,
}

impl ActiveModelBehavior for ActiveModel {}
