use std::{collections::BTreeSet, pin::pin};

use futures_util::{future::join_all, poll};
use proptest::prelude::*;
use sea_orm::{ConnectOptions, ConnectionTrait as _, Database};

use super::*;
use crate::kernel::db::{Trouble, trouble};

struct File {
    writer: Writer,
    read: DatabaseConnection,
    _folder: tempfile::TempDir,
}

const MUCH: Duration = Duration::from_secs(60);

async fn file(wait: Duration) -> File {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite://{}?mode=rwc", folder.path().join("some.sqlite").display());
    let connect = |connections: u32| {
        let mut options = ConnectOptions::new(url.clone());
        options.max_connections(connections).sqlx_logging(false);
        Database::connect(options)
    };
    let write = connect(1).await.unwrap();
    write.execute_unprepared("PRAGMA journal_mode = WAL").await.unwrap();
    write.execute_unprepared("CREATE TABLE thing (id INTEGER PRIMARY KEY)").await.unwrap();
    File { writer: Writer::new(write, wait), read: connect(4).await.unwrap(), _folder: folder }
}

impl File {
    async fn lasting(&self) -> BTreeSet<i64> {
        let rows = sql("SELECT id FROM thing", []).all(&self.read).await.unwrap();
        rows.iter().map(|row| row.get(0).unwrap()).collect()
    }

    /// Begins, and writes one thing.
    async fn writes(&self, id: i64) -> Member {
        let member = self.writer.begin().await.unwrap();
        put(&member, id).await.unwrap();
        member
    }

    /// Begins in a task of its own; the turn is asked for when this returns.
    async fn wants(&self) -> tokio::task::JoinHandle<Result<Member, DbErr>> {
        let writer = self.writer.clone();
        let wanting = tokio::spawn(async move { writer.begin().await });
        tokio::task::yield_now().await;
        wanting
    }
}

async fn put(member: &Member, id: i64) -> Result<u64, DbErr> {
    sql("INSERT INTO thing (id) VALUES ($1)", [id.into()]).run(&**member).await
}

#[tokio::test]
async fn who_wrote_is_told_when_it_lasts_and_that_is_when_those_who_waited_have_written() {
    let file = file(MUCH).await;
    let first = file.writes(1).await;
    let (second, third) = (file.wants().await, file.wants().await);
    let mut first = pin!(first.commit());
    assert!(poll!(&mut first).is_pending());

    let second = second.await.unwrap().unwrap();
    let found = sql("SELECT id FROM thing", []).all(&*second).await.unwrap();
    assert_eq!(found.len(), 1, "who writes next sees what was written before");
    put(&second, 2).await.unwrap();
    let mut second = pin!(second.commit());
    assert!(poll!(&mut second).is_pending());

    let third = third.await.unwrap().unwrap();
    assert!(poll!(&mut first).is_pending() && file.lasting().await.is_empty());
    put(&third, 3).await.unwrap();
    third.commit().await.unwrap();
    first.await.unwrap();
    second.await.unwrap();
    assert_eq!(file.lasting().await, BTreeSet::from([1, 2, 3]));
}

#[tokio::test]
async fn who_goes_away_takes_back_her_own_and_nothing_else() {
    let file = file(MUCH).await;
    let first = file.writes(1).await;
    let waiting = [file.wants().await, file.wants().await, file.wants().await];
    let first = tokio::spawn(first.commit());
    for (id, waiting) in (2..).zip(waiting) {
        let member = waiting.await.unwrap().unwrap();
        put(&member, id).await.unwrap();
        assert!(put(&member, id).await.is_err(), "the same key twice");
        if id == 3 {
            drop(member);
        } else {
            tokio::spawn(member.commit());
        }
    }
    first.await.unwrap().unwrap();
    assert_eq!(file.lasting().await, BTreeSet::from([1, 2, 4]));
}

#[tokio::test]
async fn the_last_and_the_first_may_go_away_and_the_file_is_free_again() {
    let file = file(MUCH).await;
    let first = file.writes(1).await;
    let second = file.wants().await;
    drop(first);
    let second = second.await.unwrap().unwrap();
    put(&second, 2).await.unwrap();
    let third = file.wants().await;
    let second = tokio::spawn(second.commit());
    let third = third.await.unwrap().unwrap();
    put(&third, 3).await.unwrap();
    drop(third);
    second.await.unwrap().unwrap();
    assert_eq!(file.lasting().await, BTreeSet::from([2]));

    // Another process would find the lock free.
    drop(file.writer.begin().await.unwrap());
    sql("INSERT INTO thing (id) VALUES (9)", []).run(&file.read).await.unwrap();
}

