//! The whole database as it was at one instant, for a backup, while it goes on being written.
//!
//! SQLite writes a copy of itself (`VACUUM INTO`): it reads in one transaction, and in WAL mode holds up no writer. Of PostgreSQL an
//! instant is held by a transaction and named, so that `pg_dump` in a process of its own reads the very same
//! ([`super::postgres_tools`]).

use std::{ops::Deref, path::Path};

use sea_orm::{ConnectionTrait, DatabaseTransaction, DbBackend, DbErr, Statement};

use super::{Database, common, sql};

/// Everything as it was at one instant, for as long as this lives. Reads only.
pub struct Snapshot(DatabaseTransaction);

impl Snapshot {
    /// The name by which another session of PostgreSQL reads the same instant, as long as this lives.
    ///
    /// # Errors
    /// When the database refuses, as SQLite does.
    pub async fn name(&self) -> Result<String, DbErr> {
        let asked = Statement::from_string(self.0.get_database_backend(), "SELECT pg_export_snapshot()");
        let row = self.0.query_one_raw(asked).await?;
        row.ok_or_else(|| DbErr::RecordNotFound("the name of a snapshot".into()))?.try_get_by_index(0)
    }
}

impl Deref for Snapshot {
    type Target = DatabaseTransaction;

    fn deref(&self) -> &Self::Target {
        &self.0
    }
}

impl Database {
    /// Begins to read in such a way that everything is as it was at one instant, and can be read by others so.
    ///
    /// # Errors
    /// When no connection is free in time, or the database cannot begin.
    pub async fn snapshot(&self) -> Result<Snapshot, DbErr> {
        self.begin_reading().await.map(Snapshot)
    }

    /// Writes all of a SQLite database into a file that is not there yet, as it is at one instant.
    ///
    /// # Errors
    /// When the file cannot be written, or is there; or when this is no SQLite database.
    pub async fn copy_into(&self, file: &Path) -> Result<(), DbErr> {
        let Some(from) = self.sqlite_file().map(Path::to_owned) else {
            return Err(DbErr::Custom("only SQLite copies itself into a file".to_owned()));
        };
        // A connection of its own: the others are told to write nothing, and this counts as writing.
        let mut connect = common(&self.0.options, "sqlite://bfw".to_owned(), 1);
        connect.map_sqlx_sqlite_opts(move |sqlite| sqlite.filename(&from).create_if_missing(false));
        let connection = sea_orm::Database::connect(connect).await?;
        let copied = sql("VACUUM INTO $1", [file.to_string_lossy().into_owned().into()]).run(&connection).await;
        connection.close().await?;
        copied.map(drop)
    }

    /// Bytes that a SQLite database takes; on PostgreSQL none, since it is not known how long a dump of it is.
    ///
    /// # Errors
    /// When the database cannot be asked.
    pub async fn bytes(&self) -> Result<u64, DbErr> {
        if self.backend() != DbBackend::Sqlite {
            return Ok(0);
        }
        let size = "SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size()";
        let row = self.read().query_one_raw(Statement::from_string(DbBackend::Sqlite, size)).await?;
        let bytes: i64 = row.ok_or_else(|| DbErr::RecordNotFound("the size".into()))?.try_get_by_index(0)?;
        Ok(u64::try_from(bytes).unwrap_or(0))
    }

    /// The first table, view or sequence of a PostgreSQL database that somebody has made; none in an empty one.
    ///
    /// # Errors
    /// When the database cannot be asked.
    pub async fn first_relation(&self) -> Result<Option<String>, DbErr> {
        let first = "SELECT n.nspname || '.' || c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
                     WHERE c.relkind IN ('r', 'p', 'v', 'm', 'S', 'f')
                       AND n.nspname <> 'information_schema' AND n.nspname NOT LIKE 'pg\\_%' ORDER BY 1 LIMIT 1";
        let row = self.read().query_one_raw(Statement::from_string(self.backend(), first)).await?;
        row.map(|row| row.try_get_by_index(0)).transpose()
    }
}
