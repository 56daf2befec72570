//! The database: one handle to read, one way to write, on SQLite and on PostgreSQL.
//!
//! SQLite has one write connection, on which writes that wait together are committed together, and beside it a pool for reading
//! through the library, and threads for what is read most. PostgreSQL has one pool. Above this module nobody asks which of them it
//! is.

pub mod audit;
mod cells;
mod copy;
pub mod events;
pub mod health;
pub mod idempotency;
pub mod keyset;
mod lanes;
mod later;
pub mod listed;
mod migrate;
pub mod operations;
pub mod outbox;
pub mod postgres_tools;
mod readers;
mod row;
pub mod siblings;
mod sql;
mod trouble;
mod writer;

use std::{
    ops::Deref,
    path::{Path, PathBuf},
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

pub use copy::Snapshot;
use lanes::Lanes;
pub use later::Insert;
use later::{Head, Later};
pub use migrate::{MigrateError, StartupLock, all_migrations};
use percent_encoding::percent_decode_str;
pub use row::{Reader, Row};
use sea_orm::{
    AccessMode, ConnectOptions, ConnectionTrait as _, DatabaseConnection, DatabaseTransaction, IsolationLevel,
    TransactionTrait, Value, sqlx,
};
pub use sea_orm::{DbBackend, DbErr};
use secrecy::{ExposeSecret, SecretString};
pub use sql::{Sql, sql};
use tokio::sync::Notify;
pub use trouble::{Trouble, trouble};
use writer::{Member, Writer};

/// How long one statement may take on PostgreSQL: longer than the longest request, so that only what nobody waits for any
/// more is cut off.
const STATEMENT_WAIT_MAX: Duration = Duration::from_secs(330);

/// How often PostgreSQL looks whether whoever asked is still there while it works for her.
const CLIENT_CHECKED_EVERY: &str = "5s";

/// What each connection to SQLite is told.
const PRAGMAS: [(&str, &str); 3] = [
    ("cache_size", "-16384"),
    // As much as SQLite allows: a report reads much of a large file, and a system call a page costs a third of it.
    ("mmap_size", "2147418112"),
    ("temp_store", "memory"),
];

/// How to reach the database, and how much of it to use.
#[derive(Debug, Clone)]
pub struct DatabaseOptions {
    /// `sqlite://path/to/file` or `postgres://…`; secret, because it may hold a password.
    pub url: SecretString,
    /// Connections in the pool (on SQLite: for reading through the library, beside the one writer and half as many readers).
    pub connections_max: u32,
    /// How long a request waits for a connection, or a write for a lock, before it is told to come back.
    pub acquire_timeout: Duration,
}

impl DatabaseOptions {
    /// The file, where it is a SQLite database.
    #[must_use]
    pub fn sqlite_file(&self) -> Option<PathBuf> {
        sqlite_file(self.url.expose_secret())
    }
}

/// The database of this process. Cheap to clone.
#[derive(Clone)]
pub struct Database(Arc<Handles>);

#[derive(Clone)]
struct Handles {
    read: DatabaseConnection,
    write: DatabaseConnection,
    /// Of SQLite.
    writer: Option<Writer>,
    lanes: Lanes,
    counted: Option<Counted>,
    sqlite_file: Option<PathBuf>,
    options: DatabaseOptions,
    outbox_signal: Arc<Notify>,
    event_signal: Arc<Notify>,
}

/// What hears of every statement.
type Counted = Arc<dyn Fn() + Send + Sync>;

impl std::fmt::Debug for Database {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Database").field("backend", &self.backend()).finish_non_exhaustive()
    }
}

impl Database {
    /// Opens the pools. Migrations are run apart from this, by [`Database::startup_lock`] and [`Database::migrate`].
    ///
    /// # Errors
    /// When the database cannot be opened or reached.
    pub async fn connect(options: &DatabaseOptions) -> Result<Self, DbErr> {
        let url = options.url.expose_secret();
        let sqlite_file = sqlite_file(url);
        let (read, write) = match &sqlite_file {
            Some(file) => Box::pin(connect_sqlite(options, file)).await?,
            None => {
                let pool = connect_postgres(options, "off").await?;
                (pool.clone(), pool)
            }
        };
        Self::over(read, write, sqlite_file, options)
    }

