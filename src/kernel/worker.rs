//! The loop that carries the outbox out: claim, hand over, confirm or postpone.

use std::{collections::BTreeMap, time::Duration};

use async_trait::async_trait;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::{
    Services,
    db::{DbErr, outbox},
    outbox::{Message, Topic},
};
use uuid::Uuid;

/// How many messages are claimed at once.
const BATCH: u64 = 1_000;
/// How long the worker sleeps when nothing wakes it: messages of other processes are found by looking.
const IDLE: Duration = Duration::from_millis(200);
/// How long it lets messages gather after a wake-up, because an index commits a hundred changes as cheaply as one.
const GATHER: Duration = Duration::from_millis(50);
/// How often old idempotency keys and the like are swept.
const SWEEP_EVERY: Duration = Duration::from_secs(300);

/// What is to be done after commits. Implemented where the rooms are known.
#[async_trait]
pub trait Handler: Send + Sync {
    /// Brings everything that follows from these subjects up to date. Each subject comes once in a call, and may come
    /// again in a later one. What is `Err` is tried again later.
    async fn handle(&self, topic: Topic, subjects: &[Uuid]) -> Result<(), String>;

    /// Housekeeping, now and then.
    async fn sweep(&self);
}

/// Runs until `stop`; finishes the batch it holds.
pub async fn run(services: Services, handler: &dyn Handler, name: &str, stop: CancellationToken) {
    let mut next_sweep = Instant::now();
    while !stop.is_cancelled() {
        if Instant::now() >= next_sweep {
            handler.sweep().await;
            next_sweep = Instant::now() + SWEEP_EVERY;
        }
        match round(&services, handler, name).await {
            Ok(count) if count >= BATCH => continue,
            Ok(_) => {}
            Err(error) => tracing::warn!(%error, "the outbox could not be read; trying again"),
        }
        tokio::select! {
            () = stop.cancelled() => break,
            () = tokio::time::sleep(IDLE) => {}
            () = services.db.outbox_signal().notified() => tokio::time::sleep(GATHER).await,
        }
    }
}

/// Carries out everything that waits now, and tells how many messages that were: for commands and tests, which want the
/// end and no loop.
///
/// # Errors
/// When the database refuses.
pub async fn drain(services: &Services, handler: &dyn Handler, name: &str) -> Result<u64, DbErr> {
    let mut total = 0;
    loop {
        match round(services, handler, name).await? {
            0 => return Ok(total),
            count => total += count,
        }
    }
}

async fn round(services: &Services, handler: &dyn Handler, name: &str) -> Result<u64, DbErr> {
    // A look that costs no write transaction: most rounds find nothing.
    if !outbox::has_work(&services.db, services.now()).await? {
        return Ok(0);
    }
    let messages = outbox::claim(&services.db, name, BATCH, services.now()).await?;
    let mut by_topic: BTreeMap<Topic, Vec<&Message>> = BTreeMap::new();
    for message in &messages {
        by_topic.entry(message.topic).or_default().push(message);
    }
    let mut done = Vec::with_capacity(messages.len());
    for (topic, messages) in by_topic {
        let mut subjects: Vec<Uuid> = messages.iter().map(|message| message.subject).collect();
        subjects.sort_unstable();
        subjects.dedup();
        match handler.handle(topic, &subjects).await {
            Ok(()) => done.extend(messages.into_iter().cloned()),
            Err(_) if subjects.len() > 1 => one_by_one(services, handler, topic, messages, &mut done).await?,
            Err(reason) => postpone(services, &messages, &reason).await?,
        }
    }
    outbox::complete(&services.db, &done).await?;
    metrics::counter!("bfw_outbox_done_total").increment(done.len() as u64);
    Ok(messages.len() as u64)
}

/// After a batch failed: finds the subjects that fail alone, so that one poisoned message holds up no other.
async fn one_by_one(
    services: &Services,
    handler: &dyn Handler,
    topic: Topic,
    messages: Vec<&Message>,
    done: &mut Vec<Message>,
) -> Result<(), DbErr> {
    let mut by_subject: BTreeMap<Uuid, Vec<&Message>> = BTreeMap::new();
    for message in messages {
        by_subject.entry(message.subject).or_default().push(message);
    }
    for (subject, messages) in by_subject {
        match handler.handle(topic, &[subject]).await {
            Ok(()) => done.extend(messages.into_iter().cloned()),
            Err(reason) => postpone(services, &messages, &reason).await?,
        }
    }
    Ok(())
}

async fn postpone(services: &Services, messages: &[&Message], reason: &str) -> Result<(), DbErr> {
    for message in messages {
        tracing::warn!(message = message.id, subject = %message.subject, attempts = message.attempts + 1, reason, "outbox message failed");
        outbox::postpone(&services.db, message, reason, services.now()).await?;
    }
    metrics::counter!("bfw_outbox_failed_total").increment(messages.len() as u64);
    Ok(())
}
