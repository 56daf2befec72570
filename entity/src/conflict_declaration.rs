//! Who evaluates bids, and whether she has a conflict of interest.

use sea_orm::entity::prelude::*;

/// A row of `conflict_declaration`.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "conflict_declaration")]
pub struct Model {
    /// The request.
    #[sea_orm(primary_key, auto_increment = false)]
    pub request_id: Uuid,
    /// The user.
    #[sea_orm(primary_key, auto_increment = false)]
    pub user_id: Uuid,
    /// Has conflict.
    pub has_conflict: bool,
    /// Statement.
    #[sea_orm(column_type = "Text")]
    pub statement: Option<String>,
    /// When it was declared.
    pub declared_at: DateTimeUtc,
}

impl ActiveModelBehavior for ActiveModel {}
