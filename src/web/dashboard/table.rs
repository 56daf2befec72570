//! Figures in rows, on the page and as a file.

use maud::{Markup, html};

use super::super::say;
use crate::kernel::locale::Locale;

/// What stands in a row's column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Cell {
    /// Words.
    Text(String),
    /// A figure: as it is shown, and as a program reads it.
    Number {
        /// `27,4 %`.
        shown: String,
        /// `27.35`.
        exact: String,
    },
    /// Words that lead somewhere.
    Link {
        /// The words.
        text: String,
        /// Where.
        href: String,
    },
}

impl Cell {
    /// The same for a file.
    fn plain(&self) -> &str {
        match self {
            Self::Text(text) | Self::Link { text, .. } => text,
            Self::Number { exact, .. } => exact,
        }
    }
}

/// A table.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Table {
    /// The keys of what its columns are called.
    pub columns: Vec<&'static str>,
    /// Its rows, each with a cell a column.
    pub rows: Vec<Vec<Cell>>,
}

impl Table {
    pub(super) fn markup(&self, language: Locale) -> Markup {
        html! {
            div class="scroll" {
                table {
                    thead { tr { @for column in &self.columns { th scope="col" { (say(language, column)) } } } }
                    tbody {
                        @for row in &self.rows {
                            tr {
                                @for cell in row {
                                    @match cell {
                                        Cell::Text(text) => td { (text) },
                                        Cell::Number { shown, .. } => td class="number" { (shown) },
                                        Cell::Link { text, href } => td { a href=(href) { (text) } },
                                    }
                                }
                            }
                        }
                    }
                }
            }
        }
    }

    /// The table as comma-separated values (RFC 4180), in UTF-8 with the mark by which spreadsheets know it. What would begin a
    /// formula in one is marked as text.
    ///
    /// # Errors
    /// Never but for memory: the writer writes into it.
    pub fn csv(&self, language: Locale) -> Result<Vec<u8>, csv::Error> {
        let mut writer = csv::Writer::from_writer("\u{feff}".as_bytes().to_vec());
        writer.write_record(self.columns.iter().map(|column| say(language, column)))?;
        for row in &self.rows {
            writer.write_record(row.iter().map(|cell| guarded(cell.plain())))?;
        }
        writer.into_inner().map_err(|error| csv::Error::from(error.into_error()))
    }
}

/// A text that no spreadsheet takes for a formula; a negative number stays one.
fn guarded(text: &str) -> String {
    let formula =
        text.starts_with(['=', '+', '@', '\t', '\r']) || (text.starts_with('-') && text.parse::<f64>().is_err());
    if formula { format!("'{text}") } else { text.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_holds_exact_figures_and_no_formulas() {
        let number = Cell::Number { shown: "27,4 %".to_owned(), exact: "27.35".to_owned() };
        let row = |text: &str| vec![Cell::Text(text.to_owned()), number.clone()];
        let rows = vec![row("=HYPERLINK(\"x\")"), row("-1"), row("Ségou, ville")];
        let table = Table { columns: vec!["dashboard-region", "dashboard-share"], rows };
        let csv = String::from_utf8(table.csv(Locale::Fr).unwrap()).unwrap();
        let lines: Vec<&str> = csv.lines().skip(1).collect();
        assert_eq!(lines, ["\"'=HYPERLINK(\"\"x\"\")\",27.35", "-1,27.35", "\"Ségou, ville\",27.35"]);
        assert!(csv.starts_with('\u{feff}'));
    }
}
