//! A circuit breaker: a server that fails again and again is left alone for a while.
//!
//! Without one, every search would wait for its time limit while the server is away, and hold a connection meanwhile.

use std::{
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use tokio::time::Instant;

/// Failures in a row after which the server is left alone.
const FAILURES_MAX: u32 = 5;

/// How long it is left alone at first; it doubles with every probe that fails.
const WAIT_MIN: Duration = Duration::from_millis(500);

/// How long it is left alone at most.
const WAIT_MAX: Duration = Duration::from_secs(15);

/// The breaker of one server.
#[derive(Debug, Default)]
pub(super) struct Breaker(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    /// Failures since the last success.
    failures: u32,
    /// Until when nobody but one probe asks the server; none while it is trusted.
    closed_off: Option<ClosedOff>,
}

#[derive(Debug, Clone, Copy)]
struct ClosedOff {
    until: Instant,
    wait: Duration,
}

impl Breaker {
    /// Whether the server may be asked. Once its time is over, one caller in each wait is let through as a probe; should
    /// the probe be dropped without an answer, the next comes after the same wait.
    pub(super) fn admits(&self, now: Instant) -> bool {
        let mut state = self.state();
        match &mut state.closed_off {
            None => true,
            Some(closed_off) if now >= closed_off.until => {
                closed_off.until = now + closed_off.wait;
                true
            }
            Some(_) => false,
        }
    }

    /// The server answered; what it answered does not matter.
    pub(super) fn answered(&self) {
        let mut state = self.state();
        if state.closed_off.is_some() {
            tracing::info!("the search server answers again");
        }
        *state = State::default();
    }

    /// The server did not answer, or answered that it cannot.
    pub(super) fn failed(&self, now: Instant) {
        let mut state = self.state();
        state.failures = state.failures.saturating_add(1);
        if state.failures < FAILURES_MAX {
            return;
        }
        let wait = match state.closed_off {
            None => {
                tracing::warn!(failures = state.failures, "the search server fails and is left alone for a while");
                WAIT_MIN
            }
            Some(before) => (before.wait * 2).min(WAIT_MAX),
        };
        state.closed_off = Some(ClosedOff { until: now + wait, wait });
    }

    /// Counts are whole after a panic too, so a poisoned lock is no reason to stop.
    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn failing(times: u32, now: Instant) -> Breaker {
        let breaker = Breaker::default();
        for _ in 0..times {
            breaker.failed(now);
        }
        breaker
    }

    #[test]
    fn a_few_failures_are_forgiven_and_one_answer_forgets_them() {
        let now = Instant::now();
        let breaker = failing(FAILURES_MAX - 1, now);
        assert!(breaker.admits(now));
        breaker.answered();
        for _ in 1..FAILURES_MAX {
            breaker.failed(now);
        }
        assert!(breaker.admits(now));
    }

    #[test]
    fn a_server_that_fails_again_and_again_is_asked_by_one_probe_at_a_time() {
        let now = Instant::now();
        let breaker = failing(FAILURES_MAX, now);
        assert!(!breaker.admits(now));
        let later = now + WAIT_MIN * 2;
        assert!(breaker.admits(later), "a probe");
        assert!(!breaker.admits(later), "and no other");
        breaker.answered();
        assert!(breaker.admits(later));
    }

    #[test]
    fn each_probe_that_fails_doubles_the_wait_up_to_a_bound() {
        let mut now = Instant::now();
        let breaker = failing(FAILURES_MAX, now);
        for _ in 0..20 {
            now += WAIT_MAX * 2;
            assert!(breaker.admits(now));
            breaker.failed(now);
        }
        assert!(!breaker.admits(now + WAIT_MAX / 2));
        assert!(breaker.admits(now + WAIT_MAX * 2));
    }
}
