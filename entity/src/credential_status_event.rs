//! What became of a credential, and from when on: appended, never changed.

use sea_orm::entity::prelude::*;

/// A row of `credential_status_event`.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "credential_status_event")]
pub struct Model {
    /// Order of writing.
    #[sea_orm(primary_key)]
    pub id: i64,
    /// Of which credential.
    pub credential_id: Uuid,
    /// `ACTIVE`, `SUSPENDED` or `REVOKED`.
    #[sea_orm(column_type = "Text")]
    pub status: String,
    /// From when on; may lie before or after the time of writing.
    pub effective_at: DateTimeUtc,
    /// When it was written.
    pub recorded_at: DateTimeUtc,
    /// Why, for everybody to read.
    #[sea_orm(column_type = "Text")]
    pub reason: String,
    /// Its `credential`.
    #[sea_orm(belongs_to, from = "credential_id", to = "id")]
    pub credential: BelongsTo<super::credential::Entity>,
}

impl ActiveModelBehavior for ActiveModel {}
