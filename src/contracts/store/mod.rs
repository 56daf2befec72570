//! The room's queries.

pub(super) mod check;
pub(super) mod contracts;
pub(super) mod deliveries;
pub(super) mod dossier;
pub(super) mod invoices;
pub(super) mod lines;
pub(super) mod lists;
pub(super) mod payments;
pub(super) mod personal;
pub(super) mod versions;

use crate::{
    contracts::model::contract::Measure,
    kernel::{
        db::{DbErr, Reader},
        quantity::{Quantity, UnitCode},
    },
};

/// The next columns: quantity, unit and grams of a line.
fn measure(next: &mut Reader<'_>) -> Result<Measure, DbErr> {
    let whole = Quantity { thousandths: next.get()?, unit: UnitCode::new(next.get::<String>()?) };
    Ok(Measure { whole, grams: next.get()? })
}
