//! An offer for lots of a request. Until it is opened, nothing of it can be read here: neither what is offered nor by whom.

use sea_orm::entity::prelude::*;

/// A row of `bid`.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "bid")]
pub struct Model {
    /// Identifies it.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The request.
    pub request_id: Uuid,
    /// A keyed digest of request and bidder: tells a bidder her own bid, and nobody else whose it is.
    #[sea_orm(column_type = "Blob")]
    pub bidder_tag: Vec<u8>,
    /// NEEDS_RECONFIRM and LAPSED are derived from request_version.
    #[sea_orm(column_type = "Text")]
    pub status: String,
    /// Which wording of the request it answers.
    pub request_version: i64,
    /// Its content, encrypted and padded; null once it was withdrawn.
    #[sea_orm(column_type = "Blob", nullable)]
    pub sealed: Option<Vec<u8>>,
    /// The content's key, wrapped for the opening.
    #[sea_orm(column_type = "Blob", nullable)]
    pub key_for_opening: Option<Vec<u8>>,
    /// The content's key, wrapped for the bidder.
    #[sea_orm(column_type = "Blob", nullable)]
    pub key_for_bidder: Option<Vec<u8>>,
    /// SHA-256 of the content with its salt: what the bidder's receipt says.
    #[sea_orm(column_type = "Blob")]
    pub receipt: Vec<u8>,
    /// When it was sealed.
    pub sealed_at: DateTimeUtc,
    /// When it was withdrawn.
    pub withdrawn_at: Option<DateTimeUtc>,
    /// What follows is known from the opening on.
    pub opened_at: Option<DateTimeUtc>,
    /// Bidder.
    pub bidder_id: Option<Uuid>,
    /// Submitted by which user.
    pub submitted_by: Option<Uuid>,
    /// The content as it was sealed, by which the receipt can be proved.
    #[sea_orm(column_type = "Text")]
    pub content: Option<String>,
    /// Of all lots, in the request's currency.
    pub amount_minor: Option<i64>,
    /// Disqualified reason.
    #[sea_orm(column_type = "Text")]
    pub disqualified_reason: Option<String>,
    /// Disqualified note.
    #[sea_orm(column_type = "Text")]
    pub disqualified_note: Option<String>,
    /// What the opening found that somebody has to look at: an array of {kind, lot, scheme, organization, document}.
    #[sea_orm(column_type = "JsonBinary")]
    pub findings: Option<Json>,
    /// Counts changes from 1.
    pub version: i64,
}

impl ActiveModelBehavior for ActiveModel {}
