//! A file that an organization hands in.

use sea_orm::entity::prelude::*;

/// A row of `document`.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "document")]
pub struct Model {
    /// The document.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// Whose it is.
    pub organization_id: Uuid,
    /// Who uploads it; null when the service does.
    pub uploader_id: Option<Uuid>,
    /// What its file is called.
    #[sea_orm(column_type = "Text")]
    pub file_name: String,
    /// What kind of file it is, as `application/pdf`.
    #[sea_orm(column_type = "Text")]
    pub media_type: String,
    /// Who may see it.
    #[sea_orm(column_type = "Text")]
    pub visibility: String,
    /// Where it stands.
    #[sea_orm(column_type = "Text")]
    pub state: String,
    /// Why it was refused, as an error code.
    #[sea_orm(column_type = "Text", nullable)]
    pub refusal: Option<String>,
    /// The SHA-256 of the bytes that were announced; of a picture, other bytes are kept.
    #[sea_orm(column_type = "Blob")]
    pub uploaded_sha256: Vec<u8>,
    /// How many bytes were announced.
    #[sea_orm(column_type = "BigInteger")]
    pub uploaded_size: i64,
    /// Until when its bytes may be sent.
    pub upload_expires_at: DateTimeUtc,
    /// When it was announced.
    pub created_at: DateTimeUtc,
    /// When its state last changed.
    pub updated_at: DateTimeUtc,
    /// Its `organization`.
    #[sea_orm(belongs_to, from = "organization_id", to = "id")]
    pub organization: BelongsTo<super::organization::Entity>,
    /// Its `user_account`.
    #[sea_orm(belongs_to, from = "uploader_id", to = "id")]
    pub uploader: BelongsTo<Option<super::user_account::Entity>>,
}

impl ActiveModelBehavior for ActiveModel {}
