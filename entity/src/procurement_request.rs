//! What a buyer asks for.

use sea_orm::entity::prelude::*;

/// A row of `procurement_request`.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "procurement_request")]
pub struct Model {
    /// Identifies it.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// Who buys.
    pub buyer_id: Uuid,
    /// What it is called.
    #[sea_orm(column_type = "Text")]
    pub title: String,
    /// Title folded.
    #[sea_orm(column_type = "Text")]
    pub title_folded: String,
    /// In more words.
    #[sea_orm(column_type = "Text")]
    pub description: Option<String>,
    /// Of title and description.
    #[sea_orm(column_type = "Text")]
    pub language: String,
    /// Method.
    #[sea_orm(column_type = "Text")]
    pub method: String,
    /// Why it is not open.
    #[sea_orm(column_type = "Text")]
    pub method_rationale: Option<String>,
    /// CLOSED is derived: the deadline has passed, or closed_at says so.
    #[sea_orm(column_type = "Text")]
    pub status: String,
    /// In which all amounts of it stand.
    #[sea_orm(column_type = "Text")]
    pub currency: String,
    /// Budget, in minor units.
    pub budget_minor: Option<i64>,
    /// Until when questions may be asked.
    pub enquiry_deadline: Option<DateTimeUtc>,
    /// The first instant at which no bid is taken any more.
    pub bid_deadline: DateTimeUtc,
    /// Days between an award and what it takes force by.
    pub standstill_days: i64,
    /// So many different people score each bid.
    pub minimum_evaluators: i64,
    /// Thousandths of the price, a day of lateness; and in all.
    pub penalty_permille_a_day: i64,
    /// Penalty permille max.
    pub penalty_permille_max: i64,
    /// Days in which an approved invoice is paid.
    pub payment_days: i64,
    /// Thousandths of a percent that a delivery may exceed what was ordered by.
    pub over_delivery_limit: i64,
    /// When it was published.
    pub published_at: Option<DateTimeUtc>,
    /// When the deadline was seen to have passed. From then on no bid is taken, whatever a clock says.
    pub closed_at: Option<DateTimeUtc>,
    /// When it was opened.
    pub opened_at: Option<DateTimeUtc>,
    /// Opened by which user.
    pub opened_by: Option<Uuid>,
    /// When it ended.
    pub ended_at: Option<DateTimeUtc>,
    /// Why it was cancelled, or led to nothing.
    #[sea_orm(column_type = "Text")]
    pub ended_reason: Option<String>,
    /// Created by which user.
    pub created_by: Option<Uuid>,
    /// When it was made.
    pub created_at: DateTimeUtc,
    /// When the row last changed.
    pub updated_at: DateTimeUtc,
    /// Counts changes from 1.
    pub version: i64,
}

impl ActiveModelBehavior for ActiveModel {}