    fn over(
        read: DatabaseConnection,
        write: DatabaseConnection,
        sqlite_file: Option<PathBuf>,
        options: &DatabaseOptions,
    ) -> Result<Self, DbErr> {
        let lanes = Lanes::over(&read, sqlite_file.as_deref(), &PRAGMAS, options)?;
        let (outbox_signal, event_signal) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
        let writer = sqlite_file.is_some().then(|| Writer::new(write.clone(), options.acquire_timeout));
        let options = options.clone();
        let handles =
            Handles { read, write, writer, lanes, counted: None, sqlite_file, options, outbox_signal, event_signal };
        Ok(Self(Arc::new(handles)))
    }

    /// Opens the database only to look at it: nothing can be written through the handle, and nothing is made that is not
    /// there. None where there is no SQLite file yet.
    ///
    /// # Errors
    /// When the database cannot be opened or reached.
    pub async fn look(options: &DatabaseOptions) -> Result<Option<Self>, DbErr> {
        let sqlite_file = sqlite_file(options.url.expose_secret());
        let pool = match &sqlite_file {
            Some(file) if !file.exists() => return Ok(None),
            Some(file) => look_sqlite(options, file).await?,
            None => connect_postgres(options, "on").await?,
        };
        Self::over(pool.clone(), pool, sqlite_file, options).map(Some)
    }

    /// Which database this is.
    #[must_use]
    pub fn backend(&self) -> DbBackend {
        self.0.read.get_database_backend()
    }

    /// The handle for queries. On SQLite it refuses to write.
    #[must_use]
    pub fn read(&self) -> &DatabaseConnection {
        &self.0.read
    }

    /// Every row that a statement gives, read with as little around it as can be: for what requests read often.
    ///
    /// # Errors
    /// What the database says, or that no connection is free in time.
    pub async fn rows(&self, text: String, values: Vec<Value>) -> Result<Vec<Row>, DbErr> {
        if let Some(counted) = &self.0.counted {
            counted();
        }
        self.0.lanes.rows(text, values).await
    }

    /// Begins a transaction that may write. Nothing lasts until [`WriteTx::commit`].
    ///
    /// # Errors
    /// When no connection is free in time, or the database cannot begin.
    pub async fn begin(&self) -> Result<WriteTx, DbErr> {
        let tx = match &self.0.writer {
            Some(writer) => Writing::Member(writer.begin().await?),
            None => Writing::Apart(self.0.write.begin().await?),
        };
        Ok(WriteTx {
            tx,
            outbox_signal: Arc::clone(&self.0.outbox_signal),
            outbox_touched: AtomicBool::new(false),
            event_signal: Arc::clone(&self.0.event_signal),
            events_touched: AtomicBool::new(false),
            acts: Mutex::default(),
            later: Mutex::default(),
        })
    }

    /// Begins to read in such a way that everything is as it was at one instant, however long it takes.
    ///
    /// # Errors
    /// When no connection is free in time, or the database cannot begin.
    pub async fn begin_reading(&self) -> Result<DatabaseTransaction, DbErr> {
        if self.backend() == DbBackend::Postgres {
            let (isolation, access) = (IsolationLevel::RepeatableRead, AccessMode::ReadOnly);
            return self.0.read.begin_with_config(Some(isolation), Some(access)).await;
        }
        // On SQLite any transaction sees nothing that is written meanwhile.
        self.0.read.begin().await
    }

    /// Wakes when a transaction of this process that appended to the outbox has committed.
    #[must_use]
    pub fn outbox_signal(&self) -> &Notify {
        &self.0.outbox_signal
    }

    /// Wakes all who wait when a transaction of this process that wrote events has committed.
    #[must_use]
    pub fn event_signal(&self) -> &Notify {
        &self.0.event_signal
    }

    /// The file of a SQLite database.
    #[must_use]
    pub fn sqlite_file(&self) -> Option<&Path> {
        self.0.sqlite_file.as_deref()
    }

    /// Calls `callback` for every statement of this handle and its later clones: for tests that count them.
    #[must_use]
    pub fn on_statement(self, callback: impl Fn() + Send + Sync + Clone + 'static) -> Self {
        let (of_reads, of_writes) = (callback.clone(), callback.clone());
        let mut handles = Handles::clone(&self.0);
        handles.read.set_metric_callback(move |_| of_reads());
        handles.write.set_metric_callback(move |_| of_writes());
        handles.writer = handles.writer.map(|writer| writer.over(handles.write.clone()));
        handles.counted = Some(Arc::new(callback));
        Self(Arc::new(handles))
    }

