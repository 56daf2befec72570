//! Allowances: each of very many keys may take so much in a window, and has it back little by little.
//!
//! Counting takes a fixed amount of memory whoever thinks up how many keys, and lives in this process: several processes each
//! allow as much.

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

use governor::{
    Quota, RateLimiter, clock::Clock as _, middleware::StateInformationMiddleware, nanos::Nanos,
    state::keyed::DashMapStateStore,
};

use super::clock::Clock;

/// Keys fall into so many slots by a hash that nobody outside can foretell. However many keys a crowd of machines thinks up,
/// the counts take a few megabytes at most; two honest people who share a slot notice nothing.
pub const SLOTS: u64 = 1 << 17;
/// Counts between two clearings of slots that are as good as new.
const COUNTS_BETWEEN_SWEEPS: u64 = 4_096;

/// The allowances of all keys of one kind.
pub struct Allowances {
    slots: RateLimiter<u64, DashMapStateStore<u64>, Ticks, StateInformationMiddleware>,
    hasher: RandomState,
    whole: u32,
    counts: AtomicU64,
}

impl std::fmt::Debug for Allowances {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Allowances").field("whole", &self.whole).finish_non_exhaustive()
    }
}

impl Allowances {
    /// Gives each key `whole` in every `window`, by the time of `clock`; at least one.
    #[must_use]
    pub fn new(clock: &Arc<dyn Clock>, whole: u32, window: Duration) -> Self {
        let burst = NonZeroU32::new(whole).unwrap_or(NonZeroU32::MIN);
        // A window too short to be divided so often gives back everything at once.
        let quota =
            Quota::with_period(window / burst.get()).unwrap_or_else(|| Quota::per_second(burst)).allow_burst(burst);
        let slots = RateLimiter::new(quota, DashMapStateStore::default(), Ticks::of(clock));
        Self { slots, hasher: RandomState::new(), whole: burst.get(), counts: AtomicU64::new(0) }
    }

    /// Takes `units` from what `key` may have, and gives what is left. More than the whole is taken as the whole.
    ///
    /// # Errors
    /// How long it is until there is enough; nothing was taken.
    pub fn take(&self, key: &(impl Hash + ?Sized), units: u32) -> Result<u32, Duration> {
        if self.counts.fetch_add(1, Ordering::Relaxed) % COUNTS_BETWEEN_SWEEPS == COUNTS_BETWEEN_SWEEPS - 1 {
            self.slots.retain_recent();
        }
        let slot = self.hasher.hash_one(key) % SLOTS;
        let units = NonZeroU32::new(units.min(self.whole)).unwrap_or(NonZeroU32::MIN);
        match self.slots.check_key_n(&slot, units) {
            Ok(Ok(left)) => Ok(left.remaining_burst_capacity()),
            Ok(Err(refused)) => Err(refused.wait_time_from(self.slots.clock().now())),
            // Never: no more than the whole was asked for.
            Err(_) => Err(Duration::ZERO),
        }
    }
}

/// What one subscriber can be taken to hold: an IPv4 address, or the /64 of an IPv6 address, which gives every device in
/// a house billions to choose from.
#[must_use]
pub fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V4(address) => IpAddr::V4(address),
        IpAddr::V6(address) => {
            let prefix = u128::from(address) & !u128::from(u64::MAX);
            IpAddr::V6(prefix.into())
        }
    }
}

/// The kernel's clock as the limiter reads it: microseconds that only ever go on. A clock that is set back would otherwise keep
/// everybody out until it has caught up with what was taken before.
#[derive(Clone)]
struct Ticks(Arc<Going>);

struct Going {
    clock: Arc<dyn Clock>,
    latest: AtomicU64,
    /// By how much the clock was set back altogether.
    behind: AtomicU64,
}

/// Threads that read the clock at the same time come here in any order; that is not a clock set back.
const DISORDER_MICROSECONDS: u64 = 1_000_000;

