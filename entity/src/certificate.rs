//! What a certifier issued to an organization under a scheme, and where it stands.

use sea_orm::entity::prelude::*;

/// A row of `certificate`.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "certificate")]
pub struct Model {
    /// The certificate.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The scheme.
    #[sea_orm(column_type = "Text")]
    pub scheme_code: String,
    /// The issuer's number, unique among the genuine ones of the scheme.
    #[sea_orm(column_type = "Text")]
    pub number: String,
    /// Who issued it.
    #[sea_orm(column_type = "Text")]
    pub issuer_name: String,
    /// The holder.
    pub organization_id: Uuid,
    /// `SUBMITTED`, `VERIFIED`, `REJECTED`, `SUSPENDED` or `REVOKED`; expiry is derived.
    #[sea_orm(column_type = "Text")]
    pub status: String,
    /// First day it holds.
    pub valid_from: Date,
    /// Last day it holds.
    pub valid_until: Date,
    /// The first day without force by decision; null while there is none.
    pub void_from: Option<Date>,
    /// An array of the products it covers.
    #[sea_orm(column_type = "JsonBinary")]
    pub product_codes: Json,
    /// An array of the sites it covers.
    #[sea_orm(column_type = "JsonBinary")]
    pub site_names: Json,
    /// What may be sold under it, in thousandths of a kilogram.
    pub volume_limit_grams: Option<i64>,
    /// The user who handed it in; null where it was recorded from a register.
    pub submitted_by: Option<Uuid>,
    /// The verifier who is looking at it.
    pub claimed_by: Option<Uuid>,
    /// Until when it is hers to look at.
    pub claimed_until: Option<DateTimeUtc>,
    /// When it was entered.
    pub created_at: DateTimeUtc,
    /// When the row last changed.
    pub updated_at: DateTimeUtc,
    /// Counts changes from 1.
    pub version: i64,
    /// Its `organization`.
    #[sea_orm(belongs_to, from = "organization_id", to = "id")]
    pub organization: BelongsTo<super::organization::Entity>,
}

impl ActiveModelBehavior for ActiveModel {}
