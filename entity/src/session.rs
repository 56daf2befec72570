//! One link in the chain of tokens a sign-in hands out; a refresh closes this row and opens the next of the family.

use sea_orm::entity::prelude::*;

/// A row of `session`.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "session")]
pub struct Model {
    /// The session.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// Who signed in.
    pub user_id: Uuid,
    /// Shared by every session that descends from one sign-in, and revoked as one.
    pub family_id: Uuid,
    /// SHA-256 of the access token.
    #[sea_orm(column_type = "Blob", unique)]
    pub access_hash: Vec<u8>,
    /// The access token is refused from here on.
    pub access_expires_at: DateTimeUtc,
    /// SHA-256 of the refresh token.
    #[sea_orm(column_type = "Blob", unique)]
    pub refresh_hash: Vec<u8>,
    /// The refresh token is refused from here on.
    pub refresh_expires_at: DateTimeUtc,
    /// When the refresh token was used; a second use revokes the family.
    pub rotated_at: Option<DateTimeUtc>,
    /// Hash of the idempotency key that the refresh token was used with.
    #[sea_orm(column_type = "Blob", nullable)]
    pub retry_hash: Option<Vec<u8>>,
    /// The session that the refresh token was exchanged for.
    pub successor_id: Option<Uuid>,
    /// When the session was ended, by its user or by a detected reuse.
    pub revoked_at: Option<DateTimeUtc>,
    /// When the tokens were handed out.
    pub created_at: DateTimeUtc,
    /// Its `user_account`.
    #[sea_orm(belongs_to, from = "user_id", to = "id")]
    pub user: BelongsTo<super::user_account::Entity>,
}

impl ActiveModelBehavior for ActiveModel {}
