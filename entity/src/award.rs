//! A lot given to a bid.

use sea_orm::entity::prelude::*;

/// A row of `award`.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "award")]
pub struct Model {
    /// Identifies it.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The request.
    pub request_id: Uuid,
    /// The lot of the request.
    pub request_lot_id: Uuid,
    /// The bid.
    pub bid_id: Uuid,
    /// PENDING until the standstill is over and no complaint is open; CANCELLED by the buyer or a complaint, DECLINED by the bidder.
    #[sea_orm(column_type = "Text")]
    pub status: String,
    /// In minor units of the currency.
    pub amount_minor: i64,
    /// The ISO 4217 code.
    #[sea_orm(column_type = "Text")]
    pub currency: String,
    /// The bid's place among those for the lot, from 1.
    pub rank: i64,
    /// Thousandths of a point, of 100 points.
    pub points: i64,
    /// How bids were compared: an array of {bid, rank, points, compared amount, preference}.
    #[sea_orm(column_type = "JsonBinary")]
    pub comparison: Json,
    /// Rationale.
    #[sea_orm(column_type = "Text")]
    pub rationale: Option<String>,
    /// Standstill until.
    pub standstill_until: DateTimeUtc,
    /// Awarded by which user.
    pub awarded_by: Option<Uuid>,
    /// When it was awarded.
    pub awarded_at: DateTimeUtc,
    /// When it was activated.
    pub activated_at: Option<DateTimeUtc>,
    /// When it ended.
    pub ended_at: Option<DateTimeUtc>,
    /// Why it ended.
    #[sea_orm(column_type = "Text")]
    pub ended_reason: Option<String>,
    /// Counts changes from 1.
    pub version: i64,
}

impl ActiveModelBehavior for ActiveModel {}
