//! The transactional outbox: what must follow a commit is written with it, and carried out after it, at least once.
//!
//! A message names a topic and a subject, never a content: whoever handles it reads the subject as it is then. So a
//! message may come twice or late without harm, and many of one subject may be handled as one.

use chrono::TimeDelta;
use sea_orm::{ConnectionTrait, DbBackend, DbErr, QueryResult, Statement, Value};
use uuid::Uuid;

use super::{Database, WriteTx};
use crate::kernel::clock::Timestamp;

/// What a message is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Topic {
    /// A listing was made or changed.
    Listing,
    /// An organization was made or changed, or its ownership assessment was.
    Organization,
    /// A listing was made or changed, for those who wait for such a one.
    ListingAlert,
    /// An organization was changed, for those who wait for what it offers.
    OrganizationAlert,
}

impl Topic {
    const ALL: [Self; 4] = [Self::Listing, Self::Organization, Self::ListingAlert, Self::OrganizationAlert];

    const fn as_str(self) -> &'static str {
        match self {
            Self::Listing => "listing",
            Self::Organization => "organization",
            Self::ListingAlert => "listing_alert",
            Self::OrganizationAlert => "organization_alert",
        }
    }

    /// What tells the same change to those whom it alerts. They have messages of their own, so that an index that fails
    /// loses no alert, and an alert that fails leaves no index behind.
    const fn alert(self) -> Option<Self> {
        match self {
            Self::Listing => Some(Self::ListingAlert),
            Self::Organization => Some(Self::OrganizationAlert),
            Self::ListingAlert | Self::OrganizationAlert => None,
        }
    }
}

/// A message that this worker holds until its lease ends.
#[derive(Debug, Clone)]
pub struct Message {
    /// The row's number; smaller is older.
    pub id: i64,
    /// What it is about.
    pub topic: Topic,
    /// Which one.
    pub subject: Uuid,
    /// How often it was tried before.
    pub attempts: i32,
}

/// Tries after which a message is set aside for a person to look at.
pub const ATTEMPTS_MAX: i32 = 12;
/// How long a worker may hold a message before another takes it over.
pub const LEASE: TimeDelta = TimeDelta::seconds(60);

/// Writes a message; it is carried out after the transaction commits.
///
/// # Errors
/// When the database refuses.
pub async fn append(tx: &WriteTx, topic: Topic, subject: Uuid, now: Timestamp) -> Result<(), DbErr> {
    let sql = "INSERT INTO outbox (topic, subject_id, created_at, available_at, attempts) VALUES ($1, $2, $3, $3, 0)";
    run(&**tx, sql, [topic.as_str().into(), subject.into(), now.into()]).await?;
    tx.touch_outbox();
    Ok(())
}

/// Writes what [`append`] writes, and the message that alerts those who wait for such a change: for what people do, not
/// for what a new reference table brings with it.
///
/// # Errors
/// When the database refuses.
pub async fn announce(tx: &WriteTx, topic: Topic, subject: Uuid, now: Timestamp) -> Result<(), DbErr> {
    let Some(alert) = topic.alert() else { return append(tx, topic, subject, now).await };
    let sql = "INSERT INTO outbox (topic, subject_id, created_at, available_at, attempts)
               VALUES ($1, $3, $4, $4, 0), ($2, $3, $4, $4, 0)";
    run(&**tx, sql, [topic.as_str().into(), alert.as_str().into(), subject.into(), now.into()]).await?;
    tx.touch_outbox();
    Ok(())
}

/// Whether a message waits whose time has come. Costs a read where [`claim`] costs a write.
///
/// # Errors
/// When the database refuses.
pub async fn has_work(db: &Database, now: Timestamp) -> Result<bool, DbErr> {
    let sql = "SELECT id FROM outbox WHERE parked_at IS NULL AND available_at <= $1
               AND (claimed_until IS NULL OR claimed_until < $1) LIMIT 1";
    let row = db.read().query_one_raw(Statement::from_sql_and_values(db.backend(), sql, [now.into()])).await?;
    Ok(row.is_some())
}

/// Takes up to `limit` messages whose time has come, oldest first. A subject that another worker holds is left alone,
/// so that its messages are carried out in order. A row that cannot be read is set aside and holds up no other.
///
/// # Errors
/// When the database refuses.
pub async fn claim(db: &Database, worker: &str, limit: u64, now: Timestamp) -> Result<Vec<Message>, DbErr> {
    // SQLite has one writer and needs no row locks.
    let skip_locked = if db.backend() == DbBackend::Postgres { " FOR UPDATE SKIP LOCKED" } else { "" };
    let sql = format!(
        "UPDATE outbox SET claimed_until = $1, claimed_by = $2 WHERE id IN (
            SELECT o.id FROM outbox o
            WHERE o.parked_at IS NULL AND o.available_at <= $3 AND (o.claimed_until IS NULL OR o.claimed_until < $3)
              AND NOT EXISTS (SELECT 1 FROM outbox held WHERE held.topic = o.topic AND held.subject_id = o.subject_id
                              AND held.id <> o.id AND held.claimed_until >= $3 AND held.parked_at IS NULL)
            ORDER BY o.id LIMIT $4{skip_locked})
         RETURNING id, topic, subject_id, attempts"
    );
    let tx = db.begin().await?;
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let values: [Value; 4] = [(now + LEASE).into(), worker.into(), now.into(), limit.into()];
    let rows = tx.query_all_raw(Statement::from_sql_and_values(db.backend(), sql, values)).await?;
    let mut messages = Vec::with_capacity(rows.len());
    for row in &rows {
        match message(row) {
            Ok(message) => messages.push(message),
            Err(unreadable) => {
                let id: i64 = row.try_get("", "id")?;
                tracing::error!(message = id, error = %unreadable, "outbox message set aside");
                let park = "UPDATE outbox SET parked_at = $1, reason = $2, claimed_until = NULL, claimed_by = NULL
                            WHERE id = $3";
                run(&*tx, park, [now.into(), unreadable.to_string().into(), id.into()]).await?;
            }
        }
    }
    tx.commit().await?;
    messages.sort_unstable_by_key(|message| message.id);
    Ok(messages)
}

