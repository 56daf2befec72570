//! What is due leaves: chosen and marked in one transaction, handed over without any, and written down.

use std::time::Duration;

use chrono::{NaiveTime, TimeDelta};
use futures_util::future::join_all;
use tokio_util::sync::CancellationToken;

use super::{
    Channel, Notifications,
    model::{Decision, DeliveryState, OptOutToken, Reason, decide},
    ports::SendError,
    store::{
        self,
        deliveries::{Due, Fate},
        wishes::Recipient,
    },
};
use crate::{
    accounts::UserId,
    kernel::{Fault, Outcome, clock::Timestamp, entropy},
};

/// How often it is looked whether something is due.
const EVERY: Duration = Duration::from_secs(1);
/// The longest wait for a database that does not answer.
const TROUBLE_WAIT: Duration = Duration::from_secs(15);
/// Messages that leave at the same time. Few, so that a stop waits for one round of answers only.
const AT_ONCE: u64 = 8;
/// How long a message may be on its way to a server before its process is taken for dead: several times what the ports
/// take at most.
const LEASE: TimeDelta = TimeDelta::minutes(10);
/// Times that a message is handed over which nobody takes.
const ATTEMPTS_MAX: i32 = 6;

/// A message that leaves now.
struct Leaving {
    due: Due,
    recipient: Recipient,
    token: OptOutToken,
}

/// Runs until `stop`; finishes the round it is in.
pub async fn run(notifications: Notifications, stop: CancellationToken) {
    while !stop.is_cancelled() {
        let pause = match notifications.deliver_some().await {
            Ok(0) => EVERY,
            Ok(_) => continue,
            Err(error) => {
                tracing::warn!(%error, "notifications are not sent; trying again");
                TROUBLE_WAIT
            }
        };
        tokio::select! {
            () = stop.cancelled() => break,
            () = tokio::time::sleep(pause) => {}
        }
    }
}

