//! Products and conversions as tables: for foreign keys, and for whoever reads the database with other tools.

use sea_orm::Value;
use uuid::Uuid;

use crate::{
    catalog::model::{product::Product, unit::Conversion},
    kernel::{
        Fault,
        clock::Timestamp,
        db::{Database, Sql, WriteTx, sql},
    },
};

/// Rows written by one statement: SQLite allows 32,766 parameters, PostgreSQL 65,535.
const ROWS_MAX: usize = 500;

/// The digest of the reference data that the tables hold under a name.
pub(in crate::catalog) async fn digest(db: &Database, name: &str) -> Result<Option<String>, Fault> {
    let row = sql("SELECT digest FROM reference_data WHERE name = $1", [name.into()]).one(db.read()).await?;
    Ok(row.map(|row| row.get(0)).transpose()?)
}

/// Notes the digest of what the tables hold now.
pub(in crate::catalog) async fn note_digest(
    tx: &WriteTx,
    name: &str,
    digest: &str,
    now: Timestamp,
) -> Result<(), Fault> {
    let text = "INSERT INTO reference_data (name, digest, applied_at) VALUES ($1, $2, $3)
                ON CONFLICT (name) DO UPDATE SET digest = excluded.digest, applied_at = excluded.applied_at";
    sql(text, [name.into(), digest.into(), now.into()]).run(&**tx).await?;
    Ok(())
}

/// Writes all products. One that left the data stays in the table: listings may name it.
pub(in crate::catalog) async fn write_products(tx: &WriteTx, products: &[Product]) -> Result<(), Fault> {
    let unwritable = |error: serde_json::Error| Fault::Internal(format!("product: {error}"));
    for (chunk_index, chunk) in products.chunks(ROWS_MAX).enumerate() {
        let mut insert = Sql::new("INSERT INTO product (code, parent_code, names, hs_code, body, position) VALUES ");
        for (index, product) in chunk.iter().enumerate() {
            let position = i32::try_from(chunk_index * ROWS_MAX + index).unwrap_or(i32::MAX);
            let names = serde_json::to_value(&product.names).map_err(unwritable)?;
            let body = serde_json::to_value(product).map_err(unwritable)?;
            let values: [Value; 6] = [
                product.code.clone().into(),
                product.parent.clone().into(),
                names.into(),
                product.hs.clone().into(),
                body.into(),
                position.into(),
            ];
            row(&mut insert, index, values);
        }
        insert.push(
            " ON CONFLICT (code) DO UPDATE SET parent_code = excluded.parent_code, names = excluded.names, \
             hs_code = excluded.hs_code, body = excluded.body, position = excluded.position",
        );
        insert.run(&**tx).await?;
    }
    Ok(())
}

/// Writes all conversions in place of those that were there, under ids given by `next_id`.
pub(in crate::catalog) async fn replace_conversions(
    tx: &WriteTx,
    conversions: &[Conversion],
    next_id: &(dyn Fn() -> Uuid + Sync),
) -> Result<(), Fault> {
    Sql::new("DELETE FROM unit_conversion").run(&**tx).await?;
    for chunk in conversions.chunks(ROWS_MAX) {
        let mut insert = Sql::new(
            "INSERT INTO unit_conversion (id, unit_code, product_code, place_code, grams, valid_from, valid_to, \
             weigher, source, certainty) VALUES ",
        );
        for (index, conversion) in chunk.iter().enumerate() {
            let values: [Value; 10] = [
                next_id().into(),
                conversion.unit.clone().into(),
                conversion.product.clone().into(),
                conversion.place.clone().into(),
                conversion.grams.into(),
                // The column wants a day; what has always held has held since before any market was recorded.
                conversion.validity.from.unwrap_or(crate::catalog::model::draft::DAY_MIN).into(),
                conversion.validity.to.into(),
                conversion.weigher.clone().into(),
                conversion.source.clone().into(),
                conversion.certainty.letter().into(),
            ];
            row(&mut insert, index, values);
        }
        insert.run(&**tx).await?;
    }
    Ok(())
}

fn row<const N: usize>(insert: &mut Sql, index: usize, values: [Value; N]) {
    insert.push(if index == 0 { "(" } else { ", (" });
    for (position, value) in values.into_iter().enumerate() {
        insert.push(if position == 0 { "" } else { ", " }).bind(value);
    }
    insert.push(")");
}
