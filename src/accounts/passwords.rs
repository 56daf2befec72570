//! Password hashes: argon2id, away from the threads that answer requests, and bounded in number.
//!
//! A hash takes tens of milliseconds and 19 MiB on purpose. So at most as many are made at once as there are workers, a
//! few wait for them, and whoever comes beyond that is told to try again instead of filling the memory.

use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};

use argon2::{
    Algorithm, Argon2, Params, PasswordHash, PasswordHasher as _, PasswordVerifier as _, Version,
    password_hash::{self, SaltString},
};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::model::password::Password;
use crate::kernel::{Fault, admission::aside, entropy, heavy::heavy};

/// What one hash costs: the least that the [OWASP password storage cheat sheet][owasp] recommends for argon2id, which is 19
/// MiB of memory, two passes, one lane.
///
/// [owasp]: https://cheatsheetseries.owasp.org/cheatsheets/Password_Storage_Cheat_Sheet.html#argon2id
pub const OWASP: Params = Params::DEFAULT;

/// Hashes that may wait for each worker; at 50 ms a hash the last of them waits less than a second.
const WAITING_PER_WORKER: usize = 16;
const SALT_LENGTH: usize = 16;

/// What a verification found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Verdict {
    /// The password is the one that was hashed.
    pub matches: bool,
    /// The hash was made at another cost than is asked today, and is to be made anew while the password is at hand.
    pub outdated: bool,
}

/// Makes and checks password hashes. Cheap to clone; all clones share the workers.
#[derive(Debug, Clone)]
pub struct Passwords(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    params: Params,
    /// Compared with where there is no account: as much work as a real hash, and nobody's password.
    decoy: String,
    /// One for each hash that is made or waits.
    admitted: Arc<Semaphore>,
    /// One for each hash that is made.
    workers: Arc<Semaphore>,
    verifications: AtomicU64,
    hashes: AtomicU64,
}

/// The right to make a hash; held until it is made, even if nobody waits for it any longer.
struct Turn {
    _admitted: OwnedSemaphorePermit,
    _worker: OwnedSemaphorePermit,
}

impl Passwords {
    /// Hashes at the cost of `params`, at most `workers` at once.
    #[must_use]
    pub fn new(params: Params, workers: usize) -> Self {
        let workers = workers.max(1);
        Self(Arc::new(Inner {
            decoy: decoy(&params),
            params,
            admitted: Arc::new(Semaphore::new(workers * (1 + WAITING_PER_WORKER))),
            workers: Arc::new(Semaphore::new(workers)),
            verifications: AtomicU64::new(0),
            hashes: AtomicU64::new(0),
        }))
    }

    /// The hash of a password under a fresh salt, in PHC string form.
    ///
    /// # Errors
    /// [`Fault::Overloaded`] when too many wait already.
    pub async fn hash(&self, password: Password) -> Result<String, Fault> {
        let salt = SaltString::encode_b64(&entropy::bytes::<SALT_LENGTH>()?).map_err(|error| internal(&error))?;
        self.run(move |inner| {
            inner.hashes.fetch_add(1, Ordering::Relaxed);
            Ok(inner.argon2().hash_password(password.expose(), &salt)?.to_string())
        })
        .await
    }

    /// Whether `password` is what `hash` was made of. Without a password that anybody can have, or without a hash because
    /// there is no account, the same work is done and the answer is no: the time tells nothing.
    ///
    /// # Errors
    /// [`Fault::Overloaded`] when too many wait already, [`Fault::Corrupt`] for a stored hash that cannot be read.
    pub async fn verify(&self, password: Option<Password>, hash: Option<String>) -> Result<Verdict, Fault> {
        let (known, hash) = match (&password, hash) {
            (Some(_), Some(hash)) => (true, hash),
            (None, _) | (_, None) => (false, self.0.decoy.clone()),
        };
        self.run(move |inner| {
            let parsed = PasswordHash::new(&hash)?;
            let typed = password.as_ref().map_or(&b""[..], Password::expose);
            inner.verifications.fetch_add(1, Ordering::Relaxed);
            // The cost is read from the hash, whatever is asked today.
            let matches = match inner.argon2().verify_password(typed, &parsed) {
                Ok(()) => known,
                Err(password_hash::Error::Password) => false,
                Err(error) => return Err(error),
            };
            Ok(Verdict { matches, outdated: known && inner.is_outdated(&parsed) })
        })
        .await
    }

    /// How often a password was checked, decoys included.
    #[must_use]
    pub fn verifications(&self) -> u64 {
        self.0.verifications.load(Ordering::Relaxed)
    }

    /// How often a hash was made.
    #[must_use]
    pub fn hashes(&self) -> u64 {
        self.0.hashes.load(Ordering::Relaxed)
    }

