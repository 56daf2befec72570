//! The source of events itself: what becomes visible out of order, and what is swept.

use bfw::kernel::{
    db::{DbBackend, events},
    events::{DatabaseEvents, Event, KEPT, NewEvent, Topic},
    feed::Source as _,
};
use chrono::TimeDelta;
use db_test::db_test;
use uuid::Uuid;

use crate::harness::TestApp;

fn new(number: u128) -> NewEvent {
    let subject = Uuid::from_u128(number);
    NewEvent { topic: Topic::Listing, what: "published", subject, within: subject }
}

fn numbers(events: &[Event]) -> Vec<u128> {
    events.iter().map(|event| event.subject.as_u128()).collect()
}

#[db_test]
async fn an_event_that_becomes_visible_late_is_not_passed_over_and_none_comes_twice(app: TestApp) {
    let (db, now) = (&app.app.services.db, app.app.services.now());
    let source = DatabaseEvents(db.clone());
    let before = db.begin().await.unwrap();
    events::append(&before, &[new(1)], now);
    before.commit().await.unwrap();
    if db.backend() == DbBackend::Postgres {
        // The first to write is the last to commit, by far.
        let slow = db.begin().await.unwrap();
        events::append(&slow, &[new(2)], now);
        slow.flush().await.unwrap();
        let mut position = source.begin().await.unwrap();
        for number in [3, 4] {
            let quick = db.begin().await.unwrap();
            events::append(&quick, &[new(number)], now);
            quick.commit().await.unwrap();
            assert_eq!(numbers(&source.since(&mut position).await.unwrap()), [number]);
        }
        assert_eq!(numbers(&source.since(&mut position).await.unwrap()), Vec::<u128>::new());
        slow.commit().await.unwrap();
        assert_eq!(numbers(&source.since(&mut position).await.unwrap()), [2]);
        assert_eq!(numbers(&source.since(&mut position).await.unwrap()), Vec::<u128>::new());
    }
    let mut position = source.begin().await.unwrap();
    let several = db.begin().await.unwrap();
    events::append(&several, &[new(5), new(6)], now);
    assert_eq!(numbers(&source.since(&mut position).await.unwrap()), Vec::<u128>::new());
    several.commit().await.unwrap();
    assert_eq!(numbers(&source.since(&mut position).await.unwrap()), [5, 6]);
    let taken_back = db.begin().await.unwrap();
    events::append(&taken_back, &[new(7)], now);
    drop(taken_back);
    let last = db.begin().await.unwrap();
    events::append(&last, &[new(8)], now);
    last.commit().await.unwrap();
    assert_eq!(numbers(&source.since(&mut position).await.unwrap()), [8]);
}

#[db_test]
async fn what_is_swept_takes_no_later_event_with_it(app: TestApp) {
    let (db, now) = (&app.app.services.db, app.app.services.now());
    let source = DatabaseEvents(db.clone());
    let mut position = source.begin().await.unwrap();
    let write = async |number: u128, at| {
        let tx = db.begin().await.unwrap();
        events::append(&tx, &[new(number)], at);
        tx.commit().await.unwrap();
    };
    write(1, now).await;
    assert_eq!(numbers(&source.since(&mut position).await.unwrap()), [1]);
    assert_eq!(events::sweep(db, now + KEPT).await.unwrap(), 0);
    assert_eq!(events::sweep(db, now + KEPT + TimeDelta::seconds(1)).await.unwrap(), 1);
    assert_eq!(events::sweep(db, now + KEPT + TimeDelta::seconds(1)).await.unwrap(), 0);
    write(2, now).await;
    assert_eq!(numbers(&source.since(&mut position).await.unwrap()), [2], "its id is not one that was swept");
}
