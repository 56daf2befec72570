//! A report as a file for a spreadsheet.

use rust_xlsxwriter::{Format, Workbook, XlsxError};

use crate::insight::model::report::told::{COLUMNS, Names, Report, rows};

/// Columns from this one on hold numbers, as far as the sixth of them.
const FIRST_NUMBER: usize = 6;
const LAST_NUMBER: usize = 11;

/// Digits of a number that a spreadsheet, which counts in floats, keeps exactly. Longer numbers are written as texts.
const DIGITS_KEPT: usize = 15;

/// Why a table cannot be written.
#[derive(Debug, thiserror::Error)]
pub enum TableError {
    /// As CSV.
    #[error("{0}")]
    Csv(#[from] csv::Error),
    /// As XLSX.
    #[error("{0}")]
    Xlsx(#[from] XlsxError),
}

/// As CSV (RFC 4180, UTF-8): a figure a row. A text that a spreadsheet would take for a formula has an apostrophe before it.
///
/// # Errors
/// When the writer cannot, which memory running out would bring about.
pub fn csv(report: &Report, names: &impl Names) -> Result<Vec<u8>, TableError> {
    let mut out = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(Vec::new());
    out.write_record(COLUMNS)?;
    for row in rows(report, names) {
        let cells = row.iter().enumerate().map(|(column, text)| {
            let is_text = !(FIRST_NUMBER..=LAST_NUMBER).contains(&column);
            if is_text && text.starts_with(['=', '+', '-', '@', '\t', '\r']) {
                format!("'{text}")
            } else {
                text.clone()
            }
        });
        out.write_record(cells)?;
    }
    Ok(out.into_inner().map_err(|error| csv::Error::from(error.into_error()))?)
}

/// As an Excel workbook with one sheet: a figure a row, under a line that says what the report is about. Numbers are numbers where a
/// spreadsheet keeps all their digits.
///
/// # Errors
/// When the writer cannot.
pub fn xlsx(report: &Report, names: &impl Names) -> Result<Vec<u8>, TableError> {
    let mut book = Workbook::new();
    let bold = Format::new().set_bold();
    let sheet = book.add_worksheet();
    let scope = &report.scope;
    let about = format!("{} – {} · {} · {}", scope.from, scope.to, scope.definition.as_str(), scope.at_least.as_str());
    sheet.set_name("GRP")?.write_string(0, 0, about)?.set_freeze_panes(2, 0)?;
    for (column, name) in (0..).zip(COLUMNS) {
        sheet.write_string_with_format(1, column, name, &bold)?;
    }
    for (line, row) in (2..).zip(rows(report, names)) {
        for (column, text) in (0_u16..).zip(&row) {
            let digits = text.bytes().filter(u8::is_ascii_digit).count();
            let is_number = (FIRST_NUMBER..=LAST_NUMBER).contains(&usize::from(column)) && digits <= DIGITS_KEPT;
            match text.parse::<f64>().ok().filter(|_| is_number) {
                Some(number) => sheet.write_number(line, column, number)?,
                None if text.is_empty() => continue,
                None => sheet.write_string(line, column, text)?,
            };
        }
    }
    Ok(book.save_to_buffer()?)
}
