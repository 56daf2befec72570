//! One change, who made it, and what the row was before and after; chained by hash, never edited.

use sea_orm::entity::prelude::*;

/// A row of `audit_entry`.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "audit_entry")]
pub struct Model {
    /// The organization or user whose chain it is.
    #[sea_orm(primary_key, auto_increment = false)]
    pub chain_id: Uuid,
    /// Counts the entries of the chain from 1.
    #[sea_orm(primary_key, auto_increment = false)]
    pub sequence: i64,
    /// When.
    pub at: DateTimeUtc,
    /// Who did it; none for the system.
    pub actor_user: Option<Uuid>,
    /// The organization she acted for.
    pub on_behalf_of: Option<Uuid>,
    /// What was done, such as `listing.publish`.
    #[sea_orm(column_type = "Text")]
    pub action: String,
    /// What kind of thing it was done to.
    #[sea_orm(column_type = "Text")]
    pub subject_kind: String,
    /// Which one.
    pub subject_id: Uuid,
    /// The subject before; none when it was made.
    #[sea_orm(column_type = "JsonBinary", nullable)]
    pub before: Option<Json>,
    /// The subject after; none when it was removed.
    #[sea_orm(column_type = "JsonBinary", nullable)]
    pub after: Option<Json>,
    /// The request it was done in.
    #[sea_orm(column_type = "Text")]
    pub request_id: String,
    /// Hash of the entry before.
    #[sea_orm(column_type = "Blob")]
    pub previous_hash: Vec<u8>,
    /// Hash of this entry.
    #[sea_orm(column_type = "Blob")]
    pub hash: Vec<u8>,
}

impl ActiveModelBehavior for ActiveModel {}
