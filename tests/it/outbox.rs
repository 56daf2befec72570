//! The outbox under a handler that fails as it is told, on a clock that moves when it is told.

use std::{
    collections::BTreeSet,
    sync::{Arc, Mutex},
};

use async_trait::async_trait;
use bfw::kernel::{
    Services,
    clock::{Clock, ManualClock},
    db::{Database, DatabaseOptions},
    id::UuidV7Source,
    outbox::{self, ATTEMPTS_MAX, LEASE, Message, Topic},
    worker::{self, HandleError, Handler, WorkError},
};
use chrono::TimeDelta;
use db_test::db_test;
use sea_orm::{ConnectionTrait, DbBackend, Statement};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use crate::harness::{Fixture, TestApp, TestDatabase};

struct Post {
    services: Services,
    clock: Arc<ManualClock>,
    database: TestDatabase,
}

impl Fixture for Post {
    async fn build(database: TestDatabase) -> Self {
        let options = DatabaseOptions {
            url: database.url.clone().into(),
            connections_max: 2,
            acquire_timeout: std::time::Duration::from_secs(20),
        };
        let clock = Arc::new(ManualClock::at("2026-11-02T08:00:00Z".parse().unwrap()));
        let ids = Arc::new(UuidV7Source::new(clock.clone()));
        let services = Services { db: Database::connect(&options).await.unwrap(), clock: clock.clone(), ids };
        Self { services, clock, database }
    }
}

impl Post {
    async fn append(&self, subjects: &[u128]) {
        let tx = self.services.db.begin().await.unwrap();
        for subject in subjects {
            outbox::append(&tx, Topic::Listing, Uuid::from_u128(*subject), self.clock.now());
        }
        tx.commit().await.unwrap();
    }

    async fn drain(&self, handler: &Scripted) -> Result<u64, WorkError> {
        worker::drain(&self.services, handler, "test").await
    }

    async fn claim(&self, worker: &str) -> Vec<Message> {
        outbox::claim(&self.services.db, worker, 100, self.clock.now()).await.unwrap()
    }

    /// Messages that wait, and messages that were set aside.
    async fn backlog(&self) -> (i64, i64) {
        let backlog = outbox::backlog(&self.services.db).await.unwrap();
        (backlog.waiting, backlog.parked)
    }
}

/// Fails where it is told to, and remembers what it was asked.
#[derive(Default)]
struct Scripted {
    poisoned: BTreeSet<u128>,
    panicking: BTreeSet<u128>,
    unable: bool,
    stops: Option<CancellationToken>,
    calls: Mutex<Vec<Vec<u128>>>,
}

impl Scripted {
    fn poisoned_by(subjects: impl IntoIterator<Item = u128>) -> Self {
        Self { poisoned: subjects.into_iter().collect(), ..Self::default() }
    }

    fn calls(&self) -> Vec<Vec<u128>> {
        self.calls.lock().unwrap().clone()
    }
}

#[async_trait]
impl Handler for Scripted {
    async fn handle(&self, _: Topic, subjects: &[Uuid]) -> Result<(), HandleError> {
        let subjects: Vec<u128> = subjects.iter().map(Uuid::as_u128).collect();
        self.calls.lock().unwrap().push(subjects.clone());
        if let Some(stop) = self.stops.as_ref().filter(|_| subjects.len() == 1) {
            stop.cancel();
        }
        if self.unable {
            return Err(HandleError::Unable("the index is away".to_owned()));
        }
        assert!(!subjects.iter().any(|subject| self.panicking.contains(subject)), "told to panic");
        match subjects.iter().find(|subject| self.poisoned.contains(subject)) {
            Some(subject) => Err(HandleError::Failed(format!("{subject} is poisoned"))),
            None => Ok(()),
        }
    }

    async fn sweep(&self) {}
}

#[db_test]
async fn a_message_that_fails_waits_twice_as_long_each_time(post: Post) {
    post.append(&[1]).await;
    let handler = Scripted::poisoned_by([1]);

    let mut tried_at = Vec::new();
    for second in 0..40 {
        let before = handler.calls().len();
        post.drain(&handler).await.unwrap();
        if handler.calls().len() > before {
            tried_at.push(second);
        }
        post.clock.advance(TimeDelta::seconds(1));
    }

    assert_eq!(tried_at, [0, 2, 6, 14, 30]);
}

