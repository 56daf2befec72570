//! An offer of membership to a phone or e-mail, good until it is accepted, revoked or expired.

use sea_orm::entity::prelude::*;

/// A row of `invitation`.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "invitation")]
pub struct Model {
    /// The invitation.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// Who invites.
    pub organization_id: Uuid,
    /// The phone or e-mail invited, normalized.
    #[sea_orm(column_type = "Text")]
    pub identifier: String,
    /// The role offered, as in `membership`.
    #[sea_orm(column_type = "Text")]
    pub role: String,
    /// SHA-256 of the code sent to her.
    #[sea_orm(column_type = "Blob", unique)]
    pub code_hash: Vec<u8>,
    /// The member who invited.
    pub invited_by: Uuid,
    /// The code is refused from here on.
    pub expires_at: DateTimeUtc,
    /// When it was accepted.
    pub accepted_at: Option<DateTimeUtc>,
    /// The user who accepted it.
    pub accepted_by: Option<Uuid>,
    /// When it was taken back.
    pub revoked_at: Option<DateTimeUtc>,
    /// When it was sent.
    pub created_at: DateTimeUtc,
    /// Its `organization`.
    #[sea_orm(belongs_to, from = "organization_id", to = "id")]
    pub organization: BelongsTo<super::organization::Entity>,
}

impl ActiveModelBehavior for ActiveModel {}
