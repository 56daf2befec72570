//! How many connections each address has open.

use std::{
    collections::HashMap,
    net::IpAddr,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use arc_swap::ArcSwap;

use crate::kernel::allowance::network;

/// Counts connections by their addresses, except those of proxies.
#[derive(Debug, Clone)]
pub(super) struct PerAddress(Arc<Counted>);

#[derive(Debug)]
struct Counted {
    max: usize,
    proxies: Arc<ArcSwap<Vec<IpAddr>>>,
    open: Mutex<HashMap<IpAddr, usize>>,
}

/// A connection that counts until it is dropped.
#[derive(Debug)]
pub(super) struct One {
    counted: Arc<Counted>,
    /// None for a proxy's.
    address: Option<IpAddr>,
}

impl PerAddress {
    /// Allows each address, and each /64 of IPv6, up to `max`.
    pub(super) fn new(max: usize, proxies: Arc<ArcSwap<Vec<IpAddr>>>) -> Self {
        Self(Arc::new(Counted { max, proxies, open: Mutex::default() }))
    }

    /// Counts one more from `address`; none where it has as many as it may.
    pub(super) fn one_more(&self, address: IpAddr) -> Option<One> {
        let counted = Arc::clone(&self.0);
        if counted.proxies.load().contains(&address.to_canonical()) {
            return Some(One { counted, address: None });
        }
        let address = network(address);
        {
            let mut open = counted.open();
            let connections = open.entry(address).or_default();
            if *connections >= counted.max {
                return None;
            }
            *connections += 1;
        }
        Some(One { counted, address: Some(address) })
    }
}

impl Counted {
    fn open(&self) -> MutexGuard<'_, HashMap<IpAddr, usize>> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for One {
    fn drop(&mut self) {
        let Some(address) = self.address else { return };
        let mut open = self.counted.open();
        if let Some(connections) = open.get_mut(&address) {
            *connections -= 1;
            if *connections == 0 {
                open.remove(&address);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_has_so_many_and_a_proxy_any_number() {
        let counted = PerAddress::new(2, Arc::new(ArcSwap::from_pointee(vec!["10.0.0.1".parse().unwrap()])));
        let more = |address: &str| counted.one_more(address.parse().unwrap());
        let first = more("192.0.2.1").unwrap();
        let _second = more("::ffff:192.0.2.1").unwrap();
        assert!(more("192.0.2.1").is_none());
        let _others: Vec<One> = (0..9).map(|_| more("10.0.0.1").unwrap()).collect();
        let _another = more("192.0.2.2").unwrap();
        drop(first);
        let _again = more("192.0.2.1").unwrap();
        assert!(more("192.0.2.1").is_none());
    }

    #[test]
    fn addresses_without_connections_take_no_memory() {
        let counted = PerAddress::new(2, Arc::default());
        drop((0..100_u32).map(|number| counted.one_more(IpAddr::V4(number.into()))).collect::<Vec<_>>());
        assert!(counted.0.open().is_empty());
    }
}