#[db_test]
async fn a_message_that_always_fails_is_set_aside_and_said_why(post: Post) {
    post.append(&[1]).await;
    let handler = Scripted::poisoned_by([1]);

    for _ in 0..ATTEMPTS_MAX + 5 {
        post.drain(&handler).await.unwrap();
        post.clock.advance(TimeDelta::seconds(600));
    }

    assert_eq!(handler.calls().len(), usize::try_from(ATTEMPTS_MAX).unwrap());
    assert_eq!(post.backlog().await, (0, 1));
}

#[db_test]
async fn subjects_that_fail_or_panic_hold_up_no_other(post: Post) {
    post.append(&[1, 2, 3, 4, 3]).await;
    let handler = Scripted { panicking: [4].into(), ..Scripted::poisoned_by([2]) };

    assert_eq!(post.drain(&handler).await.unwrap(), 5);

    assert_eq!(handler.calls(), [vec![1, 2, 3, 4], vec![1], vec![2], vec![3], vec![4]]);
    assert_eq!(post.backlog().await, (2, 0));
    post.clock.advance(TimeDelta::seconds(2));
    let waiting: Vec<_> = post.claim("later").await.iter().map(|one| (one.subject.as_u128(), one.attempts)).collect();
    assert_eq!(waiting, [(2, 1), (4, 1)]);
}

#[db_test]
async fn an_index_that_is_away_is_no_try_of_any_message(post: Post) {
    post.append(&[1, 2]).await;
    let away = Scripted { unable: true, ..Scripted::default() };

    for _ in 0..ATTEMPTS_MAX + 5 {
        let told = post.drain(&away).await;
        assert!(matches!(&told, Err(WorkError::Unable(reason)) if reason == "the index is away"), "{told:?}");
    }
    let back = Scripted::default();
    assert_eq!(post.drain(&back).await.unwrap(), 2);

    assert!(away.calls().iter().all(|call| *call == [1, 2]), "asked once a round: {:?}", away.calls());
    assert_eq!(post.backlog().await, (0, 0));
}

#[db_test]
async fn a_message_whose_worker_died_is_taken_over_when_its_lease_ends(post: Post) {
    post.append(&[1]).await;
    assert_eq!(post.claim("dead").await.len(), 1);

    assert_eq!(post.claim("heir").await.len(), 0);
    post.clock.advance(LEASE + TimeDelta::seconds(1));
    assert_eq!(post.claim("heir").await.len(), 1);
}

#[db_test]
async fn a_subject_that_another_worker_holds_is_left_alone(post: Post) {
    post.append(&[1]).await;
    let held = post.claim("first").await;
    post.append(&[1, 2]).await;

    let subjects: Vec<_> = post.claim("second").await.iter().map(|one| one.subject.as_u128()).collect();
    assert_eq!(subjects, [2]);
    outbox::complete(&post.services.db, &held).await.unwrap();
    let subjects: Vec<_> = post.claim("second").await.iter().map(|one| one.subject.as_u128()).collect();
    assert_eq!(subjects, [1]);
}

#[db_test]
async fn a_row_that_cannot_be_read_is_set_aside_and_holds_up_no_other(post: Post) {
    let connection = post.database.connect().await;
    post.append(&[1, 2]).await;
    connection.execute_unprepared("UPDATE outbox SET topic = 'weather' WHERE id = 1").await.unwrap();
    let handler = Scripted::default();

    assert_eq!(post.drain(&handler).await.unwrap(), 1);

    assert_eq!(handler.calls(), [[2]]);
    assert_eq!(post.backlog().await, (0, 1));
}

#[db_test]
async fn a_worker_that_is_asked_to_stop_gives_back_what_it_has_not_tried(post: Post) {
    post.append(&[1, 2, 3]).await;
    let stop = CancellationToken::new();
    let handler = Scripted { stops: Some(stop.clone()), ..Scripted::poisoned_by([1]) };

    worker::run(post.services.clone(), &handler, "stopping", stop).await;

    assert_eq!(handler.calls(), [vec![1, 2, 3], vec![1]]);
    let given_back: Vec<_> = post.claim("next").await.iter().map(|one| (one.subject.as_u128(), one.attempts)).collect();
    assert_eq!(given_back, [(2, 0), (3, 0)]);
}