    /// Whether somebody counts the statements of this handle.
    #[must_use]
    pub fn is_counted(&self) -> bool {
        self.0.counted.is_some()
    }

    /// Ends all connections, in order.
    ///
    /// # Errors
    /// When the database refuses to close; nothing is lost by it.
    pub async fn close(self) -> Result<(), DbErr> {
        self.0.lanes.clear().await;
        self.0.read.clone().close().await?;
        self.0.write.clone().close().await
    }
}

/// A transaction that writes. Dropped without [`WriteTx::commit`], it is rolled back.
pub struct WriteTx {
    tx: Writing,
    outbox_signal: Arc<Notify>,
    outbox_touched: AtomicBool,
    event_signal: Arc<Notify>,
    events_touched: AtomicBool,
    acts: Mutex<Vec<operations::Act>>,
    later: Mutex<Later>,
}

enum Writing {
    /// In a transaction of her own.
    Apart(DatabaseTransaction),
    /// In one with others.
    Member(Member),
}

impl WriteTx {
    /// Makes everything that was written last, and then wakes the outbox worker, and whoever listens, if there is something for
    /// them.
    ///
    /// # Errors
    /// When the database refuses; then nothing lasts.
    pub async fn commit(self) -> Result<(), DbErr> {
        self.flush().await?;
        match self.tx {
            Writing::Apart(tx) => tx.commit().await?,
            Writing::Member(member) => member.commit().await?,
        }
        self.acts.into_inner().unwrap_or_else(PoisonError::into_inner).iter().for_each(operations::Act::tell);
        if self.outbox_touched.load(Ordering::Relaxed) {
            self.outbox_signal.notify_one();
        }
        if self.events_touched.load(Ordering::Relaxed) {
            self.event_signal.notify_waiters();
        }
        Ok(())
    }

    /// Has a row written with the others of its kind before the transaction commits. For rows that nothing in the transaction reads,
    /// and that nobody is refused for: what the database says of them is a fault of [`WriteTx::commit`].
    pub fn insert_later(&self, insert: Insert, row: Vec<Value>) {
        self.later().insert(insert, row);
    }

    /// Writes at once what was to be written just before the commit.
    ///
    /// # Errors
    /// What the database says of it.
    pub async fn flush(&self) -> Result<(), DbErr> {
        let statements = self.later().statements(self.get_database_backend());
        for statement in statements {
            statement.run(&**self).await?;
        }
        Ok(())
    }

    fn later(&self) -> MutexGuard<'_, Later> {
        self.later.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Has the log tell of an act once it is committed.
    fn tell_of(&self, act: operations::Act) {
        self.acts.lock().unwrap_or_else(PoisonError::into_inner).push(act);
    }

    fn touch_outbox(&self) {
        self.outbox_touched.store(true, Ordering::Relaxed);
    }

    fn touch_events(&self) {
        self.events_touched.store(true, Ordering::Relaxed);
    }
}

impl Deref for WriteTx {
    type Target = DatabaseTransaction;

    fn deref(&self) -> &Self::Target {
        match &self.tx {
            Writing::Apart(tx) => tx,
            Writing::Member(member) => member,
        }
    }
}

/// The path in a `sqlite:` URL, decoded and without its parameters.
fn sqlite_file(url: &str) -> Option<PathBuf> {
    let path = url.strip_prefix("sqlite://").or_else(|| url.strip_prefix("sqlite:"))?;
    let path = path.split_once('?').map_or(path, |(path, _)| path);
    Some(PathBuf::from(percent_decode_str(path).decode_utf8_lossy().into_owned()))
}

fn common(options: &DatabaseOptions, url: String, connections_max: u32) -> ConnectOptions {
    let mut connect = ConnectOptions::new(url);
    connect
        .max_connections(connections_max)
        .acquire_timeout(options.acquire_timeout)
        .connect_timeout(options.acquire_timeout)
        // A ping before each acquire doubles the round trips; a connection that slept is asked first.
        .test_before_acquire_if_idle_for(Duration::from_secs(30))
        .idle_timeout(Duration::from_secs(600))
        .record_stmt_in_spans(false)
        .sqlx_logging(false);
    connect
}

