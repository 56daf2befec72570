//! Bringing the schema up to date, one process at a time.

use std::fs::File;

use migration::{Migrator, MigratorTrait};
use sea_orm::{ConnectOptions, ConnectionTrait, DatabaseConnection, DbErr, Statement};
use secrecy::ExposeSecret;

use super::Database;

/// The number that all processes of this product agree to lock on PostgreSQL: "bfw" in ASCII.
const ADVISORY_LOCK: i64 = 0x0062_6677;

/// Why the schema could not be brought up to date.
#[derive(Debug, thiserror::Error)]
pub enum MigrateError {
    /// The database failed.
    #[error("{0}")]
    Database(#[from] DbErr),
    /// The lock file beside a SQLite database could not be taken.
    #[error("cannot lock {file}: {error}")]
    Lock {
        /// The lock file.
        file: String,
        /// What the system says.
        error: std::io::Error,
    },
    /// A later version of this product has migrated the database; running on would lose what it added.
    #[error(
        "the database was migrated by a newer version of bfw (it has {unknown}, which this version does not know); \
         run that version, or restore a backup from before it"
    )]
    NewerDatabase {
        /// The first migration that this version does not have.
        unknown: String,
    },
}

/// Held while one process prepares the database; the others wait.
pub struct StartupLock {
    held: Held,
}

enum Held {
    /// A session lock lives as long as its connection.
    Postgres(DatabaseConnection),
    /// A file lock ends when the file is closed.
    Sqlite { _file: File },
}

impl StartupLock {
    /// Lets the next process in. Dropping the lock does the same, a little later.
    ///
    /// # Errors
    /// When the connection that holds the lock fails to close.
    pub async fn release(self) -> Result<(), DbErr> {
        match self.held {
            Held::Postgres(connection) => connection.close().await,
            Held::Sqlite { .. } => Ok(()),
        }
    }
}

impl Database {
    /// Waits until no other process is preparing this database.
    ///
    /// # Errors
    /// When the lock cannot be taken at all.
    pub async fn startup_lock(&self) -> Result<StartupLock, MigrateError> {
        let held = match &self.sqlite_file {
            Some(path) => {
                let mut name = path.as_os_str().to_owned();
                name.push(".lock");
                let lock_error = |error| MigrateError::Lock { file: name.to_string_lossy().into_owned(), error };
                let file = File::create(&name).map_err(lock_error)?;
                let waiting = tokio::task::spawn_blocking(move || file.lock().map(|()| file));
                let file = waiting.await.map_err(|join| lock_error(std::io::Error::other(join)))?;
                Held::Sqlite { _file: file.map_err(lock_error)? }
            }
            None => {
                let mut options = ConnectOptions::new(self.url.expose_secret());
                options.max_connections(1).sqlx_logging(false).set_application_name("bfw startup");
                let connection = sea_orm::Database::connect(options).await?;
                let lock = Statement::from_sql_and_values(
                    connection.get_database_backend(),
                    "SELECT pg_advisory_lock($1)",
                    [ADVISORY_LOCK.into()],
                );
                connection.execute_raw(lock).await?;
                Held::Postgres(connection)
            }
        };
        Ok(StartupLock { held })
    }

    /// Applies the migrations that are missing and gives their names. Hold the [`StartupLock`] meanwhile.
    ///
    /// # Errors
    /// When a migration fails (it is rolled back whole) or the database is of a newer version.
    pub async fn migrate(&self, _lock: &StartupLock) -> Result<Vec<String>, MigrateError> {
        let pending = self.pending_migrations().await?;
        Migrator::up(&self.write, None).await?;
        Ok(pending)
    }

    /// The names of the migrations that the database still lacks.
    ///
    /// # Errors
    /// When the database cannot be asked, or is of a newer version.
    pub async fn pending_migrations(&self) -> Result<Vec<String>, MigrateError> {
        Migrator::install(&self.write).await?;
        let known: Vec<String> = Migrator::migrations().iter().map(|migration| migration.name().to_owned()).collect();
        let applied: Vec<String> =
            Migrator::get_migration_models(&self.write).await?.into_iter().map(|row| row.version).collect();
        if let Some(unknown) = applied.iter().find(|name| !known.contains(name)) {
            return Err(MigrateError::NewerDatabase { unknown: unknown.clone() });
        }
        Ok(known.into_iter().filter(|name| !applied.contains(name)).collect())
    }
}
