//! Several workers at one outbox: every message is carried, in order, and no subject is in two hands at a time.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap, HashSet},
    sync::{
        Arc, Mutex,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use async_trait::async_trait;
use bfw::kernel::{
    Services,
    clock::{Clock, ManualClock},
    db::{Database, DatabaseOptions},
    id::UuidV7Source,
    outbox::{self, LEASE, Topic},
    worker::{self, HandleError, Handler},
};
use chrono::TimeDelta;
use db_test::db_test;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use crate::harness::{Backend, Fixture, TestDatabase};

const SUBJECTS: u128 = 60;
const MESSAGES: u64 = 2_400;
const WRITERS: u64 = 3;

struct Post {
    services: Services,
    clock: Arc<ManualClock>,
    /// One on SQLite, which has one writer.
    workers: usize,
}

impl Fixture for Post {
    async fn build(database: TestDatabase) -> Self {
        let options = DatabaseOptions {
            url: database.url.clone().into(),
            connections_max: 8,
            acquire_timeout: Duration::from_secs(30),
        };
        let clock = Arc::new(ManualClock::at("2026-11-02T08:00:00Z".parse().unwrap()));
        let ids = Arc::new(UuidV7Source::new(clock.clone()));
        let services = Services { db: Database::connect(&options).await.unwrap(), clock: clock.clone(), ids };
        let workers = if database.backend() == Backend::Postgres { 4 } else { 1 };
        Self { services, clock, workers }
    }
}

impl Post {
    async fn append(&self, subjects: &[u128]) {
        append(&self.services, subjects).await;
    }

    async fn waiting(&self) -> i64 {
        outbox::backlog(&self.services.db).await.unwrap().waiting
    }

    async fn claim(&self, worker: &str) -> Vec<outbox::Message> {
        outbox::claim(&self.services.db, worker, 100, self.clock.now()).await.unwrap()
    }

    /// Waits until nothing waits; two minutes at most.
    async fn until_all_is_carried(&self) {
        for _ in 0..1_200 {
            if self.waiting().await == 0 {
                return;
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        panic!("{} messages still wait", self.waiting().await);
    }
}

async fn append(services: &Services, subjects: &[u128]) {
    let tx = services.db.begin().await.unwrap();
    for subject in subjects {
        outbox::append(&tx, Topic::Listing, Uuid::from_u128(*subject), services.now());
    }
    tx.commit().await.unwrap();
}

/// Remembers which version of each subject it saw, and notices two at one subject.
#[derive(Default)]
struct Recording {
    /// The committed version of each subject.
    versions: Mutex<HashMap<Uuid, u64>>,
    in_hand: Mutex<HashSet<Uuid>>,
    carried: Mutex<HashMap<Uuid, u64>>,
    wrong: Mutex<Vec<String>>,
    calls: AtomicU64,
}

impl Recording {
    fn wrong(&self, what: String) {
        self.wrong.lock().unwrap().push(what);
    }

    fn version(&self, subject: Uuid) -> u64 {
        self.versions.lock().unwrap().get(&subject).copied().unwrap_or_default()
    }
}

#[async_trait]
impl Handler for Recording {
    async fn handle(&self, _: Topic, subjects: &[Uuid]) -> Result<(), HandleError> {
        for subject in subjects {
            if !self.in_hand.lock().unwrap().insert(*subject) {
                self.wrong(format!("{subject} is in two hands"));
            }
        }
        let read: Vec<u64> = subjects.iter().map(|subject| self.version(*subject)).collect();
        // Now and then it fails, as the database or an index may.
        let call = self.calls.fetch_add(1, Ordering::Relaxed);
        tokio::time::sleep(Duration::from_millis(call % 7)).await;
        for (subject, version) in subjects.iter().zip(read) {
            self.in_hand.lock().unwrap().remove(subject);
            let before = self.carried.lock().unwrap().insert(*subject, version);
            if before > Some(version) {
                self.wrong(format!("{subject}: {version} after {before:?}"));
            }
        }
        if call % 9 == 5 { Err(HandleError::Unable("told to".to_owned())) } else { Ok(()) }
    }

    async fn sweep(&self) {}
}

#[db_test]
async fn every_change_is_carried_in_order_and_no_subject_is_in_two_hands(post: Post) {
    let recording = Arc::new(Recording::default());
    let stop = CancellationToken::new();
    let mut work = tokio::task::JoinSet::new();
    for _ in 0..post.workers {
        let (services, recording, stop) = (post.services.clone(), Arc::clone(&recording), stop.clone());
        work.spawn(async move { worker::run(services, &*recording, "racing", stop).await });
    }
    let mut writing = tokio::task::JoinSet::new();
    for writer in 0..WRITERS {
        let (services, recording) = (post.services.clone(), Arc::clone(&recording));
        writing.spawn(async move {
            for number in 0..MESSAGES / WRITERS / 8 {
                let subjects: Vec<u128> =
                    (0..8).map(|at| u128::from(number * 31 + at * 7 + writer) % SUBJECTS + 1).collect();
                append(&services, &subjects).await;
                // What was committed is what whoever reads from now on must have seen.
                for subject in subjects {
                    *recording.versions.lock().unwrap().entry(Uuid::from_u128(subject)).or_default() += 1;
                }
                // A message for what was noted after the commit.
                append(&services, &[u128::from(number) % SUBJECTS + 1]).await;
            }
        });
    }
    while let Some(written) = writing.join_next().await {
        written.unwrap();
    }
    // So that each of them is read once after its last version was noted.
    post.append(&(1..=SUBJECTS).collect::<Vec<_>>()).await;

    post.until_all_is_carried().await;
    stop.cancel();
    while let Some(worked) = work.join_next().await {
        worked.unwrap();
    }

    assert_eq!(*recording.wrong.lock().unwrap(), Vec::<String>::new());
    let versions: BTreeMap<_, _> = recording.versions.lock().unwrap().clone().into_iter().collect();
    let carried: BTreeMap<_, _> = recording.carried.lock().unwrap().clone().into_iter().collect();
    assert_eq!(carried, versions);
}

#[db_test]
async fn the_messages_of_a_subject_are_claimed_in_order_whoever_claims(post: Post) {
    let mut written = 0;
    for number in 0..MESSAGES / 40 {
        let subjects: Vec<u128> = (0..40).map(|at| u128::from(number * 17 + at * 11) % SUBJECTS + 1).collect();
        post.append(&subjects).await;
        written += subjects.len();
    }
    let claimed: Arc<Mutex<Vec<(Uuid, i64)>>> = Arc::default();
    let mut work = tokio::task::JoinSet::new();
    for number in 0..post.workers {
        let (services, claimed) = (post.services.clone(), Arc::clone(&claimed));
        work.spawn(async move {
            loop {
                let messages =
                    outbox::claim(&services.db, &format!("worker {number}"), 50, services.now()).await.unwrap();
                let backlog = outbox::backlog(&services.db).await.unwrap();
                if messages.is_empty() && backlog.waiting == 0 {
                    return;
                }
                claimed.lock().unwrap().extend(messages.iter().map(|message| (message.subject, message.id)));
                tokio::task::yield_now().await;
                outbox::complete(&services.db, &messages).await.unwrap();
            }
        });
    }
    while let Some(worked) = work.join_next().await {
        worked.unwrap();
    }

    let claimed = claimed.lock().unwrap();
    assert_eq!(claimed.len(), written);
    let mut last: HashMap<Uuid, i64> = HashMap::new();
    for (subject, id) in claimed.iter() {
        let before = last.insert(*subject, *id);
        assert!(before < Some(*id), "{subject}: {id} after {before:?}");
    }
}

#[db_test]
async fn messages_that_are_held_for_longer_stay_with_whoever_holds_them(post: Post) {
    post.append(&[1, 2]).await;
    let held = post.claim("slow").await;
    assert_eq!(held.len(), 2);
    for _ in 0..3 {
        post.clock.advance(LEASE - TimeDelta::seconds(1));
        outbox::renew(&post.services.db, "slow", &held, post.clock.now()).await.unwrap();
        assert_eq!(post.claim("heir").await.len(), 0);
    }

    post.clock.advance(LEASE + TimeDelta::seconds(1));
    assert_eq!(post.claim("heir").await.len(), 2);
    // Too late: it was taken for dead.
    outbox::renew(&post.services.db, "slow", &held, post.clock.now() + LEASE).await.unwrap();
    post.clock.advance(LEASE + TimeDelta::seconds(1));
    assert_eq!(post.claim("third").await.len(), 2);
}

#[db_test]
async fn a_newer_message_does_the_work_of_an_older_one_that_failed(post: Post) {
    post.append(&[1, 2]).await;
    for message in post.claim("failing").await {
        outbox::postpone(&post.services.db, &message, "the index refuses it", post.clock.now()).await.unwrap();
    }
    post.append(&[1]).await;

    let newer = post.claim("next").await;
    outbox::complete(&post.services.db, &newer).await.unwrap();

    assert_eq!(newer.len(), 1);
    post.clock.advance(TimeDelta::minutes(1));
    let left: BTreeSet<u128> = post.claim("next").await.iter().map(|message| message.subject.as_u128()).collect();
    assert_eq!(left, [2].into());
}

#[db_test]
async fn what_waits_already_is_not_written_again(post: Post) {
    post.append(&[1, 2]).await;
    let held = outbox::claim(&post.services.db, "first", 1, post.clock.now()).await.unwrap();
    assert_eq!(held.len(), 1);
    let subjects: Vec<Uuid> = (1..=3).map(Uuid::from_u128).collect();

    let tx = post.services.db.begin().await.unwrap();
    let written = outbox::append_missing(&tx, Topic::Listing, &subjects, post.clock.now()).await.unwrap();
    tx.commit().await.unwrap();

    // The first is in somebody's hands, who may have read it before; the second waits; the third is new.
    assert_eq!((written, post.waiting().await), (2, 4));
}
