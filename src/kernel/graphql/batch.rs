//! Loading for many siblings at once: the children of twenty items come in one statement, not in twenty.
//!
//! Resolvers of one level are polled together, by one task. The first that asks steps back once; by then its siblings have
//! asked too, and one of them loads for all. So a batch needs no timer, which would cost a millisecond a level, and no task
//! of its own, in which a batch could begin before all have asked.

use std::{
    collections::HashMap,
    future::Future,
    hash::Hash,
    sync::{Arc, Mutex, PoisonError},
};

use async_graphql::{Context, Error};
use futures_util::future::BoxFuture;
use tokio::sync::OnceCell;

use super::failure::fault;
use crate::kernel::Fault;

/// Loads what many keys stand for.
pub trait BatchLoad: Send + Sync {
    /// What is asked for.
    type Key: Eq + Hash + Clone + Send + Sync;
    /// What is given. Cheap to clone.
    type Value: Clone + Send + Sync;

    /// Loads for these keys, each given once. A key without a value has none.
    fn load(&self, keys: Vec<Self::Key>)
    -> impl Future<Output = Result<HashMap<Self::Key, Self::Value>, Fault>> + Send;
}

type Loaded<L> = Result<HashMap<<L as BatchLoad>::Key, <L as BatchLoad>::Value>, Fault>;

/// Gathers what the siblings of one request ask for. Made anew for every request: nothing is kept longer.
pub struct Batcher<L: BatchLoad> {
    loader: L,
    open: Mutex<Option<Arc<Batch<L>>>>,
}

struct Batch<L: BatchLoad> {
    keys: Mutex<Vec<L::Key>>,
    loaded: OnceCell<Loaded<L>>,
}

impl<L: BatchLoad> Batcher<L> {
    /// A batcher for one request.
    pub const fn new(loader: L) -> Self {
        Self { loader, open: Mutex::new(None) }
    }

    /// What the key stands for, loaded together with what is asked for at the same time.
    ///
    /// Boxed, so that a field that waits for it stays small: all fields of a type take as much memory as its largest.
    ///
    /// # Errors
    /// The masked form of a fault.
    pub fn get<'b>(&'b self, ctx: &'b Context<'_>, key: L::Key) -> BoxFuture<'b, Result<Option<L::Value>, Error>> {
        Box::pin(self.get_unmasked(key, move |cause| fault(ctx, cause)))
    }

    async fn get_unmasked<E>(&self, key: L::Key, mask: impl FnOnce(&Fault) -> E + Send) -> Result<Option<L::Value>, E> {
        let batch = self.join(key.clone());
        tokio::task::yield_now().await;
        self.close(&batch);
        // Boxed, since only one of the siblings loads: what each of them waits in stays small.
        let load = || {
            Box::pin(async {
                // Not taken out: whoever loads may be dropped half way, when something beside it fails, and another takes over.
                let mut keys = batch.keys.lock().unwrap_or_else(PoisonError::into_inner).clone();
                let mut seen = std::collections::HashSet::with_capacity(keys.len());
                keys.retain(|key| seen.insert(key.clone()));
                self.loader.load(keys).await
            })
        };
        match batch.loaded.get_or_init(load).await {
            Ok(values) => Ok(values.get(&key).cloned()),
            Err(cause) => Err(mask(cause)),
        }
    }

    /// Adds a key to the batch that is open, or opens one.
    fn join(&self, key: L::Key) -> Arc<Batch<L>> {
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        let batch =
            open.get_or_insert_with(|| Arc::new(Batch { keys: Mutex::new(Vec::new()), loaded: OnceCell::new() }));
        batch.keys.lock().unwrap_or_else(PoisonError::into_inner).push(key);
        Arc::clone(batch)
    }

    /// Lets no more keys join.
    fn close(&self, batch: &Arc<Batch<L>>) {
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        if open.as_ref().is_some_and(|current| Arc::ptr_eq(current, batch)) {
            *open = None;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Doubles numbers, knows no odd ones, and notes what it was asked.
    #[derive(Default)]
    struct Doubler(Mutex<Vec<Vec<u32>>>);

    impl BatchLoad for Doubler {
        type Key = u32;
        type Value = u32;

        async fn load(&self, mut keys: Vec<u32>) -> Result<HashMap<u32, u32>, Fault> {
            tokio::task::yield_now().await;
            if keys.contains(&13) {
                return Err(Fault::Overloaded("thirteen"));
            }
            keys.sort_unstable();
            self.0.lock().unwrap().push(keys.clone());
            Ok(keys.into_iter().filter(|key| key % 2 == 0).map(|key| (key, key * 2)).collect())
        }
    }

    #[tokio::test]
    async fn siblings_are_loaded_together_and_later_ones_apart() {
        let batcher = Batcher::new(Doubler::default());
        let ask = |keys: Vec<u32>| {
            futures_util::future::join_all(
                keys.into_iter().map(|key| batcher.get_unmasked(key, ToString::to_string)).collect::<Vec<_>>(),
            )
        };
        let many: Vec<u32> = (20..120).collect();
        let values = ask(many.clone()).await;
        assert_eq!(values[4], Ok(Some(48)));
        assert_eq!(values[5], Ok(None));
        assert_eq!(ask(vec![2, 2, 6]).await, [Ok(Some(4)), Ok(Some(4)), Ok(Some(12))]);
        assert_eq!(*batcher.loader.0.lock().unwrap(), [many, vec![2, 6]]);
    }

    #[tokio::test]
    async fn another_takes_over_when_the_one_who_loads_is_dropped() {
        let batcher = Batcher::new(Doubler::default());
        let mut loading = Box::pin(batcher.get_unmasked(2, ToString::to_string));
        let mut waiting = Box::pin(batcher.get_unmasked(4, ToString::to_string));
        for _ in 0..2 {
            assert!(futures_util::poll!(&mut loading).is_pending());
            assert!(futures_util::poll!(&mut waiting).is_pending());
        }
        drop(loading);
        assert_eq!(waiting.await, Ok(Some(8)));
    }

    #[tokio::test]
    async fn a_fault_reaches_everyone_who_asked() {
        let batcher = Batcher::new(Doubler::default());
        let both = futures_util::future::join(
            batcher.get_unmasked(13, ToString::to_string),
            batcher.get_unmasked(2, ToString::to_string),
        );
        let expected = Err("overloaded: thirteen".to_owned());
        assert_eq!(both.await, (expected.clone(), expected));
    }
}
