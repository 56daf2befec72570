//! How many connections there may be: of everybody, from one address, of one account.

use std::{
    collections::HashMap,
    hash::Hash,
    net::{IpAddr, Ipv6Addr},
    sync::{Arc, Mutex, PoisonError},
};

use crate::accounts::UserId;

/// Why there is no room.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Full {
    /// There are too many.
    Everywhere,
    /// There are too many from the address.
    OfAddress,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Of {
    All,
    Address(IpAddr),
    Account(UserId),
}

/// Counts connections.
#[derive(Debug)]
pub(super) struct Slots {
    max: usize,
    per_address_max: usize,
    per_account_max: usize,
    taken: Mutex<HashMap<Of, usize>>,
}

/// Room for a connection, given back when this is dropped.
#[derive(Debug)]
pub(super) struct Slot {
    slots: Arc<Slots>,
    of: Vec<Of>,
}

impl Slots {
    pub(super) fn new(max: usize, per_address_max: usize, per_account_max: usize) -> Self {
        Self { max, per_address_max, per_account_max, taken: Mutex::default() }
    }

    /// Room for a connection from an address.
    pub(super) fn connection(self: &Arc<Self>, address: IpAddr) -> Result<Slot, Full> {
        let address = Of::Address(counted_as(address));
        let mut taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
        if count(&taken, &Of::All) >= self.max {
            return Err(Full::Everywhere);
        }
        if count(&taken, &address) >= self.per_address_max {
            return Err(Full::OfAddress);
        }
        let of = vec![Of::All, address];
        for one in &of {
            *taken.entry(one.clone()).or_default() += 1;
        }
        Ok(Slot { slots: Arc::clone(self), of })
    }

    /// Room for a connection of an account; none where there are too many.
    pub(super) fn account(self: &Arc<Self>, user: UserId) -> Option<Slot> {
        let account = Of::Account(user);
        let mut taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
        if count(&taken, &account) >= self.per_account_max {
            return None;
        }
        *taken.entry(account.clone()).or_default() += 1;
        Some(Slot { slots: Arc::clone(self), of: vec![account] })
    }
}

impl Drop for Slot {
    fn drop(&mut self) {
        let mut taken = self.slots.taken.lock().unwrap_or_else(PoisonError::into_inner);
        for one in &self.of {
            let left = count(&taken, one).saturating_sub(1);
            if left == 0 {
                taken.remove(one);
            } else {
                taken.insert(one.clone(), left);
            }
        }
    }
}

fn count(taken: &HashMap<Of, usize>, of: &Of) -> usize {
    taken.get(of).copied().unwrap_or_default()
}

/// Whoever has an IPv6 address has as many as she likes of the same 64 leading bits: they count as one.
fn counted_as(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(address) => Ipv6Addr::from_bits(address.to_bits() & !u128::from(u64::MAX)).into(),
        v4 @ IpAddr::V4(_) => v4,
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    #[test]
    fn what_is_given_back_can_be_taken_again() {
        let slots = Arc::new(Slots::new(3, 2, 1));
        let address = |text: &str| text.parse::<IpAddr>().unwrap();
        let one = slots.connection(address("203.0.113.1")).unwrap();
        let _two = slots.connection(address("203.0.113.1")).unwrap();
        assert_eq!(slots.connection(address("203.0.113.1")).unwrap_err(), Full::OfAddress);
        let _three = slots.connection(address("2001:db8::1")).unwrap();
        assert_eq!(slots.connection(address("203.0.113.9")).unwrap_err(), Full::Everywhere);
        drop(one);
        let _again = slots.connection(address("2001:db8::2")).unwrap();
        assert_eq!(slots.taken.lock().unwrap()[&Of::All], 3);
    }

    #[test]
    fn addresses_of_one_network_count_as_one() {
        let slots = Arc::new(Slots::new(9, 1, 1));
        let _one = slots.connection("2001:db8:0:1::1".parse().unwrap()).unwrap();
        assert!(slots.connection("2001:db8:0:1:ffff::7".parse().unwrap()).is_err());
        assert!(slots.connection("2001:db8:0:2::1".parse().unwrap()).is_ok());
    }

    #[test]
    fn an_account_has_so_many_wherever_they_come_from() {
        let slots = Arc::new(Slots::new(9, 9, 1));
        let user = UserId::from_uuid(Uuid::nil());
        let one = slots.account(user).unwrap();
        assert!(slots.account(user).is_none());
        drop(one);
        assert!(slots.account(user).is_some());
        assert!(slots.taken.lock().unwrap().is_empty(), "nothing is kept of who is gone");
    }
}
