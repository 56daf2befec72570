//! Reading for many requests at once: what they ask for while a statement is under way is asked for in the next one, for all of
//! them together.
//!
//! A round trip to the database costs more than the row that it fetches. Where nobody else asks, a reading begins at once; where
//! many do, each finds the last statement just begun and shares the next, so that the busier the service is, the fewer statements
//! a request costs. Nobody is told anything older than her question: a statement is sent after all who share it have asked.
//!
//! What is read is the same for everybody. Who may see it is decided afterwards, by whoever asked, for each who asked.

use std::{
    collections::{HashMap, HashSet},
    fmt,
    future::Future,
    hash::Hash,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use tokio::sync::oneshot;

use super::{
    Fault,
    db::{Database, DbBackend},
};

/// A statement that takes longer keeps nobody else waiting: another is begun beside it.
const PATIENCE: Duration = Duration::from_millis(25);
/// Keys of one statement, unless a single request asks for more.
const KEYS_MAX: usize = 512;

/// Reads what many keys stand for.
pub trait Read: Send + Sync + 'static {
    /// What is asked for.
    type Key: Eq + Hash + Clone + Send + Sync + 'static;
    /// What is given. Cheap to clone.
    type Value: Clone + Send + Sync + 'static;

    /// Reads for these keys, each given once. A key without a value has none.
    fn read(&self, keys: Vec<Self::Key>)
    -> impl Future<Output = Result<HashMap<Self::Key, Self::Value>, Fault>> + Send;
}

type Found<R> = HashMap<<R as Read>::Key, <R as Read>::Value>;

/// Gathers what all requests ask for. Cheap to clone; all clones are one.
pub struct Together<R: Read>(Arc<Shared<R>>);

struct Shared<R: Read> {
    reader: R,
    /// Everybody reads for herself.
    apart: bool,
    state: Mutex<State<R>>,
}

struct State<R: Read> {
    /// Whom the next statement is for.
    waiting: Vec<Waiting<R>>,
    /// How many statements are under way.
    under_way: usize,
}

struct Waiting<R: Read> {
    keys: Vec<R::Key>,
    answer: oneshot::Sender<Result<Found<R>, Arc<Fault>>>,
}

impl<R: Read> Clone for Together<R> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<R: Read> fmt::Debug for Together<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Together").finish_non_exhaustive()
    }
}

impl<R: Read> Together<R> {
    /// Shares what `reader` reads of a database. Everybody reads for herself on SQLite, where a statement is no round trip and costs
    /// less than sharing it, and where somebody counts statements: how many there are must not depend on who else asks at the moment.
    pub fn over(db: &Database, reader: R) -> Self {
        Self::new(reader, db.backend() == DbBackend::Sqlite || db.is_counted())
    }

    fn new(reader: R, apart: bool) -> Self {
        let state = Mutex::new(State { waiting: Vec::new(), under_way: 0 });
        Self(Arc::new(Shared { reader, apart, state }))
    }

    /// What these keys stand for.
    ///
    /// # Errors
    /// What the reading came to, told to everybody who shared it.
    pub async fn get(&self, keys: &[R::Key]) -> Result<Found<R>, Fault> {
        if keys.is_empty() {
            return Ok(HashMap::new());
        }
        if self.0.apart {
            return self.0.reader.read(each_once(keys.iter())).await;
        }
        let (answer, answered) = oneshot::channel();
        let idle = {
            let mut state = self.0.state();
            state.waiting.push(Waiting { keys: keys.to_vec(), answer });
            state.under_way == 0
        };
        if idle {
            self.begin();
        }
        tokio::pin!(answered);
        let found = match tokio::time::timeout(PATIENCE, &mut answered).await {
            Ok(found) => found,
            Err(_) => {
                self.begin();
                answered.await
            }
        };
        let found = found.map_err(|_| Fault::Internal("a reading for many broke off".to_owned()))?;
        found.map_err(Fault::Shared)
    }

    /// Reads for those who wait, until nobody does.
    fn begin(&self) {
        let under_way = UnderWay::of(&self.0);
        tokio::spawn(async move {
            while let Some(waiting) = under_way.next() {
                under_way.0.answer(waiting).await;
            }
        });
    }
}

