//! The loop that carries the outbox out: claim, hand over, confirm or postpone.

use std::{collections::BTreeMap, convert::Infallible, panic::AssertUnwindSafe, time::Duration};

use async_trait::async_trait;
use futures_util::FutureExt;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::{
    Services,
    db::{DbErr, outbox},
    outbox::{Message, Topic},
    telemetry::traces,
};
use tracing::Instrument as _;
use uuid::Uuid;

/// How many messages are claimed at once.
const BATCH: u64 = 1_000;
/// How long the worker sleeps when nothing wakes it: messages of other processes are found by looking.
const IDLE: Duration = Duration::from_millis(200);
/// How long it lets messages gather after a wake-up, because an index commits a hundred changes as cheaply as one: the longer, the
/// longer the last round took, so that it works a tenth of the time; but never so long that an index would lag by a second, unless a
/// round takes a third of one.
const GATHER_MIN: Duration = Duration::from_millis(50);
const GATHER_MAX: Duration = Duration::from_millis(250);
const GATHER_BY_ROUND: u32 = 9;
/// How often a worker that is still at it says that it holds its messages: a third of [`outbox::LEASE`].
const RENEW_EVERY: Duration = Duration::from_secs(20);
/// How often old idempotency keys and the like are swept.
const SWEEP_EVERY: Duration = Duration::from_secs(300);
/// The longest it waits for a database or an index that does not answer; it begins with [`IDLE`] and doubles.
const TROUBLE_WAIT_MAX: Duration = Duration::from_secs(15);

/// What is to be done after commits. Implemented where the rooms are known.
#[async_trait]
pub trait Handler: Send + Sync {
    /// Brings everything that follows from these subjects up to date. Each subject comes once in a call, and may come
    /// again in a later one. What fails is tried again later.
    async fn handle(&self, topic: Topic, subjects: &[Uuid]) -> Result<(), HandleError>;

    /// Housekeeping, now and then.
    async fn sweep(&self);
}

/// Why subjects were not brought up to date.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum HandleError {
    /// Nothing can be brought up to date at present, whatever the subject: this is no try of theirs.
    Unable(String),
    /// It lies with one of the subjects.
    Failed(String),
}

