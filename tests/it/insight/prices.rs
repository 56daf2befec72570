//! Bringing in prices, and asking for them.

use std::collections::BTreeMap;

use bfw::{
    accounts::Actor,
    insight::{
        ImportPrices, PriceImportReport, PriceStep,
        model::{price_check::Refusal, price_market::Note},
    },
    kernel::Failure,
};
use sea_orm::{ConnectionTrait, Statement};

use crate::harness::app::TestApp;

/// What became of a file, row by row.
pub(super) struct Imported {
    pub(super) report: PriceImportReport,
    /// Lines that were not taken, with the reasons.
    pub(super) refused: Vec<(u64, Vec<Refusal>)>,
    /// Lines that were taken and are odd.
    pub(super) noted: Vec<(u64, Vec<Note>)>,
    /// Lines that were read.
    pub(super) lines: Vec<u64>,
}

impl Imported {
    /// Added, changed, unchanged, refused; they are all rows, and each refused row was told.
    pub(super) fn counts(&self) -> (u64, u64, u64, u64) {
        let PriceImportReport { rows, added, changed, unchanged, refused, .. } = self.report;
        assert_eq!(rows, added + changed + unchanged + refused);
        assert_eq!((rows, refused), (self.lines.len() as u64, self.refused.len() as u64));
        (added, changed, unchanged, refused)
    }

    /// How many rows are odd in a way.
    pub(super) fn odd(&self, note: Note) -> u64 {
        self.report.notes.get(&note).map_or(0, |markets| markets.values().sum())
    }

    /// How often a reason to refuse came with which value.
    pub(super) fn refusals(&self, refusal: Refusal) -> BTreeMap<String, u64> {
        self.report.refusals.get(&refusal).cloned().unwrap_or_default()
    }
}

/// Brings a file in, or only looks what would become of it.
pub(super) async fn import_by(
    app: &TestApp,
    actor: &Actor,
    file: &[u8],
    dry_run: bool,
) -> Result<Imported, Failure> {
    let command = ImportPrices { source: "test".to_owned(), dry_run };
    let (mut refused, mut noted, mut lines) = (Vec::new(), Vec::new(), Vec::new());
    let imported = app.app.insight.import_prices(actor, command, file, |step| match step {
        PriceStep::Read(line) => lines.push(line),
        PriceStep::Refused(line, problems) => {
            refused.push((line, problems.iter().map(|problem| problem.refusal).collect()));
        }
        PriceStep::Noted(line, notes) => noted.push((line, notes.to_vec())),
        PriceStep::Written(..) => {}
    });
    let report = Box::pin(imported).await?;
    Ok(Imported { report, refused, noted, lines })
}

/// Brings a file in, as the command does.
pub(super) async fn import(app: &TestApp, file: &str) -> Imported {
    import_by(app, &Actor::system("test"), file.as_bytes(), false).await.unwrap()
}

/// Prices of one market and product, a month each from the first on, in the monthly form without its header.
pub(super) fn series(region: &str, market: &str, commodity: &str, first: (i32, u32), prices: &[&str]) -> String {
    let mut rows = String::new();
    for (price, index) in prices.iter().zip(0..) {
        let months = first.0 * 12 + i32::try_from(first.1).unwrap() - 1 + index;
        let (year, month) = (months / 12, months % 12 + 1);
        rows.push_str(&format!("{year}-{month:02},{region},{market},,,{commodity} - Retail,KG,XOF,{price}\n"));
    }
    rows
}

/// The header of the monthly form.
pub(super) const MONTHLY: &str = "month,region,market,lat,lon,commodity,unit,currency,price\n";

/// A number that the database gives.
pub(super) async fn number(app: &TestApp, sql: &str) -> i64 {
    let connection = app.app.services.db.read();
    let statement = Statement::from_string(connection.get_database_backend(), sql);
    connection.query_one_raw(statement).await.unwrap().unwrap().try_get_by_index(0).unwrap()
}
