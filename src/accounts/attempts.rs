//! Attempts: how often a password may be tried for one identifier, and from one address.
//!
//! They are counted where the trying happens, in the use case, and before the work: ten sign-ins under ten aliases of one
//! request are ten attempts, and two that run at the same time are two. A right password counts as well, since a limit
//! that it lifted could be lifted with an account of one's own.
//!
//! They are counted twice. Here, in this process, where counting costs nothing, so that a flood is turned away before it
//! reaches the database; and then in the database (`count_attempt`), by the same rule, for all processes together.

use std::{hash::Hash, net::IpAddr, num::NonZeroU32, sync::Arc, time::Duration};

use arc_swap::ArcSwap;
use sha2::{Digest as _, Sha256};

use super::model::{Allowance, Shared};
use crate::kernel::{
    ErrorCode, Failure, Outcome, UserError,
    allowance::{Allowances, SLOTS, network},
    clock::Clock,
};

/// The time in which a used-up allowance comes back whole, little by little.
const WINDOW: Duration = Duration::from_secs(15 * 60);

/// Counts attempts. Cheap to clone; all clones count together.
#[derive(Clone)]
pub struct Attempts(Arc<Inner>);

struct Inner {
    clock: Arc<dyn Clock>,
    identifiers: ArcSwap<Limiter>,
    addresses: ArcSwap<Limiter>,
}

impl std::fmt::Debug for Attempts {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Attempts").finish_non_exhaustive()
    }
}

impl Attempts {
    /// Allows so many attempts in 15 minutes by the time of `clock`.
    #[must_use]
    pub fn new(clock: &Arc<dyn Clock>, per_identifier: u32, per_address: u32) -> Self {
        let limiter = |attempts| ArcSwap::from_pointee(Limiter::new(clock, attempts));
        let (identifiers, addresses) = (limiter(per_identifier), limiter(per_address));
        Self(Arc::new(Inner { clock: Arc::clone(clock), identifiers, addresses }))
    }

    /// Allows so many from now on. Where that is another number than before, the counting begins anew.
    pub fn allow(&self, per_identifier: u32, per_address: u32) {
        for (limiter, attempts) in [(&self.0.identifiers, per_identifier), (&self.0.addresses, per_address)] {
            if limiter.load().attempts != attempts {
                limiter.store(Arc::new(Limiter::new(&self.0.clock, attempts)));
            }
        }
    }

    /// Counts an attempt from `address`.
    ///
    /// # Errors
    /// [`ErrorCode::TooManyAttempts`], with the minutes until the next one is allowed.
    pub fn from_address(&self, address: IpAddr) -> Outcome<()> {
        self.0.addresses.load().count(&network(address))
    }

    /// Counts an attempt from `address` at what `identifier` protects.
    ///
    /// # Errors
    /// [`ErrorCode::TooManyAttempts`], with the minutes until the next one is allowed.
    pub fn at_identifier(&self, address: IpAddr, identifier: &str) -> Outcome<()> {
        self.from_address(address)?;
        self.once_more_at(identifier)
    }

    /// Counts an attempt at what `identifier` protects, from an address that has been counted.
    ///
    /// # Errors
    /// [`ErrorCode::TooManyAttempts`], with the minutes until the next one is allowed.
    pub fn once_more_at(&self, identifier: &str) -> Outcome<()> {
        self.0.identifiers.load().count(identifier)
    }

    /// What attempts from `address` are counted under by all processes: slots below [`SLOTS`].
    pub(super) fn shared_of_address(&self, address: IpAddr) -> Shared {
        let addresses = self.0.addresses.load();
        let slot = shared_slot("address", addresses.attempts, network(address).to_string().as_bytes());
        Shared { slot, allowance: addresses.allowance }
    }

    /// What attempts at what `identifier` protects are counted under by all processes: slots from [`SLOTS`] on.
    pub(super) fn shared_of_identifier(&self, identifier: &str) -> Shared {
        let identifiers = self.0.identifiers.load();
        let slot = SLOTS + shared_slot("identifier", identifiers.attempts, identifier.as_bytes());
        Shared { slot, allowance: identifiers.allowance }
    }
}

fn allowance(attempts: NonZeroU32) -> Allowance {
    let period = WINDOW / attempts.get();
    Allowance { period, whole: period * attempts.get() }
}

