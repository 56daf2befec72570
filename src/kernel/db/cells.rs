//! Rows of SQLite in one piece of memory: a page of twenty is three allocations, not some for each of its values.

use std::sync::Arc;

use chrono::{DateTime, NaiveDate, NaiveDateTime, Utc};
use rusqlite::types::ValueRef;
use sea_orm::sqlx::{error::BoxDynError, types::Json};
use serde::Deserialize;
use uuid::Uuid;

/// A value of a row.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Cell<'r> {
    /// None.
    Null,
    /// A whole number; a truth is 0 or 1.
    Integer(i64),
    /// A number.
    Real(f64),
    /// A text; instants, days and JSON are texts.
    Text(&'r str),
    /// Bytes; a UUID is 16 of them.
    Blob(&'r [u8]),
}

/// The rows that a statement gave.
#[derive(Debug, Default)]
pub(super) struct Cells {
    columns: usize,
    cells: Vec<Kept>,
    texts: String,
    blobs: Vec<u8>,
}

#[derive(Debug, Clone, Copy)]
enum Kept {
    Null,
    Integer(i64),
    Real(f64),
    /// Where it begins in the texts, and how long it is.
    Text(usize, usize),
    /// Where it begins in the blobs, and how long it is.
    Blob(usize, usize),
}

impl Cells {
    /// No rows yet, of so many columns.
    pub(super) fn of(columns: usize) -> Self {
        Self { columns, ..Self::default() }
    }

    /// Adds a value.
    ///
    /// # Errors
    /// When it is a text that is not UTF-8.
    pub(super) fn push(&mut self, value: ValueRef<'_>) -> Result<(), rusqlite::types::FromSqlError> {
        let kept = match value {
            ValueRef::Null => Kept::Null,
            ValueRef::Integer(number) => Kept::Integer(number),
            ValueRef::Real(number) => Kept::Real(number),
            ValueRef::Text(_) => {
                let text = value.as_str()?;
                let at = self.texts.len();
                self.texts.push_str(text);
                Kept::Text(at, text.len())
            }
            ValueRef::Blob(blob) => {
                let at = self.blobs.len();
                self.blobs.extend_from_slice(blob);
                Kept::Blob(at, blob.len())
            }
        };
        self.cells.push(kept);
        Ok(())
    }

    /// The rows, each of which keeps them all.
    pub(super) fn rows(self) -> impl Iterator<Item = CellRow> {
        let (columns, end) = (self.columns.max(1), self.cells.len());
        let cells = Arc::new(self);
        (0..end).step_by(columns).map(move |first| CellRow { cells: Arc::clone(&cells), first })
    }
}

/// One of the rows that a statement gave.
#[derive(Debug, Clone)]
pub(super) struct CellRow {
    cells: Arc<Cells>,
    first: usize,
}

impl CellRow {
    /// The value in a column; none beyond the last.
    pub(super) fn cell(&self, position: usize) -> Option<Cell<'_>> {
        let cells = &*self.cells;
        let kept = (position < cells.columns).then(|| cells.cells.get(self.first + position))??;
        Some(match *kept {
            Kept::Null => Cell::Null,
            Kept::Integer(number) => Cell::Integer(number),
            Kept::Real(number) => Cell::Real(number),
            Kept::Text(at, length) => Cell::Text(&cells.texts[at..at + length]),
            Kept::Blob(at, length) => Cell::Blob(&cells.blobs[at..at + length]),
        })
    }
}

/// What a value of SQLite can be read as; as `sqlx` writes it.
pub trait FromCell<'r>: Sized {
    /// Reads it.
    ///
    /// # Errors
    /// When it is something else.
    fn from_cell(cell: Cell<'r>) -> Result<Self, BoxDynError>;
}

fn other<T>(expected: &str, cell: Cell<'_>) -> Result<T, BoxDynError> {
    let found = match cell {
        Cell::Null => "nothing",
        Cell::Integer(_) => "a whole number",
        Cell::Real(_) => "a number",
        Cell::Text(_) => "a text",
        Cell::Blob(_) => "bytes",
    };
    Err(format!("{expected} is expected, and {found} is there").into())
}

