//! Looking at prices.

use std::collections::HashMap;

use entity::{
    market_price::{Column, Entity, Model},
    price_import,
};
use sea_orm::{ColumnTrait as _, EntityTrait as _, PaginatorTrait as _, QueryFilter as _, Select};
use uuid::Uuid;

use crate::{
    insight::model::{
        price::{Month, Observation, PriceFacts, PriceFilter, PriceId, PriceKey, SeriesKey, Within},
        price_fairness::RecentPrice,
        price_trend::Figure,
    },
    kernel::{
        Fault,
        db::{Database, DbErr, Reader, Sql, keyset},
        page::{Page, Slice},
    },
};

/// A page of prices, the newest month first.
pub(in crate::insight) async fn page(
    db: &Database,
    filter: &PriceFilter,
    page: &Page,
) -> Result<Slice<Observation>, Fault> {
    let mut query = matching(filter);
    keyset::window(&mut query, Column::Month, Column::Id, true, page);
    let rows = query.all(db.read()).await?;
    let sources = sources(db, &rows).await?;
    let rows = rows.into_iter().map(|row| observation(row, &sources)).collect::<Result<_, _>>()?;
    Ok(page.slice(rows))
}

/// How many there are.
pub(in crate::insight) async fn count(db: &Database, filter: &PriceFilter) -> Result<i64, DbErr> {
    Ok(i64::try_from(matching(filter).count(db.read()).await?).unwrap_or(i64::MAX))
}

/// The median a kilogram, outliers left out, halves rounded up.
pub(in crate::insight) async fn median(db: &Database, filter: &PriceFilter) -> Result<Option<i64>, Fault> {
    let mut query = Sql::new(
        "SELECT MIN(per_kilogram), MAX(per_kilogram) FROM (SELECT per_kilogram, ROW_NUMBER() OVER (ORDER BY per_kilogram) AS place,
            COUNT(*) OVER () AS total FROM market_price",
    );
    conditions(&mut query, filter, true);
    query.push(" AND NOT outlier) ranked WHERE place = (total + 1) / 2 OR place = (total + 2) / 2");
    let Some(row) = query.one(db.read()).await? else { return Ok(None) };
    let mut next = Reader::new(&row)?;
    let both: (Option<i64>, Option<i64>) = (next.get()?, next.get()?);
    Ok(both.0.zip(both.1).map(|(lower, upper)| lower + (upper - lower + 1) / 2))
}

/// The prices of the newest month, and of those so many months before it, outliers left out. What is compared with may lie before the first
/// month asked for.
pub(in crate::insight) async fn newest<const N: usize>(
    db: &Database,
    filter: &PriceFilter,
    earlier: [i64; N],
) -> Result<Vec<Figure>, Fault> {
    let mut query = Sql::new(
        "WITH picked AS (SELECT market_key, commodity_key, month, per_kilogram FROM market_price",
    );
    conditions(&mut query, filter, false);
    query.push(" AND NOT outlier), newest AS (SELECT MAX(month) AS month FROM picked WHERE ");
    match filter.from {
        Some(from) => query.push("month >= ").bind(from.0),
        None => query.push("1 = 1"),
    };
    query.push(
        ") SELECT p.market_key, p.commodity_key, p.month, p.per_kilogram FROM picked p JOIN newest n ON p.month = n.month",
    );
    for months in earlier {
        query.push(" OR p.month = n.month - ").bind(months);
    }
    let figure = |row| {
        let mut next = Reader::new(row)?;
        Ok(Figure {
            market: next.get()?,
            commodity: next.get()?,
            month: Month(next.get()?),
            per_kilogram: next.get()?,
        })
    };
    query.all(db.read()).await?.iter().map(figure).collect()
}

