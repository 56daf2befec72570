//! Reading at little cost: what most requests spend their time on in this process is getting at a connection.
//!
//! The pool tests a connection each time it is given back, which is a round trip and a task for every statement. Here a
//! few connections are kept for the next reader instead; one is given back to the pool, and tested there, when something
//! went wrong on it, when its reader was cut off half way, when it was kept for a while, or when the pool has no other left: those may
//! be held by statements that a silent network will never answer, and somebody may wait.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use sea_orm::{
    ConnAcquireErr, DatabaseConnection, DbErr, QueryResult, RuntimeErr, Value,
    sea_query::Values,
    sqlx::{self, AssertSqlSafe, Database, Executor, IntoArguments, Pool, Postgres, Sqlite, pool::PoolConnection},
};
use sea_query_sqlx::SqlxValues;
use tokio::sync::Semaphore;

use super::{Trouble, trouble};

/// After so long a connection may have been closed by the other side, and others may wait for it.
const KEPT_MAX: Duration = Duration::from_secs(30);

/// The lanes of a database.
#[derive(Clone)]
pub(super) enum Lanes {
    Postgres(Lane<Postgres>),
    Sqlite(Lane<Sqlite>),
}

impl Lanes {
    /// Lanes over the pool of a connection, at most half of its `connections_max`: the others are for writing.
    ///
    /// # Errors
    /// When the connection is of neither database.
    pub(super) fn over(connection: &DatabaseConnection, connections_max: u32) -> Result<Self, DbErr> {
        // None of a pool of one: whoever writes would wait for it in vain.
        let width = usize::try_from(connections_max / 2).unwrap_or(0);
        match connection {
            DatabaseConnection { inner: sea_orm::DatabaseConnectionType::SqlxPostgresPoolConnection(_), .. } => {
                Ok(Self::Postgres(Lane::new(connection.get_postgres_connection_pool(), width)))
            }
            DatabaseConnection { inner: sea_orm::DatabaseConnectionType::SqlxSqlitePoolConnection(_), .. } => {
                Ok(Self::Sqlite(Lane::new(connection.get_sqlite_connection_pool(), width)))
            }
            DatabaseConnection { .. } => Err(DbErr::Type("neither PostgreSQL nor SQLite".to_owned())),
        }
    }

    /// Every row that a statement gives.
    pub(super) async fn rows(&self, text: String, values: Vec<Value>) -> Result<Vec<QueryResult>, DbErr> {
        match self {
            Self::Postgres(lane) => Ok(lane.rows(text, values).await?.into_iter().map(Into::into).collect()),
            Self::Sqlite(lane) => Ok(lane.rows(text, values).await?.into_iter().map(Into::into).collect()),
        }
    }

    /// Gives every connection back.
    pub(super) fn clear(&self) {
        match self {
            Self::Postgres(lane) => lane.kept().clear(),
            Self::Sqlite(lane) => lane.kept().clear(),
        }
    }
}

/// Connections of one database.
pub(super) struct Lane<DB: Database> {
    pool: Pool<DB>,
    /// As many may read at once; the others wait in the order in which they came.
    places: Arc<Semaphore>,
    kept_max: usize,
    kept: Arc<Mutex<Vec<Kept<DB>>>>,
}

/// A connection that is kept.
struct Kept<DB: Database> {
    connection: PoolConnection<DB>,
    /// When it came from the pool.
    since: Instant,
}

impl<DB: Database> Clone for Lane<DB> {
    fn clone(&self) -> Self {
        Self {
            pool: self.pool.clone(),
            places: Arc::clone(&self.places),
            kept_max: self.kept_max,
            kept: Arc::clone(&self.kept),
        }
    }
}

impl<DB: Database> Lane<DB> {
    fn new(pool: &Pool<DB>, width: usize) -> Self {
        Self {
            pool: pool.clone(),
            places: Arc::new(Semaphore::new(width.max(1))),
            kept_max: width,
            kept: Arc::default(),
        }
    }

    fn kept(&self) -> std::sync::MutexGuard<'_, Vec<Kept<DB>>> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn connection(&self) -> Result<Kept<DB>, DbErr> {
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

    async fn rows(&self, text: String, values: Vec<Value>) -> Result<Vec<DB::Row>, DbErr>
    where
        SqlxValues: IntoArguments<DB>,
        for<'c> &'c mut DB::Connection: Executor<'c, Database = DB>,
    {
        let place = self.places.acquire();
        let wait = self.pool.options().get_acquire_timeout();
        let timed_out = |_| DbErr::ConnectionAcquire(ConnAcquireErr::Timeout);
        let _place = tokio::time::timeout(wait, place).await.map_err(timed_out)?.map_err(|_| closed())?;
        let mut kept = self.connection().await?;
        let query = sqlx::query_with::<DB, _>(AssertSqlSafe(text), SqlxValues(Values(values)));
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
