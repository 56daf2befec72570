//! How an evaluator scored a bid by a criterion.

use sea_orm::entity::prelude::*;

/// A row of `bid_score`.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "bid_score")]
pub struct Model {
    /// The bid.
    #[sea_orm(primary_key, auto_increment = false)]
    pub bid_id: Uuid,
    /// Criterion.
    #[sea_orm(primary_key, auto_increment = false)]
    pub criterion_id: Uuid,
    /// Evaluator.
    #[sea_orm(primary_key, auto_increment = false)]
    pub evaluator_id: Uuid,
    /// Thousandths of a point, of 100 points.
    pub points: i64,
    /// Comment.
    #[sea_orm(column_type = "Text")]
    pub comment: Option<String>,
    /// When it was scored.
    pub scored_at: DateTimeUtc,
}

impl ActiveModelBehavior for ActiveModel {}
