//! A signed statement about a subject, as it was issued.

use sea_orm::entity::prelude::*;

/// A row of `credential`.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "credential")]
pub struct Model {
    /// The credential.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// `CONFORMITY_CERTIFICATE` or `OWNERSHIP_VERIFICATION`.
    #[sea_orm(column_type = "Text")]
    pub kind: String,
    /// The kind of thing that it states something of, as that thing's id begins.
    #[sea_orm(column_type = "Text")]
    pub subject_kind: String,
    /// Which one.
    pub subject_id: Uuid,
    /// Whose it is.
    pub organization_id: Uuid,
    /// The status list that it stands in.
    pub list_id: i64,
    /// Its place there, from 0.
    pub list_index: i32,
    /// The key that signed it.
    #[sea_orm(column_type = "Text")]
    pub kid: String,
    /// Since when it holds.
    pub valid_from: DateTimeUtc,
    /// Until when it holds; for ever, where nothing is said.
    pub valid_until: Option<DateTimeUtc>,
    /// When it was signed.
    pub issued_at: DateTimeUtc,
    /// When another took its place.
    pub superseded_at: Option<DateTimeUtc>,
    /// The signed form, a compact JWS.
    #[sea_orm(column_type = "Text")]
    pub token: String,
    /// Its `organization`.
    #[sea_orm(belongs_to, from = "organization_id", to = "id")]
    pub organization: BelongsTo<super::organization::Entity>,
    /// Its `credential_status_list`.
    #[sea_orm(belongs_to, from = "list_id", to = "id")]
    pub list: BelongsTo<super::credential_status_list::Entity>,
    /// Its `signing_key`.
    #[sea_orm(belongs_to, from = "kid", to = "kid")]
    pub key: BelongsTo<super::signing_key::Entity>,
}

impl ActiveModelBehavior for ActiveModel {}
