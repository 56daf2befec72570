//! Deliveries: what waits, what is being sent, and what became of it.

use std::collections::HashMap;

use uuid::Uuid;

use super::{ROWS_MAX, notices};
use crate::{
    accounts::UserId,
    kernel::{
        Fault,
        clock::Timestamp,
        db::{Database, DbErr, Reader, Sql, WriteTx, sql},
    },
    notifications::model::{Channel, Delivery, DeliveryState, Notification, NotificationId, Reason},
};

/// Keeps new deliveries of these people.
pub(in crate::notifications) async fn insert(tx: &WriteTx, deliveries: &[(UserId, Delivery)]) -> Result<(), DbErr> {
    for some in deliveries.chunks(ROWS_MAX) {
        let mut insert = Sql::new(
            "INSERT INTO notification_delivery
             (id, notification_id, user_id, channel, state, due_at, attempts, reason, updated_at) VALUES ",
        );
        for (position, (user, one)) in some.iter().enumerate() {
            insert.push(if position == 0 { "(" } else { ", (" }).bind(one.id);
            insert.push(", ").bind(one.notification.uuid());
            insert.push(", ").bind(user.uuid());
            insert.push(", ").bind(one.channel.as_str());
            insert.push(", ").bind(one.state.as_str());
            insert.push(", ").bind(one.due_at);
            insert.push(", 0, ").bind(one.reason.map(Reason::as_str));
            insert.push(", ").bind(one.updated_at).push(")");
        }
        insert.run(&**tx).await?;
    }
    Ok(())
}

/// The deliveries of each of these notifications, by channel.
pub(in crate::notifications) async fn of_notifications(
    db: &Database,
    ids: &[NotificationId],
) -> Result<HashMap<NotificationId, Vec<Delivery>>, Fault> {
    let mut select = Sql::new(
        "SELECT id, notification_id, channel, state, reason, due_at, updated_at FROM notification_delivery
         WHERE notification_id IN ",
    );
    select.bind_list(ids.iter().map(|id| id.uuid())).push(" ORDER BY notification_id, channel");
    let mut found: HashMap<NotificationId, Vec<Delivery>> = HashMap::new();
    for row in &select.rows(db).await? {
        let mut next = Reader::new(row)?;
        let delivery = Delivery {
            id: next.get()?,
            notification: NotificationId::from_uuid(next.get()?),
            channel: next.word("delivery channel")?,
            state: next.word("delivery state")?,
            reason: reason(next.get()?)?,
            due_at: next.get()?,
            updated_at: next.get()?,
        };
        found.entry(delivery.notification).or_default().push(delivery);
    }
    Ok(found)
}

fn reason(word: Option<String>) -> Result<Option<Reason>, Fault> {
    word.map(|word| word.parse().map_err(|error| Fault::corrupt("delivery reason", error))).transpose()
}

/// Whether something is due at `now`, or was left behind by a process that ended before `abandoned`. Costs a read where
/// doing something about it costs a write.
pub(in crate::notifications) async fn has_work(
    db: &Database,
    now: Timestamp,
    abandoned: Timestamp,
) -> Result<bool, DbErr> {
    let text = "SELECT 1 WHERE EXISTS (SELECT 1 FROM notification_delivery WHERE state = 'QUEUED' AND due_at <= $1)
                OR EXISTS (SELECT 1 FROM notification_delivery WHERE state = 'SENDING' AND attempted_at < $2)";
    Ok(sql(text, [now.into(), abandoned.into()]).one(db.read()).await?.is_some())
}

/// A delivery whose time has come, with what it delivers.
#[derive(Debug, Clone)]
pub(in crate::notifications) struct Due {
    pub(in crate::notifications) id: Uuid,
    pub(in crate::notifications) channel: Channel,
    pub(in crate::notifications) attempts: i32,
    pub(in crate::notifications) notification: Notification,
}