/// The prices of a few months whose market lies in a place of ours.
pub(in crate::insight) async fn recent(db: &Database, filter: &PriceFilter) -> Result<Vec<RecentPrice>, Fault> {
    let mut query = Sql::new("SELECT place_code, market_key, per_kilogram, outlier FROM market_price");
    conditions(&mut query, filter, true);
    query.push(" AND place_code IS NOT NULL");
    let price = |row| {
        let mut next = Reader::new(row)?;
        Ok(RecentPrice {
            place: next.get()?,
            market: next.get()?,
            per_kilogram: next.get()?,
            outlier: next.get()?,
        })
    };
    query.all(db.read()).await?.iter().map(price).collect()
}

/// Whether there are such prices in the country in any currency.
pub(in crate::insight) async fn any_currency(db: &Database, filter: &PriceFilter) -> Result<bool, DbErr> {
    let mut query = Entity::find()
        .filter(Column::ProductCode.eq(filter.product.as_str()))
        .filter(Column::PriceType.eq(filter.price_type.as_str()))
        .filter(Column::PlaceCode.is_not_null());
    query = between(query, filter);
    Ok(query.one(db.read()).await?.is_some())
}

fn matching(filter: &PriceFilter) -> Select<Entity> {
    let query = Entity::find()
        .filter(Column::ProductCode.eq(filter.product.as_str()))
        .filter(Column::PriceType.eq(filter.price_type.as_str()))
        .filter(Column::Currency.eq(filter.currency.as_str()));
    let query = match &filter.within {
        Within::Everywhere => query,
        Within::Country => query.filter(Column::PlaceCode.is_not_null()),
        Within::Places(codes) => query.filter(Column::PlaceCode.is_in(codes.iter().map(String::as_str))),
    };
    between(query, filter)
}

fn between(mut query: Select<Entity>, filter: &PriceFilter) -> Select<Entity> {
    if let Some(from) = filter.from {
        query = query.filter(Column::Month.gte(from.0));
    }
    if let Some(to) = filter.to {
        query = query.filter(Column::Month.lte(to.0));
    }
    query
}

/// The same conditions in a text; `from` among them where it is asked for.
fn conditions(query: &mut Sql, filter: &PriceFilter, with_from: bool) {
    query.push(" WHERE product_code = ").bind(filter.product.as_str());
    query.push(" AND price_type = ").bind(filter.price_type.as_str());
    query.push(" AND currency = ").bind(filter.currency.as_str());
    match &filter.within {
        Within::Everywhere => {}
        Within::Country => {
            query.push(" AND place_code IS NOT NULL");
        }
        Within::Places(codes) => {
            query.push(" AND place_code IN ").bind_list(codes.iter().map(String::as_str));
        }
    }
    if let Some(from) = filter.from.filter(|_| with_from) {
        query.push(" AND month >= ").bind(from.0);
    }
    if let Some(to) = filter.to {
        query.push(" AND month <= ").bind(to.0);
    }
}

/// Where the files of these prices come from, by import.
async fn sources(db: &Database, rows: &[Model]) -> Result<HashMap<Uuid, String>, DbErr> {
    if rows.is_empty() {
        return Ok(HashMap::new());
    }
    let mut ids: Vec<Uuid> = rows.iter().map(|row| row.import_id).collect();
    ids.sort_unstable();
    ids.dedup();
    let imports = price_import::Entity::find().filter(price_import::Column::Id.is_in(ids)).all(db.read()).await?;
    Ok(imports.into_iter().map(|import| (import.id, import.source)).collect())
}

fn observation(row: Model, sources: &HashMap<Uuid, String>) -> Result<Observation, Fault> {
    let price_type = row.price_type.parse().map_err(|error| Fault::corrupt("price type", error))?;
    let series =
        SeriesKey { market: row.market_key, commodity: row.commodity_key, price_type, currency: row.currency };
    Ok(Observation {
        id: PriceId::from_uuid(row.id),
        key: PriceKey { series, month: Month(row.month), unit: row.unit },
        facts: PriceFacts {
            price: row.price,
            unit_grams: row.unit_grams,
            per_kilogram: row.per_kilogram,
            product: row.product_code,
            place: row.place_code,
        },
        market: row.market,
        admin1: row.admin1,
        commodity: row.commodity,
        outlier: row.outlier,
        source: sources.get(&row.import_id).cloned().unwrap_or_default(),
    })
}
