//! Time as an argument: rules and use cases are told what time it is, so that a test can say it.

use std::sync::Mutex;

use chrono::{DateTime, NaiveDate, SecondsFormat, SubsecRound, TimeDelta, Utc};

/// An instant in UTC, never finer than a microsecond.
///
/// SQLite would return nanoseconds and PostgreSQL microseconds; a time that is truncated before it is
/// written reads back equal from both.
pub type Timestamp = DateTime<Utc>;

/// Cuts an instant to the precision that both databases keep.
#[must_use]
pub fn truncated(instant: Timestamp) -> Timestamp {
    instant.trunc_subsecs(6)
}

/// An instant as JSON tells it: `2026-11-02T08:00:00Z`, with milliseconds or microseconds only where there are some.
#[must_use]
pub fn rfc3339(instant: Timestamp) -> String {
    truncated(instant).to_rfc3339_opts(SecondsFormat::AutoSi, true)
}

/// Tells the time.
pub trait Clock: Send + Sync + 'static {
    /// The present instant, truncated to microseconds.
    fn now(&self) -> Timestamp;

    /// The present day in Mali, which keeps UTC all year.
    fn today(&self) -> NaiveDate {
        self.now().date_naive()
    }
}

/// The machine's own clock.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "the one place that reads the machine's clock")]
    fn now(&self) -> Timestamp {
        truncated(Utc::now())
    }
}

/// A clock that stands still until it is moved: for tests, replays and the seed.
#[derive(Debug)]
pub struct ManualClock(Mutex<Timestamp>);

impl ManualClock {
    /// A clock that shows `instant`.
    #[must_use]
    pub fn at(instant: Timestamp) -> Self {
        Self(Mutex::new(truncated(instant)))
    }

    /// Moves the clock by `delta`, backwards if it is negative.
    pub fn advance(&self, delta: TimeDelta) {
        *self.lock() += delta;
    }

    /// Sets the clock to `instant`.
    pub fn set(&self, instant: Timestamp) {
        *self.lock() = truncated(instant);
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Timestamp> {
        // A panic while holding the lock cannot leave a half-written instant behind.
        self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

impl Clock for ManualClock {
    fn now(&self) -> Timestamp {
        *self.lock()
    }
}