impl<R: Read> Shared<R> {
    fn state(&self) -> MutexGuard<'_, State<R>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Reads for some, as long as one of them waits: what nobody waits for would hold its connection for as long as a database that
    /// fell silent likes.
    async fn answer(&self, mut waiting: Vec<Waiting<R>>) {
        let keys = each_once(waiting.iter().flat_map(|waiting| &waiting.keys));
        let all_went_away = async {
            for waiting in &mut waiting {
                waiting.answer.closed().await;
            }
        };
        let found = tokio::select! {
            found = self.reader.read(keys) => found.map_err(Arc::new),
            () = all_went_away => return,
        };
        for Waiting { keys, answer } in waiting {
            let found = match &found {
                Ok(found) => {
                    Ok(keys.into_iter().filter_map(|key| found.get(&key).cloned().map(|value| (key, value))).collect())
                }
                Err(fault) => Err(Arc::clone(fault)),
            };
            // Whoever went away meanwhile needs no answer.
            drop(answer.send(found));
        }
    }
}

fn each_once<'k, K: Eq + Hash + Clone + 'k>(keys: impl Iterator<Item = &'k K>) -> Vec<K> {
    let keys: HashSet<&K> = keys.collect();
    keys.into_iter().cloned().collect()
}

/// Counts as a statement under way until it is dropped, also by a panic.
struct UnderWay<R: Read>(Arc<Shared<R>>);

impl<R: Read> UnderWay<R> {
    fn of(shared: &Arc<Shared<R>>) -> Self {
        shared.state().under_way += 1;
        Self(Arc::clone(shared))
    }

    /// Whom the next statement is for, as many as one can be for.
    fn next(&self) -> Option<Vec<Waiting<R>>> {
        let mut state = self.0.state();
        let mut keys = 0;
        let fits = |waiting: &&Waiting<R>| {
            keys += waiting.keys.len();
            keys <= KEYS_MAX
        };
        let count = state.waiting.iter().take_while(fits).count().max(1).min(state.waiting.len());
        let next: Vec<_> = state.waiting.drain(..count).filter(|waiting| !waiting.answer.is_closed()).collect();
        drop(state);
        (count > 0).then_some(next)
    }
}

impl<R: Read> Drop for UnderWay<R> {
    fn drop(&mut self) {
        self.0.state().under_way -= 1;
    }
}

#[cfg(test)]
mod tests {
    use futures_util::future::join_all;
    use tokio::sync::Semaphore;

    use super::*;

    /// Doubles numbers, knows no odd ones, and notes what it was asked. A statement takes until it is let go.
    struct Doubler {
        asked: Arc<Mutex<Vec<Vec<u32>>>>,
        go: Arc<Semaphore>,
    }

    impl Read for Doubler {
        type Key = u32;
        type Value = u32;

        async fn read(&self, mut keys: Vec<u32>) -> Result<HashMap<u32, u32>, Fault> {
            keys.sort_unstable();
            self.asked.lock().unwrap().push(keys.clone());
            self.go.acquire().await.unwrap().forget();
            assert!(!keys.contains(&666), "a panic of the reader's");
            if keys.contains(&13) {
                return Err(Fault::Overloaded("thirteen"));
            }
            Ok(keys.into_iter().filter(|key| key % 2 == 0).map(|key| (key, key * 2)).collect())
        }
    }

    type Asked = Arc<Mutex<Vec<Vec<u32>>>>;

    fn together() -> (Together<Doubler>, Asked, Arc<Semaphore>) {
        let (asked, go) = (Asked::default(), Arc::new(Semaphore::new(0)));
        (Together::new(Doubler { asked: Arc::clone(&asked), go: Arc::clone(&go) }, false), asked, go)
    }

    fn ask(together: &Together<Doubler>, keys: &[u32]) -> tokio::task::JoinHandle<Result<HashMap<u32, u32>, String>> {
        let (together, keys) = (together.clone(), keys.to_vec());
        tokio::spawn(async move { together.get(&keys).await.map_err(|fault| fault.to_string()) })
    }

    async fn settled() {
        for _ in 0..20 {
            tokio::task::yield_now().await;
        }
    }

