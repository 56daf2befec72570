//! Where an organization stands under one definition: derived from declarations and evidence, kept for filters only.

use sea_orm::entity::prelude::*;

/// A row of `ownership_assessment`.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "ownership_assessment")]
pub struct Model {
    /// Who is assessed.
    #[sea_orm(primary_key, auto_increment = false)]
    pub organization_id: Uuid,
    /// The definition, an `OwnershipDefinition` name.
    #[sea_orm(primary_key, auto_increment = false, column_type = "Text")]
    pub definition: String,
    /// `YES`, `NO` or `UNKNOWN`.
    #[sea_orm(column_type = "Text")]
    pub status: String,
    /// The weakest evidence the status rests on.
    #[sea_orm(column_type = "Text")]
    pub evidence_level: String,
    /// The rules that were applied.
    #[sea_orm(column_type = "Text")]
    pub rules_version: String,
    /// The day as of which they were applied.
    pub assessed_on: Date,
    /// Its `organization`.
    #[sea_orm(belongs_to, from = "organization_id", to = "id")]
    pub organization: BelongsTo<super::organization::Entity>,
}

impl ActiveModelBehavior for ActiveModel {}