fn message(row: &QueryResult) -> Result<Message, DbErr> {
    let name: String = row.try_get("", "topic")?;
    let topic = Topic::ALL
        .into_iter()
        .find(|topic| topic.as_str() == name)
        .ok_or_else(|| DbErr::Type(format!("no such outbox topic: {name}")))?;
    Ok(Message {
        id: row.try_get("", "id")?,
        topic,
        subject: row.try_get("", "subject_id")?,
        attempts: row.try_get("", "attempts")?,
    })
}

/// Removes messages that were carried out.
///
/// # Errors
/// When the database refuses; the messages will come again.
pub async fn complete(db: &Database, messages: &[Message]) -> Result<(), DbErr> {
    for_all(db, "DELETE FROM outbox", messages).await
}

/// Gives messages back that were not tried, for whoever claims them next.
///
/// # Errors
/// When the database refuses; the messages come again when their lease ends.
pub async fn release(db: &Database, messages: &[Message]) -> Result<(), DbErr> {
    for_all(db, "UPDATE outbox SET claimed_until = NULL, claimed_by = NULL", messages).await
}

async fn for_all(db: &Database, change: &str, messages: &[Message]) -> Result<(), DbErr> {
    if messages.is_empty() {
        return Ok(());
    }
    let tx = db.begin().await?;
    // The ids are our own numbers, so they may stand in the text; a list parameter would differ by database.
    let ids = messages.iter().map(|message| message.id.to_string()).collect::<Vec<_>>().join(",");
    tx.execute_unprepared(&format!("{change} WHERE id IN ({ids})")).await?;
    tx.commit().await
}

/// Removes messages that were set aside before an instant, after which everything they could have led to was done anew;
/// gives their number. No index that is built anew does what an alert would have done, so those stay.
///
/// # Errors
/// When the database refuses.
pub async fn forget_parked(db: &Database, before: Timestamp) -> Result<u64, DbErr> {
    let tx = db.begin().await?;
    let forget = Statement::from_sql_and_values(
        db.backend(),
        "DELETE FROM outbox WHERE parked_at IS NOT NULL AND parked_at <= $1 AND topic NOT IN ($2, $3)",
        [before.into(), Topic::ListingAlert.as_str().into(), Topic::OrganizationAlert.as_str().into()],
    );
    let forgotten = tx.execute_raw(forget).await?.rows_affected();
    tx.commit().await?;
    Ok(forgotten)
}

/// Puts a message back after a failure, later each time, and sets it aside after [`ATTEMPTS_MAX`] tries.
///
/// # Errors
/// When the database refuses; the message comes again when its lease ends.
pub async fn postpone(db: &Database, message: &Message, reason: &str, now: Timestamp) -> Result<(), DbErr> {
    let attempts = message.attempts + 1;
    let wait_seconds = 1_i64 << attempts.clamp(0, 9);
    let parked: Option<Timestamp> = (attempts >= ATTEMPTS_MAX).then_some(now);
    let tx = db.begin().await?;
    let sql = "UPDATE outbox SET attempts = $1, available_at = $2, parked_at = $3, reason = $4,
               claimed_until = NULL, claimed_by = NULL WHERE id = $5";
    let available = now + TimeDelta::seconds(wait_seconds);
    run(&*tx, sql, [attempts.into(), available.into(), parked.into(), reason.into(), message.id.into()]).await?;
    tx.commit().await
}

/// How far the outbox is behind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Backlog {
    /// Messages that wait.
    pub waiting: i64,
    /// When the oldest of them was written.
    pub oldest: Option<Timestamp>,
    /// Messages set aside after too many failures.
    pub parked: i64,
}

/// Counts what waits and what was set aside.
///
/// # Errors
/// When the database refuses.
pub async fn backlog(db: &Database) -> Result<Backlog, DbErr> {
    let sql = "SELECT COUNT(*) AS waiting, MIN(created_at) AS oldest, \
               (SELECT COUNT(*) FROM outbox WHERE parked_at IS NOT NULL) AS parked \
               FROM outbox WHERE parked_at IS NULL";
    let row = db.read().query_one_raw(Statement::from_string(db.backend(), sql)).await?;
    let row = row.ok_or_else(|| DbErr::RecordNotFound("a count always gives a row".into()))?;
    Ok(Backlog {
        waiting: row.try_get("", "waiting")?,
        oldest: row.try_get("", "oldest")?,
        parked: row.try_get("", "parked")?,
    })
}

async fn run<C: ConnectionTrait, const N: usize>(connection: &C, sql: &str, values: [Value; N]) -> Result<(), DbErr> {
    connection.execute_raw(Statement::from_sql_and_values(connection.get_database_backend(), sql, values)).await?;
    Ok(())
}
