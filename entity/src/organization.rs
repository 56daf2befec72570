//! A cooperative, firm, seller, buyer, certifier or supporter: whoever lists, buys or vouches.

use sea_orm::entity::prelude::*;

/// A row of `organization`.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "organization")]
pub struct Model {
    /// The organization.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// `COOPERATIVE`, `SME`, `MARKET_SELLER`, `COMPANY`, `PUBLIC_BODY`, `CERTIFIER` or `SUPPORT_ORGANIZATION`.
    #[sea_orm(column_type = "Text")]
    pub kind: String,
    /// Its legal form, where it has one.
    #[sea_orm(column_type = "Text", nullable)]
    pub legal_form: Option<String>,
    /// As registered or as people call it.
    #[sea_orm(column_type = "Text")]
    pub name: String,
    /// The name without case and accents, for sorting and lookup.
    #[sea_orm(column_type = "Text")]
    pub name_folded: String,
    /// An object of language code to text.
    #[sea_orm(column_type = "JsonBinary")]
    pub descriptions: Json,
    /// The language it works in, a `Locale` code.
    #[sea_orm(column_type = "Text")]
    pub language: String,
    /// Its place, the most exact one known.
    #[sea_orm(column_type = "Text")]
    pub place_code: String,
    /// The region its place lies in, copied for filters.
    #[sea_orm(column_type = "Text", nullable)]
    pub region_code: Option<String>,
    /// The cercle its place lies in, copied for filters.
    #[sea_orm(column_type = "Text", nullable)]
    pub cercle_code: Option<String>,
    /// Degrees north, WGS 84.
    pub latitude: Option<f64>,
    /// Degrees east, WGS 84.
    pub longitude: Option<f64>,
    /// E.164, with the leading `+`.
    #[sea_orm(column_type = "Text", nullable)]
    pub phone: Option<String>,
    /// Where it can be written to.
    #[sea_orm(column_type = "Text", nullable)]
    pub email: Option<String>,
    /// An array of the codes of languages spoken there.
    #[sea_orm(column_type = "JsonBinary")]
    pub languages: Json,
    /// The market a seller stands on.
    #[sea_orm(column_type = "Text", nullable)]
    pub market_name: Option<String>,
    /// Where on the market.
    #[sea_orm(column_type = "Text", nullable)]
    pub stall: Option<String>,
    /// `GOOD` or `SUSPENDED`.
    #[sea_orm(column_type = "Text")]
    pub standing: String,
    /// Counts changes from 1.
    pub version: i64,
    /// When it was registered here.
    pub created_at: DateTimeUtc,
    /// When the row last changed.
    pub updated_at: DateTimeUtc,
    /// Its `place`.
    #[sea_orm(belongs_to, from = "place_code", to = "code")]
    pub place: BelongsTo<super::place::Entity>,
    /// Its rows of `membership`.
    #[sea_orm(has_many)]
    pub memberships: HasMany<super::membership::Entity>,
    /// Its rows of `organization_registration`.
    #[sea_orm(has_many)]
    pub registrations: HasMany<super::organization_registration::Entity>,
    /// Its rows of `listing`.
    #[sea_orm(has_many)]
    pub listings: HasMany<super::listing::Entity>,
    /// Its rows of `certificate`.
    #[sea_orm(has_many)]
    pub certificates: HasMany<super::certificate::Entity>,
}

impl ActiveModelBehavior for ActiveModel {}
