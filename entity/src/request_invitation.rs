//! Who was asked to bid, where not everybody may.

use sea_orm::entity::prelude::*;

/// A row of `request_invitation`.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "request_invitation")]
pub struct Model {
    /// The request.
    #[sea_orm(primary_key, auto_increment = false)]
    pub request_id: Uuid,
    /// The organization.
    #[sea_orm(primary_key, auto_increment = false)]
    pub organization_id: Uuid,
    /// When it was invited.
    pub invited_at: DateTimeUtc,
}

impl ActiveModelBehavior for ActiveModel {}
