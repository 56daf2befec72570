//! Whom a certificate covers, its holder among them.

use sea_orm::entity::prelude::*;

/// A row of `certificate_organization`.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "certificate_organization")]
pub struct Model {
    /// Who is covered.
    #[sea_orm(primary_key, auto_increment = false)]
    pub organization_id: Uuid,
    /// By what.
    #[sea_orm(primary_key, auto_increment = false)]
    pub certificate_id: Uuid,
    /// Its `certificate`.
    #[sea_orm(belongs_to, from = "certificate_id", to = "id")]
    pub certificate: BelongsTo<super::certificate::Entity>,
}

impl ActiveModelBehavior for ActiveModel {}