impl<'r, T: FromCell<'r>> FromCell<'r> for Option<T> {
    fn from_cell(cell: Cell<'r>) -> Result<Self, BoxDynError> {
        if cell == Cell::Null { Ok(None) } else { T::from_cell(cell).map(Some) }
    }
}

impl FromCell<'_> for i64 {
    fn from_cell(cell: Cell<'_>) -> Result<Self, BoxDynError> {
        if let Cell::Integer(number) = cell { Ok(number) } else { other("a whole number", cell) }
    }
}

/// Declares the whole numbers that hold less.
macro_rules! smaller {
    ($($number:ty),+) => {$(
        impl FromCell<'_> for $number {
            fn from_cell(cell: Cell<'_>) -> Result<Self, BoxDynError> {
                Ok(i64::from_cell(cell)?.try_into()?)
            }
        }
    )+};
}

smaller!(i16, i32);

impl FromCell<'_> for bool {
    fn from_cell(cell: Cell<'_>) -> Result<Self, BoxDynError> {
        Ok(i64::from_cell(cell)? != 0)
    }
}

impl FromCell<'_> for f64 {
    #[expect(clippy::cast_precision_loss, reason = "a number that is whole is kept as such, and was one of these")]
    fn from_cell(cell: Cell<'_>) -> Result<Self, BoxDynError> {
        match cell {
            Cell::Real(number) => Ok(number),
            Cell::Integer(number) => Ok(number as f64),
            Cell::Null | Cell::Text(_) | Cell::Blob(_) => other("a number", cell),
        }
    }
}

impl<'r> FromCell<'r> for &'r str {
    fn from_cell(cell: Cell<'r>) -> Result<Self, BoxDynError> {
        if let Cell::Text(text) = cell { Ok(text) } else { other("a text", cell) }
    }
}

impl FromCell<'_> for String {
    fn from_cell(cell: Cell<'_>) -> Result<Self, BoxDynError> {
        <&str>::from_cell(cell).map(str::to_owned)
    }
}

impl<'r> FromCell<'r> for &'r [u8] {
    fn from_cell(cell: Cell<'r>) -> Result<Self, BoxDynError> {
        if let Cell::Blob(blob) = cell { Ok(blob) } else { other("bytes", cell) }
    }
}

impl FromCell<'_> for Vec<u8> {
    fn from_cell(cell: Cell<'_>) -> Result<Self, BoxDynError> {
        <&[u8]>::from_cell(cell).map(<[u8]>::to_vec)
    }
}

impl FromCell<'_> for Uuid {
    fn from_cell(cell: Cell<'_>) -> Result<Self, BoxDynError> {
        Ok(Self::from_slice(<&[u8]>::from_cell(cell)?)?)
    }
}

impl FromCell<'_> for NaiveDate {
    fn from_cell(cell: Cell<'_>) -> Result<Self, BoxDynError> {
        Ok(<&str>::from_cell(cell)?.parse()?)
    }
}

impl FromCell<'_> for DateTime<Utc> {
    fn from_cell(cell: Cell<'_>) -> Result<Self, BoxDynError> {
        let text = <&str>::from_cell(cell)?;
        if let Ok(at) = DateTime::parse_from_rfc3339(text) {
            return Ok(at.to_utc());
        }
        // As SQLite itself writes an instant.
        Ok(NaiveDateTime::parse_from_str(text, "%F %T%.f")?.and_utc())
    }
}

impl<'r, T: Deserialize<'r>> FromCell<'r> for Json<T> {
    fn from_cell(cell: Cell<'r>) -> Result<Self, BoxDynError> {
        Ok(Self(serde_json::from_str(<&str>::from_cell(cell)?)?))
    }
}

impl FromCell<'_> for serde_json::Value {
    fn from_cell(cell: Cell<'_>) -> Result<Self, BoxDynError> {
        Json::from_cell(cell).map(|Json(value)| value)
    }
}
