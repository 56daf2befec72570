//! What a user may do for an organization.

use sea_orm::entity::prelude::*;

/// A row of `membership`.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "membership")]
pub struct Model {
    /// The membership.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// For whom she acts.
    pub organization_id: Uuid,
    /// Who acts.
    pub user_id: Uuid,
    /// `OWNER`, `MANAGER`, `AGENT`, `PROCUREMENT_OFFICER`, `EVALUATOR` or `VIEWER`.
    #[sea_orm(column_type = "Text")]
    pub role: String,
    /// Counts changes from 1.
    pub version: i64,
    /// Since when she belongs.
    pub created_at: DateTimeUtc,
    /// When the row last changed.
    pub updated_at: DateTimeUtc,
    /// Its `organization`.
    #[sea_orm(belongs_to, from = "organization_id", to = "id")]
    pub organization: BelongsTo<super::organization::Entity>,
    /// Its `user_account`.
    #[sea_orm(belongs_to, from = "user_id", to = "id")]
    pub user: BelongsTo<super::user_account::Entity>,
}

impl ActiveModelBehavior for ActiveModel {}
