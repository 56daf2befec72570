//! Events: what just happened, written with the change that it tells of, read by every process whose clients listen.
//!
//! A row names a subject and what happened to it, never a content: whoever tells of it reads the subject as it is then, and asks
//! whether the listener may see it. Rows are kept for [`KEPT`], which is longer than any transaction lasts.
//!
//! **Nothing is passed over.** On PostgreSQL a row with a smaller id may become visible after one with a greater id. So each row
//! carries the number of the transaction that wrote it, and a reader asks again for everything by transactions that may have been
//! running when it last asked (`pg_snapshot_xmin`), whatever their ids, and leaves out what it has had. That is exact however long
//! a transaction takes. SQLite has one writer, so there rows become visible in the order of their ids.

use std::{collections::HashSet, pin::Pin};

use async_trait::async_trait;
use chrono::TimeDelta;
use sea_orm::{ConnectionTrait, DbBackend, DbErr};
use tokio::sync::futures::Notified;
use uuid::Uuid;

use super::{Database, Insert, Reader, Row, WriteTx, sql};
use crate::kernel::{clock::Timestamp, feed::Source};

/// How long events are kept.
pub const KEPT: TimeDelta = TimeDelta::minutes(15);

crate::words! {
    /// What an event is about.
    Topic {
        /// A listing.
        Listing = "listing",
        /// A procurement process.
        Process = "process",
        /// What organizations write to each other.
        Message = "message",
    }
}

/// What happened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    /// Grows from event to event.
    pub id: i64,
    /// What it is about.
    pub topic: Topic,
    /// What happened, in a word of the room that wrote it.
    pub what: String,
    /// To which one.
    pub subject: Uuid,
    /// What that belongs to; itself, where it belongs to nothing.
    pub within: Uuid,
    /// When.
    pub at: Timestamp,
}

/// An event to be written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NewEvent {
    /// What it is about.
    pub topic: Topic,
    /// What happened.
    pub what: &'static str,
    /// To which one.
    pub subject: Uuid,
    /// What that belongs to.
    pub within: Uuid,
}

/// Writes events, just before the transaction commits; they are told after that.
pub fn append(tx: &WriteTx, events: &[NewEvent], now: Timestamp) {
    let postgres = tx.get_database_backend() == DbBackend::Postgres;
    let writer = if postgres { "pg_current_xact_id()::text::bigint" } else { "0" };
    let into = Insert::into("event (topic, what, subject_id, within_id, created_at, writer)").computing(writer);
    for event in events {
        let row =
            vec![event.topic.as_str().into(), event.what.into(), event.subject.into(), event.within.into(), now.into()];
        tx.insert_later(into.clone(), row);
        tx.touch_events();
    }
}

/// Removes events that are older than [`KEPT`], and tells how many.
///
/// # Errors
/// When the database refuses.
pub async fn sweep(db: &Database, now: Timestamp) -> Result<u64, DbErr> {
    let some = sql("SELECT id FROM event WHERE created_at < $1 LIMIT 1", [(now - KEPT).into()]).one(db.read()).await?;
    if some.is_none() {
        return Ok(0);
    }
    let tx = db.begin().await?;
    let removed = sql("DELETE FROM event WHERE created_at < $1", [(now - KEPT).into()]).run(&*tx).await?;
    tx.commit().await?;
    Ok(removed)
}

/// Up to where a reader has read.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Position {
    /// On PostgreSQL: everything that transactions with a smaller number wrote was there and has been read. On SQLite: the id of
    /// the last event that was read.
    from: i64,
    /// What was read of the others.
    seen: HashSet<i64>,
}

const COLUMNS: &str = "e.id, e.topic, e.what, e.subject_id, e.within_id, e.created_at";

/// The database as a source of events.
#[derive(Debug, Clone)]
pub struct DatabaseEvents(pub Database);

#[async_trait]
impl Source for DatabaseEvents {
    async fn begin(&self) -> Result<Position, DbErr> {
        let db = &self.0;
        if db.backend() != DbBackend::Postgres {
            let row = sql("SELECT COALESCE(MAX(id), 0) FROM event", []).one(db.read()).await?;
            let from = row.map(|row| row.get(0)).transpose()?;
            return Ok(Position { from: from.unwrap_or_default(), seen: HashSet::new() });
        }
        let rows = sql(
            "SELECT s.xmin, e.id FROM (SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint AS xmin) s
             LEFT JOIN event e ON e.writer >= s.xmin",
            [],
        );
        let rows = rows.all(db.read()).await?;
        let (mut from, mut seen) = (0, HashSet::new());
        for row in &rows {
            from = row.get(0)?;
            seen.extend(row.get::<Option<i64>>(1)?);
        }
        Ok(Position { from, seen })
    }

    async fn since(&self, position: &mut Position) -> Result<Vec<Event>, DbErr> {
        let db = &self.0;
        if db.backend() != DbBackend::Postgres {
            let select = format!("SELECT {COLUMNS} FROM event e WHERE e.id > $1 ORDER BY e.id");
            let rows = sql(&select, [position.from.into()]).all(db.read()).await?;
            let events = rows.iter().map(|row| event(&mut Reader::new(row)?)).collect::<Result<Vec<_>, DbErr>>()?;
            position.from = events.last().map_or(position.from, |last| last.id);
            return Ok(events);
        }
        // The statement sees one instant: what it gives of the snapshot holds for the rows.
        let select = format!(
            "SELECT s.xmin, e.writer, {COLUMNS}
             FROM (SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint AS xmin) s
             LEFT JOIN event e ON e.writer >= $1 ORDER BY e.id"
        );
        let rows = sql(&select, [position.from.into()]).all(db.read()).await?;
        let (mut from, mut seen, mut events) = (position.from, HashSet::new(), Vec::new());
        for row in &rows {
            let Some((xmin, writer, event)) = of_postgres(row)? else {
                from = row.get(0)?;
                continue;
            };
            from = xmin;
            if writer >= xmin {
                seen.insert(event.id);
            }
            if !position.seen.contains(&event.id) {
                events.push(event);
            }
        }
        *position = Position { from, seen };
        Ok(events)
    }

    fn woken(&self) -> Pin<Box<Notified<'_>>> {
        let mut woken = Box::pin(self.0.event_signal().notified());
        // From now on, and not only once it is waited for: nothing that commits meanwhile is to be missed.
        woken.as_mut().enable();
        woken
    }
}

fn of_postgres(row: &Row) -> Result<Option<(i64, i64, Event)>, DbErr> {
    let mut next = Reader::new(row)?;
    let xmin = next.get()?;
    let Some(writer) = next.get::<Option<i64>>()? else { return Ok(None) };
    Ok(Some((xmin, writer, event(&mut next)?)))
}

fn event(next: &mut Reader<'_>) -> Result<Event, DbErr> {
    let id = next.get()?;
    let topic: &str = next.get()?;
    let topic = topic.parse().map_err(|error| DbErr::Type(format!("topic of event {id}: {error}")))?;
    Ok(Event { id, topic, what: next.get()?, subject: next.get()?, within: next.get()?, at: next.get()? })
}
