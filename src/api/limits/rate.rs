//! What callers may cost: an operation is paid for before it runs, from the allowances of her token, her account and her
//! address.
//!
//! A point of cost is a field of an answer, and about a microsecond of a processor. Whoever signs in on many devices has one
//! account, and whoever makes up many accounts has one address; an address is given more, since a village, an office or a
//! mobile operator's customers may share one.

use std::{net::IpAddr, sync::Arc, time::Duration};

use uuid::Uuid;

use crate::kernel::{
    allowance::{Allowances, network},
    clock::Clock,
};

/// The window of every allowance: as much comes back in it as may be had at once.
const WINDOW: Duration = Duration::from_secs(60);
/// What any request costs at least: reading it, finding out who asks, and answering.
pub const REQUEST_COST_MIN: u32 = 10;
/// What a request costs that is not GraphQL: a page, a document, a list of events or releases.
pub const PAGE_COST: u32 = 100;

/// What each may cost in a minute, in points.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Budgets {
    /// All tokens of an account together.
    pub user: u32,
    /// One access token.
    pub token: u32,
    /// Everybody behind one address, signed in or not.
    pub address: u32,
}

/// Who pays.
#[derive(Debug, Clone, Copy)]
pub struct Payer<'a> {
    /// From where.
    pub address: IpAddr,
    /// The account and the token, of whoever has signed in.
    pub signed_in: Option<(Uuid, &'a [u8])>,
}

/// An allowance is used up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UsedUp {
    /// Whose.
    pub whose: &'static str,
    /// When there is enough again.
    pub retry_after: Duration,
}

impl UsedUp {
    /// The whole seconds until then; at least one.
    #[must_use]
    pub fn seconds(&self) -> u64 {
        let up = u64::from(self.retry_after.subsec_nanos() > 0);
        (self.retry_after.as_secs() + up).max(1)
    }
}

/// The allowances of everybody.
#[derive(Debug)]
pub struct Rates {
    users: Allowances,
    tokens: Allowances,
    addresses: Allowances,
}

impl Rates {
    /// Gives everybody her budget, by the time of `clock`.
    #[must_use]
    pub fn new(clock: &Arc<dyn Clock>, budgets: Budgets) -> Self {
        let allowances = |points| Allowances::new(clock, points, WINDOW);
        Self {
            users: allowances(budgets.user),
            tokens: allowances(budgets.token),
            addresses: allowances(budgets.address),
        }
    }

    /// Takes what coming at all costs, before it is known who comes.
    ///
    /// # Errors
    /// [`UsedUp`].
    pub fn come(&self, address: IpAddr, cost: u32) -> Result<u32, UsedUp> {
        take(&self.addresses, "this address", &network(address), cost)
    }

    /// Takes what an operation costs, of which [`REQUEST_COST_MIN`] was taken from the address when the request came, and gives
    /// what is left where least is.
    ///
    /// # Errors
    /// [`UsedUp`]; a token is asked before its account and that before the address, so that a runaway program is stopped by
    /// its own allowance. What one has given is not given back where the next refuses.
    pub fn pay(&self, payer: &Payer<'_>, cost: u32) -> Result<u32, UsedUp> {
        let cost = cost.max(REQUEST_COST_MIN);
        let mut left = u32::MAX;
        if let Some((user, token)) = &payer.signed_in {
            left = left.min(take(&self.tokens, "this access token", token, cost)?);
            left = left.min(take(&self.users, "this account", user, cost)?);
        }
        // Nothing more is due of the cheapest operations, but what is left is to be known.
        let due = cost.saturating_sub(REQUEST_COST_MIN).max(1);
        Ok(left.min(self.come(payer.address, due)?))
    }
}

fn take(
    allowances: &Allowances,
    whose: &'static str,
    key: &(impl std::hash::Hash + ?Sized),
    cost: u32,
) -> Result<u32, UsedUp> {
    allowances.take(key, cost).map_err(|retry_after| {
        metrics::counter!("bfw_rate_limited_total", "whose" => whose).increment(1);
        UsedUp { whose, retry_after }
    })
}

#[cfg(test)]
mod tests {
    use chrono::{DateTime, TimeDelta};

    use super::*;
    use crate::kernel::clock::ManualClock;

    const HOME: IpAddr = IpAddr::V4(std::net::Ipv4Addr::LOCALHOST);

    fn rates() -> (Rates, Arc<ManualClock>) {
        let clock = Arc::new(ManualClock::at(DateTime::UNIX_EPOCH + TimeDelta::days(20_000)));
        let shared: Arc<dyn Clock> = clock.clone();
        (Rates::new(&shared, Budgets { user: 600, token: 300, address: 1_200 }), clock)
    }

    #[test]
    fn the_first_allowance_that_is_used_up_is_named() {
        let (rates, clock) = rates();
        let awa = Uuid::from_u128(1);
        let with = |token| Payer { address: HOME, signed_in: Some((awa, token)) };
        assert_eq!(rates.pay(&with(b"phone"), 200), Ok(100));
        assert_eq!(rates.pay(&with(b"phone"), 200).unwrap_err().whose, "this access token");
        assert_eq!(rates.pay(&with(b"laptop"), 300), Ok(0));
        let refused = rates.pay(&with(b"desk"), 200).unwrap_err();
        assert_eq!((refused.whose, refused.seconds()), ("this account", 10));
        clock.advance(TimeDelta::seconds(10));
        assert_eq!(rates.pay(&with(b"another"), 200), Ok(0));
    }

    #[test]
    fn an_address_pays_for_all_who_come_from_it() {
        let (rates, _clock) = rates();
        let stranger = Payer { address: HOME, signed_in: None };
        assert_eq!(rates.come(HOME, REQUEST_COST_MIN), Ok(1_190));
        assert_eq!(rates.pay(&stranger, 1_000), Ok(200));
        assert_eq!(rates.pay(&stranger, 1_000).unwrap_err().whose, "this address");
        let elsewhere = Payer { address: "192.0.2.1".parse().unwrap(), signed_in: None };
        assert_eq!(rates.pay(&elsewhere, 1_000), Ok(210));
    }
}
