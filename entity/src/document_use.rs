//! What a document serves for, or served for until lately.

use sea_orm::entity::prelude::*;

/// A row of `document_use`.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "document_use")]
pub struct Model {
    /// The document.
    #[sea_orm(primary_key, auto_increment = false)]
    pub document_id: Uuid,
    /// The kind of thing it serves for, as its id's prefix.
    #[sea_orm(primary_key, auto_increment = false, column_type = "Text")]
    pub subject_kind: String,
    /// The thing.
    #[sea_orm(primary_key, auto_increment = false)]
    pub subject_id: Uuid,
    /// Its place among the thing's documents, from 0.
    pub position: i32,
    /// When it ended; the row stays so that the document is not removed at once.
    pub ended_at: Option<DateTimeUtc>,
    /// Its `document`.
    #[sea_orm(belongs_to, from = "document_id", to = "id")]
    pub document: BelongsTo<super::document::Entity>,
}

impl ActiveModelBehavior for ActiveModel {}
