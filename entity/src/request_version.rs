//! Each wording of a request, from its publication on.

use sea_orm::entity::prelude::*;

/// A row of `request_version`.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "request_version")]
pub struct Model {
    /// The request.
    #[sea_orm(primary_key, auto_increment = false)]
    pub request_id: Uuid,
    /// Counts changes from 1.
    #[sea_orm(primary_key, auto_increment = false)]
    pub version: i64,
    /// All its terms as they then were.
    #[sea_orm(column_type = "JsonBinary")]
    pub terms: Json,
    /// Why it was amended.
    #[sea_orm(column_type = "Text")]
    pub rationale: Option<String>,
    /// Created by which user.
    pub created_by: Option<Uuid>,
    /// When it was made.
    pub created_at: DateTimeUtc,
}

impl ActiveModelBehavior for ActiveModel {}
