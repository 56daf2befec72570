//! Bringing prices in: what is known of their series, and writing what a file changes.

use std::collections::BTreeSet;

use entity::{market_price, price_import as import_row};
use sea_orm::{ConnectionTrait as _, DbBackend, EntityTrait as _, Set};
use uuid::Uuid;

use crate::{
    insight::model::{
        price::{Month, Price, PriceFacts, PriceId, PriceKey, SeriesKey},
        price_merge::{KnownPrice, Merge},
        price_report::PriceImportReport,
    },
    kernel::{
        Fault,
        clock::Timestamp,
        db::{DbErr, Reader, Sql, WriteTx},
        digest::Digest,
        id::IdSource,
    },
};

/// Rows written by one statement: with 18 values a row, below the 32,766 parameters that SQLite takes.
const ROWS_MAX: usize = 500;
/// Markets asked for by one statement.
const MARKETS_MAX: usize = 128;

/// A file that brings something.
pub(in crate::insight) struct Import<'r> {
    pub(in crate::insight) id: Uuid,
    pub(in crate::insight) source: String,
    pub(in crate::insight) digest: Digest,
    pub(in crate::insight) now: Timestamp,
    pub(in crate::insight) report: &'r PriceImportReport,
}

/// Lets one import look and write at a time: of two, the second sees what the first wrote. Readers go on.
pub(in crate::insight) async fn lock(tx: &WriteTx) -> Result<(), DbErr> {
    // SQLite has one writer anyway.
    if tx.get_database_backend() == DbBackend::Postgres {
        Sql::new("LOCK TABLE market_price IN SHARE ROW EXCLUSIVE MODE").run(&**tx).await?;
    }
    Ok(())
}

/// Everything that is known of these markets' series, and perhaps of more.
pub(in crate::insight) async fn known<'s>(
    tx: &WriteTx,
    series: impl Iterator<Item = &'s SeriesKey>,
) -> Result<Vec<KnownPrice>, Fault> {
    let markets: Vec<&str> = series.map(|series| series.market.as_str()).collect::<BTreeSet<_>>().into_iter().collect();
    let mut known = Vec::new();
    for chunk in markets.chunks(MARKETS_MAX) {
        let mut query = Sql::new(
            "SELECT id, market_key, commodity_key, price_type, currency, month, unit, price, unit_grams, per_kilogram,
                product_code, place_code, outlier FROM market_price WHERE market_key IN ",
        );
        query.bind_list(chunk.iter().copied());
        for row in &query.all(&**tx).await? {
            let mut next = Reader::new(row)?;
            known.push(KnownPrice {
                id: PriceId::from_uuid(next.get()?),
                key: PriceKey {
                    series: SeriesKey {
                        market: next.get()?,
                        commodity: next.get()?,
                        price_type: next.word("price type")?,
                        currency: next.get()?,
                    },
                    month: Month(next.get()?),
                    unit: next.get()?,
                },
                facts: PriceFacts {
                    price: next.get()?,
                    unit_grams: next.get()?,
                    per_kilogram: next.get()?,
                    product: next.get()?,
                    place: next.get()?,
                },
                outlier: next.get()?,
            });
        }
    }
    Ok(known)
}

/// Notes that a file was brought in.
pub(in crate::insight) async fn note(tx: &WriteTx, import: &Import<'_>) -> Result<(), DbErr> {
    let count = |count: u64| Set(i64::try_from(count).unwrap_or(i64::MAX));
    let row = import_row::ActiveModel {
        id: Set(import.id),
        source: Set(import.source.clone()),
        layout: Set(import.report.layout.as_str().to_owned()),
        digest: Set(import.digest.to_vec()),
        rows: count(import.report.rows),
        added: count(import.report.added),
        changed: count(import.report.changed),
        unchanged: count(import.report.unchanged),
        refused: count(import.report.refused),
        imported_at: Set(import.now),
    };
    import_row::Entity::insert(row).exec_without_returning(&**tx).await?;
    Ok(())
}

/// Writes what a file changes, and tells how far it has come.
pub(in crate::insight) async fn write(
    tx: &WriteTx,
    import: Uuid,
    merge: &Merge,
    ids: &dyn IdSource,
    told: &mut impl FnMut(u64, u64),
) -> Result<(), DbErr> {
    let total = (merge.added.len() + merge.changed.len()) as u64;
    let mut done = 0;
    for chunk in merge.added.chunks(ROWS_MAX) {
        let rows = chunk.iter().map(|(price, outlier)| row(ids.next_uuid(), import, price, *outlier));
        market_price::Entity::insert_many(rows).exec_without_returning(&**tx).await?;
        done += chunk.len() as u64;
        told(done, total);
    }
    for (id, price, outlier) in &merge.changed {
        market_price::Entity::update(row(id.uuid(), import, price, *outlier)).exec(&**tx).await?;
        done += 1;
        told(done, total);
    }
    for outlier in [false, true] {
        let ids: Vec<Uuid> =
            merge.flagged.iter().filter(|(_, now)| *now == outlier).map(|(id, _)| id.uuid()).collect();
        for chunk in ids.chunks(ROWS_MAX) {
            let mut update = Sql::new("UPDATE market_price SET outlier = ");
            update.bind(outlier).push(" WHERE id IN ").bind_list(chunk.iter().copied());
            update.run(&**tx).await?;
        }
    }
    Ok(())
}

fn row(id: Uuid, import: Uuid, price: &Price, outlier: bool) -> market_price::ActiveModel {
    market_price::ActiveModel {
        id: Set(id),
        import_id: Set(import),
        market_key: Set(price.key.series.market.clone()),
        market: Set(price.market.clone()),
        admin1: Set(price.admin1.clone()),
        admin2: Set(price.admin2.clone()),
        place_code: Set(price.facts.place.clone()),
        product_code: Set(price.facts.product.clone()),
        commodity_key: Set(price.key.series.commodity.clone()),
        commodity: Set(price.commodity.clone()),
        price_type: Set(price.key.series.price_type.as_str().to_owned()),
        currency: Set(price.key.series.currency.clone()),
        month: Set(price.key.month.0),
        price: Set(price.facts.price),
        unit: Set(price.key.unit.clone()),
        unit_grams: Set(price.facts.unit_grams),
        per_kilogram: Set(price.facts.per_kilogram),
        outlier: Set(outlier),
    }
}
