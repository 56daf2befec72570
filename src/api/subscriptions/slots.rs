//! How many connections there may be: of everybody, from one address, of one account.

use std::net::IpAddr;

use crate::{
    accounts::UserId,
    kernel::{
        allowance::network,
        seats::{Seat, Seats},
    },
};

/// Why there is no room.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Full {
    /// There are too many.
    Everywhere,
    /// There are too many from the address.
    OfAddress,
}

/// Counts connections.
#[derive(Debug)]
pub(super) struct Slots {
    max: usize,
    per_address_max: usize,
    per_account_max: usize,
    all: Seats<()>,
    addresses: Seats<IpAddr>,
    accounts: Seats<UserId>,
}

/// Room for a connection, given back when this is dropped.
pub(super) type Slot = (Seat<()>, Seat<IpAddr>);

impl Slots {
    pub(super) fn new(max: usize, per_address_max: usize, per_account_max: usize) -> Self {
        let (all, addresses, accounts) = (Seats::default(), Seats::default(), Seats::default());
        Self { max, per_address_max, per_account_max, all, addresses, accounts }
    }

    /// Room for a connection from an address; of IPv6, a network of 64 bits counts as one.
    pub(super) fn connection(&self, address: IpAddr) -> Result<Slot, Full> {
        let one = self.all.take((), self.max).ok_or(Full::Everywhere)?;
        let of_address = self.addresses.take(network(address), self.per_address_max).ok_or(Full::OfAddress)?;
        Ok((one, of_address))
    }

    /// Room for a connection of an account; none where there are too many.
    pub(super) fn account(&self, user: UserId) -> Option<Seat<UserId>> {
        self.accounts.take(user, self.per_account_max)
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    #[test]
    fn there_are_so_many_in_all_and_of_each_address() {
        let slots = Slots::new(3, 2, 1);
        let from = |text: &str| slots.connection(text.parse().unwrap());
        let one = from("203.0.113.1").unwrap();
        let _two = from("203.0.113.1").unwrap();
        assert_eq!(from("203.0.113.1").unwrap_err(), Full::OfAddress);
        let _three = from("2001:db8::1").unwrap();
        assert_eq!(from("203.0.113.9").unwrap_err(), Full::Everywhere);
        drop(one);
        let _again = from("2001:db8::2").unwrap();
        assert_eq!(
            from("203.0.113.9").unwrap_err(),
            Full::Everywhere,
            "what was refused takes up nothing, and gives nothing back"
        );
    }

    #[test]
    fn addresses_of_one_network_count_as_one() {
        let slots = Slots::new(9, 1, 1);
        let _one = slots.connection("2001:db8:0:1::1".parse().unwrap()).unwrap();
        assert!(slots.connection("2001:db8:0:1:ffff::7".parse().unwrap()).is_err());
        assert!(slots.connection("2001:db8:0:2::1".parse().unwrap()).is_ok());
    }

    #[test]
    fn an_account_has_so_many_wherever_they_come_from() {
        let slots = Slots::new(9, 9, 1);
        let user = UserId::from_uuid(Uuid::nil());
        let one = slots.account(user).unwrap();
        assert!(slots.account(user).is_none());
        drop(one);
        assert!(slots.account(user).is_some());
    }
}
