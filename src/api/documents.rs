//! Documents that have been parsed, measured and validated once, kept by their text.
//!
//! Parsing costs more than everything else about a small query together, and front ends send the same few hundred texts all day.
//! The cache is a fixed number of small sets, each with its own lock and its own second-chance eviction, so that it can neither
//! grow nor become a point where threads wait. Texts are compared whole, a hash alone is never trusted.

use std::{
    hash::{BuildHasher, RandomState},
    sync::{Arc, Mutex, PoisonError},
};

/// How many texts share a set.
const WAYS: usize = 8;

/// Texts longer than this are not kept: a bound on memory, not on what can be asked.
const TEXT_BYTES_MAX: usize = 16 * 1024;

/// A bounded cache from a document's text to what was made of it.
pub struct Documents<T> {
    hasher: RandomState,
    sets: Vec<Mutex<Set<T>>>,
}

struct Set<T> {
    entries: Vec<Entry<T>>,
    hand: usize,
}

struct Entry<T> {
    text: Box<str>,
    document: Arc<T>,
    used: bool,
}

impl<T> Documents<T> {
    /// A cache for about that many texts; none at all for 0.
    #[must_use]
    pub fn new(capacity: usize) -> Self {
        let sets = capacity.div_ceil(WAYS);
        Self {
            hasher: RandomState::new(),
            sets: (0..sets).map(|_| Mutex::new(Set { entries: Vec::new(), hand: 0 })).collect(),
        }
    }

    fn set(&self, text: &str) -> Option<&Mutex<Set<T>>> {
        let count = u64::try_from(self.sets.len()).ok().filter(|count| *count > 0)?;
        self.sets.get(usize::try_from(self.hasher.hash_one(text) % count).ok()?)
    }

    /// The document of a text, if it is kept.
    #[must_use]
    pub fn get(&self, text: &str) -> Option<Arc<T>> {
        let mut set = self.set(text)?.lock().unwrap_or_else(PoisonError::into_inner);
        let entry = set.entries.iter_mut().find(|entry| *entry.text == *text)?;
        entry.used = true;
        Some(Arc::clone(&entry.document))
    }

    /// Keeps the document of a text, in place of one that has not been asked for since the last round.
    pub fn insert(&self, text: &str, document: Arc<T>) {
        if text.len() > TEXT_BYTES_MAX {
            return;
        }
        let Some(set) = self.set(text) else { return };
        let mut set = set.lock().unwrap_or_else(PoisonError::into_inner);
        if set.entries.iter().any(|entry| *entry.text == *text) {
            return;
        }
        let entry = Entry { text: text.into(), document, used: false };
        if set.entries.len() < WAYS {
            set.entries.push(entry);
            return;
        }
        loop {
            let hand = set.hand;
            set.hand = (hand + 1) % WAYS;
            if std::mem::take(&mut set.entries[hand].used) {
                continue; // a second chance; after one round every mark is gone, so this ends
            }
            set.entries[hand] = entry;
            return;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn document() -> Arc<u8> {
        Arc::new(7)
    }

    #[test]
    fn keeps_what_was_put_in_by_its_whole_text() {
        let documents = Documents::new(16);
        documents.insert("{ a }", document());
        assert!(documents.get("{ a }").is_some());
        assert!(documents.get("{ a  }").is_none());
    }

    #[test]
    fn stays_within_its_bound_and_spares_what_is_asked_for() {
        let documents = Documents::new(WAYS);
        documents.insert("hot", document());
        for index in 0..10_000 {
            assert!(documents.get("hot").is_some(), "evicted after {index}");
            documents.insert(&format!("cold {index}"), document());
        }
        let kept: usize = documents.sets.iter().map(|set| set.lock().unwrap().entries.len()).sum();
        assert_eq!(kept, WAYS);
    }

    #[test]
    fn does_not_keep_huge_texts_or_anything_without_capacity() {
        let documents = Documents::new(16);
        let huge = "#".repeat(TEXT_BYTES_MAX + 1);
        documents.insert(&huge, document());
        assert!(documents.get(&huge).is_none());
        let none = Documents::new(0);
        none.insert("{ a }", document());
        assert!(none.get("{ a }").is_none());
    }
}
