//! Something that holds a document and may not be told: see the room of documents. Neither which document nor what for stands here.

use sea_orm::entity::prelude::*;

/// A row of `document_hold`.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "document_hold")]
pub struct Model {
    /// A keyed digest of the document, or of nothing.
    #[sea_orm(primary_key, auto_increment = false, column_type = "Blob")]
    pub tag: Vec<u8>,
}

impl ActiveModelBehavior for ActiveModel {}
