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

use crate::kernel::{Fault, money::Currency};

/// A value that both databases give.
pub trait Column<'r>: Decode<'r, Postgres> + Decode<'r, Sqlite> {}

impl<'r, T: Decode<'r, Postgres> + Decode<'r, Sqlite>> Column<'r> for T {}

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
}

impl<'r> Reader<'r> {
    /// Begins at the first column.
    ///
    /// # Errors
    /// When the row is of neither database.
    pub fn new(row: &'r QueryResult) -> Result<Self, DbErr> {
        let postgres = row.try_as_pg_row().map(Raw::Postgres);
        let row = postgres.or_else(|| row.try_as_sqlite_row().map(Raw::Sqlite));
        let row = row.ok_or_else(|| DbErr::Type("a row of an unknown database".to_owned()))?;
        Ok(Self { row, position: 0 })
    }

    /// The next column.
    ///
    /// # Errors
    /// When there is none, or it does not hold such a value.
    pub fn get<T: Column<'r>>(&mut self) -> Result<T, DbErr> {
        let value = match self.row {
            Raw::Postgres(row) => row.try_get_unchecked(self.position),
            Raw::Sqlite(row) => row.try_get_unchecked(self.position),
        };
        self.position += 1;
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
