//! Bringing the schema up to date, one process at a time.

use std::{fs::File, time::Duration};

use migration::{Migrator, MigratorTrait};
use sea_orm::{ConnectOptions, ConnectionTrait, DatabaseConnection, DbBackend, DbErr, Statement};
use secrecy::ExposeSecret;

use super::{Database, Trouble, trouble};

/// The number that all processes of this product agree to lock on PostgreSQL: "bfw" in ASCII.
const ADVISORY_LOCK: i64 = 0x0062_6677;

/// After how long a wait for the startup lock is said.
const SAID_AFTER: Duration = Duration::from_secs(1);

/// How long a migration waits for a table that others use. Whoever comes after it waits behind it, so this is less than any
/// request waits for a lock (`BFW_DATABASE_WAIT_SECONDS`).
const TABLE_WAIT: &str = "500ms";
/// How long those who waited behind a migration in vain are let through before it is tried again.
const TABLE_PAUSE: Duration = Duration::from_secs(1);
/// Tries before a table that is never free is told: about ten minutes, longer than the longest statement.
const TABLE_TRIES_MAX: u32 = 400;

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
        let held = match &self.0.sqlite_file {
            Some(path) => {
                let mut name = path.as_os_str().to_owned();
                name.push(".lock");
                let lock_error = |error| MigrateError::Lock { file: name.to_string_lossy().into_owned(), error };
                let file = File::create(&name).map_err(lock_error)?;
                let waiting = tokio::task::spawn_blocking(move || file.lock().map(|()| file));
                let file = said_if_long(waiting).await.map_err(|join| lock_error(std::io::Error::other(join)))?;
                Held::Sqlite { _file: file.map_err(lock_error)? }
            }
            None => {
                let mut options = ConnectOptions::new(self.0.options.url.expose_secret());
                options.max_connections(1).sqlx_logging(false).set_application_name("bfw startup");
                // The lock is the connection's: it must not be closed for having had nothing to do, or for its age.
                options.idle_timeout(None).max_lifetime(None);
                let connection = sea_orm::Database::connect(options).await?;
                let lock = Statement::from_sql_and_values(
                    connection.get_database_backend(),
                    "SELECT pg_advisory_lock($1)",
                    [ADVISORY_LOCK.into()],
                );
                said_if_long(connection.execute_raw(lock)).await?;
                Held::Postgres(connection)
            }
        };
        Ok(StartupLock { held })
    }

    /// Applies the migrations that are missing and gives their names. On PostgreSQL they go over the connection that holds
    /// the lock: it is the one whose statements may take as long as they need.
    ///
    /// # Errors
    /// When a migration fails (it is rolled back whole) or the database is of a newer version.
    pub async fn migrate(&self, lock: &StartupLock) -> Result<Vec<String>, MigrateError> {
        let pending = self.pending_migrations().await?;
        match &lock.held {
            Held::Postgres(connection) => between_others(connection).await?,
            Held::Sqlite { .. } => Migrator::up(&self.0.write, None).await?,
        }
        Ok(pending)
    }

    /// The names of the migrations that the database still lacks.
    ///
    /// # Errors
    /// When the database cannot be asked, or is of a newer version.
    pub async fn pending_migrations(&self) -> Result<Vec<String>, MigrateError> {
        let known = all_migrations();
        let applied = self.applied_migrations().await?;
        if let Some(unknown) = applied.iter().find(|name| !known.contains(name)) {
            return Err(MigrateError::NewerDatabase { unknown: unknown.clone() });
        }
        Ok(known.into_iter().filter(|name| !applied.contains(name)).collect())
    }

    /// The name of the migration that was applied last; none in a database that was never migrated.
    ///
    /// # Errors
    /// When the database cannot be asked.
    pub async fn last_migration(&self) -> Result<Option<String>, DbErr> {
        Ok(self.applied_migrations().await?.pop())
    }

    /// The names of the migrations that were applied; none in a database that was never migrated. Changes nothing.
    async fn applied_migrations(&self) -> Result<Vec<String>, DbErr> {
        let tables = if self.backend() == DbBackend::Sqlite {
            "SELECT name FROM sqlite_master WHERE type = 'table' AND name = 'seaql_migrations'"
        } else {
            "SELECT 1 WHERE to_regclass('seaql_migrations') IS NOT NULL"
        };
        if self.0.read.query_one_raw(Statement::from_string(self.backend(), tables)).await?.is_none() {
            return Ok(Vec::new());
        }
        let applied = Statement::from_string(self.backend(), "SELECT version FROM seaql_migrations ORDER BY version");
        let rows = self.0.read.query_all_raw(applied).await?;
        rows.iter().map(|row| row.try_get("", "version")).collect()
    }
}

/// Migrates a PostgreSQL that other processes use meanwhile. A change of a table waits until nobody uses it, and everybody
/// who wants it after that waits behind the change: behind one report of minutes the service would stand still. So a
/// migration gives up soon, whole, and comes again.
async fn between_others(connection: &DatabaseConnection) -> Result<(), DbErr> {
    connection.execute_unprepared(&format!("SET lock_timeout = '{TABLE_WAIT}'")).await?;
    for tried in 1.. {
        match Migrator::up(connection, None).await {
            Err(error) if trouble(&error) == Trouble::Busy && tried < TABLE_TRIES_MAX => {
                if tried == 1 {
                    tracing::info!("a table is in use that a migration changes; trying again until it is free");
                }
                tokio::time::sleep(TABLE_PAUSE).await;
            }
            migrated => return migrated,
        }
    }
    Ok(())
}

/// The names of all migrations of this version, in order.
#[must_use]
pub fn all_migrations() -> Vec<String> {
    Migrator::migrations().iter().map(|migration| migration.name().to_owned()).collect()
}

/// Waits, and says so where it takes long: whoever started the process would otherwise see nothing happen.
async fn said_if_long<T>(waiting: impl Future<Output = T>) -> T {
    let mut waiting = std::pin::pin!(waiting);
    match tokio::time::timeout(SAID_AFTER, &mut waiting).await {
        Ok(waited) => waited,
        Err(_) => {
            tracing::info!("another process is preparing the database; waiting for it");
            waiting.await
        }
    }
}
