//! What was asked about a request, and what was answered.

use sea_orm::entity::prelude::*;

/// A row of `request_question`.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "request_question")]
pub struct Model {
    /// Identifies it.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The request.
    pub request_id: Uuid,
    /// Who asks; shown to nobody else before the request is closed.
    pub organization_id: Uuid,
    /// Asked by which user.
    pub asked_by: Option<Uuid>,
    /// Question.
    #[sea_orm(column_type = "Text")]
    pub question: String,
    /// When it was asked.
    pub asked_at: DateTimeUtc,
    /// Answer.
    #[sea_orm(column_type = "Text")]
    pub answer: Option<String>,
    /// Answered by which user.
    pub answered_by: Option<Uuid>,
    /// When it was answered.
    pub answered_at: Option<DateTimeUtc>,
}

impl ActiveModelBehavior for ActiveModel {}