#[tokio::test]
async fn what_is_written_lasts_though_whoever_wrote_it_did_not_wait() {
    let file = file(MUCH).await;
    let first = file.writes(1).await;
    {
        let mut left = pin!(first.commit());
        assert!(poll!(&mut left).is_pending());
    }
    let second = file.writes(2).await;
    second.commit().await.unwrap();
    assert_eq!(file.lasting().await, BTreeSet::from([1, 2]));
}

#[tokio::test]
async fn a_transaction_that_sqlite_ends_fails_for_all_who_wrote_in_it_and_for_nobody_else() {
    let file = file(MUCH).await;
    let first = file.writes(1).await;
    let (second, third) = (file.wants().await, file.wants().await);
    let first = tokio::spawn(first.commit());
    let second = second.await.unwrap().unwrap();
    put(&second, 2).await.unwrap();
    // As it does when its disk is full.
    second.execute_unprepared("ROLLBACK").await.unwrap();
    drop(second);
    let third = third.await.unwrap().unwrap();
    put(&third, 3).await.unwrap();
    third.commit().await.unwrap();
    first.await.unwrap().unwrap_err();
    assert_eq!(file.lasting().await, BTreeSet::from([3]));

    // Nor does it at the very end.
    let last = file.writes(4).await;
    last.execute_unprepared("ROLLBACK").await.unwrap();
    last.commit().await.unwrap_err();
    let next = file.writes(5).await;
    next.commit().await.unwrap();
    assert_eq!(file.lasting().await, BTreeSet::from([3, 5]));
}

#[tokio::test]
async fn a_turn_that_does_not_come_is_told() {
    let file = file(Duration::from_millis(20)).await;
    let first = file.writer.begin().await.unwrap();
    let error = file.writer.begin().await.map(drop).unwrap_err();
    assert_eq!(trouble(&error), Trouble::Busy);
    put(&first, 1).await.unwrap();
    first.commit().await.unwrap();
    assert_eq!(file.lasting().await, BTreeSet::from([1]));
}

/// What one of many does.
#[derive(Debug, Clone, Copy)]
enum Deed {
    Commits,
    Leaves,
    /// Goes away while it is committed.
    CommitsAndLeaves,
    /// Goes away while she waits for her turn.
    LosesPatience,
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn what_lasts_is_what_was_to_be_committed_and_nothing_that_was_given_up(
        deeds in proptest::collection::vec(
            prop_oneof![
                4 => Just(Deed::Commits),
                1 => Just(Deed::Leaves),
                1 => Just(Deed::CommitsAndLeaves),
                1 => Just(Deed::LosesPatience),
            ],
            1..40,
        )
    ) {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
        runtime.block_on(async {
            let file = file(MUCH).await;
            let racing = (0..).zip(&deeds).map(|(id, deed)| {
                let (writer, deed) = (file.writer.clone(), *deed);
                tokio::spawn(async move {
                    if matches!(deed, Deed::LosesPatience) {
                        let begins = pin!(writer.begin());
                        let _ready_or_not = poll!(begins);
                        tokio::task::yield_now().await;
                        return None;
                    }
                    let member = writer.begin().await.unwrap();
                    put(&member, id).await.unwrap();
                    tokio::task::yield_now().await;
                    match deed {
                        Deed::Commits => member.commit().await.unwrap(),
                        // What was begun is carried through.
                        Deed::CommitsAndLeaves => drop(poll!(pin!(member.commit()))),
                        Deed::Leaves | Deed::LosesPatience => return None,
                    }
                    Some(id)
                })
            });
            let ended = join_all(racing.collect::<Vec<_>>()).await;
            // What was begun ends before the next.
            file.writer.begin().await.unwrap().commit().await.unwrap();
            let committed: BTreeSet<i64> = ended.into_iter().filter_map(Result::unwrap).collect();
            assert_eq!(file.lasting().await, committed);
        });
    }
}
