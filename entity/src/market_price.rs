//! What some goods cost on a market in a month, as somebody outside observed and published it.

use sea_orm::entity::prelude::*;

/// A row of `market_price`.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "market_price")]
pub struct Model {
    /// The price.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The file that said so last.
    pub import_id: Uuid,
    /// What tells the market from others: the same in every spelling.
    #[sea_orm(column_type = "Text")]
    pub market_key: String,
    /// The market, as the source writes it.
    #[sea_orm(column_type = "Text")]
    pub market: String,
    /// The region, as the source writes it; may be empty.
    #[sea_orm(column_type = "Text")]
    pub admin1: String,
    /// The cercle, as the source writes it; may be empty.
    #[sea_orm(column_type = "Text")]
    pub admin2: String,
    /// The place of ours that holds the market today, as narrow as is sure; null where none is known.
    #[sea_orm(column_type = "Text", nullable)]
    pub place_code: Option<String>,
    /// The product.
    #[sea_orm(column_type = "Text")]
    pub product_code: String,
    /// What tells the goods from others: the same in every spelling.
    #[sea_orm(column_type = "Text")]
    pub commodity_key: String,
    /// The goods, as the source writes them.
    #[sea_orm(column_type = "Text")]
    pub commodity: String,
    /// `RETAIL`, `WHOLESALE` or `FARM_GATE`.
    #[sea_orm(column_type = "Text")]
    pub price_type: String,
    /// The ISO 4217 currency.
    #[sea_orm(column_type = "Text")]
    pub currency: String,
    /// The month: twelve times the year, and the months of the year before it.
    pub month: i64,
    /// What the unit cost, thousandths of the currency's minor unit.
    pub price: i64,
    /// The unit, as the source writes it.
    #[sea_orm(column_type = "Text")]
    pub unit: String,
    /// What the unit weighs, grams.
    pub unit_grams: i64,
    /// What a kilogram cost, thousandths of the currency's minor unit.
    pub per_kilogram: i64,
    /// Whether it lies too far from what the same goods cost there around that time.
    pub outlier: bool,
    /// Its `price_import`.
    #[sea_orm(belongs_to, from = "import_id", to = "id")]
    pub import: BelongsTo<super::price_import::Entity>,
}

impl ActiveModelBehavior for ActiveModel {}
