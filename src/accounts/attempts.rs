//! Attempts: how often a password may be tried for one identifier, and from one address.
//!
//! They are counted where the trying happens, in the use case, and before the work: ten sign-ins under ten aliases of one
//! request are ten attempts, and two that run at the same time are two. A right password counts as well, since a limit
//! that it lifted could be lifted with an account of one's own.
//!
//! The counts live in this process. Several processes each allow as many; an operator who runs them divides the limit.

use std::{
    hash::{BuildHasher as _, Hash, RandomState},
    net::IpAddr,
    num::NonZeroU32,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use arc_swap::ArcSwap;
use governor::{
    Quota, RateLimiter, clock::Clock as _, middleware::NoOpMiddleware, nanos::Nanos, state::keyed::DashMapStateStore,
};

use crate::kernel::{ErrorCode, Failure, Outcome, UserError, clock::Clock};

/// The time in which a used-up allowance comes back whole, little by little.
const WINDOW: Duration = Duration::from_secs(15 * 60);
/// Keys fall into so many slots by a hash that nobody outside can foretell. However many identifiers a crowd of machines
/// thinks up, the counts take a few megabytes at most; two honest people who share a slot notice nothing.
const SLOTS: u64 = 1 << 17;
/// Counts between two clearings of slots that are as good as new.
const COUNTS_BETWEEN_SWEEPS: u64 = 4_096;

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
        let limiter = |attempts| ArcSwap::from_pointee(Limiter::new(Arc::clone(clock), attempts));
        let (identifiers, addresses) = (limiter(per_identifier), limiter(per_address));
        Self(Arc::new(Inner { clock: Arc::clone(clock), identifiers, addresses }))
    }

    /// Allows so many from now on. Where that is another number than before, the counting begins anew.
    pub fn allow(&self, per_identifier: u32, per_address: u32) {
        for (limiter, attempts) in [(&self.0.identifiers, per_identifier), (&self.0.addresses, per_address)] {
            if limiter.load().attempts != attempts {
                limiter.store(Arc::new(Limiter::new(Arc::clone(&self.0.clock), attempts)));
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
}

/// What one subscriber can be taken to hold: an IPv4 address, or the /64 of an IPv6 address, which gives every device in
/// a house billions to choose from.
fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V4(address) => IpAddr::V4(address),
        IpAddr::V6(address) => {
            let prefix = u128::from(address) & !u128::from(u64::MAX);
            IpAddr::V6(prefix.into())
        }
    }
}

/// The kernel's clock as the limiter reads it: nanoseconds since 1970.
struct Ticks(Arc<dyn Clock>);

impl governor::clock::Clock for Ticks {
    type Instant = Nanos;

    fn now(&self) -> Nanos {
        let microseconds = u64::try_from(self.0.now().timestamp_micros()).unwrap_or(0);
        Nanos::from(microseconds.saturating_mul(1_000))
    }
}

impl Clone for Ticks {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

struct Limiter {
    attempts: u32,
    slots: RateLimiter<u64, DashMapStateStore<u64>, Ticks, NoOpMiddleware<Nanos>>,
    hasher: RandomState,
    counts: AtomicU64,
}

impl Limiter {
    fn new(clock: Arc<dyn Clock>, attempts: u32) -> Self {
        let burst = NonZeroU32::new(attempts).unwrap_or(NonZeroU32::MIN);
        let period = WINDOW / burst.get();
        // A window of minutes divided by a u32 is never nothing, as a quota needs.
        let quota = Quota::with_period(period).unwrap_or_else(|| Quota::per_second(burst)).allow_burst(burst);
        let slots = RateLimiter::new(quota, DashMapStateStore::default(), Ticks(clock));
        Self { attempts, slots, hasher: RandomState::new(), counts: AtomicU64::new(0) }
    }

    fn count(&self, key: &(impl Hash + ?Sized)) -> Outcome<()> {
        if self.counts.fetch_add(1, Ordering::Relaxed) % COUNTS_BETWEEN_SWEEPS == COUNTS_BETWEEN_SWEEPS - 1 {
            self.slots.retain_recent();
        }
        let slot = self.hasher.hash_one(key) % SLOTS;
        let Err(refused) = self.slots.check_key(&slot) else { return Ok(()) };
        let wait = refused.wait_time_from(self.slots.clock().now());
        let minutes = wait.as_millis().div_ceil(60_000).max(1);
        metrics::counter!("bfw_attempts_refused_total").increment(1);
        let error = UserError::new::<&str>(ErrorCode::TooManyAttempts, []).with("minutes", minutes);
        Err(Failure::from(error))
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
    fn addresses_of_one_subscriber_are_one() {
        let same = |one: &str, two: &str| network(one.parse().unwrap()) == network(two.parse().unwrap());
        assert!(same("2001:db8:1:2:3:4:5:6", "2001:db8:1:2:ffff::1"));
        assert!(!same("2001:db8:1:2::1", "2001:db8:1:3::1"));
        assert!(same("::ffff:192.0.2.1", "192.0.2.1"));
        assert!(!same("192.0.2.1", "192.0.2.2"));
    }

    #[test]
    fn slots_that_are_as_good_as_new_are_cleared() {
        let (attempts, clock) = attempts(10, 1);
        for number in 0..COUNTS_BETWEEN_SWEEPS - 1 {
            attempts.0.identifiers.load().count(&number).unwrap();
        }
        assert!(attempts.0.identifiers.load().slots.len() > 1_000);
        clock.advance(TimeDelta::hours(1));
        attempts.0.identifiers.load().count("the one that sweeps").unwrap();
        assert_eq!(attempts.0.identifiers.load().slots.len(), 1);
    }
}
