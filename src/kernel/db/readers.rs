//! Reading SQLite: a few threads, each with a connection of its own, that take statements from one queue and answer each at once.
//!
//! `sqlx` has a thread for each connection, too, but hands its rows over one by one, each value a copy on the heap of its own, and
//! a wakened task for each few of them; and it can't ask SQLite to keep the plans of prepared statements, of which many are
//! otherwise made anew for every set of parameters. Together that took twice as long as the statements themselves. What is written,
//! and what the library reads, still goes over its connections.

mod statement;

use std::{
    collections::VecDeque,
    panic::{AssertUnwindSafe, catch_unwind},
    path::Path,
    sync::{
        Arc, Condvar, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU8, Ordering},
    },
    thread::JoinHandle,
    time::Duration,
};

use rusqlite::{Connection, OpenFlags, config::DbConfig};
use sea_orm::{ConnAcquireErr, DbErr, RuntimeErr, Value};
use tokio::sync::oneshot;

use self::statement::{read, told};
use super::cells::Cells;

/// How many prepared statements each connection keeps.
const STATEMENTS_KEPT: usize = 512;

/// How long a statement waits for a reader that is awake before another is called: those that are may be at long ones.
const PATIENCE: Duration = Duration::from_millis(1);

/// After so many steps of its machine SQLite asks whether anybody still waits for the answer.
const STEPS_BETWEEN_QUESTIONS: i32 = 10_000;

/// The readers of a file. Cheap to clone; they end with the last handle.
#[derive(Clone)]
pub(super) struct Readers(Arc<Threads>);

struct Threads {
    queue: Arc<Queue>,
    running: Mutex<Vec<JoinHandle<()>>>,
    /// How long a statement waits for a reader.
    wait: Duration,
}

impl Readers {
    /// Opens a file, which is there, for so many at once. The pragmas are those of every connection.
    ///
    /// # Errors
    /// When it can't be opened.
    pub(super) fn open(
        file: &Path,
        count: usize,
        wait: Duration,
        pragmas: &[(&'static str, &'static str)],
    ) -> Result<Self, DbErr> {
        let failed = |cause: String| DbErr::Conn(RuntimeErr::Internal(format!("cannot open a reader: {cause}")));
        let awake_max = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
        let queue = Arc::new(Queue { awake_max, state: Mutex::default(), wake: Condvar::new() });
        let threads = Threads { queue, running: Mutex::default(), wait };
        for _ in 0..count {
            let connection = connect(file, wait, pragmas).map_err(|error| failed(error.to_string()))?;
            let queue = Arc::clone(&threads.queue);
            let serve = move || queue.serve(&connection);
            let thread = std::thread::Builder::new().name("sqlite-reader".to_owned()).spawn(serve);
            threads.running().push(thread.map_err(|error| failed(error.to_string()))?);
        }
        Ok(Self(Arc::new(threads)))
    }

    /// Every row that a statement gives.
    ///
    /// # Errors
    /// What SQLite says, or that no reader is free in time.
    pub(super) async fn rows(&self, text: String, values: Vec<Value>) -> Result<Cells, DbErr> {
        let (answer, mut answered) = oneshot::channel();
        let stage = Arc::<Stage>::default();
        // Ends the statement, if need be, when whoever asks goes away.
        let wanted = Wanted(Arc::clone(&stage));
        self.0.queue.push(Job { text, values, stage, answer })?;
        let found = match tokio::time::timeout(PATIENCE, &mut answered).await {
            Ok(found) => found,
            Err(_) => {
                if wanted.0.is_waiting() {
                    self.0.queue.call_another();
                }
                match tokio::time::timeout(self.0.wait, &mut answered).await {
                    Ok(found) => found,
                    Err(_) if wanted.0.gives_up() => return Err(DbErr::ConnectionAcquire(ConnAcquireErr::Timeout)),
                    Err(_) => answered.await,
                }
            }
        };
        found.map_err(|_| closed())?.map_err(|error| DbErr::Query(RuntimeErr::SqlxError(Arc::new(told(&error)))))
    }

    /// Ends the readers, after what they are at.
    pub(super) async fn close(&self) {
        self.0.queue.close();
        let running = std::mem::take(&mut *self.0.running());
        let joined =
            tokio::task::spawn_blocking(|| running.into_iter().map(JoinHandle::join).filter(Result::is_err).count());
        if joined.await.is_ok_and(|broken| broken > 0) {
            tracing::error!("a reader of the database had panicked");
        }
    }
}

impl Threads {
    fn running(&self) -> MutexGuard<'_, Vec<JoinHandle<()>>> {
        self.running.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Threads {
    fn drop(&mut self) {
        self.queue.close();
    }
}

/// A statement, and who waits for it.
struct Job {
    text: String,
    values: Vec<Value>,
    stage: Arc<Stage>,
    answer: oneshot::Sender<rusqlite::Result<Cells>>,
}

/// How far a statement has come.
#[derive(Default)]
struct Stage(AtomicU8);

impl Stage {
    const WAITING: u8 = 0;
    const RUNNING: u8 = 1;
    const UNWANTED: u8 = 2;

