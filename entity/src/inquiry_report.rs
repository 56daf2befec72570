//! What a party of a thread told the platform about it.

use sea_orm::entity::prelude::*;

/// A row of `inquiry_report`.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "inquiry_report")]
pub struct Model {
    /// The report.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// About which thread.
    pub inquiry_id: Uuid,
    /// About which of its messages; null for all of it.
    pub message_id: Option<Uuid>,
    /// Who reported.
    pub organization_id: Uuid,
    /// Of whom: the other party.
    pub reported_id: Uuid,
    /// Who of hers did.
    pub reported_by: Option<Uuid>,
    /// `SPAM`, `FRAUD`, `ABUSE` or `OTHER`.
    #[sea_orm(column_type = "Text")]
    pub reason: String,
    /// What she says of it.
    #[sea_orm(column_type = "Text", nullable)]
    pub text: Option<String>,
    /// `OPEN`, `DISMISSED` or `UPHELD`.
    #[sea_orm(column_type = "Text")]
    pub status: String,
    /// What who decided says of it.
    #[sea_orm(column_type = "Text", nullable)]
    pub note: Option<String>,
    /// Who decided.
    pub decided_by: Option<Uuid>,
    /// When; null while it waits.
    pub decided_at: Option<DateTimeUtc>,
    /// When it was reported.
    pub created_at: DateTimeUtc,
}

impl ActiveModelBehavior for ActiveModel {}
