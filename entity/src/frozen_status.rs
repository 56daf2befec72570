//! What women's status an organization had where a bid or an award relied on it. Never assessed again.

use sea_orm::entity::prelude::*;

/// A row of `frozen_status`.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "frozen_status")]
pub struct Model {
    /// Subject kind.
    #[sea_orm(column_type = "Text")]
    pub subject_kind: String,
    /// The bid or the award; a direct order's contract stands as its award.
    #[sea_orm(primary_key, auto_increment = false)]
    pub subject_id: Uuid,
    /// The organization.
    #[sea_orm(primary_key, auto_increment = false)]
    pub organization_id: Uuid,
    /// The definition of women's ownership.
    #[sea_orm(primary_key, auto_increment = false, column_type = "Text")]
    pub definition: String,
    /// Where it stands.
    #[sea_orm(column_type = "Text")]
    pub status: String,
    /// Evidence level.
    #[sea_orm(column_type = "Text")]
    pub evidence_level: Option<String>,
    /// The last day on which the evidence behind it holds, where it has one.
    pub evidence_until: Option<Date>,
    /// Assessed on.
    pub assessed_on: Date,
}

impl ActiveModelBehavior for ActiveModel {}
