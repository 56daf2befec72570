//! What a request does for women.

use sea_orm::entity::prelude::*;

/// A row of `gender_measure`.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "gender_measure")]
pub struct Model {
    /// Identifies it.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The request.
    pub request_id: Uuid,
    /// Null where it is about all lots.
    pub request_lot_id: Option<Uuid>,
    /// Which kind.
    #[sea_orm(column_type = "Text")]
    pub kind: String,
    /// By which definition of women's ownership.
    #[sea_orm(column_type = "Text")]
    pub definition: String,
    /// At least evidence.
    #[sea_orm(column_type = "Text")]
    pub at_least_evidence: String,
    /// Thousandths of a percent: the margin, or the target.
    pub percent: Option<i64>,
    /// By which rule or decision.
    #[sea_orm(column_type = "Text")]
    pub source: Option<String>,
}

impl ActiveModelBehavior for ActiveModel {}
