//! One delivery of a line, from the plan to its acceptance.

use sea_orm::entity::prelude::*;

/// A row of `contract_delivery`.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "contract_delivery")]
pub struct Model {
    /// Identifies it.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The contract.
    pub contract_id: Uuid,
    /// The line of the contract.
    pub contract_line_id: Uuid,
    /// Where it stands.
    #[sea_orm(column_type = "Text")]
    pub status: String,
    /// Thousandths of the line's unit.
    pub quantity: i64,
    /// Dispatched.
    pub dispatched: Option<i64>,
    /// Received.
    pub received: Option<i64>,
    /// Accepted.
    pub accepted: Option<i64>,
    /// Due on.
    pub due_on: Date,
    /// When it was dispatched.
    pub dispatched_at: Option<DateTimeUtc>,
    /// When it was received.
    pub received_at: Option<DateTimeUtc>,
    /// When it was accepted.
    pub accepted_at: Option<DateTimeUtc>,
    /// Why not all of it was accepted.
    #[sea_orm(column_type = "Text")]
    pub reason: Option<String>,
    /// When it was made.
    pub created_at: DateTimeUtc,
    /// Counts changes from 1.
    pub version: i64,
}

impl ActiveModelBehavior for ActiveModel {}
