//! How many connections each address has open.

use std::{net::IpAddr, sync::Arc};

use arc_swap::ArcSwap;

use crate::kernel::{
    allowance::network,
    seats::{Seat, Seats},
};

/// Counts connections by their addresses, except those of proxies.
#[derive(Debug, Clone)]
pub(super) struct PerAddress {
    max: usize,
    proxies: Arc<ArcSwap<Vec<IpAddr>>>,
    open: Seats<IpAddr>,
}

/// What a connection counts by until it is dropped; nothing, for a proxy's.
pub(super) type Counted = Option<Seat<IpAddr>>;

impl PerAddress {
    /// Allows each address, and each /64 of IPv6, up to `max`.
    pub(super) fn new(max: usize, proxies: Arc<ArcSwap<Vec<IpAddr>>>) -> Self {
        Self { max, proxies, open: Seats::default() }
    }

    /// Counts one more from `address`; none where it has as many as it may.
    pub(super) fn one_more(&self, address: IpAddr) -> Option<Counted> {
        if self.proxies.load().contains(&address.to_canonical()) {
            return Some(None);
        }
        self.open.take(network(address), self.max).map(Some)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_has_so_many_and_a_proxy_any_number() {
        let proxies = vec!["10.0.0.1".parse().unwrap()];
        let counted = PerAddress::new(2, Arc::new(ArcSwap::from_pointee(proxies)));
        let more = |address: &str| counted.one_more(address.parse().unwrap());
        let first = more("192.0.2.1").unwrap();
        let _second = more("::ffff:192.0.2.1").unwrap();
        assert!(more("192.0.2.1").is_none());
        let _others: Vec<Counted> = (0..9).map(|_| more("10.0.0.1").unwrap()).collect();
        let _another = more("192.0.2.2").unwrap();
        drop(first);
        let _again = more("192.0.2.1").unwrap();
        assert!(more("192.0.2.1").is_none());
    }
}
