//! What of a document is served: itself, and smaller pictures of it.

use sea_orm::entity::prelude::*;

/// A row of `document_rendition`.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "document_rendition")]
pub struct Model {
    /// The document.
    #[sea_orm(primary_key, auto_increment = false)]
    pub document_id: Uuid,
    /// Which of it, as a word of the room.
    #[sea_orm(primary_key, auto_increment = false, column_type = "Text")]
    pub name: String,
    /// The SHA-256 of the content.
    #[sea_orm(column_type = "Blob")]
    pub sha256: Vec<u8>,
    /// What the content is called in the store.
    #[sea_orm(column_type = "Blob")]
    pub address: Vec<u8>,
    /// Whether it is not public and lies as it is nevertheless: it is yet to be sealed.
    pub exposed: bool,
    /// What kind of file it is.
    #[sea_orm(column_type = "Text")]
    pub media_type: String,
    /// How many bytes it has.
    #[sea_orm(column_type = "BigInteger")]
    pub byte_size: i64,
    /// The width of a picture in pixels.
    pub width: Option<i32>,
    /// The height of a picture in pixels.
    pub height: Option<i32>,
    /// Its `document`.
    #[sea_orm(belongs_to, from = "document_id", to = "id")]
    pub document: BelongsTo<super::document::Entity>,
    /// Its `document_blob`.
    #[sea_orm(belongs_to, from = "address", to = "address")]
    pub blob: BelongsTo<super::document_blob::Entity>,
}

impl ActiveModelBehavior for ActiveModel {}
