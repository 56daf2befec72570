//! What suppliers ask to be paid for what was accepted.

use sea_orm::entity::prelude::*;

/// A row of `invoice`.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "invoice")]
pub struct Model {
    /// Identifies it.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The contract.
    pub contract_id: Uuid,
    /// Who supplies.
    pub supplier_id: Uuid,
    /// The supplier's own.
    #[sea_orm(column_type = "Text")]
    pub number: String,
    /// Where it stands.
    #[sea_orm(column_type = "Text")]
    pub status: String,
    /// The ISO 4217 code.
    #[sea_orm(column_type = "Text")]
    pub currency: String,
    /// What the lines come to; what lateness takes off; what is to be paid.
    pub gross_minor: i64,
    /// Penalty, in minor units.
    pub penalty_minor: i64,
    /// Net, in minor units.
    pub net_minor: i64,
    /// What early payment took off, once it was paid early.
    pub discount_minor: i64,
    /// Paid so far, confirmed or not; never more than is to be paid.
    pub paid_minor: i64,
    /// Submitted by which user.
    pub submitted_by: Option<Uuid>,
    /// When it was submitted.
    pub submitted_at: DateTimeUtc,
    /// Decided by which user.
    pub decided_by: Option<Uuid>,
    /// When it was decided.
    pub decided_at: Option<DateTimeUtc>,
    /// Reason.
    #[sea_orm(column_type = "Text")]
    pub reason: Option<String>,
    /// The last day on which payment is in time: from the later of its submission and the acceptance of what it bills.
    pub due_on: Date,
    /// When the last of what it bills was accepted.
    pub accepted_at: DateTimeUtc,
    /// When all of it was paid.
    pub paid_on: Option<Date>,
    /// Counts changes from 1.
    pub version: i64,
}

impl ActiveModelBehavior for ActiveModel {}
