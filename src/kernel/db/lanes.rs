//! Reading at little cost: what most requests spend their time on in this process is getting at a connection.
//!
//! PostgreSQL's pool tests a connection each time it is given back, which is a round trip and a task for every statement. Here a
//! few connections are kept for the next reader instead; one is given back to the pool, and tested there, when something
//! went wrong on it, when its reader was cut off half way, when it was kept for a while, or when the pool has no other left: those may
//! be held by statements that a silent network will never answer, and somebody may wait. SQLite is read by [`Readers`].

use std::{
    path::Path,
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use sea_orm::{
    ConnAcquireErr, DatabaseConnection, DbErr, RuntimeErr, Value,
    sea_query::Values,
    sqlx::{self, AssertSqlSafe, PgPool, Postgres, pool::PoolConnection, postgres::PgRow},
};
use sea_query_sqlx::SqlxValues;
use tokio::sync::Semaphore;

use super::{DatabaseOptions, Row, Trouble, readers::Readers, trouble};

/// After so long a connection may have been closed by the other side, and others may wait for it.
const KEPT_MAX: Duration = Duration::from_secs(30);

/// The lanes of a database.
#[derive(Clone)]
pub(super) enum Lanes {
    Postgres(Lane),
    Sqlite(Readers),
}

impl Lanes {
    /// Lanes over a pool of PostgreSQL's, or to a file of SQLite's: at most half as many as there may be connections, for the others
    /// are for writing.
    ///
    /// # Errors
    /// When the connection is of neither database, or the file can't be opened.
    pub(super) fn over(
        connection: &DatabaseConnection,
        sqlite_file: Option<&Path>,
        pragmas: &[(&'static str, &'static str)],
        options: &DatabaseOptions,
    ) -> Result<Self, DbErr> {
        // None of a pool of one: whoever writes would wait for it in vain.
        let width = usize::try_from(options.connections_max / 2).unwrap_or(0);
        if let Some(file) = sqlite_file {
            return Readers::open(file, width.max(1), options.acquire_timeout, pragmas).map(Self::Sqlite);
        }
        match connection {
            DatabaseConnection { inner: sea_orm::DatabaseConnectionType::SqlxPostgresPoolConnection(_), .. } => {
                Ok(Self::Postgres(Lane::new(connection.get_postgres_connection_pool(), width)))
            }
            DatabaseConnection { .. } => Err(DbErr::Type("neither PostgreSQL nor SQLite".to_owned())),
        }
    }

    /// Every row that a statement gives.
    pub(super) async fn rows(&self, text: String, values: Vec<Value>) -> Result<Vec<Row>, DbErr> {
        match self {
            // Boxed: the driver waits in four kilobytes, which whoever asks would carry with her, and so would whatever she is part
            // of, as far up as the root of all queries.
            Self::Postgres(lane) => Ok(Box::pin(lane.rows(text, values)).await?.into_iter().map(Row::from).collect()),
            Self::Sqlite(readers) => Ok(readers.rows(text, values).await?.rows().map(Row::from).collect()),
        }
    }

    /// Gives every connection back.
    pub(super) async fn clear(&self) {
        match self {
            Self::Postgres(lane) => lane.kept().clear(),
            Self::Sqlite(readers) => readers.close().await,
        }
    }
}

/// Connections of PostgreSQL's.
#[derive(Clone)]
pub(super) struct Lane {
    pool: PgPool,
    /// As many may read at once; the others wait in the order in which they came.
    places: Arc<Semaphore>,
    kept_max: usize,
    kept: Arc<Mutex<Vec<Kept>>>,
}

/// A connection that is kept.
struct Kept {
    connection: PoolConnection<Postgres>,
    /// When it came from the pool.
    since: Instant,
}

impl Lane {
    fn new(pool: &PgPool, width: usize) -> Self {
        Self {
            pool: pool.clone(),
            places: Arc::new(Semaphore::new(width.max(1))),
            kept_max: width,
            kept: Arc::default(),
        }
    }

    fn kept(&self) -> std::sync::MutexGuard<'_, Vec<Kept>> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn connection(&self) -> Result<Kept, DbErr> {
        let kept = self.kept().pop();
        match kept {
            Some(kept) if kept.since.elapsed() < KEPT_MAX => Ok(kept),
            // One that is too old goes back to the pool, which tests it.
            Some(_) | None => {
                let connection = self.pool.acquire().await.map_err(not_acquired)?;
                Ok(Kept { connection, since: Instant::now() })
            }
        }
    }

    /// Whether whoever comes to the pool gets a connection at once.
    fn others_are_free(&self) -> bool {
        self.pool.num_idle() > 0 || self.pool.size() < self.pool.options().get_max_connections()
    }

    async fn rows(&self, text: String, values: Vec<Value>) -> Result<Vec<PgRow>, DbErr> {
        let place = self.places.acquire();
        let wait = self.pool.options().get_acquire_timeout();
        let timed_out = |_| DbErr::ConnectionAcquire(ConnAcquireErr::Timeout);
        let _place = tokio::time::timeout(wait, place).await.map_err(timed_out)?.map_err(|_| closed())?;
        let mut kept = self.connection().await?;
        let query = sqlx::query_with::<Postgres, _>(AssertSqlSafe(text), SqlxValues(Values(values)));
        let rows = query.fetch_all(&mut *kept.connection).await;
        // Not reached by a reader that was cut off: her connection went back to the pool when she was dropped.
        let rows = rows.map_err(|error| DbErr::Query(RuntimeErr::SqlxError(error.into())));
        if rows.as_ref().is_err_and(|error| trouble(error) == Trouble::Away) {
            // A server that went away took all connections with it: the others need not each fail a reader of their own.
            self.kept().clear();
        }
        let rows = rows?;
        if self.kept_max > 0 && self.others_are_free() {
            self.kept().push(kept);
        }
        Ok(rows)
    }
}

fn closed() -> DbErr {
    DbErr::ConnectionAcquire(ConnAcquireErr::ConnectionClosed)
}

fn not_acquired(error: sqlx::Error) -> DbErr {
    if matches!(error, sqlx::Error::PoolTimedOut) {
        DbErr::ConnectionAcquire(ConnAcquireErr::Timeout)
    } else if matches!(error, sqlx::Error::PoolClosed) {
        closed()
    } else {
        DbErr::Conn(RuntimeErr::SqlxError(error.into()))
    }
}
