//! One statement: its parameters as `sqlx` writes them, its rows in one piece, and what SQLite says of it as `sqlx` would tell it.

use chrono::SecondsFormat;
use rusqlite::{
    Connection,
    types::{ToSqlOutput, Value as Owned, ValueRef},
};
use sea_orm::{
    Value,
    sqlx::{self, error::ErrorKind},
};

use crate::kernel::db::cells::Cells;

/// Every row that a statement gives.
///
/// # Errors
/// What SQLite says.
pub(super) fn read(connection: &Connection, text: &str, values: &[Value]) -> rusqlite::Result<Cells> {
    let mut statement = connection.prepare_cached(text)?;
    for parameter in 1..=statement.parameter_count() {
        // `$2` is the second value wherever it stands; a bare `?` is the next.
        let number = statement.parameter_name(parameter).and_then(|name| name.get(1..)?.parse().ok());
        let number: usize = number.unwrap_or(parameter);
        let value = number.checked_sub(1).and_then(|position| values.get(position));
        let value = value.ok_or_else(|| rusqlite::Error::InvalidParameterName(format!("parameter {number}")))?;
        statement.raw_bind_parameter(parameter, Bound(value))?;
    }
    let columns = statement.column_count();
    let mut cells = Cells::of(columns);
    let mut rows = statement.raw_query();
    while let Some(row) = rows.next()? {
        for column in 0..columns {
            cells.push(row.get_ref(column)?)?;
        }
    }
    Ok(cells)
}

/// A parameter, written as `sqlx` writes it.
struct Bound<'v>(&'v Value);

impl rusqlite::ToSql for Bound<'_> {
    #[expect(clippy::wildcard_enum_match_arm, reason = "of the library's values, those that tables here are made of")]
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        let null = ToSqlOutput::Borrowed(ValueRef::Null);
        let integer = |number: i64| ToSqlOutput::Owned(Owned::Integer(number));
        let written = |text: String| ToSqlOutput::Owned(Owned::Text(text));
        let blob = |bytes| ToSqlOutput::Borrowed(ValueRef::Blob(bytes));
        let unusual = |cause: String| rusqlite::Error::ToSqlConversionFailure(cause.into());
        Ok(match self.0 {
            Value::Bool(value) => value.map_or(null, |yes| integer(yes.into())),
            Value::SmallInt(value) => value.map_or(null, |number| integer(number.into())),
            Value::Int(value) => value.map_or(null, |number| integer(number.into())),
            Value::BigInt(value) => value.map_or(null, integer),
            Value::BigUnsigned(value) => {
                let number = value.map(i64::try_from).transpose().map_err(|error| unusual(error.to_string()))?;
                number.map_or(null, integer)
            }
            Value::Double(value) => value.map_or(null, |number| ToSqlOutput::Owned(Owned::Real(number))),
            Value::String(value) => {
                value.as_deref().map_or(null, |text| ToSqlOutput::Borrowed(ValueRef::Text(text.as_bytes())))
            }
            Value::Bytes(value) => value.as_deref().map_or(null, blob),
            Value::Json(value) => value.as_ref().map_or(null, |json| written(json.to_string())),
            Value::Uuid(value) => value.as_ref().map_or(null, |id| blob(id.as_bytes())),
            Value::ChronoDate(value) => value.map_or(null, |day| written(day.format("%F").to_string())),
            Value::ChronoDateTimeUtc(value) => {
                value.map_or(null, |at| written(at.to_rfc3339_opts(SecondsFormat::AutoSi, false)))
            }
            _ => return Err(unusual("a parameter of a kind that no column here is of".to_owned())),
        })
    }
}

/// What SQLite says, as `sqlx` would tell it.
pub(super) fn told(error: &rusqlite::Error) -> sqlx::Error {
    match error.sqlite_error() {
        Some(code) => {
            sqlx::Error::Database(Box::new(Told { code: code.extended_code.to_string(), message: error.to_string() }))
        }
        None => sqlx::Error::Decode(error.to_string().into()),
    }
}

/// An error of SQLite's, with its extended code.
#[derive(Debug, thiserror::Error)]
#[error("(code: {code}) {message}")]
struct Told {
    code: String,
    message: String,
}

impl sqlx::error::DatabaseError for Told {
    fn message(&self) -> &str {
        &self.message
    }

    fn code(&self) -> Option<std::borrow::Cow<'_, str>> {
        Some(self.code.as_str().into())
    }

    fn as_error(&self) -> &(dyn std::error::Error + Send + Sync + 'static) {
        self
    }

    fn as_error_mut(&mut self) -> &mut (dyn std::error::Error + Send + Sync + 'static) {
        self
    }

    fn into_error(self: Box<Self>) -> Box<dyn std::error::Error + Send + Sync + 'static> {
        self
    }

    fn kind(&self) -> ErrorKind {
        // Nothing that reads breaks a constraint.
        ErrorKind::Other
    }
}
