//! An attempt to prove something is counted, before the work that it makes.

use tokio::sync::Semaphore;

use super::{Accounts, Actor, Principal, attempts, model::Shared, store};
use crate::kernel::{Fault, Outcome, admission::aside};

/// Attempts that are counted in the database at once.
const AT_ONCE: usize = 4;
/// Attempts that are counted or wait for it.
const WAITING_MAX: usize = 128;

/// Turns to count attempts.
#[derive(Debug)]
pub(super) struct Counting {
    waiting: Semaphore,
    turns: Semaphore,
}

impl Default for Counting {
    fn default() -> Self {
        Self { waiting: Semaphore::new(WAITING_MAX), turns: Semaphore::new(AT_ONCE) }
    }
}

impl Accounts {
    /// Counts an attempt from the actor's address; the service itself is not counted.
    ///
    /// # Errors
    /// [`ErrorCode::TooManyAttempts`](crate::kernel::ErrorCode::TooManyAttempts).
    pub(super) async fn count_attempt(&self, actor: &Actor) -> Outcome<()> {
        if is_the_service(actor) {
            return Ok(());
        }
        let address = actor.request.address;
        self.knows.attempts.from_address(address)?;
        self.count_together(&[self.knows.attempts.shared_of_address(address)]).await
    }

    /// Counts an attempt from the actor's address at what `identifier` protects.
    ///
    /// # Errors
    /// [`ErrorCode::TooManyAttempts`](crate::kernel::ErrorCode::TooManyAttempts).
    pub(super) async fn count_attempt_at(&self, actor: &Actor, identifier: &str) -> Outcome<()> {
        if is_the_service(actor) {
            return Ok(());
        }
        let address = actor.request.address;
        self.knows.attempts.at_identifier(address, identifier)?;
        let shared =
            [self.knows.attempts.shared_of_address(address), self.knows.attempts.shared_of_identifier(identifier)];
        self.count_together(&shared).await
    }

    /// Counts an attempt at what `identifier` protects by an actor whose address has been counted.
    ///
    /// # Errors
    /// [`ErrorCode::TooManyAttempts`](crate::kernel::ErrorCode::TooManyAttempts).
    pub(super) async fn count_once_more_at(&self, actor: &Actor, identifier: &str) -> Outcome<()> {
        if is_the_service(actor) {
            return Ok(());
        }
        self.knows.attempts.once_more_at(identifier)?;
        self.count_together(&[self.knows.attempts.shared_of_identifier(identifier)]).await
    }

    /// Counts for all processes. What was counted before another was refused stays counted. Addresses come before identifiers,
    /// so that two who count the same never wait in a circle. Few count at once, so that a flood from very many addresses, which no
    /// allowance stops, takes neither the database nor anybody's place from those who read.
    async fn count_together(&self, shared: &[Shared]) -> Outcome<()> {
        let Ok(_waiting) = self.knows.counting.waiting.try_acquire() else {
            return Err(Fault::Overloaded("too many attempts wait to be counted").into());
        };
        aside(async {
            let turn = self.knows.counting.turns.acquire().await;
            let _turn = turn.map_err(|error| Fault::Internal(format!("turns to count attempts: {error}")))?;
            self.count_now(shared).await
        })
        .await
    }

    async fn count_now(&self, shared: &[Shared]) -> Outcome<()> {
        let now = self.knows.services.now();
        let tx = self.knows.services.db.begin().await?;
        let mut early = None;
        for one in shared {
            early = store::attempts::count(&tx, one, now).await?;
            if early.is_some() {
                break;
            }
        }
        tx.commit().await?;
        early.map_or(Ok(()), |wait| Err(attempts::refused(wait)))
    }

    /// Forgets counts that no longer mean anything, and tells how many.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn sweep_attempts(&self) -> Outcome<u64> {
        let tx = self.knows.services.db.begin().await?;
        let swept = store::attempts::sweep(&tx, self.knows.services.now()).await?;
        tx.commit().await?;
        Ok(swept)
    }
}

fn is_the_service(actor: &Actor) -> bool {
    match actor.principal {
        Principal::System => true,
        Principal::Anonymous | Principal::User(_) => false,
    }
}
