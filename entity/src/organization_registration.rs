//! A number under which some registry knows an organization; one number belongs to one organization.

use sea_orm::entity::prelude::*;

/// A row of `organization_registration`.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "organization_registration")]
pub struct Model {
    /// The registration.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// Who is registered.
    pub organization_id: Uuid,
    /// The registry: `RCCM`, `RSC`, `NIF`, `NINA` or another.
    #[sea_orm(column_type = "Text")]
    pub scheme: String,
    /// As typed.
    #[sea_orm(column_type = "Text")]
    pub raw: String,
    /// Without what people write differently: case, spaces, punctuation.
    #[sea_orm(column_type = "Text")]
    pub normalized: String,
    /// Its `organization`.
    #[sea_orm(belongs_to, from = "organization_id", to = "id")]
    pub organization: BelongsTo<super::organization::Entity>,
}

impl ActiveModelBehavior for ActiveModel {}
