//! Messages to producers leave: chosen and marked in one transaction, handed over without any, and written down.

use std::time::Duration;

use chrono::TimeDelta;
use futures_util::future::join_all;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use super::{
    Traceability,
    store::{self, messages::Due},
};
use crate::{
    kernel::{Outcome, clock::Timestamp},
    notifications::{Preferences, ports::SendError},
};

/// How often it is looked whether something is due.
const EVERY: Duration = Duration::from_secs(5);
/// The longest wait for a database that does not answer.
const TROUBLE_WAIT: Duration = Duration::from_secs(15);
/// Messages that leave at the same time.
const AT_ONCE: u64 = 8;
/// How long a message may be on its way before its process is taken for dead: several times what the port takes at most.
const LEASE: TimeDelta = TimeDelta::minutes(10);
/// Times that a message is handed over which nobody takes.
const ATTEMPTS_MAX: i32 = 6;

/// Runs until `stop`; finishes the round it is in.
pub async fn run(traceability: Traceability, stop: CancellationToken) {
    while !stop.is_cancelled() {
        let pause = match traceability.send_some().await {
            Ok(0) => EVERY,
            Ok(_) => continue,
            Err(error) => {
                tracing::warn!(%error, "messages to producers are not sent; trying again");
                TROUBLE_WAIT
            }
        };
        tokio::select! {
            () = stop.cancelled() => break,
            () = tokio::time::sleep(pause) => {}
        }
    }
}

/// When a message may leave that is ready at an instant: nobody is woken who was never asked when she sleeps.
pub(super) fn due_at(now: Timestamp) -> Timestamp {
    Preferences::default().quiet.and_then(|quiet| quiet.end_at(now)).unwrap_or(now)
}

impl Traceability {
    /// Sends everything that is due, and tells how many messages were looked at.
    ///
    /// A message leaves at most once: that it is being sent is committed before, and what a process left behind that ended
    /// meanwhile is not sent again. Only what was surely not taken is tried again, later each time, and given up after six
    /// tries.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn send_messages(&self) -> Outcome<u64> {
        let mut total = 0;
        loop {
            match self.send_some().await? {
                0 => return Ok(total),
                count => total += count,
            }
        }
    }

    /// One round.
    async fn send_some(&self) -> Outcome<u64> {
        let now = self.services().now();
        if !store::messages::has_work(&self.services().db, now).await? {
            return Ok(0);
        }
        let (looked_at, leaving) = self.choose(now).await?;
        // From here on nothing of these is sent again, whatever happens.
        let settled = join_all(leaving.into_iter().map(|due| self.hand_over(due))).await;
        settled.into_iter().collect::<Outcome<Vec<()>>>()?;
        Ok(looked_at)
    }

    /// Marks what leaves now, and lets wait what does not.
    async fn choose(&self, now: Timestamp) -> Outcome<(u64, Vec<Due>)> {
        let tx = self.services().db.begin().await?;
        let abandoned = store::messages::give_up(&tx, now).await?;
        if abandoned > 0 {
            tracing::warn!(count = abandoned, "a process ended while it sent these; whether they arrived is not known");
        }
        let due = store::messages::lock_due(&tx, AT_ONCE, now).await?;
        let looked_at = due.len() as u64 + abandoned;
        let (reachable, gone): (Vec<Due>, Vec<Due>) = due.into_iter().partition(|due| due.phone.is_some());
        store::messages::remove(&tx, &ids(&gone)).await?;
        let leaving = match due_at(now) {
            at if at > now => {
                store::messages::postpone(&tx, &ids(&reachable), at).await?;
                Vec::new()
            }
            _ => {
                store::messages::take(&tx, &ids(&reachable), now + LEASE).await?;
                reachable
            }
        };
        tx.commit().await?;
        Ok((looked_at, leaving))
    }

    /// Hands a message over, without a transaction, and writes down what became of it.
    async fn hand_over(&self, due: Due) -> Outcome<()> {
        let sent = match due.phone {
            Some(phone) => self.knows.notifications.sms(due.id, phone, due.text).await,
            None => Err(SendError::Never("she has no phone any more".to_owned())),
        };
        let now = self.services().now();
        let attempts = due.attempts + 1;
        let (state, again) = match &sent {
            Ok(()) => ("sent", None),
            Err(SendError::NotNow(_)) if attempts < ATTEMPTS_MAX => ("later", Some(now + wait_after(attempts))),
            Err(SendError::NotNow(_) | SendError::Never(_)) => ("failed", None),
            Err(SendError::Unknown(_)) => ("unknown", None),
        };
        if let Err(error) = &sent {
            tracing::warn!(message = %due.id, attempts, %error, "message to a producer not sent");
        }
        metrics::counter!("bfw_producer_messages_total", "state" => state).increment(1);
        let tx = self.services().db.begin().await?;
        match again {
            Some(at) => store::messages::postpone(&tx, &[due.id], at).await?,
            None => store::messages::remove(&tx, &[due.id]).await?,
        }
        tx.commit().await?;
        Ok(())
    }
}

fn ids(due: &[Due]) -> Vec<Uuid> {
    due.iter().map(|due| due.id).collect()
}

/// One minute after the first try, then five times as long each time: the sixth comes half a day after the first.
fn wait_after(attempts: i32) -> TimeDelta {
    TimeDelta::minutes(5_i64.pow(u32::try_from(attempts - 1).unwrap_or(0).min(5)))
}
