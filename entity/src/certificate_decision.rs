//! What was decided about a certificate, and from which day on: appended, never edited.

use sea_orm::entity::prelude::*;

/// A row of `certificate_decision`.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "certificate_decision")]
pub struct Model {
    /// What was decided about.
    #[sea_orm(primary_key, auto_increment = false)]
    pub certificate_id: Uuid,
    /// Counts the certificate's decisions, from 1.
    #[sea_orm(primary_key, auto_increment = false)]
    pub sequence: i64,
    /// `SUBMITTED`, `VERIFIED`, `REJECTED`, `SUSPENDED` or `REVOKED`.
    #[sea_orm(column_type = "Text")]
    pub status: String,
    /// The first day that it speaks of; null for all of them.
    pub effective_from: Option<Date>,
    /// Why.
    #[sea_orm(column_type = "Text", nullable)]
    pub reason: Option<String>,
    /// Who decided; null for the service itself.
    pub decided_by: Option<Uuid>,
    /// When.
    pub decided_at: DateTimeUtc,
    /// Its `certificate`.
    #[sea_orm(belongs_to, from = "certificate_id", to = "id")]
    pub certificate: BelongsTo<super::certificate::Entity>,
}

impl ActiveModelBehavior for ActiveModel {}
