//! What one is bought by, from the plan to the last payment: a request with all that follows, or an order from a listing.

use sea_orm::entity::prelude::*;

/// A row of `procurement_process`.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "procurement_process")]
pub struct Model {
    /// The request's id, or the contract's where there was no request.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// Which kind.
    #[sea_orm(column_type = "Text")]
    pub kind: String,
    /// Who buys.
    pub buyer_id: Uuid,
    /// By which the process is known in open contracting data: OCDS 1.1.5, ocid.
    #[sea_orm(column_type = "Text")]
    pub ocid: String,
    /// Events of it so far.
    pub events: i64,
    /// Events of it that were published.
    pub released: i64,
    /// When it was made.
    pub created_at: DateTimeUtc,
}

impl ActiveModelBehavior for ActiveModel {}