#[db_test]
async fn a_rebuild_is_done_with_what_was_set_aside_before_it_and_keeps_what_waits(app: TestApp) {
    let token = app.sign_up("awa@example.org").await;
    app.register(&token, "COOPERATIVE", "Benkadi").await;
    let connection = app.database.connect().await;
    connection.execute_unprepared("UPDATE outbox SET parked_at = available_at").await.unwrap();
    app.register(&token, "COOPERATIVE", "Jigiya").await;
    let backlog = outbox::backlog(&app.app.services.db).await.unwrap();
    assert!(backlog.parked > 0 && backlog.waiting > 0, "{backlog:?}");

    app.app.search.rebuild(|_, _| {}).await.unwrap();

    // What changed a moment before is fed again, should it have come too late for the rebuild.
    let after = outbox::backlog(&app.app.services.db).await.unwrap();
    assert_eq!((after.parked, after.waiting), (0, backlog.waiting + 1));
}

#[db_test]
async fn messages_are_claimed_by_a_plan_for_as_many_as_wait(post: Post) {
    // One connection, so that its prepared statements are those that claimed.
    let options = DatabaseOptions {
        url: post.database.url.clone().into(),
        connections_max: 1,
        acquire_timeout: std::time::Duration::from_secs(20),
    };
    let db = Database::connect(&options).await.unwrap();
    for subject in 1..=10 {
        post.append(&[subject]).await;
        assert_eq!(outbox::claim(&db, "test", 100, post.clock.now()).await.unwrap().len(), 1);
    }
    if db.backend() == DbBackend::Postgres {
        let plans = "SELECT custom_plans, generic_plans FROM pg_prepared_statements WHERE statement LIKE 'UPDATE outbox SET claimed_until = $1%'";
        let row = db.read().query_one_raw(Statement::from_string(db.backend(), plans)).await.unwrap().unwrap();
        let count = |column| row.try_get::<i64>("", column).unwrap();
        assert_eq!((count("custom_plans"), count("generic_plans")), (10, 0));
    }
}

/// How many rows a plan that was carried out has looked at, in all its parts.
fn looked_at(plan: &serde_json::Value) -> f64 {
    let of = |what: &str| plan[what].as_f64().unwrap_or(0.0);
    let removed = of("Rows Removed by Filter") + of("Rows Removed by Join Filter");
    let here = of("Actual Loops") * (of("Actual Rows") + removed);
    here + plan["Plans"].as_array().map_or(0.0, |parts| parts.iter().map(looked_at).sum())
}

#[db_test]
async fn what_was_counted_while_little_waited_makes_no_claim_look_at_everything_for_each(post: Post) {
    const MESSAGES: u32 = 2_000;
    post.append(&[1]).await;
    assert_eq!(post.claim("first").await.len(), 1);
    let (subject, explain) = if post.services.db.backend() == DbBackend::Postgres {
        ("gen_random_uuid()", "EXPLAIN (ANALYZE, FORMAT JSON) ")
    } else {
        ("randomblob(16)", "EXPLAIN QUERY PLAN ")
    };
    let insert = |parked: &str, claimed: &str| {
        format!(
            "INSERT INTO outbox (topic, subject_id, created_at, available_at, parked_at, claimed_until)
             WITH RECURSIVE number(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM number WHERE n < {MESSAGES})
             SELECT o.topic, {subject}, o.created_at, o.available_at, {parked}, {claimed}
             FROM outbox o, number WHERE o.id = 1"
        )
    };
    let connection = post.database.connect().await;
    connection.execute_unprepared(&insert("o.created_at", "NULL")).await.unwrap();
    connection.execute_unprepared("ANALYZE outbox").await.unwrap();
    // As many that wait, and as many in the hands of another worker.
    connection.execute_unprepared(&insert("NULL", "NULL")).await.unwrap();
    connection.execute_unprepared(&insert("NULL", "o.claimed_until")).await.unwrap();

    let later = post.clock.now() + TimeDelta::hours(1);
    let values = [later.into(), "test".into(), post.clock.now().into(), i64::from(MESSAGES).into()];
    let explained = Statement::from_sql_and_values(
        post.services.db.backend(),
        explain.to_owned() + &outbox::claim_text(post.services.db.backend()),
        values,
    );
    let rows = connection.query_all_raw(explained).await.unwrap();
    if post.services.db.backend() == DbBackend::Postgres {
        let plan: serde_json::Value = rows[0].try_get_by_index(0).unwrap();
        let looked_at = looked_at(&plan[0]["Plan"]);
        assert!(looked_at < f64::from(MESSAGES) * 50.0, "{looked_at} rows: {plan:#}");
    } else {
        let parts: Vec<String> = rows.iter().map(|row| row.try_get("", "detail").unwrap()).collect();
        assert!(parts.iter().any(|part| part.contains("SEARCH held USING INDEX outbox_subject_id_idx")), "{parts:#?}");
    }
}
