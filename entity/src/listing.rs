//! An offer of a product by an organization. Price and quantity may be missing while it is a draft.

use sea_orm::entity::prelude::*;

/// A row of `listing`.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "listing")]
pub struct Model {
    /// The listing.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// Who offers.
    pub organization_id: Uuid,
    /// What is offered.
    #[sea_orm(column_type = "Text")]
    pub product_code: String,
    /// As the seller wrote it.
    #[sea_orm(column_type = "Text")]
    pub title: String,
    /// The title without case and accents.
    #[sea_orm(column_type = "Text")]
    pub title_folded: String,
    /// As the seller wrote it.
    #[sea_orm(column_type = "Text", nullable)]
    pub description: Option<String>,
    /// The language of title and description, a `Locale` code.
    #[sea_orm(column_type = "Text")]
    pub language: String,
    /// Price of one `price_unit`, minor units of the currency.
    pub price_minor: Option<i64>,
    /// ISO 4217 code.
    #[sea_orm(column_type = "Text", nullable)]
    pub price_currency: Option<String>,
    /// The unit the price is for.
    #[sea_orm(column_type = "Text", nullable)]
    pub price_unit: Option<String>,
    /// Derived: thousandths of a minor unit a kilogram.
    pub price_per_kilogram: Option<i64>,
    /// What is offered, thousandths of `quantity_unit`.
    pub quantity: Option<i64>,
    /// The unit it is counted in.
    #[sea_orm(column_type = "Text", nullable)]
    pub quantity_unit: Option<String>,
    /// Derived: the quantity in grams.
    pub quantity_grams: Option<i64>,
    /// Held for buyers, thousandths of `quantity_unit`; never above `quantity`.
    #[sea_orm(default_value = 0)]
    pub reserved: i64,
    /// The least one can order, thousandths of `quantity_unit`.
    pub minimum_order: Option<i64>,
    /// Quality grade.
    #[sea_orm(column_type = "Text", nullable)]
    pub grade: Option<String>,
    /// An array of measured quality attributes.
    #[sea_orm(column_type = "JsonBinary")]
    pub measurements: Json,
    /// Harvest season.
    #[sea_orm(column_type = "Text", nullable)]
    pub season: Option<String>,
    /// First day it can be had.
    pub available_from: Option<Date>,
    /// Last day it can be had.
    pub available_until: Option<Date>,
    /// Where it lies.
    #[sea_orm(column_type = "Text", nullable)]
    pub place_code: Option<String>,
    /// The region its place lies in, copied for filters.
    #[sea_orm(column_type = "Text", nullable)]
    pub region_code: Option<String>,
    /// The cercle its place lies in, copied for filters.
    #[sea_orm(column_type = "Text", nullable)]
    pub cercle_code: Option<String>,
    /// Who brings it where.
    #[sea_orm(column_type = "Text", nullable)]
    pub delivery_terms: Option<String>,
    /// `DRAFT`, `PUBLISHED`, `PAUSED` or `ARCHIVED`.
    #[sea_orm(column_type = "Text")]
    pub status: String,
    /// The seller's own number, unique within the organization.
    #[sea_orm(column_type = "Text", nullable)]
    pub reference: Option<String>,
    /// SHA-256 of the row last imported under that reference.
    #[sea_orm(column_type = "Blob", nullable)]
    pub reference_digest: Option<Vec<u8>>,
    /// Counts changes from 1.
    pub version: i64,
    /// When it was created.
    pub created_at: DateTimeUtc,
    /// When the row last changed.
    pub updated_at: DateTimeUtc,
    /// When it was first published.
    pub published_at: Option<DateTimeUtc>,
    /// Its `organization`.
    #[sea_orm(belongs_to, from = "organization_id", to = "id")]
    pub organization: BelongsTo<super::organization::Entity>,
    /// Its `product`.
    #[sea_orm(belongs_to, from = "product_code", to = "code")]
    pub product: BelongsTo<super::product::Entity>,
    /// Its `place`.
    #[sea_orm(belongs_to, from = "place_code", to = "code")]
    pub place: BelongsTo<Option<super::place::Entity>>,
    /// Its rows of `listing_version`.
    #[sea_orm(has_many)]
    pub versions: HasMany<super::listing_version::Entity>,
}

impl ActiveModelBehavior for ActiveModel {}
