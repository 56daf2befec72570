//! The parts that readiness asks.

use std::time::Duration;

use async_trait::async_trait;
use tokio::{sync::Mutex, time::Instant};
use tokio_util::sync::CancellationToken;

use super::health::Part;
use crate::{
    kernel::{
        Services,
        admission::Admission,
        db::{Database, DbErr, MigrateError, health::ping},
        outbox::{self, Backlog},
    },
    search::Search,
};

/// The database answers.
pub struct DatabaseAnswers(pub Database);

#[async_trait]
impl Part for DatabaseAnswers {
    fn name(&self) -> &'static str {
        "database"
    }

    async fn check(&self) -> Result<Option<String>, String> {
        ping(&self.0).await.map(|()| None).map_err(|error| {
            tracing::warn!(%error, "the database does not answer");
            "the database does not answer".to_owned()
        })
    }
}

/// The process was not asked to stop.
pub struct Staying(pub CancellationToken);

#[async_trait]
impl Part for Staying {
    fn name(&self) -> &'static str {
        "process"
    }

    async fn check(&self) -> Result<Option<String>, String> {
        if self.0.is_cancelled() { Err("asked to stop; send requests elsewhere".to_owned()) } else { Ok(None) }
    }
}

/// How long an answer about migrations holds: asking takes the connection that writes, and the answer changes only when
/// another version is started beside this one.
const MIGRATIONS_ASKED_EVERY: Duration = Duration::from_secs(60);

/// The database has this version's schema, or a newer one: while versions are exchanged one by one, those of the older have
/// to go on serving, and can, since the schema is first widened and narrowed a version later.
pub struct SchemaIsCurrent {
    db: Database,
    /// When it was last found to be, and what was told of it.
    current_since: Mutex<Option<(Instant, Option<String>)>>,
}

impl SchemaIsCurrent {
    /// Asks that database.
    #[must_use]
    pub fn new(db: Database) -> Self {
        Self { db, current_since: Mutex::new(None) }
    }
}

#[async_trait]
impl Part for SchemaIsCurrent {
    fn name(&self) -> &'static str {
        "migrations"
    }

    async fn check(&self) -> Result<Option<String>, String> {
        let mut current_since = self.current_since.lock().await;
        if let Some((asked, told)) = &*current_since
            && asked.elapsed() < MIGRATIONS_ASKED_EVERY
        {
            return Ok(told.clone());
        }
        let told = match self.db.pending_migrations().await {
            Ok(pending) if pending.is_empty() => None,
            Ok(pending) => return Err(format!("{} migrations are missing; run bfw migrate", pending.len())),
            Err(MigrateError::NewerDatabase { unknown }) => {
                tracing::warn!(unknown, "a newer version has migrated the database; this process is to be replaced");
                Some(format!("a newer version has migrated the database ({unknown}); replace this process"))
            }
            Err(error @ (MigrateError::Database(_) | MigrateError::Lock { .. })) => {
                tracing::warn!(%error, "the migrations cannot be told");
                return Err("the migrations cannot be told".to_owned());
            }
        };
        *current_since = Some((Instant::now(), told.clone()));
        Ok(told)
    }
}

/// How far the followers of the database are behind. Told, but no reason to send requests elsewhere: every process of the
/// service shares the same outbox, and all but the newest changes can be found.
pub struct OutboxLag(pub Services);

#[async_trait]
impl Part for OutboxLag {
    fn name(&self) -> &'static str {
        "outbox"
    }

    async fn check(&self) -> Result<Option<String>, String> {
        let (backlog, lag) = self.look().await.map_err(|error| {
            tracing::warn!(%error, "the outbox cannot be counted");
            "the outbox cannot be counted".to_owned()
        })?;
        Ok(Some(format!("{} waiting, the oldest for {lag} s; {} set aside", backlog.waiting, backlog.parked)))
    }

    async fn measure(&self) {
        match self.look().await {
            Ok((backlog, lag)) => {
                gauge("bfw_outbox_waiting", backlog.waiting);
                gauge("bfw_outbox_oldest_seconds", lag);
                gauge("bfw_outbox_parked", backlog.parked);
            }
            Err(error) => tracing::warn!(%error, "the outbox cannot be counted"),
        }
    }
}

impl OutboxLag {
    /// What waits, and for how many seconds the oldest of it has.
    async fn look(&self) -> Result<(Backlog, i64), DbErr> {
        let backlog = outbox::backlog(&self.0.db).await?;
        let lag = backlog.oldest.map_or(0, |oldest| (self.0.now() - oldest).num_seconds().max(0));
        Ok((backlog, lag))
    }
}

/// Sets a gauge to a count. None of them comes near what a float cannot count.
fn gauge(name: &'static str, count: i64) {
    metrics::gauge!(name).set(count as f64);
}

/// What can be found. Told, but no reason to send requests elsewhere: without the index searches are answered from the
/// database, and it is rebuilt or comes back while everything else is served.
pub struct SearchIndex(pub Search);

#[async_trait]
impl Part for SearchIndex {
    fn name(&self) -> &'static str {
        "search"
    }

    async fn check(&self) -> Result<Option<String>, String> {
        Ok(Some(match self.0.health().await {
            Ok(status) if self.0.is_degraded() => format!("degraded: answered from the database; {status}"),
            Ok(status) => status.to_string(),
            Err(error) => {
                tracing::warn!(%error, "the search index cannot answer");
                "degraded: answered from the database; the search index cannot answer".to_owned()
            }
        }))
    }

    async fn measure(&self) {
        gauge("bfw_search_degraded", i64::from(self.0.is_degraded()));
    }
}

/// How many requests are worked on. There being no room now is no reason to be sent none: what is turned away comes back.
pub struct Room(pub Admission);

#[async_trait]
impl Part for Room {
    fn name(&self) -> &'static str {
        "load"
    }

    async fn check(&self) -> Result<Option<String>, String> {
        Ok(self.0.load().shedding.then(|| "load is shed".to_owned()))
    }

    async fn measure(&self) {
        let load = self.0.load();
        metrics::gauge!("bfw_requests_running").set(u32::try_from(load.inside).unwrap_or(u32::MAX));
        metrics::gauge!("bfw_shedding").set(u32::from(load.shedding));
    }
}