    #[tokio::test]
    async fn who_asks_while_a_statement_is_under_way_shares_the_next() {
        let (together, asked, go) = together();
        let first = ask(&together, &[2]);
        settled().await;
        let others: Vec<_> = (1..=12).map(|key| ask(&together, &[key, 100])).collect();
        settled().await;
        assert_eq!(*asked.lock().unwrap(), [vec![2]]);
        go.add_permits(2);
        assert_eq!(first.await.unwrap(), Ok(HashMap::from([(2, 4)])));
        let others = join_all(others).await;
        assert_eq!(*others[3].as_ref().unwrap(), Ok(HashMap::from([(4, 8), (100, 200)])));
        assert_eq!(*others[2].as_ref().unwrap(), Ok(HashMap::from([(100, 200)])));
        let all: Vec<u32> = (1..=12).chain([100]).collect();
        assert_eq!(*asked.lock().unwrap(), [vec![2], all]);
        assert_eq!(together.0.state().under_way, 0);
    }

    #[tokio::test]
    async fn a_slow_statement_keeps_nobody_waiting() {
        let (together, asked, go) = together();
        let slow = ask(&together, &[2]);
        settled().await;
        let other = ask(&together, &[4]);
        while asked.lock().unwrap().len() < 2 {
            tokio::time::sleep(PATIENCE / 5).await;
        }
        assert_eq!(*asked.lock().unwrap(), [vec![2], vec![4]]);
        go.add_permits(2);
        assert_eq!(other.await.unwrap(), Ok(HashMap::from([(4, 8)])));
        assert_eq!(slow.await.unwrap(), Ok(HashMap::from([(2, 4)])));
    }

    #[tokio::test]
    async fn a_fault_and_a_panic_end_with_those_who_shared_the_statement() {
        let (together, _asked, go) = together();
        go.add_permits(10);
        assert_eq!(ask(&together, &[13]).await.unwrap(), Err("overloaded: thirteen".to_owned()));
        assert!(ask(&together, &[666]).await.unwrap().unwrap_err().contains("broke off"));
        assert_eq!(ask(&together, &[2]).await.unwrap(), Ok(HashMap::from([(2, 4)])));
        assert_eq!(together.0.state().under_way, 0);
    }

    #[tokio::test]
    async fn nothing_is_read_for_whoever_went_away() {
        let (together, asked, go) = together();
        let first = ask(&together, &[2]);
        settled().await;
        let gone = ask(&together, &[4]);
        let other = ask(&together, &[6]);
        settled().await;
        gone.abort();
        settled().await;
        go.add_permits(2);
        first.await.unwrap().unwrap();
        other.await.unwrap().unwrap();
        assert_eq!(*asked.lock().unwrap(), [vec![2], vec![6]]);
    }

    #[tokio::test]
    async fn a_statement_ends_that_nobody_waits_for_any_more() {
        let (together, asked, go) = together();
        let first = ask(&together, &[2]);
        settled().await;
        let others = [ask(&together, &[4]), ask(&together, &[6])];
        settled().await;
        first.abort();
        settled().await;
        assert_eq!(asked.lock().unwrap().len(), 2, "the others' turn has come");
        others[0].abort();
        settled().await;
        assert_eq!(together.0.state().under_way, 1, "one of them still waits");
        others[1].abort();
        settled().await;
        assert_eq!(together.0.state().under_way, 0);
        assert_eq!(go.available_permits(), 0);
    }

    #[tokio::test]
    async fn a_statement_has_no_more_keys_than_one_can_have() {
        let (together, asked, go) = together();
        go.add_permits(10);
        let first = ask(&together, &[2]);
        let many: Vec<u32> = (1_000..1_000 + 600).collect();
        let others = [ask(&together, &many[..400]), ask(&together, &many[400..]), ask(&together, &many)];
        first.await.unwrap().unwrap();
        join_all(others).await;
        let lengths: Vec<usize> = asked.lock().unwrap().iter().map(Vec::len).collect();
        assert_eq!(lengths.iter().sum::<usize>(), 1 + 600 + 600, "{lengths:?}");
        assert!(lengths.iter().all(|length| *length <= KEYS_MAX || *length == 600), "{lengths:?}");
    }
}
