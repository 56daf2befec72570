//! What backs one or more declared facts, and what a verifier found.

use sea_orm::entity::prelude::*;

/// A row of `ownership_evidence`.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "ownership_evidence")]
pub struct Model {
    /// The evidence.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// Whose facts it backs.
    pub organization_id: Uuid,
    /// An object of fact name to the value it attests.
    #[sea_orm(column_type = "JsonBinary")]
    pub facts: Json,
    /// `SELF_DECLARED`, `DOCUMENT_SUBMITTED`, `DOCUMENT_VERIFIED` or `THIRD_PARTY_CERTIFIED`.
    #[sea_orm(column_type = "Text")]
    pub level: String,
    /// Who issued the document.
    #[sea_orm(column_type = "Text", nullable)]
    pub issuer: Option<String>,
    /// First day it holds.
    pub valid_from: Option<Date>,
    /// Last day it holds.
    pub valid_until: Option<Date>,
    /// The document itself.
    pub document_id: Option<Uuid>,
    /// The user who handed it in.
    pub submitted_by: Uuid,
    /// When.
    pub submitted_at: DateTimeUtc,
    /// The verifier whose verdict settled it.
    pub reviewer: Option<Uuid>,
    /// What she decided.
    #[sea_orm(column_type = "Text", nullable)]
    pub verdict: Option<String>,
    /// Why.
    #[sea_orm(column_type = "Text", nullable)]
    pub reason: Option<String>,
    /// When.
    pub reviewed_at: Option<DateTimeUtc>,
    /// The verifier who is looking at it.
    pub claimed_by: Option<Uuid>,
    /// Until when it is hers to look at.
    pub claimed_until: Option<DateTimeUtc>,
    /// Its `organization`.
    #[sea_orm(belongs_to, from = "organization_id", to = "id")]
    pub organization: BelongsTo<super::organization::Entity>,
}

impl ActiveModelBehavior for ActiveModel {}
