//! Short messages to producers, on their way.

use uuid::Uuid;

use crate::{
    accounts::Phone,
    kernel::{
        Fault,
        clock::Timestamp,
        db::{Database, DbErr, Reader, Sql, WriteTx, sql},
    },
    traceability::model::ids::ProducerId,
};

/// Queues a message.
pub(in crate::traceability) async fn insert(
    tx: &WriteTx,
    (id, producer): (Uuid, ProducerId),
    text: &str,
    due_at: Timestamp,
) -> Result<(), DbErr> {
    let insert = "INSERT INTO producer_message (id, producer_id, text, due_at, attempts) VALUES ($1, $2, $3, $4, 0)";
    sql(insert, [id.into(), producer.uuid().into(), text.into(), due_at.into()]).run(&**tx).await?;
    Ok(())
}

/// Removes what was not sent to a producer.
pub(in crate::traceability) async fn forget(tx: &WriteTx, producer: ProducerId) -> Result<(), DbErr> {
    sql("DELETE FROM producer_message WHERE producer_id = $1", [producer.uuid().into()]).run(&**tx).await?;
    Ok(())
}

/// Whether something is due, or was left behind by a process that ended. Costs a read where doing something about it costs a
/// write.
pub(in crate::traceability) async fn has_work(db: &Database, now: Timestamp) -> Result<bool, DbErr> {
    let text =
        "SELECT 1 FROM producer_message WHERE due_at <= $1 AND (taken_until IS NULL OR taken_until < $1) LIMIT 1";
    Ok(sql(text, [now.into()]).one(db.read()).await?.is_some())
}

/// Removes what a process was handing over when it ended: it may have been taken, so it is not sent again. Tells how many.
pub(in crate::traceability) async fn give_up(tx: &WriteTx, now: Timestamp) -> Result<u64, DbErr> {
    sql("DELETE FROM producer_message WHERE taken_until < $1", [now.into()]).run(&**tx).await
}

/// A message whose time has come.
#[derive(Clone)]
pub(in crate::traceability) struct Due {
    pub(in crate::traceability) id: Uuid,
    pub(in crate::traceability) text: String,
    pub(in crate::traceability) attempts: i32,
    /// Where the producer is called now; none if she has no phone any more.
    pub(in crate::traceability) phone: Option<Phone>,
}

/// Locks messages whose time has come, the longest due first; what another process has locked is passed over.
pub(in crate::traceability) async fn lock_due(tx: &WriteTx, count: u64, now: Timestamp) -> Result<Vec<Due>, Fault> {
    let mut select = Sql::new(
        "SELECT m.id, m.text, m.attempts, p.phone FROM producer_message m JOIN producer p ON p.id = m.producer_id
         WHERE m.taken_until IS NULL AND m.due_at <= ",
    );
    select.bind(now).push(" ORDER BY m.due_at, m.id LIMIT ").bind(i64::try_from(count).unwrap_or(i64::MAX));
    select.lock(tx, " FOR UPDATE OF m SKIP LOCKED");
    let due = |row| {
        let mut next = Reader::new(row)?;
        let (id, text, attempts) = (next.get()?, next.get()?, next.get()?);
        let phone: Option<String> = next.get()?;
        Ok(Due { id, text, attempts, phone: phone.map(Phone::from_stored) })
    };
    select.all(&**tx).await?.iter().map(due).collect()
}

/// Marks messages as being handed over, until then.
pub(in crate::traceability) async fn take(tx: &WriteTx, ids: &[Uuid], until: Timestamp) -> Result<(), DbErr> {
    if ids.is_empty() {
        return Ok(());
    }
    let mut update = Sql::new("UPDATE producer_message SET attempts = attempts + 1, taken_until = ");
    update.bind(until).push(" WHERE id IN ").bind_list(ids.iter().copied());
    update.run(&**tx).await?;
    Ok(())
}

/// Lets messages wait until then.
pub(in crate::traceability) async fn postpone(tx: &WriteTx, ids: &[Uuid], until: Timestamp) -> Result<(), DbErr> {
    if ids.is_empty() {
        return Ok(());
    }
    let mut update = Sql::new("UPDATE producer_message SET taken_until = NULL, due_at = ");
    update.bind(until).push(" WHERE id IN ").bind_list(ids.iter().copied());
    update.run(&**tx).await?;
    Ok(())
}

/// Removes messages that were sent, or given up.
pub(in crate::traceability) async fn remove(tx: &WriteTx, ids: &[Uuid]) -> Result<(), DbErr> {
    if ids.is_empty() {
        return Ok(());
    }
    let mut delete = Sql::new("DELETE FROM producer_message WHERE id IN ");
    delete.bind_list(ids.iter().copied());
    delete.run(&**tx).await?;
    Ok(())
}
