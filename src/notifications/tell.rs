//! Something is told to people.

use super::{
    Notifications,
    model::{Decision, Delivery, DeliveryState, Notice, NoticeKind, Notification, NotificationId, Reason, decide},
    store,
};
use crate::{
    accounts::UserId,
    kernel::{Fault, db::WriteTx},
};

impl Notifications {
    /// Writes notices, and queues their deliveries, in the transaction in which what they tell of happened. Whoever's
    /// account is not in use is told nothing.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn tell(&self, tx: &WriteTx, notices: Vec<Notice>) -> Result<(), Fault> {
        if notices.is_empty() {
            return Ok(());
        }
        let now = self.services.now();
        let mut users: Vec<_> = notices.iter().map(|notice| notice.recipient).collect();
        users.sort_unstable();
        users.dedup();
        let recipients = store::wishes::recipients(tx, &users).await?;
        let (mut told, mut queued) = (Vec::with_capacity(notices.len()), Vec::new());
        for notice in notices {
            let Some(recipient) = recipients.get(&notice.recipient).filter(|recipient| recipient.active) else {
                continue;
            };
            let id = NotificationId::from_uuid(self.services.ids.next_uuid());
            for channel in notice.channels {
                // How many were sent today is asked when its time has come.
                let (state, reason, due_at) = match decide(&recipient.wishes, channel, recipient.reach(channel), 0, now)
                {
                    Decision::Send => (DeliveryState::Queued, None, now),
                    Decision::Wait(until) => (DeliveryState::Queued, Some(Reason::QuietHours), until),
                    Decision::Suppress(reason) => (DeliveryState::Suppressed, Some(reason), now),
                };
                let delivery = Delivery {
                    id: self.services.ids.next_uuid(),
                    notification: id,
                    channel,
                    state,
                    reason,
                    due_at,
                    updated_at: now,
                };
                queued.push((notice.recipient, delivery));
            }
            told.push(Notification {
                id,
                recipient: notice.recipient,
                kind: notice.kind,
                subject: notice.subject,
                cause: notice.cause,
                arguments: notice.arguments,
                created_at: now,
                read_at: None,
            });
        }
        store::notices::insert(tx, &told).await?;
        store::deliveries::insert(tx, &queued).await?;
        metrics::counter!("bfw_notifications_total").increment(told.len() as u64);
        Ok(())
    }

    /// The same, but not to whoever has not read yet what she was told before of the same kind and subject: what goes on and on,
    /// such as a conversation, is told once until she looks.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn tell_unless_unread(&self, tx: &WriteTx, mut notices: Vec<Notice>) -> Result<(), Fault> {
        let unread = store::notices::unread_of(tx, &notices).await?;
        notices.retain(|notice| !unread.contains(&(notice.recipient, notice.subject.clone())));
        self.tell(tx, notices).await
    }

    /// Marks what a person was told of a kind and subject as read, because she has looked at the subject itself.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn looked_at(&self, tx: &WriteTx, user: UserId, kind: NoticeKind, subject: &str) -> Result<(), Fault> {
        Ok(store::notices::mark_subject_read(tx, user, (kind, subject), self.services.now()).await?)
    }
}