    fn moves(&self, to: u8) -> bool {
        self.0.compare_exchange(Self::WAITING, to, Ordering::Relaxed, Ordering::Relaxed).is_ok()
    }

    /// Whether it is still wanted, and now runs.
    fn begins(&self) -> bool {
        self.moves(Self::RUNNING)
    }

    /// Whether it had not begun, and now never will.
    fn gives_up(&self) -> bool {
        self.moves(Self::UNWANTED)
    }

    fn is_waiting(&self) -> bool {
        self.0.load(Ordering::Relaxed) == Self::WAITING
    }

    fn is_unwanted(&self) -> bool {
        self.0.load(Ordering::Relaxed) == Self::UNWANTED
    }
}

/// Somebody waits, until this is dropped.
struct Wanted(Arc<Stage>);

impl Drop for Wanted {
    fn drop(&mut self) {
        self.0.0.store(Stage::UNWANTED, Ordering::Relaxed);
    }
}

/// The statements that wait for a reader. As many as there are requests inside, which are counted elsewhere.
///
/// No more readers are awake than there are processors to run on, as long as those get on with it: one that is awake takes the next
/// statement where it stands, and to wake another for it costs as much as many a statement does.
struct Queue {
    awake_max: usize,
    state: Mutex<Waiting>,
    wake: Condvar,
}

#[derive(Default)]
struct Waiting {
    jobs: VecDeque<Job>,
    /// Readers that sleep.
    asleep: usize,
    /// Readers that are not asleep.
    awake: usize,
    /// How many of those that sleep were called, and are as good as awake.
    called: usize,
    is_closed: bool,
}

impl Queue {
    fn state(&self) -> MutexGuard<'_, Waiting> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn push(&self, job: Job) -> Result<(), DbErr> {
        let mut state = self.state();
        if state.is_closed {
            return Err(closed());
        }
        state.jobs.push_back(job);
        if state.awake + state.called < self.awake_max {
            self.call(state);
        }
        Ok(())
    }

    /// Has one more reader take what waits.
    fn call_another(&self) {
        self.call(self.state());
    }

    fn call(&self, mut state: MutexGuard<'_, Waiting>) {
        if state.called < state.asleep {
            state.called += 1;
            drop(state);
            self.wake.notify_one();
        }
    }

    fn close(&self) {
        let mut state = self.state();
        state.is_closed = true;
        state.jobs.clear();
        drop(state);
        self.wake.notify_all();
    }

    /// The next statement; none when there are to be no more.
    fn next(&self) -> Option<Job> {
        let mut state = self.state();
        loop {
            if let Some(job) = state.jobs.pop_front() {
                return Some(job);
            }
            state.awake -= 1;
            state.asleep += 1;
            while state.called == 0 && !state.is_closed {
                state = self.wake.wait(state).unwrap_or_else(PoisonError::into_inner);
            }
            state.asleep -= 1;
            state.awake += 1;
            if state.is_closed {
                return None;
            }
            state.called -= 1;
        }
    }

    /// Answers statements until there are no more.
    fn serve(&self, connection: &Connection) {
        self.state().awake += 1;
        while let Some(Job { text, values, stage, answer }) = self.next() {
            if stage.begins() {
                let read = || end_when_unwanted(connection, stage).and_then(|()| read(connection, &text, &values));
                // A reader that ended by a panic over one statement would be missed by all others. Who asked finds no answer.
                match catch_unwind(AssertUnwindSafe(read)) {
                    // Whoever went away meanwhile needs none.
                    Ok(found) => drop(answer.send(found)),
                    Err(_) => tracing::error!(statement = text, "a reader of the database panicked; it goes on"),
                }
            }
        }
    }
}

fn end_when_unwanted(connection: &Connection, stage: Arc<Stage>) -> rusqlite::Result<()> {
    connection.progress_handler(STEPS_BETWEEN_QUESTIONS, Some(move || stage.is_unwanted()))
}

fn connect(file: &Path, wait: Duration, pragmas: &[(&'static str, &'static str)]) -> rusqlite::Result<Connection> {
    // One thread has it, so that it needs no lock.
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(file, flags)?;
    connection.busy_timeout(wait)?;
    connection.set_prepared_statement_cache_capacity(STATEMENTS_KEPT);
    // The plan of a prepared statement must not depend on its parameters: it would be prepared again for each set of them.
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
    for (name, value) in pragmas {
        connection.pragma_update(None, name, value)?;
    }
    connection.pragma_update(None, "query_only", "on")?;
    Ok(connection)
}

fn closed() -> DbErr {
    DbErr::ConnectionAcquire(ConnAcquireErr::ConnectionClosed)
}

#[cfg(test)]
mod tests;
