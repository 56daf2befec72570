//! Seats: how many of something each of many has, such as connections of an address.

use std::{
    collections::HashMap,
    hash::Hash,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

/// The seats of all. Cheap to clone; all clones are the same seats. Nothing is kept of whoever has none.
#[derive(Debug)]
pub struct Seats<K: Eq + Hash>(Arc<Mutex<HashMap<K, usize>>>);

impl<K: Eq + Hash> Default for Seats<K> {
    fn default() -> Self {
        Self(Arc::default())
    }
}

impl<K: Eq + Hash> Clone for Seats<K> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

/// A seat, given back when it is dropped.
#[derive(Debug)]
pub struct Seat<K: Eq + Hash> {
    seats: Seats<K>,
    of: K,
}

impl<K: Eq + Hash + Clone> Seats<K> {
    /// One more seat for `of`; none where it has `max` already.
    #[must_use]
    pub fn take(&self, of: K, max: usize) -> Option<Seat<K>> {
        let mut taken = self.taken();
        let seats = taken.get(&of).copied().unwrap_or_default();
        if seats >= max {
            return None;
        }
        taken.insert(of.clone(), seats + 1);
        drop(taken);
        Some(Seat { seats: self.clone(), of })
    }
}

impl<K: Eq + Hash> Seats<K> {
    fn taken(&self) -> MutexGuard<'_, HashMap<K, usize>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<K: Eq + Hash> Drop for Seat<K> {
    fn drop(&mut self) {
        let mut taken = self.seats.taken();
        if let Some(seats) = taken.get_mut(&self.of) {
            *seats -= 1;
            if *seats == 0 {
                taken.remove(&self.of);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_has_so_many_and_what_is_given_back_can_be_taken_again() {
        let seats = Seats::default();
        let first = seats.take("awa", 2).unwrap();
        let _second = seats.take("awa", 2).unwrap();
        assert!(seats.take("awa", 2).is_none());
        let _another = seats.take("fanta", 2).unwrap();
        drop(first);
        let _again = seats.take("awa", 2).unwrap();
        assert!(seats.take("awa", 2).is_none());
    }

    #[test]
    fn nothing_is_kept_of_whoever_is_gone() {
        let seats = Seats::default();
        drop((0..100).map(|number| seats.take(number, 1)).collect::<Vec<_>>());
        assert!(seats.taken().is_empty());
    }
}