impl Ticks {
    fn of(clock: &Arc<dyn Clock>) -> Self {
        Self(Arc::new(Going { clock: Arc::clone(clock), latest: AtomicU64::new(0), behind: AtomicU64::new(0) }))
    }
}

impl governor::clock::Clock for Ticks {
    type Instant = Nanos;

    fn now(&self) -> Nanos {
        let Going { clock, latest, behind } = &*self.0;
        let shown = u64::try_from(clock.now().timestamp_micros()).unwrap_or(0);
        let now = shown.saturating_add(behind.load(Ordering::Relaxed));
        let before = latest.fetch_max(now, Ordering::Relaxed);
        if before.saturating_sub(now) > DISORDER_MICROSECONDS {
            behind.fetch_add(before - now, Ordering::Relaxed);
        }
        Nanos::from(before.max(now).saturating_mul(1_000))
    }
}

#[cfg(test)]
mod tests {
    use chrono::{DateTime, TimeDelta};
    use proptest::prelude::*;

    use super::*;
    use crate::kernel::clock::ManualClock;

    const MINUTE: Duration = Duration::from_secs(60);

    fn allowances(whole: u32) -> (Allowances, Arc<ManualClock>) {
        let clock = Arc::new(ManualClock::at(DateTime::UNIX_EPOCH + TimeDelta::days(20_000)));
        let shared: Arc<dyn Clock> = clock.clone();
        (Allowances::new(&shared, whole, MINUTE), clock)
    }

    #[test]
    fn what_was_taken_comes_back_little_by_little() {
        let (allowances, clock) = allowances(600);
        assert_eq!(allowances.take("awa", 400), Ok(200));
        let wait = allowances.take("awa", 300).unwrap_err();
        assert_eq!(wait.as_secs(), 10, "a hundred are missing, ten come back a second");
        assert_eq!(allowances.take("fanta", 600), Ok(0), "another's is whole");
        clock.advance(TimeDelta::seconds(10));
        assert_eq!(allowances.take("awa", 300), Ok(0));
    }

    #[test]
    fn a_clock_that_is_set_back_keeps_nobody_out_and_gives_nothing() {
        let (allowances, clock) = allowances(60);
        assert_eq!(allowances.take("awa", 60), Ok(0));
        clock.advance(-TimeDelta::days(3));
        assert_eq!(allowances.take("awa", 10).unwrap_err().as_secs(), 10);
        clock.advance(TimeDelta::seconds(10));
        assert_eq!(allowances.take("awa", 10), Ok(0));
    }

    #[test]
    fn nobody_is_refused_for_ever() {
        let (allowances, _clock) = allowances(10);
        assert_eq!(allowances.take("awa", 1_000), Ok(0));
        assert_eq!(allowances.take("fanta", 0), Ok(9), "nothing is for nothing");
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
        let (allowances, clock) = allowances(10);
        for number in 0..COUNTS_BETWEEN_SWEEPS - 1 {
            allowances.take(&number, 1).unwrap();
        }
        assert!(allowances.slots.len() > 1_000);
        clock.advance(TimeDelta::hours(1));
        allowances.take("the one that sweeps", 1).unwrap();
        assert_eq!(allowances.slots.len(), 1);
    }

    proptest! {
        #[test]
        fn nobody_takes_more_than_the_whole_and_what_came_back(
            steps in proptest::collection::vec((0_u32..50, 0_i64..20), 1..200)
        ) {
            let (allowances, clock) = allowances(60);
            let (mut taken, mut seconds) = (0_u64, 0);
            for (units, pause) in steps {
                clock.advance(TimeDelta::seconds(pause));
                seconds += pause;
                taken += u64::from(units.max(1)) * u64::from(allowances.take("awa", units).is_ok());
                // Whole at the beginning, one a second after it.
                prop_assert!(taken <= 60 + u64::try_from(seconds).unwrap());
            }
        }
    }
}
