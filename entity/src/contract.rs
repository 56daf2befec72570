//! What buyer and suppliers agreed on.

use sea_orm::entity::prelude::*;

/// A row of `contract`.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "contract")]
pub struct Model {
    /// Identifies it.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The process.
    pub process_id: Uuid,
    /// What it follows from: an award, or a listing that was ordered from.
    pub award_id: Option<Uuid>,
    /// The listing.
    pub listing_id: Option<Uuid>,
    /// What of the listing is held for it.
    pub reservation_id: Option<Uuid>,
    /// Who buys.
    pub buyer_id: Uuid,
    /// Who leads the suppliers, and delivers and bills for them.
    pub supplier_id: Uuid,
    /// What it is called.
    #[sea_orm(column_type = "Text")]
    pub title: String,
    /// PENDING until all have signed.
    #[sea_orm(column_type = "Text")]
    pub status: String,
    /// The ISO 4217 code.
    #[sea_orm(column_type = "Text")]
    pub currency: String,
    /// As it is in force now, and as it was signed first.
    pub amount_minor: i64,
    /// Signed amount, in minor units.
    pub signed_amount_minor: i64,
    /// Penalty permille a day.
    pub penalty_permille_a_day: i64,
    /// Penalty permille max.
    pub penalty_permille_max: i64,
    /// Payment days.
    pub payment_days: i64,
    /// Over delivery limit.
    pub over_delivery_limit: i64,
    /// Thousandths of what is paid before so many days after approval that are taken off; none where it is 0.
    pub early_payment_permille: i64,
    /// Early payment days.
    pub early_payment_days: i64,
    /// The wording in force, and the last one proposed.
    pub version_in_force: i64,
    /// Counts changes from 1.
    pub version: i64,
    /// When it was signed.
    pub signed_at: Option<DateTimeUtc>,
    /// When it ended.
    pub ended_at: Option<DateTimeUtc>,
    /// Why it ended.
    #[sea_orm(column_type = "Text")]
    pub ended_reason: Option<String>,
    /// When it was made.
    pub created_at: DateTimeUtc,
    /// When the row last changed.
    pub updated_at: DateTimeUtc,
}

impl ActiveModelBehavior for ActiveModel {}
