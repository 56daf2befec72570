//! A verdict on a piece of evidence: appended, never edited.

use sea_orm::entity::prelude::*;

/// A row of `ownership_review`.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "ownership_review")]
pub struct Model {
    /// What was looked at.
    #[sea_orm(primary_key, auto_increment = false)]
    pub evidence_id: Uuid,
    /// Counts the evidence's verdicts, from 1.
    #[sea_orm(primary_key, auto_increment = false)]
    pub sequence: i64,
    /// The verifier.
    pub reviewer: Uuid,
    /// `ACCEPTED` or `REJECTED`.
    #[sea_orm(column_type = "Text")]
    pub verdict: String,
    /// Why.
    #[sea_orm(column_type = "Text", nullable)]
    pub reason: Option<String>,
    /// Whether it settled the matter, alone or as the last one needed.
    pub decides: bool,
    /// When.
    pub reviewed_at: DateTimeUtc,
    /// Its `ownership_evidence`.
    #[sea_orm(belongs_to, from = "evidence_id", to = "id")]
    pub evidence: BelongsTo<super::ownership_evidence::Entity>,
}

impl ActiveModelBehavior for ActiveModel {}