    async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Inner) -> Result<T, password_hash::Error> + Send + 'static,
    ) -> Result<T, Fault> {
        // Sign-ins have a queue of their own, and a flood of them keeps nobody else out.
        aside(self.run_in_turn(work)).await
    }

    async fn run_in_turn<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Inner) -> Result<T, password_hash::Error> + Send + 'static,
    ) -> Result<T, Fault> {
        let turn = self.turn().await?;
        let inner = Arc::clone(&self.0);
        let worked = heavy("password", move || {
            let result = work(&inner);
            drop(turn);
            result
        });
        worked.await?.map_err(|error| internal(&error))
    }

    async fn turn(&self) -> Result<Turn, Fault> {
        let admitted = Arc::clone(&self.0.admitted).try_acquire_owned();
        let admitted = admitted.map_err(|_| Fault::Overloaded("too many passwords wait to be checked"))?;
        let worker = Arc::clone(&self.0.workers).acquire_owned().await;
        let worker = worker.map_err(|error| Fault::Internal(format!("password workers: {error}")))?;
        Ok(Turn { _admitted: admitted, _worker: worker })
    }
}

impl Inner {
    fn argon2(&self) -> Argon2<'static> {
        Argon2::new(Algorithm::Argon2id, Version::V0x13, self.params.clone())
    }

    fn is_outdated(&self, hash: &PasswordHash<'_>) -> bool {
        let same_cost = Params::try_from(hash).is_ok_and(|params| {
            (params.m_cost(), params.t_cost(), params.p_cost())
                == (self.params.m_cost(), self.params.t_cost(), self.params.p_cost())
        });
        !same_cost || hash.algorithm != Algorithm::Argon2id.ident() || hash.version != Some(Version::V0x13.into())
    }
}

/// A well-formed hash that no password is known to have: its output was never computed.
fn decoy(params: &Params) -> String {
    let (memory, passes, lanes) = (params.m_cost(), params.t_cost(), params.p_cost());
    let (salt, output) = ("ZGVjb3kgc2FsdCBvZiBiZncu", "bm9ib2R5IGhhcyBjaG9zZW4gdGhpcyBwYXNzd29yZC4");
    format!("$argon2id$v=19$m={memory},t={passes},p={lanes}${salt}${output}")
}

fn internal(error: &password_hash::Error) -> Fault {
    Fault::Internal(format!("password hash: {error}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cheap() -> Params {
        Params::new(64, 1, 1, None).unwrap()
    }

    fn password(text: &str) -> Option<Password> {
        Password::presented(&text.into())
    }

    #[tokio::test]
    async fn the_right_password_matches_and_no_other_does() {
        let passwords = Passwords::new(OWASP, 1);
        let hash = passwords.hash(password("la pluie tombe").unwrap()).await.unwrap();
        assert!(hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{hash}");
        let right = passwords.verify(password("la pluie tombe"), Some(hash.clone())).await.unwrap();
        assert_eq!(right, Verdict { matches: true, outdated: false });
        let wrong = passwords.verify(password("la pluie tombe."), Some(hash)).await.unwrap();
        assert!(!wrong.matches);
    }

    #[tokio::test]
    async fn the_same_password_never_hashes_the_same() {
        let passwords = Passwords::new(cheap(), 1);
        let one = passwords.hash(password("la pluie tombe").unwrap()).await.unwrap();
        let two = passwords.hash(password("la pluie tombe").unwrap()).await.unwrap();
        assert_ne!(one, two);
    }

    #[tokio::test]
    async fn where_there_is_nothing_to_compare_the_work_is_done_all_the_same() {
        let passwords = Passwords::new(OWASP, 1);
        let no_account = passwords.verify(password("la pluie tombe"), None).await.unwrap();
        let no_password = passwords.verify(None, None).await.unwrap();
        let nothing = Verdict { matches: false, outdated: false };
        assert_eq!((no_account, no_password, passwords.verifications()), (nothing, nothing, 2));
    }

    #[tokio::test]
    async fn a_hash_at_another_cost_still_counts_and_is_reported() {
        let before = Passwords::new(cheap(), 1);
        let hash = before.hash(password("la pluie tombe").unwrap()).await.unwrap();
        let now = Passwords::new(OWASP, 1);
        let verdict = now.verify(password("la pluie tombe"), Some(hash)).await.unwrap();
        assert_eq!(verdict, Verdict { matches: true, outdated: true });
    }

    #[tokio::test]
    async fn whoever_comes_when_the_queue_is_full_is_turned_away() {
        let passwords = Passwords::new(cheap(), 1);
        let crowd = 1 + WAITING_PER_WORKER;
        let held = Arc::clone(&passwords.0.admitted).acquire_many_owned(u32::try_from(crowd).unwrap()).await.unwrap();
        let refused = passwords.hash(password("la pluie tombe").unwrap()).await;
        assert!(matches!(refused, Err(Fault::Overloaded(_))), "{refused:?}");
        drop(held);
        assert!(passwords.hash(password("la pluie tombe").unwrap()).await.is_ok());
    }
}
