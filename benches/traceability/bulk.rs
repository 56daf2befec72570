//! Rows in bulk: `COPY` on PostgreSQL, statements of many rows on SQLite.

use std::fmt::Write as _;

use bfw::kernel::clock::Timestamp;
use chrono::SecondsFormat;
use sqlx::{Connection as _, Executor as _, PgConnection, SqliteConnection};
use uuid::Uuid;

/// Bytes that are sent at once.
const CHUNK: usize = 1 << 20;

/// A connection for bulk loads.
pub(crate) enum Bulk {
    Sqlite(SqliteConnection),
    Postgres(PgConnection),
}

/// A value of a row.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Cell<'c> {
    Id(Uuid),
    Number(i64),
    Text(&'c str),
    Time(Timestamp),
    Bytes(&'c [u8]),
}

/// Rows of one table, being written.
pub(crate) struct Rows {
    /// `table (column, …)`.
    into: &'static str,
    is_sqlite: bool,
    text: String,
}

impl Bulk {
    pub(crate) async fn connect(url: &str) -> Self {
        if url.starts_with("sqlite") {
            let mut connection = SqliteConnection::connect(url).await.expect("a database");
            connection.execute("PRAGMA synchronous = OFF").await.expect("set");
            connection.execute("PRAGMA cache_size = -400000").await.expect("set");
            connection.execute("BEGIN IMMEDIATE").await.expect("begun");
            Self::Sqlite(connection)
        } else {
            Self::Postgres(PgConnection::connect(url).await.expect("a database"))
        }
    }

    pub(crate) const fn rows(&self, into: &'static str) -> Rows {
        Rows { into, is_sqlite: matches!(self, Self::Sqlite(_)), text: String::new() }
    }

    /// Sends the rows if there are many, or if these are the last.
    pub(crate) async fn send(&mut self, rows: &mut Rows, last: bool) {
        if rows.text.is_empty() || (rows.text.len() < CHUNK && !last) {
            return;
        }
        let text = std::mem::take(&mut rows.text);
        match self {
            Self::Sqlite(connection) => {
                let statement = format!("INSERT INTO {} VALUES {text}", rows.into);
                connection.execute(sqlx::raw_sql(sqlx::AssertSqlSafe(statement))).await.expect("written");
            }
            Self::Postgres(connection) => {
                let statement = format!("COPY {} FROM STDIN", rows.into);
                let mut copy = connection.copy_in_raw(&statement).await.expect("begun");
                copy.send(text.into_bytes()).await.expect("sent");
                copy.finish().await.expect("written");
            }
        }
    }

    pub(crate) async fn finish(self) {
        match self {
            Self::Sqlite(mut connection) => {
                connection.execute("COMMIT").await.expect("committed");
                connection.execute("ANALYZE").await.expect("counted");
                connection.close().await.expect("closed");
            }
            Self::Postgres(connection) => connection.close().await.expect("closed"),
        }
    }
}

impl Rows {
    pub(crate) fn push(&mut self, cells: &[Cell<'_>]) {
        if self.is_sqlite {
            self.text.push_str(if self.text.is_empty() { "(" } else { ",(" });
        }
        for (place, cell) in cells.iter().enumerate() {
            if place > 0 {
                self.text.push(if self.is_sqlite { ',' } else { '\t' });
            }
            self.cell(*cell);
        }
        self.text.push(if self.is_sqlite { ')' } else { '\n' });
    }

    fn cell(&mut self, cell: Cell<'_>) {
        let (text, is_sqlite) = (&mut self.text, self.is_sqlite);
        let written = match cell {
            Cell::Number(number) => write!(text, "{number}"),
            Cell::Id(id) if is_sqlite => write!(text, "x'{}'", id.simple()),
            Cell::Id(id) => write!(text, "{id}"),
            Cell::Bytes(bytes) if is_sqlite => write!(text, "x'{}'", hex::encode(bytes)),
            Cell::Bytes(bytes) => write!(text, "\\\\x{}", hex::encode(bytes)),
            Cell::Text(plain) if is_sqlite => write!(text, "'{}'", plain.replace('\'', "''")),
            Cell::Text(plain) => write!(text, "{}", plain.replace('\\', "\\\\")),
            Cell::Time(at) if is_sqlite => write!(text, "'{}'", at.to_rfc3339_opts(SecondsFormat::AutoSi, false)),
            Cell::Time(at) => write!(text, "{}", at.to_rfc3339()),
        };
        written.expect("a text takes all");
    }
}
