//! Putting a statement together, and sending it.

use sea_orm::{ConnectionTrait, DbBackend, DbErr, Statement, Value};

use super::{Database, Row, WriteTx};

/// A statement with its parameters, being written.
#[derive(Debug, Default)]
pub struct Sql {
    text: String,
    values: Vec<Value>,
}

impl Sql {
    /// Begins with a text.
    #[must_use]
    pub fn new(text: &str) -> Self {
        Self { text: text.to_owned(), values: Vec::new() }
    }

    /// Goes on with a text.
    pub fn push(&mut self, text: &str) -> &mut Self {
        self.text.push_str(text);
        self
    }

    /// Goes on with a parameter.
    pub fn bind(&mut self, value: impl Into<Value>) -> &mut Self {
        self.values.push(value.into());
        self.text.push('$');
        self.text.push_str(&self.values.len().to_string());
        self
    }

    /// Goes on with parameters in parentheses. Their number is filled up to a power of two with the last of them, so
    /// that lists of many lengths share a few prepared statements. An empty list holds only null, which equals nothing.
    pub fn bind_list<V: Into<Value>>(&mut self, values: impl IntoIterator<Item = V>) -> &mut Self {
        let mut values: Vec<Value> = values.into_iter().map(Into::into).collect();
        let Some(last) = values.last().cloned() else {
            return self.push("(NULL)");
        };
        values.resize(values.len().next_power_of_two(), last);
        for (position, value) in values.into_iter().enumerate() {
            self.push(if position == 0 { "(" } else { ", " }).bind(value);
        }
        self.push(")")
    }

    /// Ends a select that locks its rows with a clause such as ` FOR UPDATE`. SQLite has one writer, whose transaction is a lock of
    /// everything, and no such clause.
    pub fn lock(&mut self, tx: &WriteTx, clause: &str) -> &mut Self {
        if tx.get_database_backend() == DbBackend::Postgres { self.push(clause) } else { self }
    }

    /// Sends it past the library and takes every row; see [`Database::rows`].
    ///
    /// # Errors
    /// What the database says, or that no connection is free in time.
    pub async fn rows(self, db: &Database) -> Result<Vec<Row>, DbErr> {
        db.rows(self.text, self.values).await
    }

    /// Sends it and takes every row.
    ///
    /// # Errors
    /// What the database says.
    pub async fn all<C: ConnectionTrait>(self, connection: &C) -> Result<Vec<Row>, DbErr> {
        let rows = connection.query_all_raw(self.statement(connection)).await?;
        Ok(rows.into_iter().map(Row::from).collect())
    }

    /// Sends it and takes the first row.
    ///
    /// # Errors
    /// What the database says.
    pub async fn one<C: ConnectionTrait>(self, connection: &C) -> Result<Option<Row>, DbErr> {
        Ok(connection.query_one_raw(self.statement(connection)).await?.map(Row::from))
    }

    /// Sends it and tells how many rows it changed.
    ///
    /// # Errors
    /// What the database says.
    pub async fn run<C: ConnectionTrait>(self, connection: &C) -> Result<u64, DbErr> {
        Ok(connection.execute_raw(self.statement(connection)).await?.rows_affected())
    }

    /// The text so far.
    #[cfg(test)]
    pub(super) fn text(&self) -> &str {
        &self.text
    }

    /// The parameters so far.
    #[cfg(test)]
    pub(super) fn values(&self) -> &[Value] {
        &self.values
    }

    fn statement<C: ConnectionTrait>(self, connection: &C) -> Statement {
        Statement::from_sql_and_values(connection.get_database_backend(), self.text, self.values)
    }
}

/// A fixed statement with its parameters.
#[must_use]
pub fn sql<const N: usize>(text: &str, values: [Value; N]) -> Sql {
    Sql { text: text.to_owned(), values: values.into() }
}