/// Locks deliveries whose time has come, the longest due first; what another process has locked is passed over.
pub(in crate::notifications) async fn lock_due(tx: &WriteTx, count: u64, now: Timestamp) -> Result<Vec<Due>, Fault> {
    let mut select = Sql::new(&format!(
        "SELECT d.id, d.channel, d.attempts, {} FROM notification_delivery d
         JOIN notification n ON n.id = d.notification_id WHERE d.state = 'QUEUED' AND d.due_at <= ",
        notices::COLUMNS
    ));
    select.bind(now).push(" ORDER BY d.due_at, d.id LIMIT ").bind(i64::try_from(count).unwrap_or(i64::MAX));
    // SQLite has one writer and needs no row locks.
    select.lock(tx, " FOR UPDATE OF d SKIP LOCKED");
    let rows = select.all(&**tx).await?;
    let due = rows.iter().map(|row| {
        let mut next = Reader::new(row)?;
        let (id, channel, attempts) = (next.get()?, next.word("delivery channel")?, next.get()?);
        Ok(Due { id, channel, attempts, notification: notices::read(&mut next)? })
    });
    due.collect()
}

/// What was handed over to each of these people since an instant, by channel, whether it is known to have been taken or not.
pub(in crate::notifications) async fn sent_since(
    tx: &WriteTx,
    users: &[UserId],
    since: Timestamp,
) -> Result<HashMap<(UserId, Channel), u64>, Fault> {
    let mut select = Sql::new("SELECT user_id, channel, COUNT(*) FROM notification_delivery WHERE attempted_at >= ");
    select.bind(since).push(" AND state IN ('SENDING', 'SENT', 'UNKNOWN') AND user_id IN ");
    select.bind_list(users.iter().map(|id| id.uuid())).push(" GROUP BY user_id, channel");
    let rows = select.all(&**tx).await?;
    let counted = rows.iter().map(|row| {
        let mut next = Reader::new(row)?;
        let key = (UserId::from_uuid(next.get()?), next.word("delivery channel")?);
        let count: i64 = next.get()?;
        Ok((key, u64::try_from(count).unwrap_or(0)))
    });
    counted.collect()
}

/// Marks deliveries as being handed over.
pub(in crate::notifications) async fn mark_sending(tx: &WriteTx, ids: &[Uuid], now: Timestamp) -> Result<(), DbErr> {
    if ids.is_empty() {
        return Ok(());
    }
    let mut update =
        Sql::new("UPDATE notification_delivery SET state = 'SENDING', reason = NULL, attempts = attempts + 1");
    update.push(", attempted_at = ").bind(now).push(", updated_at = ").bind(now);
    update.push(" WHERE id IN ").bind_list(ids.iter().copied());
    update.run(&**tx).await?;
    Ok(())
}

/// What becomes of a delivery.
#[derive(Debug, Clone, Copy)]
pub(in crate::notifications) struct Fate {
    pub(in crate::notifications) state: DeliveryState,
    pub(in crate::notifications) reason: Option<Reason>,
    pub(in crate::notifications) due_at: Timestamp,
}

/// Writes what becomes of a delivery that stands in one of these states; another process may have been told more.
pub(in crate::notifications) async fn decide(
    tx: &WriteTx,
    id: Uuid,
    from: &[DeliveryState],
    fate: Fate,
    now: Timestamp,
) -> Result<(), DbErr> {
    let mut update = Sql::new("UPDATE notification_delivery SET state = ");
    update.bind(fate.state.as_str()).push(", reason = ").bind(fate.reason.map(Reason::as_str));
    update.push(", due_at = ").bind(fate.due_at).push(", updated_at = ").bind(now);
    update.push(" WHERE id = ").bind(id);
    update.push(" AND state IN ").bind_list(from.iter().map(|state| state.as_str()));
    update.run(&**tx).await?;
    Ok(())
}

/// Marks as unknown what a process was handing over when it ended, before an instant; tells how many.
pub(in crate::notifications) async fn give_up(
    tx: &WriteTx,
    abandoned: Timestamp,
    now: Timestamp,
) -> Result<u64, DbErr> {
    let text = "UPDATE notification_delivery SET state = 'UNKNOWN', reason = $1, updated_at = $2
                WHERE state = 'SENDING' AND attempted_at < $3";
    sql(text, [Reason::Interrupted.as_str().into(), now.into(), abandoned.into()]).run(&**tx).await
}
