//! Whether the index answers, and what is done while it does not.

use std::{
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use tokio::time::Instant;

use super::index::IndexError;

/// How long the index may take over one answer. Searches take milliseconds; what takes this long hangs, and the rest of the
/// request's time is needed to answer without it.
const ANSWER_WAIT_MAX: Duration = Duration::from_secs(3);

/// How often an index that does not answer is asked all the same: one search a second waits for it, the others do not.
const ASK_AGAIN_AFTER: Duration = Duration::from_secs(1);

/// What is known of the index's answers.
#[derive(Debug)]
pub(super) struct Outage {
    away: Mutex<Option<Away>>,
    answer_wait: Duration,
    ask_again_after: Duration,
}

impl Default for Outage {
    fn default() -> Self {
        Self { away: Mutex::default(), answer_wait: ANSWER_WAIT_MAX, ask_again_after: ASK_AGAIN_AFTER }
    }
}

#[derive(Debug, Clone, Copy)]
struct Away {
    since: Instant,
    ask_again_at: Instant,
}

impl Outage {
    /// For requests that may take so long: a third of it is the index's.
    pub(super) fn within(request: Duration) -> Self {
        Self { answer_wait: ANSWER_WAIT_MAX.min(request / 3), ..Self::default() }
    }

    /// Asks the index, or says in its place that it is away; none then. What is wrong with the request stays an error.
    pub(super) async fn guard<T>(
        &self,
        answer: impl Future<Output = Result<T, IndexError>>,
    ) -> Result<Option<T>, IndexError> {
        if !self.may_ask() {
            return Ok(None);
        }
        let reason = match tokio::time::timeout(self.answer_wait, answer).await {
            Ok(Ok(answer)) => {
                self.answered();
                return Ok(Some(answer));
            }
            Ok(Err(error @ (IndexError::Failed(_) | IndexError::RebuildRunning))) => return Err(error),
            Ok(Err(IndexError::Unavailable(cause))) => format!("search index unavailable: {cause}"),
            Ok(Err(error @ (IndexError::Unusable { .. } | IndexError::HeldElsewhere))) => error.to_string(),
            Err(_) => format!("no answer within {} s", self.answer_wait.as_secs_f64()),
        };
        self.away(&reason);
        Ok(None)
    }

    /// Whether the index did not answer when it was asked last.
    pub(super) fn is_on(&self) -> bool {
        self.lock().is_some()
    }

    /// Whether it is worth asking: it answered last time, or it is this search's turn to try.
    fn may_ask(&self) -> bool {
        let now = Instant::now();
        match &mut *self.lock() {
            None => true,
            Some(away) if away.ask_again_at <= now => {
                away.ask_again_at = now + self.ask_again_after;
                true
            }
            Some(_) => false,
        }
    }

    fn answered(&self) {
        if let Some(away) = self.lock().take() {
            let seconds = away.since.elapsed().as_secs_f64();
            tracing::info!(seconds, "the search index answers again");
        }
    }

    /// Said once an outage, not once a search.
    fn away(&self, reason: &str) {
        let now = Instant::now();
        let mut away = self.lock();
        let since = away.map_or(now, |away| away.since);
        if away.is_none() {
            tracing::warn!(reason, "the search index does not answer; searches are answered from the database");
        }
        *away = Some(Away { since, ask_again_at: now + self.ask_again_after });
    }

    /// Two instants are whole after a panic too, so a poisoned lock is no reason to stop.
    fn lock(&self) -> MutexGuard<'_, Option<Away>> {
        self.away.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use super::*;

    const NEVER: Duration = Duration::from_secs(3_600);

    fn outage(answer_wait: Duration, ask_again_after: Duration) -> Outage {
        Outage { away: Mutex::default(), answer_wait, ask_again_after }
    }

    /// Asks ten times an index that is down, and tells how often it was asked.
    async fn asked(outage: &Outage) -> usize {
        let asked = Cell::new(0);
        for _ in 0..10 {
            let answer = async {
                asked.set(asked.get() + 1);
                Err::<(), _>(IndexError::Unavailable("it is down".into()))
            };
            assert!(matches!(outage.guard(answer).await, Ok(None)));
        }
        asked.get()
    }

    #[tokio::test]
    async fn an_index_that_is_away_is_not_asked_by_every_search() {
        let outage = outage(NEVER, NEVER);
        assert_eq!(asked(&outage).await, 1);
        assert!(outage.is_on());
    }

    #[tokio::test]
    async fn an_index_is_asked_again_until_it_answers() {
        let outage = outage(NEVER, Duration::ZERO);
        assert_eq!(asked(&outage).await, 10);
        assert!(matches!(outage.guard(async { Ok(7) }).await, Ok(Some(7))));
        assert!(!outage.is_on());
    }

    #[tokio::test]
    async fn an_index_that_hangs_is_waited_for_once() {
        let outage = outage(Duration::from_millis(10), NEVER);
        for _ in 0..10 {
            assert!(matches!(outage.guard(std::future::pending::<Result<(), _>>()).await, Ok(None)));
        }
        assert!(outage.is_on());
    }

    #[tokio::test]
    async fn what_is_wrong_with_a_request_is_no_outage() {
        let outage = Outage::default();
        let refused = outage.guard(async { Err::<(), _>(IndexError::Failed("no such field".to_owned())) }).await;
        assert!(matches!(refused, Err(IndexError::Failed(_))));
        assert!(!outage.is_on());
    }
}
