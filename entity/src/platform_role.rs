//! A right over the whole marketplace, granted to a user on the machine itself or by an administrator.

use sea_orm::entity::prelude::*;

/// A row of `platform_role`.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "platform_role")]
pub struct Model {
    /// Who holds it.
    #[sea_orm(primary_key, auto_increment = false)]
    pub user_id: Uuid,
    /// `ADMIN`, `VERIFIER` or `AUDITOR`.
    #[sea_orm(primary_key, auto_increment = false, column_type = "Text")]
    pub role: String,
    /// Since when.
    pub granted_at: DateTimeUtc,
    /// The administrator; none when it was granted on the machine.
    pub granted_by: Option<Uuid>,
    /// Its `user_account`.
    #[sea_orm(belongs_to, from = "user_id", to = "id")]
    pub user: BelongsTo<super::user_account::Entity>,
}

impl ActiveModelBehavior for ActiveModel {}
