//! Attempts: how often a password may be tried for one identifier, and from one address.
//!
//! They are counted where the trying happens, in the use case, and before the work: ten sign-ins under ten aliases of one
//! request are ten attempts, and two that run at the same time are two. A right password counts as well, since a limit
//! that it lifted could be lifted with an account of one's own.
//!
//! The counts live in this process. Several processes each allow as many; an operator who runs them divides the limit.

use std::{hash::Hash, net::IpAddr, sync::Arc, time::Duration};

use crate::kernel::{
    ErrorCode, Failure, Outcome, UserError,
    allowance::{Allowances, network},
    clock::Clock,
};

/// The time in which a used-up allowance comes back whole, little by little.
const WINDOW: Duration = Duration::from_secs(15 * 60);

/// Counts attempts. Cheap to clone; all clones count together.
#[derive(Clone)]
pub struct Attempts(Arc<Inner>);

struct Inner {
    identifiers: Allowances,
    addresses: Allowances,
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
        let allowances = |attempts| Allowances::new(clock, attempts, WINDOW);
        Self(Arc::new(Inner { identifiers: allowances(per_identifier), addresses: allowances(per_address) }))
    }

    /// Counts an attempt from `address`.
    ///
    /// # Errors
    /// [`ErrorCode::TooManyAttempts`], with the minutes until the next one is allowed.
    pub fn from_address(&self, address: IpAddr) -> Outcome<()> {
        count(&self.0.addresses, &network(address))
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
        count(&self.0.identifiers, identifier)
    }
}

fn count(allowances: &Allowances, key: &(impl Hash + ?Sized)) -> Outcome<()> {
    let Err(wait) = allowances.take(key, 1) else { return Ok(()) };
    let minutes = wait.as_millis().div_ceil(60_000).max(1);
    metrics::counter!("bfw_attempts_refused_total").increment(1);
    let error = UserError::new::<&str>(ErrorCode::TooManyAttempts, []).with("minutes", minutes);
    Err(Failure::from(error))
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
}
