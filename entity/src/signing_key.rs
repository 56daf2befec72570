//! The public half of a key that signs or has signed credentials.

use sea_orm::entity::prelude::*;

/// A row of `signing_key`.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "signing_key")]
pub struct Model {
    /// What the key is called in the DID document, after the `#`.
    #[sea_orm(primary_key, auto_increment = false, column_type = "Text")]
    pub kid: String,
    /// The 32 bytes of an Ed25519 public key (RFC 8032).
    #[sea_orm(column_type = "Blob")]
    pub public_key: Vec<u8>,
    /// When it was first seen.
    pub created_at: DateTimeUtc,
    /// When it first became the key that signs.
    pub first_used_at: Option<DateTimeUtc>,
    /// When another took its place for good.
    pub retired_at: Option<DateTimeUtc>,
}

impl ActiveModelBehavior for ActiveModel {}
