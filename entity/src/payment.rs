//! What was paid on an invoice, to one of the suppliers.

use sea_orm::entity::prelude::*;

/// A row of `payment`.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "payment")]
pub struct Model {
    /// Identifies it.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The invoice.
    pub invoice_id: Uuid,
    /// Payee.
    pub payee_id: Uuid,
    /// RECORDED by the buyer, CONFIRMED by the payee, or DISPUTED by her.
    #[sea_orm(column_type = "Text")]
    pub status: String,
    /// Minor.
    pub minor: i64,
    /// The ISO 4217 code.
    #[sea_orm(column_type = "Text")]
    pub currency: String,
    /// Paid on.
    pub paid_on: Date,
    /// The bank's or the operator's; once an invoice.
    #[sea_orm(column_type = "Text")]
    pub reference: String,
    /// Recorded by which user.
    pub recorded_by: Option<Uuid>,
    /// When it was recorded.
    pub recorded_at: DateTimeUtc,
    /// Answered by which user.
    pub answered_by: Option<Uuid>,
    /// When it was answered.
    pub answered_at: Option<DateTimeUtc>,
    /// Note.
    #[sea_orm(column_type = "Text")]
    pub note: Option<String>,
    /// Counts changes from 1.
    pub version: i64,
}

impl ActiveModelBehavior for ActiveModel {}
