//! Whoever delivers to a cooperative; not a user.

use sea_orm::entity::prelude::*;

/// A row of `producer`.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "producer")]
pub struct Model {
    /// Identifies it.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The organization.
    pub organization_id: Uuid,
    /// What the organization calls her by: her member number.
    #[sea_orm(column_type = "Text")]
    pub code: String,
    /// Its name.
    #[sea_orm(column_type = "Text", nullable)]
    pub name: Option<String>,
    /// Name folded.
    #[sea_orm(column_type = "Text")]
    pub name_folded: String,
    /// Gender.
    #[sea_orm(column_type = "Text")]
    pub gender: String,
    /// Birth year.
    pub birth_year: Option<i64>,
    /// Phone.
    #[sea_orm(column_type = "Text", nullable)]
    pub phone: Option<String>,
    /// Village code.
    #[sea_orm(column_type = "Text", nullable)]
    pub village_code: Option<String>,
    /// By which she is known in another group; as in certificate_group_member.
    #[sea_orm(column_type = "Blob", nullable)]
    pub person_digest: Option<Vec<u8>>,
    /// What events call her: drawn at random, so that it leads nowhere once this row is emptied.
    #[sea_orm(column_type = "Text")]
    pub pseudonym: String,
    /// Since when she agrees that her name stands on public pages.
    pub name_public_since: Option<DateTimeUtc>,
    /// Erased at.
    pub erased_at: Option<DateTimeUtc>,
    /// When it was made.
    pub created_at: DateTimeUtc,
    /// When it was changed last.
    pub updated_at: DateTimeUtc,
    /// Counts its changes, from 1.
    pub version: i64,
}

impl ActiveModelBehavior for ActiveModel {}
