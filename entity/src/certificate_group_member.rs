//! A producer of a group that is certified together.

use sea_orm::entity::prelude::*;

/// A row of `certificate_group_member`.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "certificate_group_member")]
pub struct Model {
    /// The group's certificate.
    #[sea_orm(primary_key, auto_increment = false)]
    pub certificate_id: Uuid,
    /// What the group calls her by.
    #[sea_orm(primary_key, auto_increment = false, column_type = "Text")]
    pub member_code: String,
    /// The SHA-256 of her phone or identity number, to tell that she is in two groups.
    #[sea_orm(column_type = "Blob")]
    pub person_digest: Vec<u8>,
    /// What she farms, in thousandths of a hectare.
    pub hectares: i64,
    /// What she earns with what is certified, in whole francs CFA a year.
    pub turnover_xof: Option<i64>,
    /// Its `certificate`.
    #[sea_orm(belongs_to, from = "certificate_id", to = "id")]
    pub certificate: BelongsTo<super::certificate::Entity>,
}

impl ActiveModelBehavior for ActiveModel {}