/// Why messages still wait.
#[derive(Debug, thiserror::Error)]
pub enum WorkError {
    /// The outbox could not be read or written.
    #[error("the outbox: {0}")]
    Outbox(#[from] DbErr),
    /// What follows the database cannot do so at present.
    #[error("{0}")]
    Unable(String),
}

/// Runs until `stop`; finishes the call it is in.
pub async fn run(services: Services, handler: &dyn Handler, name: &str, stop: CancellationToken) {
    // Two processes of one name must not take each other's claims for their own.
    let name = &format!("{name} {}", services.ids.next_uuid());
    let mut next_sweep = Instant::now();
    let mut trouble_wait = IDLE;
    while !stop.is_cancelled() {
        if Instant::now() >= next_sweep {
            if AssertUnwindSafe(handler.sweep()).catch_unwind().await.is_err() {
                tracing::error!("a sweep panicked; it comes round again");
            }
            next_sweep = Instant::now() + SWEEP_EVERY;
        }
        let began = Instant::now();
        match round(&services, handler, name, &stop).await {
            Ok(count) if count >= BATCH => continue,
            Ok(_) => trouble_wait = IDLE,
            Err(error) => {
                tracing::warn!(%error, "the outbox is not carried out; trying again");
                tokio::select! {
                    () = stop.cancelled() => break,
                    () = tokio::time::sleep(trouble_wait) => {}
                }
                trouble_wait = (trouble_wait * 2).min(TROUBLE_WAIT_MAX);
                continue;
            }
        }
        let gather = gather(began.elapsed());
        tokio::select! {
            () = stop.cancelled() => break,
            () = tokio::time::sleep(IDLE) => {}
            () = services.db.outbox_signal().notified() => tokio::select! {
                () = stop.cancelled() => break,
                () = tokio::time::sleep(gather) => {}
            },
        }
    }
}

/// How long messages gather after a round that took so long.
fn gather(round: Duration) -> Duration {
    round.saturating_mul(GATHER_BY_ROUND).clamp(GATHER_MIN, GATHER_MAX)
}

/// Carries out everything that waits now, and tells how many messages that were: for commands and tests, which want the
/// end and no loop.
///
/// # Errors
/// When the database refuses, or nothing can be brought up to date at present.
pub async fn drain(services: &Services, handler: &dyn Handler, name: &str) -> Result<u64, WorkError> {
    let mut total = 0;
    loop {
        match round(services, handler, name, &CancellationToken::new()).await? {
            0 => return Ok(total),
            count => total += count,
        }
    }
}

/// What became of the messages of a round that failed in no way of their own.
#[derive(Default)]
struct Round {
    done: Vec<Message>,
    /// Not tried, or tried in vain for a reason that is not theirs.
    untried: Vec<Message>,
    unable: Option<String>,
}

async fn round(
    services: &Services,
    handler: &dyn Handler,
    name: &str,
    stop: &CancellationToken,
) -> Result<u64, WorkError> {
    // A look that costs no write transaction: most rounds find nothing.
    if !outbox::has_work(&services.db, services.now()).await? {
        return Ok(0);
    }
    let messages = outbox::claim(&services.db, name, BATCH, services.now()).await?;
    let round = tokio::select! {
        biased;
        round = carry_out(services, handler, &messages, stop) => round?,
        never = hold(services, name, &messages) => match never {},
    };
    outbox::complete(&services.db, &round.done).await?;
    outbox::release(&services.db, &round.untried).await?;
    metrics::counter!("bfw_outbox_done_total").increment(round.done.len() as u64);
    match round.unable {
        Some(reason) => Err(WorkError::Unable(reason)),
        None => Ok(messages.len() as u64),
    }
}

/// Keeps messages claimed however long their handling takes: taken over by a second worker, a subject would be in two
/// hands at once.
async fn hold(services: &Services, name: &str, messages: &[Message]) -> Infallible {
    loop {
        tokio::time::sleep(RENEW_EVERY).await;
        if let Err(error) = outbox::renew(&services.db, name, messages, services.now()).await {
            tracing::warn!(%error, "messages in hand could not be held for longer; trying again");
        }
    }
}

async fn carry_out(
    services: &Services,
    handler: &dyn Handler,
    messages: &[Message],
    stop: &CancellationToken,
) -> Result<Round, DbErr> {
    let mut by_topic: BTreeMap<Topic, Vec<&Message>> = BTreeMap::new();
    for message in messages {
        by_topic.entry(message.topic).or_default().push(message);
    }
    let mut round = Round::default();
    for (topic, messages) in by_topic {
        let mut subjects: Vec<Uuid> = messages.iter().map(|message| message.subject).collect();
        subjects.sort_unstable();
        subjects.dedup();
        match attempt(handler, topic, &subjects).await {
            Ok(()) => round.done.extend(messages.into_iter().cloned()),
            Err(HandleError::Unable(reason)) => {
                round.untried.extend(messages.into_iter().cloned());
                round.unable = Some(reason);
            }
            Err(HandleError::Failed(_)) if subjects.len() > 1 => {
                one_by_one(services, handler, topic, messages, &mut round, stop).await?;
            }
            Err(HandleError::Failed(reason)) => postpone(services, &messages, &reason).await?,
        }
    }
    Ok(round)
}

/// A panic over a subject fails like an error, so that it sets one message aside and does not end the worker.
async fn attempt(handler: &dyn Handler, topic: Topic, subjects: &[Uuid]) -> Result<(), HandleError> {
    let trace = traces::work(topic.as_str(), subjects.len());
    let handling = AssertUnwindSafe(handler.handle(topic, subjects)).catch_unwind().instrument(trace.clone());
    let handled = match handling.await {
        Ok(handled) => handled,
        Err(_) => Err(HandleError::Failed("it panicked; the log says where".to_owned())),
    };
    traces::worked(&trace, handled.is_ok());
    handled
}

/// After a batch failed: finds the subjects that fail alone, so that one poisoned message holds up no other.
async fn one_by_one(
    services: &Services,
    handler: &dyn Handler,
    topic: Topic,
    messages: Vec<&Message>,
    round: &mut Round,
    stop: &CancellationToken,
) -> Result<(), DbErr> {
    let mut by_subject: BTreeMap<Uuid, Vec<&Message>> = BTreeMap::new();
    for message in messages {
        by_subject.entry(message.subject).or_default().push(message);
    }
    for (subject, messages) in by_subject {
        if stop.is_cancelled() || round.unable.is_some() {
            round.untried.extend(messages.into_iter().cloned());
            continue;
        }
        match attempt(handler, topic, &[subject]).await {
            Ok(()) => round.done.extend(messages.into_iter().cloned()),
            Err(HandleError::Unable(reason)) => {
                round.untried.extend(messages.into_iter().cloned());
                round.unable = Some(reason);
            }
            Err(HandleError::Failed(reason)) => postpone(services, &messages, &reason).await?,
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_gather_the_longer_the_more_there_is_to_do_but_an_index_never_lags_by_a_second() {
        let after = |millis| gather(Duration::from_millis(millis));
        assert_eq!(after(0), GATHER_MIN);
        assert_eq!(after(20), Duration::from_millis(180));
        assert_eq!(gather(Duration::MAX), GATHER_MAX);
        // What comes just after a round has begun waits until that has ended, gathers, and is in the next.
        for round in (0..=300).map(Duration::from_millis) {
            assert!(round + gather(round) + round <= Duration::from_secs(1), "{round:?}");
        }
    }
}
