//! Processes, and what happened in them.

use std::collections::HashMap;

use uuid::Uuid;

use crate::{
    accounts::OrganizationId,
    kernel::{
        Fault,
        clock::Timestamp,
        db::{Database, DbErr, Reader, Sql, WriteTx, sql},
    },
    procurement::model::process::{ProcessKind, ReleaseTag},
};

/// Adds a process of which nothing has happened yet.
pub(in crate::procurement) async fn insert(
    tx: &WriteTx,
    (kind, id): (ProcessKind, Uuid),
    buyer: OrganizationId,
    ocid: &str,
    now: Timestamp,
) -> Result<(), DbErr> {
    let insert = sql(
        "INSERT INTO procurement_process (id, kind, buyer_id, ocid, events, released, created_at) \
         VALUES ($1, $2, $3, $4, 0, 0, $5)",
        [id.into(), kind.as_str().into(), buyer.uuid().into(), ocid.into(), now.into()],
    );
    insert.run(&**tx).await?;
    Ok(())
}

/// By which identifiers processes are known in open contracting data.
pub(in crate::procurement) async fn ocids(db: &Database, processes: &[Uuid]) -> Result<HashMap<Uuid, String>, Fault> {
    let mut select = Sql::new("SELECT id, ocid FROM procurement_process WHERE id IN ");
    select.bind_list(processes.iter().copied());
    let rows = select.rows(db).await?;
    rows.iter().map(|row| Ok((row.get(0)?, row.get(1)?))).collect()
}

/// Who buys in a process; none where there is no such process.
pub(in crate::procurement) async fn buyer(db: &Database, process: Uuid) -> Result<Option<OrganizationId>, Fault> {
    let select = sql("SELECT buyer_id FROM procurement_process WHERE id = $1", [process.into()]);
    let row = select.one(db.read()).await?;
    Ok(row.map(|row| row.get(0)).transpose()?.map(OrganizationId::from_uuid))
}

/// Appends an event to a process; whoever appends at the same time waits.
pub(in crate::procurement) async fn append_event(
    tx: &WriteTx,
    process: Uuid,
    tag: ReleaseTag,
    now: Timestamp,
) -> Result<(), Fault> {
    let count =
        sql("UPDATE procurement_process SET events = events + 1 WHERE id = $1 RETURNING events", [process.into()]);
    let row = count.one(&**tx).await?;
    let row = row.ok_or_else(|| Fault::corrupt("procurement process", "it is gone"))?;
    let sequence: i64 = Reader::new(&row)?.get()?;
    let insert = sql(
        "INSERT INTO procurement_event (process_id, sequence, tag, at) VALUES ($1, $2, $3, $4)",
        [process.into(), sequence.into(), tag.as_str().into(), now.into()],
    );
    insert.run(&**tx).await?;
    Ok(())
}