impl Notifications {
    /// Sends everything that is due, and tells how many deliveries were looked at: for tests and commands, which want the
    /// end and no loop.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn deliver(&self) -> Outcome<u64> {
        let mut total = 0;
        loop {
            match self.deliver_some().await? {
                0 => return Ok(total),
                count => total += count,
            }
        }
    }

    /// One round; gives how many deliveries it decided on.
    async fn deliver_some(&self) -> Outcome<u64> {
        let now = self.services.now();
        if !store::deliveries::has_work(&self.services.db, now, now - LEASE).await? {
            return Ok(0);
        }
        let (looked_at, leaving) = self.choose(now).await?;
        // From here on nothing of these is sent again, whatever happens.
        let settled = join_all(leaving.into_iter().map(|leaving| self.hand_over(leaving))).await;
        settled.into_iter().collect::<Outcome<Vec<()>>>()?;
        Ok(looked_at)
    }

    /// Marks what leaves now, and settles what does not.
    async fn choose(&self, now: Timestamp) -> Outcome<(u64, Vec<Leaving>)> {
        let tx = self.services.db.begin().await?;
        let abandoned = store::deliveries::give_up(&tx, now - LEASE, now).await?;
        if abandoned > 0 {
            tracing::warn!(count = abandoned, "a process ended while it sent these; whether they arrived is not known");
        }
        let due = store::deliveries::lock_due(&tx, AT_ONCE, now).await?;
        let mut users: Vec<UserId> = due.iter().map(|due| due.notification.recipient).collect();
        users.sort_unstable();
        users.dedup();
        let recipients = store::wishes::lock(&tx, &users).await?;
        let begin_of_day = now.date_naive().and_time(NaiveTime::MIN).and_utc();
        let mut sent_today = store::deliveries::sent_since(&tx, &users, begin_of_day).await?;
        let looked_at = due.len() as u64 + abandoned;
        let mut leaving = Vec::new();
        for due in due {
            let (user, channel) = (due.notification.recipient, due.channel);
            let recipient = recipients.get(&user).ok_or_else(|| Fault::corrupt("delivery", "its recipient is gone"))?;
            let sent = sent_today.entry((user, channel)).or_default();
            let queued = &[DeliveryState::Queued];
            match decide(&recipient.wishes, channel, recipient.reach(channel), *sent, now) {
                Decision::Send => {
                    *sent += 1;
                    let token = OptOutToken::from_entropy(entropy::bytes()?);
                    leaving.push(Leaving { due, recipient: recipient.clone(), token });
                }
                Decision::Wait(until) => {
                    let fate = Fate { state: DeliveryState::Queued, reason: Some(Reason::QuietHours), due_at: until };
                    store::deliveries::decide(&tx, due.id, queued, fate, now).await?;
                }
                Decision::Suppress(reason) => {
                    let fate = Fate { state: DeliveryState::Suppressed, reason: Some(reason), due_at: now };
                    store::deliveries::decide(&tx, due.id, queued, fate, now).await?;
                }
            }
        }
        let ids: Vec<_> = leaving.iter().map(|leaving| leaving.due.id).collect();
        store::deliveries::mark_sending(&tx, &ids, now).await?;
        let tokens: Vec<_> = leaving.iter().map(|leaving| (leaving.recipient.id, leaving.token.digest())).collect();
        store::wishes::keep_tokens(&tx, &tokens, now).await?;
        tx.commit().await?;
        Ok((looked_at, leaving))
    }

    /// Hands a message over, without a transaction, and writes down what became of it.
    async fn hand_over(&self, leaving: Leaving) -> Outcome<()> {
        let Leaving { due, recipient, token } = leaving;
        let outcome = self.send(&due, recipient, &token).await;
        let now = self.services.now();
        let fate = |state, reason, due_at| Fate { state, reason, due_at };
        let attempts = due.attempts + 1;
        let fate = match &outcome {
            Ok(()) => fate(DeliveryState::Sent, None, now),
            Err(SendError::NotNow(_)) if attempts < ATTEMPTS_MAX => {
                fate(DeliveryState::Queued, Some(Reason::Unreachable), now + wait_after(attempts))
            }
            Err(SendError::NotNow(_)) => fate(DeliveryState::Failed, Some(Reason::Unreachable), now),
            Err(SendError::Never(_)) => fate(DeliveryState::Failed, Some(Reason::Refused), now),
            Err(SendError::Unknown(_)) => fate(DeliveryState::Unknown, Some(Reason::NoAnswer), now),
        };
        if let Err(error) = &outcome {
            tracing::warn!(delivery = %due.id, channel = due.channel.as_str(), attempts, %error, "message not sent");
        }
        metrics::counter!("bfw_deliveries_total", "channel" => due.channel.as_str(), "state" => fate.state.as_str())
            .increment(1);
        // That it was taken is worth more than that nobody knew; anything else only holds while nobody gave it up.
        let from: &[DeliveryState] = match fate.state {
            DeliveryState::Sent => &[DeliveryState::Sending, DeliveryState::Unknown],
            DeliveryState::Queued
            | DeliveryState::Sending
            | DeliveryState::Failed
            | DeliveryState::Suppressed
            | DeliveryState::Unknown => &[DeliveryState::Sending],
        };
        let tx = self.services.db.begin().await?;
        store::deliveries::decide(&tx, due.id, from, fate, now).await?;
        tx.commit().await?;
        Ok(())
    }

    async fn send(&self, due: &Due, recipient: Recipient, token: &OptOutToken) -> Result<(), SendError> {
        let stop = self.stop_link(token, due.channel);
        let gone = || SendError::Never("the recipient has no such address any more".to_owned());
        match due.channel {
            Channel::Email => {
                let to = recipient.email.ok_or_else(gone)?;
                self.mail.send(due.notification.mail(due.id, to, recipient.language, stop)).await
            }
            Channel::Sms => {
                let to = recipient.phone.ok_or_else(gone)?;
                self.sms.send(due.notification.sms(due.id, to, recipient.language, &stop)).await
            }
        }
    }
}

/// One minute after the first try, then five times as long each time: the sixth comes half a day after the first.
fn wait_after(attempts: i32) -> TimeDelta {
    TimeDelta::minutes(5_i64.pow(u32::try_from(attempts - 1).unwrap_or(0).min(5)))
}