async fn connect_postgres(options: &DatabaseOptions, read_only: &'static str) -> Result<DatabaseConnection, DbErr> {
    let mut connect = common(options, options.url.expose_secret().to_owned(), options.connections_max);
    // A write that finds a row or a table locked waits as long as for a connection, and is then told to come back.
    let lock_wait = options.acquire_timeout.as_millis().to_string();
    let statement_wait = STATEMENT_WAIT_MAX.as_millis().to_string();
    connect.set_application_name("bfw").map_sqlx_postgres_opts(move |postgres| {
        postgres.statement_cache_capacity(512).options([
            ("lock_timeout", lock_wait.as_str()),
            ("statement_timeout", statement_wait.as_str()),
            // What runs for a process that was killed, or on a connection that was given up, ends soon.
            ("client_connection_check_interval", CLIENT_CHECKED_EVERY),
            ("default_transaction_read_only", read_only),
        ])
    });
    // The pool asks each connection that is given back for a sign of life and waits for it as long as it takes. A server that
    // stopped answering without closing anything, as behind a line that was cut, would so hold every place in the pool until
    // the system gives the connections up, a quarter of an hour later: long after another server answers at the address.
    let patience = options.acquire_timeout;
    connect.map_sqlx_postgres_pool_opts(move |pool| {
        pool.after_release(move |connection, _| {
            Box::pin(async move {
                let answered = tokio::time::timeout(patience, sqlx::Connection::ping(connection)).await;
                answered.map_err(|_| sqlx::Error::Io(std::io::ErrorKind::TimedOut.into()))?.map(|()| true)
            })
        })
    });
    sea_orm::Database::connect(connect).await
}

async fn look_sqlite(options: &DatabaseOptions, file: &Path) -> Result<DatabaseConnection, DbErr> {
    let (wait, file) = (options.acquire_timeout, file.to_owned());
    let mut connect = common(options, "sqlite://bfw".to_owned(), options.connections_max);
    connect.map_sqlx_sqlite_opts(move |sqlite| {
        sqlite.filename(&file).create_if_missing(false).busy_timeout(wait).pragma("query_only", "on")
    });
    sea_orm::Database::connect(connect).await
}

/// Opens a SQLite database, in spite of another process that opens it, too: while one turns the file to WAL the others are told at
/// once that it is locked, however long they would wait.
async fn connect_unlocked(connect: ConnectOptions, wait: Duration) -> Result<DatabaseConnection, DbErr> {
    const PAUSE: Duration = Duration::from_millis(20);
    let until = tokio::time::Instant::now() + wait;
    loop {
        match sea_orm::Database::connect(connect.clone()).await {
            Err(DbErr::Conn(error))
                if trouble(&DbErr::Query(error.clone())) == Trouble::Busy && tokio::time::Instant::now() < until =>
            {
                tokio::time::sleep(PAUSE).await;
            }
            connected => return connected,
        }
    }
}

async fn connect_sqlite(
    options: &DatabaseOptions,
    file: &Path,
) -> Result<(DatabaseConnection, DatabaseConnection), DbErr> {
    // The file is handed over as a path: as part of an address it would have to be written another way.
    let (url, file) = ("sqlite://bfw".to_owned(), file.to_owned());
    let wait = options.acquire_timeout;
    let pragmas = move |sqlite: sqlx::sqlite::SqliteConnectOptions| {
        sqlite
            .filename(&file)
            .create_if_missing(true)
            .foreign_keys(true)
            .busy_timeout(wait)
            .journal_mode(sqlx::sqlite::SqliteJournalMode::Wal)
            // A power cut, frequent where this runs, must not take back what was acknowledged.
            .synchronous(sqlx::sqlite::SqliteSynchronous::Full)
            .statement_cache_capacity(512)
    };
    let pragmas =
        move |sqlite| PRAGMAS.into_iter().fold(pragmas(sqlite), |sqlite, (name, value)| sqlite.pragma(name, value));
    // The writer first: it makes the file, and turns it to WAL before a reader looks.
    let mut writer = common(options, url.clone(), 1);
    writer.map_sqlx_sqlite_opts(pragmas.clone());
    let write = connect_unlocked(writer, wait).await?;
    let mut readers = common(options, url, options.connections_max);
    readers.map_sqlx_sqlite_opts(move |sqlite| pragmas(sqlite).pragma("query_only", "on"));
    let read = sea_orm::Database::connect(readers).await?;
    Ok((read, write))
}
