//! Rows read column by column, in the order in which the statement names them.
//!
//! Stores that read many rows of many columns read them so: by position, without asking the driver each time whether
//! the column's type is the expected one (the drift test holds tables and types together), and words without a copy.

use std::{fmt::Display, str::FromStr};

use sea_orm::{
    DbErr, QueryResult, RuntimeErr,
    sqlx::{self, Decode, Postgres, Row as _, Sqlite, postgres::PgRow, sqlite::SqliteRow, types::Json},
};
use serde::de::DeserializeOwned;

use super::cells::{Cell, CellRow, FromCell};
use crate::kernel::{Fault, money::Currency};

/// A row of a statement's answer.
#[derive(Debug)]
pub struct Row(Answered);

#[derive(Debug)]
enum Answered {
    /// By the library.
    Library(QueryResult),
    /// By a lane of PostgreSQL's.
    Lane(PgRow),
    /// By a reader of SQLite's.
    Reader(CellRow),
}

impl From<QueryResult> for Row {
    fn from(row: QueryResult) -> Self {
        Self(Answered::Library(row))
    }
}

impl From<PgRow> for Row {
    fn from(row: PgRow) -> Self {
        Self(Answered::Lane(row))
    }
}

impl From<CellRow> for Row {
    fn from(row: CellRow) -> Self {
        Self(Answered::Reader(row))
    }
}

impl Row {
    /// The column at a position, from 0.
    ///
    /// # Errors
    /// When there is none, or it does not hold such a value.
    pub fn get<'r, T: Column<'r>>(&'r self, position: usize) -> Result<T, DbErr> {
        let mut reader = Reader::new(self)?;
        reader.position = position;
        reader.get()
    }

    /// The column after these, which are named with commas between them.
    ///
    /// # Errors
    /// When there is none, or it does not hold such a value.
    pub fn after<'r, T: Column<'r>>(&'r self, columns: &str) -> Result<T, DbErr> {
        self.get(columns.split(',').count())
    }
}

/// A value that both databases give.
pub trait Column<'r>: Decode<'r, Postgres> + Decode<'r, Sqlite> + FromCell<'r> {}

impl<'r, T: Decode<'r, Postgres> + Decode<'r, Sqlite> + FromCell<'r>> Column<'r> for T {}

/// Reads the columns of a row one after the other.
#[derive(Clone, Copy)]
pub struct Reader<'r> {
    row: Raw<'r>,
    position: usize,
}

#[derive(Clone, Copy)]
enum Raw<'r> {
    Postgres(&'r PgRow),
    Sqlite(&'r SqliteRow),
    Cells(&'r CellRow),
}

impl<'r> Reader<'r> {
    /// Begins at the first column.
    ///
    /// # Errors
    /// When the row is of neither database.
    pub fn new(row: &'r Row) -> Result<Self, DbErr> {
        let row = match &row.0 {
            Answered::Lane(row) => Raw::Postgres(row),
            Answered::Reader(row) => Raw::Cells(row),
            Answered::Library(row) => {
                let postgres = row.try_as_pg_row().map(Raw::Postgres);
                let row = postgres.or_else(|| row.try_as_sqlite_row().map(Raw::Sqlite));
                row.ok_or_else(|| DbErr::Type("a row of an unknown database".to_owned()))?
            }
        };
        Ok(Self { row, position: 0 })
    }

    /// The next column.
    ///
    /// # Errors
    /// When there is none, or it does not hold such a value.
    pub fn get<T: Column<'r>>(&mut self) -> Result<T, DbErr> {
        let position = self.position;
        self.position += 1;
        let value = match self.row {
            Raw::Postgres(row) => row.try_get_unchecked(position),
            Raw::Sqlite(row) => row.try_get_unchecked(position),
            Raw::Cells(row) => of_cell(row.cell(position), position),
        };
        value.map_err(|error: sqlx::Error| DbErr::Query(RuntimeErr::SqlxError(error.into())))
    }

    /// The next column, one of the words of an enum. `what` names it where it is none.
    ///
    /// # Errors
    /// [`Fault::Corrupt`] when it is none of them.
    pub fn word<T: FromStr<Err: Display>>(&mut self, what: &'static str) -> Result<T, Fault> {
        self.get::<&str>()?.parse().map_err(|error| Fault::corrupt(what, error))
    }

    /// The next column, the ISO 4217 code of a currency.
    ///
    /// # Errors
    /// [`Fault::Corrupt`] when it is none.
    pub fn currency(&mut self) -> Result<Currency, Fault> {
        let code: &str = self.get()?;
        Currency::from_code(code).ok_or_else(|| Fault::corrupt("currency", code))
    }

    /// The next column, JSON of a known shape.
    ///
    /// # Errors
    /// When it has another shape.
    pub fn json<T: DeserializeOwned>(&mut self) -> Result<T, DbErr>
    where
        Json<T>: Column<'r>,
    {
        Ok(self.get::<Json<T>>()?.0)
    }
}

fn of_cell<'r, T: FromCell<'r>>(cell: Option<Cell<'r>>, position: usize) -> Result<T, sqlx::Error> {
    let missing = || sqlx::Error::ColumnNotFound(position.to_string());
    let decode = |source| sqlx::Error::ColumnDecode { index: position.to_string(), source };
    T::from_cell(cell.ok_or_else(missing)?).map_err(decode)
}
