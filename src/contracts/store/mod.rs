//! The room's queries.

pub(super) mod check;
pub(super) mod contracts;
pub(super) mod deliveries;
pub(super) mod dossier;
pub(super) mod invoices;
pub(super) mod lines;
pub(super) mod lists;
pub(super) mod payments;
pub(super) mod versions;

use sea_orm::{ConnectionTrait as _, DbBackend};

use crate::{
    contracts::model::contract::Measure,
    kernel::{
        Fault,
        db::{DbErr, Reader, Sql, WriteTx},
        money::Currency,
        quantity::{Quantity, UnitCode},
    },
};

/// Ends a select that locks its rows; SQLite's one writer needs no lock.
fn lock_rows(select: &mut Sql, tx: &WriteTx, clause: &str) {
    if tx.get_database_backend() == DbBackend::Postgres {
        select.push(clause);
    }
}

/// The next column, the code of a currency.
fn currency(next: &mut Reader<'_>) -> Result<Currency, Fault> {
    let code: &str = next.get()?;
    Currency::from_code(code).ok_or_else(|| Fault::corrupt("currency", code))
}

/// The next columns: quantity, unit and grams of a line.
fn measure(next: &mut Reader<'_>) -> Result<Measure, DbErr> {
    let whole = Quantity { thousandths: next.get()?, unit: UnitCode::new(next.get::<String>()?) };
    Ok(Measure { whole, grams: next.get()? })
}
