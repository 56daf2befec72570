//! The transactional outbox: what must follow a commit is written with it, and carried out after it, at least once.
//!
//! A message names a topic and a subject, never a content: whoever handles it reads the subject as it is then. So a
//! message may come twice or late without harm, and many of one subject may be handled as one.

use std::collections::HashSet;

use chrono::TimeDelta;
use sea_orm::{ConnectionTrait, DbBackend, DbErr, QueryResult, Statement, Value};
use uuid::Uuid;

use super::{Database, Insert, Row, Sql, WriteTx, sql};
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
    /// A document of events was handed in.
    Capture,
    /// Something happened in a procurement process that is to be published.
    Process,
}

impl Topic {
    const ALL: [Self; 6] =
        [Self::Listing, Self::Organization, Self::ListingAlert, Self::OrganizationAlert, Self::Capture, Self::Process];

    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Listing => "listing",
            Self::Organization => "organization",
            Self::ListingAlert => "listing_alert",
            Self::OrganizationAlert => "organization_alert",
            Self::Capture => "capture",
            Self::Process => "process",
        }
    }

    /// What tells the same change to those whom it alerts. They have messages of their own, so that an index that fails
    /// loses no alert, and an alert that fails leaves no index behind.
    const fn alert(self) -> Option<Self> {
        match self {
            Self::Listing => Some(Self::ListingAlert),
            Self::Organization => Some(Self::OrganizationAlert),
            Self::ListingAlert | Self::OrganizationAlert | Self::Capture | Self::Process => None,
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
/// Subjects of one statement: two databases of any version take as many parameters.
const SUBJECTS_A_STATEMENT: usize = 500;
/// Names the lock under which messages are claimed on PostgreSQL. Any number of ours will do.
const CLAIM_LOCK: i64 = 6_448_760;
/// How long a worker may hold a message, unless it says again that it does, before another takes it over.
pub const LEASE: TimeDelta = TimeDelta::seconds(60);

/// Writes a message, just before the transaction commits; it is carried out after that.
pub fn append(tx: &WriteTx, topic: Topic, subject: Uuid, now: Timestamp) {
    let columns = "outbox (topic, subject_id, created_at, available_at, attempts)";
    tx.insert_later(
        Insert::into(columns),
        vec![topic.as_str().into(), subject.into(), now.into(), now.into(), 0_i32.into()],
    );
    tx.touch_outbox();
}

/// Writes what [`append`] writes, and the message that alerts those who wait for such a change: for what people do, not
/// for what a new reference table brings with it.
pub fn announce(tx: &WriteTx, topic: Topic, subject: Uuid, now: Timestamp) {
    append(tx, topic, subject, now);
    if let Some(alert) = topic.alert() {
        append(tx, alert, subject, now);
    }
}

/// Writes a message for each of many subjects, except where one waits that nobody has taken yet: it does the same. Gives
/// the number of those written.
///
/// # Errors
/// When the database refuses.
pub async fn append_missing(tx: &WriteTx, topic: Topic, subjects: &[Uuid], now: Timestamp) -> Result<u64, DbErr> {
    let mut written = 0;
    plan_anew(tx).await?;
    for subjects in subjects.chunks(SUBJECTS_A_STATEMENT) {
        let mut insert = Sql::new("INSERT INTO outbox (topic, subject_id, created_at, available_at, attempts) SELECT ");
        insert.bind(topic.as_str()).push(", given.column1, ").bind(now).push(", ").bind(now);
        insert.push(", 0 FROM (VALUES ");
        for (position, subject) in subjects.iter().enumerate() {
            insert.push(if position == 0 { "(" } else { ", (" }).bind(*subject).push(")");
        }
        insert.push(") AS given WHERE NOT EXISTS (SELECT 1 FROM outbox waits WHERE waits.topic = ");
        insert.bind(topic.as_str());
        insert.push(
            " AND waits.subject_id = given.column1 AND waits.parked_at IS NULL AND waits.claimed_until IS NULL
              AND waits.available_at <= ",
        );
        insert.bind(now).push(")");
        written += insert.run(&**tx).await?;
    }
    if written > 0 {
        tx.touch_outbox();
    }
    Ok(written)
}

/// Has PostgreSQL plan what follows in a transaction for the outbox as it is. A plan that it keeps is made while hardly anything waits,
/// and reads all of the outbox for each message: to claim a thousand of fifteen thousand so took twenty seconds, and takes a tenth of
/// one. Statistics that would have it plan anew come a minute later.
async fn plan_anew(tx: &WriteTx) -> Result<(), DbErr> {
    if tx.get_database_backend() == DbBackend::Postgres {
        sql("SELECT set_config('plan_cache_mode', 'force_custom_plan', true)", []).one(&**tx).await?;
    }
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
    // SQLite has one writer and needs no locks. On PostgreSQL a statement sees what was committed when it began: of two that
    // begin together neither would see the other's claims, and both could take messages of one subject. So claims come one
    // after the other; they take milliseconds.
    let tx = db.begin().await?;
    if db.backend() == DbBackend::Postgres {
        sql("SELECT pg_advisory_xact_lock($1)", [CLAIM_LOCK.into()]).one(&*tx).await?;
    }
    plan_anew(&tx).await?;
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let values: [Value; 4] = [(now + LEASE).into(), worker.into(), now.into(), limit.into()];
    let rows = tx.query_all_raw(Statement::from_sql_and_values(db.backend(), claim_text(db.backend()), values)).await?;
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

/// The statement that claims: until when, for whom, what is due now, and how many at most. Public for the test that looks at how it
/// is carried out.
#[must_use]
pub fn claim_text(backend: DbBackend) -> String {
    // Whoever is held is found by topic and subject alone. Were it also said that she is not parked, which nobody is who is held,
    // PostgreSQL might look through all that is not parked for each instead, having counted when that was little.
    //
    // Rows that are being given back or removed just now are left for the next time.
    let skip_locked = if backend == DbBackend::Postgres { " FOR UPDATE SKIP LOCKED" } else { "" };
    format!(
        "UPDATE outbox SET claimed_until = $1, claimed_by = $2 WHERE id IN (
            SELECT o.id FROM outbox o
            WHERE o.parked_at IS NULL AND o.available_at <= $3 AND (o.claimed_until IS NULL OR o.claimed_until < $3)
              AND NOT EXISTS (SELECT 1 FROM outbox held WHERE held.topic = o.topic AND held.subject_id = o.subject_id
                              AND held.id <> o.id AND held.claimed_until >= $3)
            ORDER BY o.id LIMIT $4{skip_locked})
         RETURNING id, topic, subject_id, attempts"
    )
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

/// Holds messages for another [`LEASE`] from now on; those that another worker took over meanwhile stay with it.
///
/// # Errors
/// When the database refuses; the messages are held as long as they were.
pub async fn renew(db: &Database, worker: &str, messages: &[Message], now: Timestamp) -> Result<(), DbErr> {
    if messages.is_empty() {
        return Ok(());
    }
    let tx = db.begin().await?;
    let mut renew = Sql::new("UPDATE outbox SET claimed_until = ");
    renew.bind(now + LEASE).push(" WHERE claimed_by = ").bind(worker);
    renew.push(&format!(" AND id IN ({})", numbers(messages)));
    renew.run(&*tx).await?;
    tx.commit().await
}

/// Removes messages that were carried out, and with them older ones of the same subjects that failed and wait for another
/// try: what was read for the newer was read after them.
///
/// # Errors
/// When the database refuses; the messages will come again.
pub async fn complete(db: &Database, messages: &[Message]) -> Result<(), DbErr> {
    if messages.is_empty() {
        return Ok(());
    }
    let tx = db.begin().await?;
    let done = numbers(messages);
    let overtaken = format!(
        "DELETE FROM outbox WHERE id IN (
            SELECT old.id FROM outbox done
            JOIN outbox old ON old.topic = done.topic AND old.subject_id = done.subject_id AND old.id < done.id
            WHERE done.id IN ({done}) AND old.attempts > 0 AND old.parked_at IS NULL AND old.claimed_until IS NULL)"
    );
    tx.execute_unprepared(&overtaken).await?;
    tx.execute_unprepared(&format!("DELETE FROM outbox WHERE id IN ({done})")).await?;
    tx.commit().await
}

/// Gives messages back that were not tried, for whoever claims them next.
///
/// # Errors
/// When the database refuses; the messages come again when their lease ends.
pub async fn release(db: &Database, messages: &[Message]) -> Result<(), DbErr> {
    if messages.is_empty() {
        return Ok(());
    }
    let tx = db.begin().await?;
    let given_back = numbers(messages);
    let release = format!("UPDATE outbox SET claimed_until = NULL, claimed_by = NULL WHERE id IN ({given_back})");
    tx.execute_unprepared(&release).await?;
    tx.commit().await
}

/// The numbers of messages for a statement's text: they are our own, and a list parameter would differ by database.
fn numbers(messages: &[Message]) -> String {
    messages.iter().map(|message| message.id.to_string()).collect::<Vec<_>>().join(",")
}

/// The subjects of which a message waits, in a worker's hands or not.
///
/// # Errors
/// When the database refuses.
pub async fn waiting(db: &Database, topic: Topic) -> Result<HashSet<Uuid>, DbErr> {
    let text = "SELECT DISTINCT subject_id FROM outbox WHERE topic = $1 AND parked_at IS NULL";
    let rows = sql(text, [topic.as_str().into()]).all(db.read()).await?;
    rows.iter().map(|row| row.get(0)).collect()
}

/// A message that was set aside.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Parked {
    /// What it is about.
    pub topic: String,
    /// Which one.
    pub subject: Uuid,
    /// How often it was tried.
    pub attempts: i32,
    /// Why the last try failed.
    pub reason: String,
}

/// The oldest messages that were set aside, up to `limit`.
///
/// # Errors
/// When the database refuses.
pub async fn parked(db: &Database, limit: u32) -> Result<Vec<Parked>, DbErr> {
    let text =
        "SELECT topic, subject_id, attempts, reason FROM outbox WHERE parked_at IS NOT NULL ORDER BY id LIMIT $1";
    let rows = sql(text, [i64::from(limit).into()]).all(db.read()).await?;
    let parked = |row: &Row| {
        Ok(Parked {
            topic: row.get(0)?,
            subject: row.get(1)?,
            attempts: row.get(2)?,
            reason: row.get::<Option<String>>(3)?.unwrap_or_default(),
        })
    };
    rows.iter().map(parked).collect()
}

/// Removes messages about these subjects that were set aside: for whoever has others written in their place.
///
/// # Errors
/// When the database refuses.
pub async fn forget_parked_about(tx: &WriteTx, topic: Topic, subjects: &[Uuid]) -> Result<u64, DbErr> {
    let mut forgotten = 0;
    for subjects in subjects.chunks(SUBJECTS_A_STATEMENT) {
        let mut forget = Sql::new("DELETE FROM outbox WHERE parked_at IS NOT NULL AND topic = ");
        forget.bind(topic.as_str()).push(" AND subject_id IN ").bind_list(subjects.iter().copied());
        forgotten += forget.run(&**tx).await?;
    }
    Ok(forgotten)
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
        "DELETE FROM outbox WHERE parked_at IS NOT NULL AND parked_at <= $1 AND topic NOT IN ($2, $3, $4)",
        [
            before.into(),
            Topic::ListingAlert.as_str().into(),
            Topic::OrganizationAlert.as_str().into(),
            Topic::Capture.as_str().into(),
        ],
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
