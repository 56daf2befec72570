//! An appeal against what a buyer decided: to the buyer first, then to the review body.

use sea_orm::entity::prelude::*;

/// A row of `complaint`.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "complaint")]
pub struct Model {
    /// Identifies it.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The request.
    pub request_id: Uuid,
    /// The award.
    pub award_id: Option<Uuid>,
    /// The organization.
    pub organization_id: Uuid,
    /// Level.
    #[sea_orm(column_type = "Text")]
    pub level: String,
    /// The gracious appeal before a review.
    pub previous_id: Option<Uuid>,
    /// Where it stands.
    #[sea_orm(column_type = "Text")]
    pub status: String,
    /// Grounds.
    #[sea_orm(column_type = "Text")]
    pub grounds: String,
    /// Filed by which user.
    pub filed_by: Option<Uuid>,
    /// When it was filed.
    pub filed_at: DateTimeUtc,
    /// Decision.
    #[sea_orm(column_type = "Text")]
    pub decision: Option<String>,
    /// Decided by which user.
    pub decided_by: Option<Uuid>,
    /// When it was decided.
    pub decided_at: Option<DateTimeUtc>,
    /// Counts changes from 1.
    pub version: i64,
}

impl ActiveModelBehavior for ActiveModel {}