/// The slot of a key under a limit: where another number is allowed than before, the counting begins anew.
fn shared_slot(kind: &str, attempts: u32, key: &[u8]) -> u64 {
    let mut hash = Sha256::new();
    hash.update(format!("{kind} {attempts} "));
    hash.update(key);
    hash.finalize().iter().take(8).fold(0, |slot, byte| (slot << 8) | u64::from(*byte)) % SLOTS
}

/// The refusal of an attempt that is allowed after `wait`.
pub(super) fn refused(wait: Duration) -> Failure {
    let minutes = wait.as_millis().div_ceil(60_000).max(1);
    metrics::counter!("bfw_attempts_refused_total").increment(1);
    UserError::new::<&str>(ErrorCode::TooManyAttempts, []).with("minutes", minutes).into()
}

/// The allowances of one kind: what each has in this process, and what it has in all of them together.
struct Limiter {
    attempts: u32,
    here: Allowances,
    allowance: Allowance,
}

impl Limiter {
    fn new(clock: &Arc<dyn Clock>, attempts: u32) -> Self {
        let burst = NonZeroU32::new(attempts).unwrap_or(NonZeroU32::MIN);
        Self { attempts, here: Allowances::new(clock, burst.get(), WINDOW), allowance: allowance(burst) }
    }

    fn count(&self, key: &(impl Hash + ?Sized)) -> Outcome<()> {
        self.here.take(key, 1).map(|_| ()).map_err(refused)
    }
}

#[cfg(test)]
mod tests {
    use chrono::{DateTime, TimeDelta};

    use super::*;
    use crate::kernel::clock::ManualClock;

    const HOME: IpAddr = IpAddr::V4(std::net::Ipv4Addr::LOCALHOST);

    fn attempts(per_identifier: u32, per_address: u32) -> (Attempts, Arc<ManualClock>) {
        let clock = Arc::new(ManualClock::at(DateTime::UNIX_EPOCH + TimeDelta::days(20_000)));
        let shared: Arc<dyn Clock> = clock.clone();
        (Attempts::new(&shared, per_identifier, per_address), clock)
    }

    fn minutes(outcome: Outcome<()>) -> Option<String> {
        match outcome {
            Ok(()) => None,
            Err(Failure::Rejected(errors)) => {
                assert_eq!(errors[0].code, ErrorCode::TooManyAttempts);
                Some(errors[0].args[0].1.clone())
            }
            Err(Failure::Fault(fault)) => panic!("{fault}"),
        }
    }

    #[test]
    fn an_identifier_that_is_used_up_comes_back_with_time() {
        let (attempts, clock) = attempts(10, 1_000);
        for _ in 0..10 {
            attempts.at_identifier(HOME, "+22376123456").unwrap();
        }
        assert_eq!(minutes(attempts.at_identifier(HOME, "+22376123456")), Some("2".into()));
        attempts.at_identifier(HOME, "+22365000000").unwrap();
        clock.advance(TimeDelta::seconds(90));
        attempts.at_identifier(HOME, "+22376123456").unwrap();
        assert!(attempts.at_identifier(HOME, "+22376123456").is_err());
        clock.advance(TimeDelta::minutes(15));
        for _ in 0..10 {
            attempts.at_identifier(HOME, "+22376123456").unwrap();
        }
    }

    #[test]
    fn an_address_is_counted_over_all_identifiers() {
        let (attempts, _clock) = attempts(10, 3);
        for number in 0..3 {
            attempts.at_identifier(HOME, &number.to_string()).unwrap();
        }
        assert!(attempts.at_identifier(HOME, "another").is_err());
        assert!(attempts.from_address(HOME).is_err());
        attempts.from_address("192.0.2.1".parse().unwrap()).unwrap();
    }

    #[test]
    fn whoever_is_counted_together_in_one_process_is_so_in_all() {
        let (attempts, _clock) = attempts(10, 3);
        let at = |address: &str| attempts.shared_of_address(address.parse().unwrap()).slot;
        assert_eq!(at("2001:db8:1:2:3:4:5:6"), at("2001:db8:1:2:ffff::1"));
        assert_ne!(at("192.0.2.1"), at("192.0.2.2"));
        let identifier = attempts.shared_of_identifier("192.0.2.1");
        assert!(identifier.slot >= SLOTS && at("192.0.2.1") < SLOTS, "addresses and identifiers share nothing");
        assert_eq!(identifier.allowance, Allowance { period: WINDOW / 10, whole: WINDOW });
    }
}
